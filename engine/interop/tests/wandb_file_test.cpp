// SPDX-License-Identifier: Apache-2.0
#include "interop/crc.h"
#include "interop/protobuf.h"
#include "interop/tests/recording_sink.h"
#include "interop/wandb_mode.h"
#include "interop/wandb_reader.h"
#include "interop/wandb_writer.h"

#include <cmath>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <limits>

using namespace lathe;
using namespace lathe::interop;

namespace {

std::string history(int count) {
    const TempDir dir;
    auto writer = WandbWriter::create(dir / "run-x.wandb").value();
    REQUIRE(writer.run({.id = "x",
                        .project = "p",
                        .name = "n",
                        .group = "g",
                        .notes = "why",
                        .host = "box",
                        .tags = {"a", "b"},
                        .started = 1700000000.5,
                        .config = Json{{"lr", 0.1}, {"model", {{"depth", 3}}}}}));
    for (int i = 0; i < count; ++i) {
        const double values[2] = {1.0 / (i + 1),
                                  i % 2 ? std::numeric_limits<double>::infinity() : std::nan("")};
        const MetricValue metrics[2] = {{"loss", values[0]}, {"odd", values[1]}};
        REQUIRE(writer.history(1700000001.25 + i, i, 1700000000.5, metrics));
    }
    REQUIRE(writer.output(1700000002, "hello\n"));
    REQUIRE(writer.summary(Json{{"loss", 1.0 / std::max(1, count)}, {"best", 0.25}}));
    REQUIRE(writer.exit(3));
    REQUIRE(writer.close());
    return readFile(dir / "run-x.wandb").value();
}

struct Read {
    RecordingSink sink;
    std::string console;
    Json start;
    int exit = -1;
    std::uint64_t damaged = 0;
    Result<> done;
};

Read readBytes(const std::string& bytes) {
    const TempDir dir;
    REQUIRE(writeFileAtomic(dir / "run-x.wandb", bytes));
    Read read;
    WandbOptions options;
    options.name = true;
    options.console = [&](std::string_view text) { read.console += text; };
    options.start = [&](const Json& start) { read.start = start; };
    options.exit = [&](int code) { read.exit = code; };
    WandbReader reader(GrowingFile::open(dir / "run-x.wandb").value(), options);
    read.done = reader.finish(read.sink);
    read.damaged = reader.damaged();
    return read;
}

}  // namespace

TEST_CASE("a .wandb file gives history, config, console, summary and end") {
    const auto read = readBytes(history(5000));  // some blocks of 32 KiB
    REQUIRE(read.done);
    CHECK(read.damaged == 0);
    const auto loss = read.sink.values("loss");
    REQUIRE(loss.size() == 5000);
    for (int i = 0; i < 5000; ++i)
        REQUIRE(loss[static_cast<std::size_t>(i)] == 1.0 / (i + 1));
    CHECK(read.sink.steps("loss").back() == 4999);
    CHECK(read.sink.series.at("loss")[0].time == 1700000001.25);
    CHECK(std::isnan(read.sink.values("odd")[0]));
    CHECK(std::isinf(read.sink.values("odd")[1]));
    CHECK(read.sink.eventOf("params")["v"] == Json{{"lr", 0.1}, {"model.depth", 3}});
    CHECK(read.sink.eventOf("tags")["add"] == Json({"a", "b"}));
    CHECK(getString(read.sink.eventOf("note"), "text") == "why");
    CHECK(getString(read.sink.eventOf("group"), "group") == "g");
    CHECK(getString(read.sink.eventOf("name"), "name") == "n");
    CHECK(read.sink.eventOf("summary")["v"] == Json{{"best", 0.25}});  // loss is what W&B computes by itself
    CHECK(read.console == "hello\n");
    CHECK(read.exit == 3);
    CHECK(getString(read.start, "project") == "p");
}

TEST_CASE("a .wandb file that grows by pieces gives each record once") {
    const std::string bytes = history(600);
    const TempDir dir;
    std::ofstream out(dir / "run-x.wandb", std::ios::binary);
    out.flush();
    WandbReader reader(GrowingFile::open(dir / "run-x.wandb").value(), {});
    RecordingSink sink;
    for (std::size_t at = 0; at < bytes.size(); at += 13) {
        out.write(bytes.data() + at,
                  static_cast<std::streamsize>(std::min<std::size_t>(13, bytes.size() - at)))
            .flush();
        REQUIRE(reader.read(sink));
    }
    CHECK(sink.values("loss").size() == 600);
    CHECK(reader.damaged() == 0);
}

TEST_CASE("a damaged block of a .wandb file costs no more than its records") {
    const std::string bytes = history(5000);
    for (const std::size_t at : {100UL, 32768UL, 40000UL, bytes.size() - 100}) {
        std::string broken = bytes;
        for (int i = 0; i < 8; ++i)
            broken[at + static_cast<std::size_t>(i)] =
                static_cast<char>(~broken[at + static_cast<std::size_t>(i)]);
        const auto read = readBytes(broken);
        REQUIRE(read.done);
        CHECK(read.damaged >= 1);
        CHECK(read.sink.values("loss").size() > 4600);
    }
}

TEST_CASE("what is no .wandb file is refused, and what is cut off is read so far") {
    CHECK(readBytes("something else").done.error().code == ErrorCode::Invalid);
    CHECK(readBytes("").sink.series.empty());
    const std::string bytes = history(100);
    const auto read = readBytes(bytes.substr(0, bytes.size() - 300));
    CHECK(read.done);
    CHECK(read.sink.values("loss").size() > 90);
}

TEST_CASE("nested keys, text and media of the history") {
    const TempDir dir;
    REQUIRE(makeDirs(dir / "files/media/images"));
    REQUIRE(writeFileAtomic(dir / "files/media/images/x.png", "\x89PNG"));
    REQUIRE(writeFileAtomic(dir / "files/t.table.json", R"({"columns":["a"],"data":[[1],[2]]})"));
    REQUIRE(writeFileAtomic(dir / "secret.png", "private"));
    const auto item = [](std::vector<std::string> path, const std::string& json) {
        ProtoWriter writer;
        for (const std::string& part : path)
            writer.bytes(2, part);
        writer.bytes(16, json);
        return writer.message();
    };
    ProtoWriter line, record;
    line.bytes(1, item({"nested", "a"}, "2.5"));
    line.bytes(1, item({"word"}, "\"text\""));
    line.bytes(1, item({"flag"}, "true"));
    line.bytes(1, item({"img", "_type"}, "\"image-file\""));
    line.bytes(1, item({"img", "path"}, "\"media/images/x.png\""));
    line.bytes(1, item({"img", "width"}, "4"));
    line.bytes(1, item({"evil"}, R"({"_type":"image-file","path":"../secret.png"})"));
    line.bytes(1, item({"tab"}, R"({"_type":"table-file","path":"t.table.json"})"));
    line.bytes(1, item({"hist"}, R"({"_type":"histogram","values":[1,2],"bins":[0,1,2]})"));
    line.bytes(1, item({"_step"}, "12"));
    line.bytes(1, item({"_timestamp"}, "1700000001.5"));
    std::string bytes = history(0);
    record.bytes(2, line.message());
    {
        std::string typed = "\x01" + record.message();
        const std::uint32_t sum = crc32(typed);
        for (int i = 0; i < 4; ++i)
            bytes += static_cast<char>(sum >> 8 * i);
        bytes += static_cast<char>(record.message().size());
        bytes += static_cast<char>(record.message().size() >> 8);
        bytes += typed;
    }
    REQUIRE(writeFileAtomic(dir / "run-x.wandb", bytes));
    WandbReader reader(GrowingFile::open(dir / "run-x.wandb").value(), {});
    RecordingSink sink;
    REQUIRE(reader.finish(sink));
    CHECK(sink.values("nested.a") == std::vector<double>{2.5});
    CHECK(sink.values("flag") == std::vector<double>{1});
    CHECK(sink.steps("flag") == std::vector<std::int64_t>{12});
    CHECK(getString(sink.eventOf("text"), "text") == "text");
    CHECK(getString(sink.eventOf("image"), "name") == "img");
    CHECK(sink.files.size() == 1);  // nothing from outside of the run's own files
    CHECK(sink.eventOf("table")["rows"] == Json::parse("[[1],[2]]"));
    CHECK(sink.eventOf("histogram")["edges"] == Json::parse("[0,1,2]"));
}

TEST_CASE("W&B's mode is the user's own; offline only where there is no login and no choice") {
    const TempDir home;
    const std::string before = std::getenv("HOME") ? std::getenv("HOME") : "";
    ::setenv("HOME", home.path().c_str(), 1);
    for (const char* name :
         {"WANDB_MODE", "WANDB_DISABLED", "WANDB_API_KEY", "NETRC", "WANDB_CONFIG_DIR", "WANDB_BASE_URL"})
        ::unsetenv(name);
    CHECK(wandbEnvironment(home.path()).at("WANDB_MODE") == "offline");
    ::setenv("WANDB_MODE", "online", 1);
    CHECK_FALSE(wandbEnvironment(home.path()).contains("WANDB_MODE"));
    ::unsetenv("WANDB_MODE");
    REQUIRE(writeFileAtomic(home / ".netrc", "machine api.wandb.ai\n login user\n password x\n"));
    CHECK_FALSE(wandbEnvironment(home.path()).contains("WANDB_MODE"));
    ::setenv("WANDB_BASE_URL", "https://wandb.example.com:8080/x", 1);
    CHECK(wandbEnvironment(home.path()).contains("WANDB_MODE"));
    ::unsetenv("WANDB_BASE_URL");
    REQUIRE(writeFileAtomic(home / ".netrc", ""));
    REQUIRE(makeDirs(home / "wandb"));
    REQUIRE(writeFileAtomic(home / "wandb/settings", "[default]\nmode = online\n"));
    CHECK_FALSE(wandbEnvironment(home.path()).contains("WANDB_MODE"));
    ::setenv("HOME", before.c_str(), 1);
}
