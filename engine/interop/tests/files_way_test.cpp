// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"
#include "core/process.h"
#include "core/text.h"
#include "interop/event_file_writer.h"
#include "interop/files_way.h"

#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <memory>

using namespace lathe;
using namespace lathe::interop;

namespace {

void append(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::app | std::ios::binary) << text;
}

// A run whose collector lives in this process.
struct Watched {
    TempDir dir, runtime;
    RunEnvironment run;
    std::unique_ptr<CollectJournal> journal;
    std::unique_ptr<FilesWay> way;
    std::vector<pid_t> processes;

    Watched() {
        ::setenv("XDG_RUNTIME_DIR", runtime.path().c_str(), 1);
        run.runDir = dir / "store/runs/r";
        run.store = dir / "store";
        run.spec.cwd = dir / "work";
        run.started = wallSeconds();
        run.processes = [this] { return processes; };
        REQUIRE(makeDirs(run.runDir));
        REQUIRE(makeDirs(run.spec.cwd));
    }
    void start() {
        journal = CollectJournal::open(run.runDir).value();
        way = std::make_unique<FilesWay>(run, *journal);
        REQUIRE(way->start());
    }
    void end() {
        journal->hurry();
        way->finish();
        journal->finish();
    }
    std::string work(std::string_view name) const { return run.spec.cwd + "/" + std::string(name); }
    std::vector<double> values(const std::string& name) const {
        std::vector<double> found;
        for (const std::string& line :
             split(readFile(run.runDir + "/journal.collect.jsonl").value_or(""), '\n')) {
            const auto json = parseJson(line);
            if (json && getString(*json, "e") == "metrics" && (*json)["v"].contains(name))
                found.push_back(*numberFromJson((*json)["v"][name]));
        }
        return found;
    }
};

}  // namespace

TEST_CASE("logs that appear or grow below the working folder are found, those from before are not taken") {
    Watched run;
    append(run.work("old.csv"), "step,old\n1,1\n");
    append(run.work("metrics.csv"), "step,loss\n1,1\n");
    REQUIRE(makeDirs(run.work("node_modules/x")));
    run.start();
    append(run.work("metrics.csv"), "2,0.5\n");
    append(run.work("node_modules/x/log.csv"), "step,no\n1,1\n");
    REQUIRE(makeDirs(run.work("logs/train")));
    auto train = EventFileWriter::create(run.work("logs/train"), 1700000000).value();
    REQUIRE(train.scalar(1, 1, "acc", 0.75, false));
    REQUIRE(train.close());
    REQUIRE(makeDirs(run.work("dvclive/plots/metrics/eval")));
    append(run.work("dvclive/plots/metrics/eval/f1.tsv"),
           "timestamp\tstep\tf1\n1700000000000\t0\t0.5\n1700000001000\t1\t0.6\n");
    append(run.work("hparams.yaml"), "lr: 0.5\nmodel:\n  depth: 3\n");
    append(run.work("table.csv"), "id,label\n1,2\n");
    run.way->poll();
    append(run.work("metrics.csv"), "3,0.25\n");
    append(run.work("late.jsonl"), "{\"step\":4,\"late\":2}");
    run.end();
    CHECK(run.values("loss") == std::vector<double>{0.5, 0.25});
    CHECK(run.values("old").empty());
    CHECK(run.values("no").empty());
    CHECK(run.values("label").empty());
    CHECK(run.values("train/acc") == std::vector<double>{0.75});
    CHECK(run.values("eval/f1") == std::vector<double>{0.5, 0.6});
    CHECK(run.values("late") == std::vector<double>{2});
    const std::string text = readFile(run.run.runDir + "/journal.collect.jsonl").value();
    CHECK(text.find(R"("v":{"lr":0.5,"model.depth":3})") != std::string::npos);
}

TEST_CASE("a log outside of the working folder is found in the hands of the run's processes") {
    Watched run;
    const TempDir elsewhere;
    run.start();
    ProcessOptions options;
    options.argv = {"sh", "-c", "exec 3>>\"$0\"; printf 'step,loss\\n1,0.5\\n' >&3; echo ready; sleep 60",
                    elsewhere / "far.csv"};
    options.out = Redirect::Pipe;
    auto process = Process::start(options).value();
    char byte = 0;
    REQUIRE(::read(process.out().get(), &byte, 1) == 1);
    run.processes = {process.pid()};
    run.way->poll();
    run.way->poll();
    CHECK(process.signal(SIGKILL));
    (void)process.wait();
    run.end();
    CHECK(run.values("loss") == std::vector<double>{0.5});
}

TEST_CASE("where several runs work in one folder, a log belongs to the one that was seen writing it") {
    Watched run;
    run.start();
    RunEnvironment other = run.run;
    FilesWay neighbour(other, *run.journal);
    REQUIRE(neighbour.start());
    append(run.work("metrics.csv"), "step,loss\n1,0.5\n");
    run.end();
    CHECK(run.values("loss").empty());
}

TEST_CASE("a collector that died goes on with the same names and no point twice") {
    Watched run;
    run.start();
    for (const std::string name : {"logs", "logs/eval"}) {
        auto writer = EventFileWriter::create(run.work(name), 1700000000).value();
        REQUIRE(writer.scalar(1, 1, "loss", 0.5, false));
        REQUIRE(writer.close());
    }
    append(run.work("m.csv"), "step,acc\n1,1\n");
    run.way->poll();
    run.journal->hurry();
    run.way->poll();
    run.journal->settle();
    CHECK(run.values("loss").size() == 1);
    run.way.reset();
    run.journal.reset();
    run.start();
    append(run.work("m.csv"), "2,2\n");
    run.end();
    CHECK(run.values("loss") == std::vector<double>{0.5});
    CHECK(run.values("eval/loss") == std::vector<double>{0.5});
    CHECK(run.values("acc") == std::vector<double>{1, 2});
}
