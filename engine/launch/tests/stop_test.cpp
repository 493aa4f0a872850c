// SPDX-License-Identifier: Apache-2.0
#include "launch/tests/run_fixture.h"

using namespace lathe;
using launch::RunFixture;

TEST_CASE("stop ends the whole tree, daemons included, and says so") {
    RunFixture runs;
    const std::string id = runs.shell(
        "setsid sh -c 'trap \"\" TERM; sleep 987' & (setsid sh -c 'sleep 988 & sleep 989' &) ; echo up; sleep 990");
    RunFixture::waitFor("the tree", [&] {
        return runs.output(id) == "up\n" && launch::leftoverProcesses(runs.dirOf(id), id).size() >= 5;
    });
    const auto answer = runs.agent({"stop", runs.store(), id, "--grace", "0.3"});
    CHECK_MESSAGE(answer.status.ok(), answer.err);
    const Json end = runs.waitEnd(id);
    CHECK(getString(end, "state") == "stopped");
    CHECK(getInt(end, "signal") == SIGTERM);
    CHECK(launch::leftoverProcesses(runs.dirOf(id), id).empty());
}

TEST_CASE("a run that ends well on TERM is stopped, not finished, and keeps its exit code") {
    RunFixture runs;
    const std::string id = runs.shell("trap 'echo saving; exit 0' TERM; echo up; while :; do sleep 0.05; done");
    RunFixture::waitFor("the trap", [&] { return runs.output(id) == "up\n"; });
    REQUIRE(launch::stopRun(runs.dirOf(id), id, 20));
    const Json end = runs.waitEnd(id);
    CHECK(getString(end, "state") == "stopped");
    CHECK(getInt(end, "exit", -1) == 0);
    CHECK(runs.output(id).ends_with("saving\n"));
}

TEST_CASE("who ignores TERM is killed after the grace, and a second request shortens it") {
    RunFixture runs;
    const std::string id = runs.shell("trap '' TERM; echo up; while :; do sleep 0.05; done");
    RunFixture::waitFor("the trap", [&] { return runs.output(id) == "up\n"; });
    REQUIRE(launch::stopRun(runs.dirOf(id), id, 3600));
    REQUIRE(launch::stopRun(runs.dirOf(id), id, 0));
    const Json end = runs.waitEnd(id);
    CHECK(getString(end, "state") == "stopped");
    CHECK(getInt(end, "signal") == SIGKILL);
}

TEST_CASE("a stop at the very first moment is not lost") {
    RunFixture runs;
    for (int i = 0; i < 5; ++i) {
        const std::string id = runs.shell("sleep 987");
        REQUIRE(launch::stopRun(runs.dirOf(id), id, 1));
        CHECK(getString(runs.waitEnd(id), "state") == "stopped");
    }
}

TEST_CASE("stop of what is over, unknown or no id is refused") {
    RunFixture runs;
    const std::string id = runs.shell("true");
    runs.waitEnd(id);
    CHECK(runs.agent({"stop", runs.store(), id}).status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(runs.agent({"stop", runs.store(), newId()}).status.code == exitCodeOf(ErrorCode::NotFound));
    CHECK(runs.agent({"stop", runs.store(), "../../etc"}).status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(runs.agent({"stop", runs.store(), id, "--grace", "soon"}).status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(runs.agent({"stop", runs.store(), id, "--grace"}).status.code == exitCodeOf(ErrorCode::Invalid));
}

TEST_CASE("TERM to the supervisor ends the run in order") {
    RunFixture runs;
    const std::string id = runs.shell("sleep 987");
    ::kill(runs.supervisorPid(id), SIGTERM);
    CHECK(getString(runs.waitEnd(id), "state") == "stopped");
    CHECK(launch::leftoverProcesses(runs.dirOf(id), id).empty());
}
