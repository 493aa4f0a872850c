// SPDX-License-Identifier: Apache-2.0
#include "launch/tests/run_fixture.h"

#include <doctest/doctest.h>
#include <fstream>

using namespace lathe;
using launch::RunFixture;

namespace {

std::vector<std::int64_t> collectedSteps(const RunFixture& runs, const std::string& id,
                                         const std::string& name) {
    std::vector<std::int64_t> steps;
    for (const std::string& line :
         split(readFile(runs.dirOf(id) + "/journal.collect.jsonl").value_or(""), '\n')) {
        const auto json = parseJson(line);
        if (json && getString(*json, "e") == "metrics" && (*json)["v"].contains(name))
            steps.push_back(getInt(*json, "s"));
    }
    return steps;
}

// The collector of this run; 0 if there is none.
pid_t collectorOf(const std::string& runDir) {
    for (const std::string& pid : listDir("/proc").value_or(std::vector<std::string>())) {
        const std::string words = readFile("/proc/" + pid + "/cmdline", 65536).value_or("");
        if (words.find('\0' + std::string("collect") + '\0' + runDir) != std::string::npos)
            return static_cast<pid_t>(std::atoi(pid.c_str()));
    }
    return 0;
}

template <class Condition> void waitUntil(const Condition& condition) {
    const double deadline = monotonicSeconds() + 60;
    while (!condition() && monotonicSeconds() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    REQUIRE(condition());
}

}  // namespace

TEST_CASE("a table that a script writes is in its run, to the last line") {
    RunFixture runs;
    const std::string id = runs.shell(
        "printf 'step,loss\\n' > metrics.csv; for i in 1 2 3 4 5; do echo $i,0.5 >> metrics.csv; done");
    CHECK(getString(runs.waitEnd(id), "state") == "finished");
    CHECK(collectedSteps(runs, id, "loss") == std::vector<std::int64_t>{1, 2, 3, 4, 5});
}

TEST_CASE("a metric that is printed and logged to a file is one series") {
    RunFixture runs;
    const std::string id =
        runs.shell("printf 'step,loss\\n1,0.5\\n' > metrics.csv; echo loss=0.5 step=1 other=2");
    CHECK(getString(runs.waitEnd(id), "state") == "finished");
    CHECK(collectedSteps(runs, id, "loss").size() == 1);
    CHECK(runs.points(id, "loss").empty());  // of the supervisor's own journal
    CHECK(runs.points(id, "other").size() == 1);
}

TEST_CASE("a collector that is killed is started again, misses nothing and repeats nothing; the run does not "
          "notice") {
    RunFixture runs;
    const std::string id =
        runs.shell("printf 'step,loss\\n' > metrics.csv; i=0; while [ ! -e enough ]; do"
                   " i=$((i+1)); echo $i,0.5 >> metrics.csv; sleep 0.05; done; echo $i > count");
    for (int round = 0; round < 2; ++round) {
        const std::size_t before = collectedSteps(runs, id, "loss").size();
        waitUntil([&] { return collectedSteps(runs, id, "loss").size() > before; });
        waitUntil([&] { return collectorOf(runs.dirOf(id)) > 0; });
        ::kill(collectorOf(runs.dirOf(id)), SIGKILL);
    }
    waitUntil([&] { return collectorOf(runs.dirOf(id)) > 0; });
    std::ofstream(runs.temp() + "/enough") << "";
    const Json end = runs.waitEnd(id);
    CHECK(getString(end, "state") == "finished");
    CHECK(getString(end, "reason").empty());
    const std::string counted = readFile(runs.temp() + "/count").value();
    std::vector<std::int64_t> expected;
    for (std::int64_t i = 1; i <= std::atoll(counted.c_str()); ++i)
        expected.push_back(i);
    const auto collected = collectedSteps(runs, id, "loss");
    CHECK_MESSAGE(collected == expected, readFile(runs.dirOf(id) + "/journal.collect.jsonl").value());
}
