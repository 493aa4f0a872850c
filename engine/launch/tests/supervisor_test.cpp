// SPDX-License-Identifier: Apache-2.0
#include "launch/tests/run_fixture.h"

#include <algorithm>
#include <sys/stat.h>

using namespace lathe;
using launch::RunFixture;

TEST_CASE("a command is recorded from its first byte to its exit code") {
    RunFixture runs;
    const std::string id = runs.shell("echo out; echo err >&2; echo loss=0.5 step=3; exit 7");
    const Json end = runs.waitEnd(id);
    CHECK(getString(end, "state") == "failed");
    CHECK(getInt(end, "exit") == 7);
    CHECK(getString(end, "reason") == "exit code 7");
    CHECK(runs.output(id) == "out\nerr\nloss=0.5 step=3\n");
    CHECK(runs.points(id, "loss") == std::vector<std::pair<std::int64_t, double>>{{3, 0.5}});
    const auto events = runs.events(id);
    CHECK(getString(events.front(), "state") == "running");
    CHECK(getString(events.back(), "e") == "state");
}

TEST_CASE("a signal that ends the command is named") {
    RunFixture runs;
    const Json end = runs.waitEnd(runs.shell("kill -SEGV $$"));
    CHECK(getString(end, "state") == "failed");
    CHECK(getInt(end, "signal") == SIGSEGV);
    CHECK(getString(end, "reason") == "killed by SIGSEGV");
}

TEST_CASE("a command that cannot start is a failed run that says why") {
    RunFixture runs;
    Json end = runs.waitEnd(runs.command({"no-such-program-anywhere"}));
    CHECK(getString(end, "state") == "failed");
    CHECK(getInt(end, "exit") == 127);
    CHECK(getString(end, "reason").find("no-such-program-anywhere: command not found") == 0);
    REQUIRE(writeFileAtomic(runs.temp() + "/plain.txt", "text"));
    end = runs.waitEnd(runs.command({runs.temp() + "/plain.txt"}));
    CHECK(getInt(end, "exit") == 126);
}

TEST_CASE("the run knows who it is and finds the Python helper") {
    RunFixture runs;
    auto request = runs.request({"sh", "-c", "env"});
    request.spec.name = "amber";
    request.spec.experiment = "first";
    request.env = {{"MY_TOKEN", "s3cret"}};
    const std::string id = runs.start(request);
    runs.waitEnd(id);
    const std::string env = "\n" + runs.output(id);
    const std::vector<std::string> entries{"LATHE_RUN_ID=" + id, "LATHE_RUN_DIR=" + runs.dirOf(id), std::string("LATHE_RUN_NAME=amber"),
                                     "LATHE_STORE=" + runs.store(), std::string("LATHE_EXPERIMENT=first"),
                                     std::string("PYTHONUNBUFFERED=1"), std::string("MY_TOKEN=s3cret")};
    for (const std::string& entry : entries)
        CHECK_MESSAGE(env.find("\n" + entry + "\n") != std::string::npos, entry);
    CHECK(env.find("\nWORLD_SIZE=") == std::string::npos);
    CHECK(readFile(runs.dirOf(id) + "/run.json").value().find("s3cret") == std::string::npos);
    const auto at = env.find("\nPYTHONPATH=") + 12;
    const std::string folder = env.substr(at, env.find_first_of(":\n", at) - at);
    CHECK(exists(folder + "/lathe.py"));
}

TEST_CASE("ranks get torchrun's names and a console of their own") {
    RunFixture runs;
    const std::string id = runs.shell("echo $RANK $LOCAL_RANK $WORLD_SIZE $LOCAL_WORLD_SIZE $MASTER_ADDR; echo m=$RANK", 3);
    CHECK(getString(runs.waitEnd(id), "state") == "finished");
    CHECK(runs.output(id).find("0 0 3 3 127.0.0.1\n") == 0);
    CHECK(runs.output(id, "output.1.log").find("1 1 3 3 127.0.0.1\n") == 0);
    CHECK(runs.output(id, "output.2.log").find("2 2 3 3 127.0.0.1\n") == 0);
    CHECK(runs.points(id, "m").size() == 1);  // of rank 0 alone
}

TEST_CASE("when one rank dies the others are ended and the reason names it") {
    RunFixture runs;
    const std::string id = runs.shell("trap '' TERM; if [ $RANK = 1 ]; then sleep 0.2; exit 3; fi; while :; do sleep 0.1; done", 3);
    const Json end = runs.waitEnd(id);
    CHECK(getString(end, "state") == "failed");
    CHECK(getInt(end, "exit") == 3);
    CHECK(getString(end, "reason").find("rank 1: exit code 3") == 0);
    CHECK(launch::leftoverProcesses(runs.dirOf(id), id).empty());
}

TEST_CASE("a value that is printed and logged is one series") {
    RunFixture runs;
    const std::string id = runs.shell(
        "echo loss=1 step=1 only=5; "
        R"(printf '{"t":1,"e":"metrics","s":1,"v":{"loss":1.25}}\n' > $LATHE_RUN_DIR/journal.0.jsonl; sleep 0.1; echo loss=2 step=2)");
    runs.waitEnd(id);
    CHECK(runs.points(id, "loss").empty());
    CHECK(runs.points(id, "only").size() == 1);
}

TEST_CASE("heartbeats and the use of the machine are recorded") {
    RunFixture runs;
    const std::string id = runs.shell("end=$(($(date +%s)+6)); while [ $(date +%s) -lt $end ]; do :; done");
    RunFixture::waitFor("a sample", [&] { return !runs.points(id, "system/cpu").empty(); });
    CHECK(runs.points(id, "system/cpu")[0].second > 1);
    CHECK(runs.points(id, "system/memory")[0].second > 1e5);
    const auto events = runs.events(id);
    CHECK(std::ranges::any_of(events, [](const Json& event) { return getString(event, "e") == "heartbeat"; }));
    (void)launch::stopRun(runs.dirOf(id), id, 0);
}

TEST_CASE("odd output is kept as it came: a 10 MB line, bytes that are no text, no last newline") {
    RunFixture runs;
    const std::string id = runs.shell(
        R"(head -c 10000000 /dev/zero | tr '\0' x; printf '\nloss=1 step=1\n'; printf '\377\376\000 b=\377 loss=2 step=2\nloss=3 step=3')");
    CHECK(getString(runs.waitEnd(id), "state") == "finished");
    const std::string output = runs.output(id);
    const std::string tail("\nloss=1 step=1\n\xff\xfe\0 b=\xff loss=2 step=2\nloss=3 step=3", 50);
    CHECK(output.size() == 10'000'000 + tail.size());
    CHECK(output.ends_with(tail));
    CHECK(runs.points(id, "loss") == std::vector<std::pair<std::int64_t, double>>{{1, 1}, {2, 2}, {3, 3}});
}

TEST_CASE("the supervisor is a session of its own without a terminal, and the run's only parent") {
    RunFixture runs;
    const std::string id = runs.shell("echo $PPID; sleep 30");
    RunFixture::waitFor("the parent's id", [&] { return !runs.output(id).empty(); });
    const pid_t supervisor = runs.supervisorPid(id);
    CHECK(std::stoi(runs.output(id)) == supervisor);
    const auto fields = split(readFile("/proc/" + std::to_string(supervisor) + "/stat").value(), ' ');
    CHECK(fields[6] == "0");  // no controlling terminal
    CHECK(::getsid(supervisor) != ::getsid(0));
    const std::vector<std::string> open = listDir("/proc/" + std::to_string(supervisor) + "/fd").value();
    for (const std::string& fd : open) {
        char target[512] = {};
        const std::string link = "/proc/" + std::to_string(supervisor) + "/fd/" + fd;
        if (::readlink(link.c_str(), target, sizeof target - 1) > 0)
            CHECK_MESSAGE(std::string_view(target).find("/dev/pts") == std::string_view::npos, target);
    }
}

TEST_CASE("two supervisors on one journal: the second is refused and harms nothing") {
    RunFixture runs;
    const std::string id = runs.shell("sleep 0.5; echo done");
    const auto second = runs.agent({"supervise", runs.dirOf(id)});
    CHECK(second.status.code == exitCodeOf(ErrorCode::Exists));
    CHECK(second.err.find("journal") != std::string::npos);
    CHECK(getString(runs.waitEnd(id), "state") == "finished");
    CHECK(runs.output(id) == "done\n");
}

TEST_CASE("processes that a finished run leaves behind are named, left alone and still recorded") {
    RunFixture runs;
    const std::string id = runs.shell("(sleep 1; echo later; sleep 60) & echo first");
    const Json end = runs.waitEnd(id);
    CHECK(getString(end, "state") == "finished");
    CHECK(getString(end, "reason").find("left behind") != std::string::npos);
    RunFixture::waitFor("the leftover's output", [&] { return runs.output(id) == "first\nlater\n"; });
    const auto stopped = launch::stopRun(runs.dirOf(id), id, 0);
    REQUIRE(stopped);
    CHECK(stopped->leftoversEnded > 0);
    RunFixture::waitFor("no leftovers", [&] { return launch::leftoverProcesses(runs.dirOf(id), id).empty(); });
}

TEST_CASE("kill -9 of the supervisor: what was logged is there, the run goes on and its output is kept") {
    RunFixture runs;
    const std::string id = runs.shell("i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo loss=$i step=$i; sleep 0.02; done");
    RunFixture::waitFor("the first points", [&] { return runs.points(id, "loss").size() > 3; });
    ::kill(runs.supervisorPid(id), SIGKILL);
    RunFixture::waitFor("the lock to be free", [&] { return !launch::isSupervised(runs.dirOf(id)); });
    const auto points = runs.points(id, "loss");
    for (std::size_t i = 0; i < points.size(); ++i)
        CHECK(points[i].first == static_cast<std::int64_t>(i) + 1);
    CHECK(launch::lastRecordedState(runs.dirOf(id)) == "running");
    const std::size_t size = runs.output(id).size();
    RunFixture::waitFor("output after the supervisor's end", [&] { return runs.output(id).size() > size + 100; });
    CHECK_FALSE(launch::leftoverProcesses(runs.dirOf(id), id).empty());
    const auto output = split(std::string(trim(runs.output(id))), '\n');
    for (std::size_t i = 0; i < output.size(); ++i)  // nothing lost or doubled at the handover
        CHECK(output[i] == "loss=" + std::to_string(i + 1) + " step=" + std::to_string(i + 1));
    const auto stopped = launch::stopRun(runs.dirOf(id), id, 1);
    REQUIRE(stopped);
    CHECK(stopped->leftoversEnded > 0);
    CHECK(launch::leftoverProcesses(runs.dirOf(id), id).empty());
}

TEST_CASE("twenty runs at once are all whole") {
    RunFixture runs;
    std::vector<std::string> ids;
    for (int i = 0; i < 20; ++i)
        ids.push_back(runs.shell("for i in 1 2 3 4 5; do echo loss=$i step=$i; sleep 0.05; done"));
    for (const std::string& id : ids) {
        CHECK(getString(runs.waitEnd(id), "state") == "finished");
        CHECK(runs.points(id, "loss").size() == 5);
    }
}
