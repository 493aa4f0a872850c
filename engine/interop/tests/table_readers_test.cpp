// SPDX-License-Identifier: Apache-2.0
#include "interop/csv_reader.h"
#include "interop/event_folders.h"
#include "interop/json_lines_reader.h"
#include "interop/tests/recording_sink.h"
#include "interop/yaml_values.h"

#include <cmath>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fstream>

using namespace lathe;
using namespace lathe::interop;

namespace {

void append(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::app | std::ios::binary) << text;
}

}  // namespace

TEST_CASE("Lightning's table: empty cells are no points, the step column counts") {
    const TempDir dir;
    append(dir / "metrics.csv", "epoch,step,train_loss,val_acc\r\n0,9,0.5,\r\n0,9,,0.75\r\n1,19,nan,\r\n");
    CsvReader reader(GrowingFile::open(dir / "metrics.csv").value(), {});
    RecordingSink sink;
    REQUIRE(reader.read(sink));
    CHECK(sink.steps("train_loss") == std::vector<std::int64_t>{9, 19});
    CHECK(std::isnan(sink.values("train_loss")[1]));
    CHECK(sink.values("val_acc") == std::vector<double>{0.75});
    CHECK(sink.values("epoch") == std::vector<double>{0, 0, 1});
    append(dir / "metrics.csv", "1,29,0.2");
    REQUIRE(reader.read(sink));
    CHECK(sink.steps("train_loss").size() == 2);  // the line has no end yet
    append(dir / "metrics.csv", ",\r\n");
    REQUIRE(reader.read(sink));
    CHECK(sink.steps("train_loss").back() == 29);
}

TEST_CASE("a table that is written again with more columns goes on where it was") {
    const TempDir dir;
    append(dir / "metrics.csv", "step,loss\n0,1\n1,2\n");
    CsvReader reader(GrowingFile::open(dir / "metrics.csv").value(), {});
    RecordingSink sink;
    REQUIRE(reader.read(sink));
    std::ofstream(dir / "metrics.csv", std::ios::trunc) << "step,loss,acc\n0,1,\n1,2,\n2,3,0.5\n";
    REQUIRE(reader.read(sink));
    CHECK(sink.values("loss") == std::vector<double>{1, 2, 3});
    CHECK(sink.values("acc") == std::vector<double>{0.5});
}

TEST_CASE("Keras counts epochs; rows from before the run stay out; quotes hold separators") {
    const TempDir dir;
    append(dir / "log.csv", "epoch,loss,note\n0,0.5,x\n1,0.25,x\n");
    CsvReader reader(GrowingFile::open(dir / "log.csv").value(), {.rename = {}, .skipBytes = 24, .time = {}});
    append(dir / "log.csv", "2,0.125,\"a,\n\"\"b\"\"\"\n3,0.0625,");
    RecordingSink sink;
    REQUIRE(reader.finish(sink));
    CHECK(sink.steps("loss") == std::vector<std::int64_t>{1, 2, 3});
    CHECK(csvCells(R"(a,"b,c","d""e",)", ',') == std::vector<std::string>{"a", "b,c", "d\"e", ""});
}

TEST_CASE("a table without a step column is no log") {
    const TempDir dir;
    append(dir / "predictions.csv", "id,label\n1,2\n");
    CsvReader reader(GrowingFile::open(dir / "predictions.csv").value(), {});
    RecordingSink sink;
    CHECK(reader.read(sink).error().code == ErrorCode::Invalid);
    CHECK(sink.series.empty());
}

TEST_CASE("JSON lines: numbers, nesting, Python's words, torn and foreign lines") {
    const TempDir dir;
    append(dir / "log.jsonl", "{\"step\":1,\"loss\":0.5,\"time\":1700000000.5,\"model\":\"x\"}\n"
                              "{\"step\":2,\"loss\":NaN,\"eval\":{\"acc\":0.75,\"note\":\"NaN\"}}\n"
                              "not json\n{\"loss\":0.25}\n{\"step\":3,\"lo");
    JsonLinesReader reader(GrowingFile::open(dir / "log.jsonl").value(), {});
    RecordingSink sink;
    REQUIRE(reader.read(sink));
    CHECK(sink.steps("loss") == std::vector<std::int64_t>{1, 2, 2});
    CHECK(std::isnan(sink.values("loss")[1]));
    CHECK(sink.values("eval.acc") == std::vector<double>{0.75});
    CHECK(sink.series.at("loss")[0].time == 1700000000.5);
    CHECK(reader.damaged() == 1);
    append(dir / "log.jsonl", "ss\":7}\n");
    REQUIRE(reader.read(sink));
    CHECK(sink.values("loss").back() == 7);

    append(dir / "data.jsonl",
           "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":1}\n{\"x\":1}\n{\"x\":1}\n{\"x\":1}\n");
    JsonLinesReader data(GrowingFile::open(dir / "data.jsonl").value(), {});
    RecordingSink none;
    CHECK(data.read(none).error().code == ErrorCode::Invalid);
    CHECK(none.series.empty());
}

TEST_CASE("YAML of hyperparameters") {
    const auto values = yamlValues(
        "lr: 0.001\nname: 'a: b'\nlayers:\n- 1\n- 2\nopt:\n  momentum: 0.9\n  nesterov: true\n"
        "path: !!python/object/apply:pathlib.PosixPath\n- x\nbig: 1e-3\nquoted: \"3\"\nnothing: null\n");
    REQUIRE(values);
    CHECK((*values)["lr"] == 0.001);
    CHECK((*values)["name"] == "a: b");
    CHECK((*values)["layers"] == Json::parse("[1,2]"));
    CHECK((*values)["opt"]["nesterov"] == true);
    CHECK((*values)["big"] == 0.001);
    CHECK((*values)["quoted"] == "3");
    CHECK((*values)["nothing"].is_null());
    CHECK(yamlValues("a: [1, 2").error().code == ErrorCode::Corrupt);
    std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 9; ++i)
        bomb += fmt::format("a{0}: &a{0} [*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1}]\n", i,
                            i - 1);
    CHECK(yamlValues(bomb).error().code == ErrorCode::Corrupt);
}

TEST_CASE("names of several folders of event files") {
    EventFolders lone;
    CHECK(lone.renameOf("/x/runs/a")("loss") == "loss");
    CHECK(lone.renameOf("/x/runs/a/loss_train")("loss") == "loss/train");  // PyTorch's add_scalars
    CHECK(lone.renameOf("/x/runs/a/group_x_valid")("group/x") == "group/x/valid");
    CHECK(lone.renameOf("/x/runs/a/multi/b")("multi") == "multi/b");             // tensorboardX's
    CHECK(lone.renameOf("/x/runs/a/1795213920.6090047")("hp/acc") == "hp/acc");  // add_hparams
    CHECK(lone.renameOf("/x/runs/a/eval")("loss") == "eval/loss");
    CHECK(lone.renameOf("/x/runs/b")("loss") == "b/loss");
    EventFolders keras;
    CHECK(keras.renameOf("/logs/train")("epoch_loss") == "train/epoch_loss");
    CHECK(keras.renameOf("/logs/validation")("epoch_loss") == "validation/epoch_loss");
    CHECK(keras.renameOf("/logs/train")("x") == "train/x");
}
