// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "core/id.h"
#include "core/journal_writer.h"
#include "core/paths.h"
#include "interop/export_run.h"
#include "interop/import_runs.h"
#include "record/sqlite.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <fstream>
#include <limits>
#include <map>

using namespace lathe;
using namespace lathe::interop;

namespace {

bool always() {
    return true;
}

// A store with one run that holds what is hard to carry over.
struct Origin {
    TempDir dir;
    std::unique_ptr<record::Store> store = record::Store::open(dir / "store").value();
    std::string id = newId();
    std::map<std::string, std::vector<std::pair<std::int64_t, double>>> points;

    Origin() {
        record::RunSpec spec;
        spec.id = id;
        spec.name = "amber/otter";
        spec.experiment = "first try";
        spec.kind = "command";
        spec.argv = {"python3", "train.py"};
        spec.created = 1700000000;
        spec.params = Json{{"lr", 0.1}, {"model.name", "a \"b\", c"}, {"deep", true}};
        spec.tags = {"ablation"};
        REQUIRE(store->createRun(spec));
        auto journal = JournalWriter::open(store->runDir(id) + "/journal.jsonl").value();
        REQUIRE(journal.event("state", Json{{"state", "running"}}));
        const double inf = std::numeric_limits<double>::infinity();
        const double hard[] = {0.1,  -0.0,    5e-324, 1.7976931348623157e308, std::nan(""), inf,
                               -inf, 1.0 / 3, 1e22};
        for (int i = 0; i < 3000; ++i) {
            const std::int64_t step = i == 2000 ? 5 : i;  // once it goes back
            const double loss = i < 9 ? hard[i] : 1.0 / (i + 1), exact = i * 0.25;
            std::vector<JournalWriter::Metric> line{{"train/loss", loss}, {"half", exact}};
            points["train/loss"].emplace_back(step, loss);
            points["half"].emplace_back(step, exact);
            if (i % 100 == 0) {
                line.emplace_back("val.acc", loss);
                points["val.acc"].emplace_back(step, loss);
            }
            REQUIRE(journal.metrics(step, line, 1700000000 + i * 0.25));
        }
        REQUIRE(journal.event("text", Json{{"s", 3}, {"name", "sample"}, {"text", "hello"}}));
        REQUIRE(journal.event(
            "histogram", Json{{"s", 3}, {"name", "w"}, {"edges", {0.0, 1.0, 2.0}}, {"counts", {1.0, 2.0}}}));
        REQUIRE(journal.event("state", Json{{"state", "finished"}, {"exit", 0}}));
        REQUIRE(store->refresh());
    }
};

bool sameBits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
           (std::isnan(a) && std::isnan(b));
}

ImportOutcome import(record::Store& store, const std::string& path) {
    const auto outcome = importRuns(store, {.paths = {path}, .format = {}, .experiment = {}}, {}, always);
    REQUIRE_MESSAGE(outcome, outcome.error().text());
    for (const std::string& problem : outcome->problems)
        FAIL_CHECK(problem);
    REQUIRE(store.refresh());
    return *outcome;
}

// Order between series is not kept by every format, that within one is.
void checkPoints(record::Store& store, const std::string& id, Origin& origin, bool sorted = false) {
    for (auto [name, expected] : origin.points) {
        const auto got = store.points(id, name);
        REQUIRE(got);
        if (sorted)
            std::ranges::stable_sort(expected, {}, [](const auto& point) { return point.first; });
        REQUIRE_MESSAGE(got->size() == expected.size(), name);
        for (std::size_t i = 0; i < expected.size(); ++i) {
            REQUIRE((*got)[i].step == expected[i].first);
            REQUIRE_MESSAGE(sameBits((*got)[i].value, expected[i].second), name, " ", i);
        }
    }
}

}  // namespace

TEST_CASE("out and in again keeps every point, bit for bit, whatever the format; twice gives one run") {
    Origin origin;
    const record::RunSummary run = origin.store->run(origin.id).value();
    for (const std::string format : {"tensorboard", "mlflow", "wandb", "csv", "jsonl"}) {
        CAPTURE(format);
        const std::string out = origin.dir / ("out-" + format);
        const auto written = exportRun(*origin.store, run, *exportFormatFromName(format), out, always);
        REQUIRE_MESSAGE(written, written.error().text());
        CHECK(written->points == 6030);
        CHECK(exportRun(*origin.store, run, *exportFormatFromName(format), out, always).error().code ==
              ErrorCode::Exists);

        const auto store = record::Store::open(origin.dir / ("store-" + format)).value();
        const ImportOutcome first = import(*store, out);
        REQUIRE(first.made == 1);
        checkPoints(*store, first.runs[0], origin, format == "wandb");
        const record::RunSummary copy = store->run(first.runs[0]).value();
        CHECK(copy.state == record::RunState::Finished);
        CHECK(numberFromJson(copy.params["lr"]) == 0.1);
        CHECK(getString(copy.params, "model.name") == "a \"b\", c");
        const ImportOutcome second = import(*store, out);
        CHECK(second.made == 0);
        CHECK(second.same == 1);
        CHECK(second.runs == first.runs);
        CHECK(store->runs().value().size() == 1);
        checkPoints(*store, first.runs[0], origin, format == "wandb");
    }
}

TEST_CASE("what else a run holds goes along where the peer has a place for it") {
    Origin origin;
    const record::RunSummary run = origin.store->run(origin.id).value();
    const auto written =
        exportRun(*origin.store, run, ExportFormat::TensorBoard, origin.dir / "tb", always).value();
    const auto store = record::Store::open(origin.dir / "copy").value();
    const ImportOutcome outcome = import(*store, origin.dir / "tb");
    const auto items = store->items({.run = outcome.runs[0], .kind = {}, .name = {}}).value();
    REQUIRE(items.size() == 2);
    CHECK(fileName(written.path) == "amber_otter");

    REQUIRE(exportRun(*origin.store, run, ExportFormat::Mlflow, origin.dir / "mlruns", always));
    const auto other = record::Store::open(origin.dir / "copy2").value();
    const record::RunSummary copy = other->run(import(*other, origin.dir / "mlruns").runs[0]).value();
    CHECK(copy.spec.name == "amber/otter");
    CHECK(copy.spec.experiment == "first try");
    CHECK(copy.tags == std::vector<std::string>{"ablation"});
}

TEST_CASE("a log that grew gives only what is new, into the same run") {
    const TempDir dir;
    const auto store = record::Store::open(dir / "store").value();
    REQUIRE(makeDirs(dir / "exp/version_0"));
    const std::string csv = dir / "exp/version_0/metrics.csv";
    std::ofstream(csv) << "step,loss\n0,1\n1,0.5\n";
    const ImportOutcome first = import(*store, dir / "exp");
    REQUIRE(first.made == 1);
    std::ofstream(csv, std::ios::app) << "2,0.25\n";
    const ImportOutcome second = import(*store, dir / "exp");
    CHECK(second.grown == 1);
    CHECK(second.runs == first.runs);
    CHECK(store->points(first.runs[0], "loss").value().size() == 3);
    CHECK(store->run(first.runs[0]).value().spec.name == "version_0");
}

TEST_CASE("MLflow's database: runs, marks for NaN and infinity, nothing in it changes") {
    const TempDir dir;
    const std::string path = dir / "mlflow.db";
    {
        const auto db = record::Database::open(path).value();
        REQUIRE(db->exec(
            "CREATE TABLE experiments(experiment_id INTEGER PRIMARY KEY, name TEXT);"
            "CREATE TABLE runs(run_uuid TEXT PRIMARY KEY, name TEXT, user_id TEXT, status TEXT, start_time "
            "BIGINT,"
            " end_time BIGINT, lifecycle_stage TEXT, artifact_uri TEXT, experiment_id INTEGER);"
            "CREATE TABLE metrics(key TEXT, value DOUBLE, timestamp BIGINT, run_uuid TEXT, step BIGINT, "
            "is_nan BOOLEAN);"
            "CREATE TABLE params(key TEXT, value TEXT, run_uuid TEXT);"
            "CREATE TABLE tags(key TEXT, value TEXT, run_uuid TEXT);"
            "INSERT INTO experiments VALUES(1, 'vision');"
            "INSERT INTO runs VALUES('aa', 'one', 'me', 'FAILED', 1700000000000, 1700000009000, 'active', "
            "'', 1);"
            "INSERT INTO runs VALUES('bb', 'two', 'me', 'FINISHED', 1700000000000, NULL, 'deleted', '', 1);"
            "INSERT INTO metrics VALUES('loss', 0.1, 1700000001000, 'aa', 3, 0);"
            "INSERT INTO metrics VALUES('loss', 0, 1700000002000, 'aa', 4, 1);"
            "INSERT INTO metrics VALUES('loss', 1.7976931348623157e308, 1700000003000, 'aa', 5, 0);"
            "INSERT INTO params VALUES('lr', '0.5', 'aa'); INSERT INTO params VALUES('name', 'nan-free', "
            "'aa');"
            "INSERT INTO tags VALUES('team', 'x', 'aa'); INSERT INTO tags VALUES('mlflow.note.content', "
            "'why', 'aa');"));
    }
    const std::string before = readFile(path).value();
    const auto store = record::Store::open(dir / "store").value();
    const ImportOutcome outcome = import(*store, path);
    CHECK(outcome.made == 2);
    CHECK(readFile(path).value() == before);
    const auto runs = store->runs().value();
    REQUIRE(runs.size() == 1);  // the deleted one is in the trash
    const record::RunSummary& run = runs[0];
    CHECK(run.spec.name == "one");
    CHECK(run.spec.experiment == "vision");
    CHECK(run.state == record::RunState::Failed);
    CHECK(run.note == "why");
    CHECK(run.tags == std::vector<std::string>{"team=x"});
    CHECK(numberFromJson(run.params["lr"]) == 0.5);
    const auto points = store->points(run.spec.id, "loss").value();
    REQUIRE(points.size() == 3);
    CHECK(points[0].value == 0.1);
    CHECK(std::isnan(points[1].value));
    CHECK(std::isinf(points[2].value));
    CHECK(import(*store, path).same == 2);
}

TEST_CASE("what cannot be imported is said") {
    const TempDir dir;
    const auto store = record::Store::open(dir / "store").value();
    const auto one = [&](const std::string& path) {
        return importRuns(*store, {.paths = {path}, .format = {}, .experiment = {}}, {}, always);
    };
    CHECK(one(dir / "none").error().code == ErrorCode::NotFound);
    REQUIRE(makeDirs(dir / "empty"));
    CHECK(one(dir / "empty").error().code == ErrorCode::NotFound);
    REQUIRE(writeFileAtomic(dir / "x.wandb", "no such thing"));
    const auto foreign = one(dir / "x.wandb");
    REQUIRE(foreign);
    CHECK(foreign->problems.size() == 1);
    REQUIRE(writeFileAtomic(dir / "mlflow.db", std::string("SQLite format 3\0", 16) + "damaged"));
    CHECK_FALSE(one(dir / "mlflow.db"));
    CHECK(store->runs().value().empty());
}

TEST_CASE("a cancelled import goes on where it was, a cancelled export leaves nothing") {
    Origin origin;
    const record::RunSummary run = origin.store->run(origin.id).value();
    int calls = 0;
    const auto stopped =
        exportRun(*origin.store, run, ExportFormat::Csv, origin.dir / "out", [&] { return ++calls > 5; });
    REQUIRE(stopped);
    CHECK(stopped->cancelled);
    CHECK_FALSE(exists(stopped->path));
    REQUIRE(exportRun(*origin.store, run, ExportFormat::Csv, origin.dir / "out", always));
    const auto store = record::Store::open(origin.dir / "copy").value();
    int looks = 0;
    const auto half = importRuns(*store, {.paths = {origin.dir / "out"}, .format = {}, .experiment = {}}, {},
                                 [&] { return ++looks < 2; });
    REQUIRE(half);
    CHECK(half->cancelled);
    const ImportOutcome whole = import(*store, origin.dir / "out");
    CHECK(whole.runs.size() == 1);
    checkPoints(*store, whole.runs[0], origin);
    CHECK(store->runs().value().size() == 1);
}
