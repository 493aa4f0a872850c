// SPDX-License-Identifier: Apache-2.0
#include "host/tests/collector.h"

#include "core/file.h"
#include "core/paths.h"

#include <csignal>
#include <doctest/doctest.h>
#include <filesystem>
#include <thread>

using namespace lathe;
using namespace lathe::host;

namespace {

struct Fixture {
    std::unique_ptr<Hosts> hosts = Hosts::create();
    std::shared_ptr<Host> host = hosts->local();
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "run collects both outputs, the exit code and the input") {
    const auto output = host->run({{"sh", "-c", "cat; echo err >&2; exit 3"}}, "in");
    REQUIRE(output);
    CHECK(output->out == "in");
    CHECK(output->err == "err\n");
    CHECK(output->status.code == 3);
    CHECK(host->run({{"sh", "-c", "kill -9 $$"}})->status.signal == SIGKILL);
}

TEST_CASE_FIXTURE(Fixture, "run starts in the home folder, or where it is told, with the given environment") {
    CHECK(host->run({{"pwd", "-P"}})->out == std::filesystem::canonical(homeDir()).string() + "\n");
    CHECK(host->run({{"pwd"}, "/"})->out == "/\n");
    CHECK(host->run({{"sh", "-c", "echo \"$A\""}, "/", {{"A", "b c'\"$\n"}}})->out == "b c'\"$\n\n");
    CHECK(host->run({{"pwd"}, "/no such folder"}).error().code == ErrorCode::NotFound);
    CHECK(host->run({{"no-such-program-xyz"}}).error().code == ErrorCode::NotFound);
}

TEST_CASE_FIXTURE(Fixture, "run ends on its time limit, a stop request, and too much output") {
    CHECK(host->run({{"sleep", "100"}}, {}, 0.05).error().code == ErrorCode::Unavailable);
    std::stop_source source;
    std::jthread stopper([&] { source.request_stop(); });
    CHECK(host->run({{"sleep", "100"}}, {}, 0, source.get_token()).error().code == ErrorCode::Cancelled);
    CHECK(host->run({{"yes"}}).error().code == ErrorCode::Full);
}

TEST_CASE_FIXTURE(Fixture, "large input and output pass through pipes whole") {
    std::string input(5'000'000, 'x');
    for (std::size_t i = 0; i < input.size(); i += 97)
        input[i] = static_cast<char>('a' + i % 26);
    CHECK(host->run({{"cat"}}, input)->out == input);
}

TEST_CASE_FIXTURE(Fixture, "a terminal echoes, resizes and reports its end") {
    Collector seen;
    auto stream = host->start({{"sh"}, "/", {{"PS1", ""}}, PtySize{91, 33}}, seen.callbacks());
    REQUIRE(stream);
    (*stream)->write("stty size\n");
    CHECK(seen.waitForOutput("33 91"));
    (*stream)->resize({120, 40});
    (*stream)->write("stty size; echo $TERM\n");
    CHECK(seen.waitForOutput("40 120"));
    CHECK(seen.waitForOutput("xterm-256color"));
    (*stream)->write("exit 7\n");
    const auto status = seen.waitForEnd();
    REQUIRE(status);
    CHECK(status->code == 7);
    CHECK(seen.err().empty());
}

TEST_CASE_FIXTURE(Fixture, "signals reach the whole group and destroying a terminal hangs it up") {
    Collector seen;
    auto stream = host->start({{"sh", "-c", "sleep 100 & echo up; wait"}}, seen.callbacks());
    REQUIRE(stream);
    REQUIRE(seen.waitForOutput("up"));
    (*stream)->signal(SIGTERM);
    CHECK(seen.waitForEnd()->signal == SIGTERM);

    const TempDir dir;
    Collector hung;
    auto terminal = host->start(
        {{"sh", "-c",
          "trap 'echo hup > " + (dir / "hup") + "; exit' HUP; echo up; while :; do sleep 0.05; done"},
         "/",
         {},
         PtySize{}},
        hung.callbacks());
    REQUIRE(terminal);
    REQUIRE(hung.waitForOutput("up"));
    terminal->reset();
    for (int i = 0; i < 200 && !exists(dir / "hup"); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(exists(dir / "hup"));
    CHECK_FALSE(hung.hasEnded());  // nothing is called back once it is destroyed
}

TEST_CASE_FIXTURE(Fixture, "a child left behind with the output open does not hold the end back") {
    Collector seen;
    const auto stream = host->start({{"sh", "-c", "sleep 3 & echo done"}}, seen.callbacks());
    REQUIRE(stream);
    const auto status = seen.waitForEnd();
    REQUIRE(status);
    CHECK(status->ok());
    CHECK(seen.out() == "done\n");
}

TEST_CASE_FIXTURE(Fixture, "a paused stream stops reading and loses nothing") {
    Collector seen;
    const auto stream = host->start({{"sh", "-c", "read x; seq 1 200000"}}, seen.callbacks());
    REQUIRE(stream);
    (*stream)->pauseOutput(true);
    (*stream)->write("go\n");
    CHECK_FALSE(seen.waitForOutput("\n2\n", 0.3));
    (*stream)->pauseOutput(false);
    REQUIRE(seen.waitForEnd());
    CHECK(seen.out().ends_with("199999\n200000\n"));
    CHECK(seen.out().size() == 1288895);
}
