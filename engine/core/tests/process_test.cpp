// SPDX-License-Identifier: Apache-2.0
#include "core/process.h"

#include "core/clock.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <unistd.h>

using namespace lathe;

namespace {

ProcessOptions shell(std::string script) {
    ProcessOptions options;
    options.argv = {"sh", "-c", std::move(script)};
    return options;
}

}  // namespace

TEST_CASE("output, error output, exit code, environment and folder arrive") {
    const TempDir dir;
    ProcessOptions options = shell("echo out-$LATHE_X; pwd; echo err >&2; exit 3");
    options.cwd = dir.path();
    options.env["LATHE_X"] = "7";
    const auto done = runCommand(options);
    REQUIRE(done);
    CHECK(done->out == "out-7\n" + dir.path() + "\n");
    CHECK(done->err == "err\n");
    CHECK(done->status.code == 3);
    CHECK(done->status.text() == "exit code 3");
}

TEST_CASE("a variable can be removed from the environment") {
    ::setenv("LATHE_GONE", "x", 1);
    ProcessOptions options = shell("echo [${LATHE_GONE-unset}]");
    options.env["LATHE_GONE"] = std::nullopt;
    CHECK(runCommand(options)->out == "[unset]\n");
}

TEST_CASE("a megabyte of input goes through while output is read") {
    const std::string input(1 << 20, 'x');
    const auto done = runCommand(shell("cat"), input);
    REQUIRE(done);
    CHECK(done->out == input);
}

TEST_CASE("a child that ends without reading its input does not end us") {
    const auto done = runCommand(shell("exit 0"), std::string(1 << 20, 'x'));
    REQUIRE(done);
    CHECK(done->status.ok());
}

TEST_CASE("what cannot be started says why") {
    ProcessOptions options;
    options.argv = {"no-such-program-here"};
    CHECK(Process::start(options).error().code == ErrorCode::NotFound);
    options.argv = {"/etc/passwd"};
    CHECK(Process::start(options).error().code == ErrorCode::Denied);
    options.argv = {"sh"};
    options.cwd = "/no/such/folder";
    const auto noFolder = Process::start(options);
    CHECK(noFolder.error().on == "/no/such/folder");
    options.argv = {};
    CHECK(Process::start(options).error().code == ErrorCode::Invalid);
}

TEST_CASE("a signal that ends a child is named") {
    const auto done = runCommand(shell("kill -KILL $$"));
    REQUIRE(done);
    CHECK(done->status.signal == SIGKILL);
    CHECK(done->status.text() == "killed by SIGKILL");
}

TEST_CASE("a command past its time is ended, also when it closed its output") {
    const double before = monotonicSeconds();
    CHECK(runCommand(shell("sleep 30"), {}, 0.2).error().code == ErrorCode::Unavailable);
    CHECK(runCommand(shell("exec >&- 2>&-; sleep 30"), {}, 0.2).error().code == ErrorCode::Unavailable);
    CHECK(monotonicSeconds() - before < 20);
}

TEST_CASE("output has a limit") {
    CHECK(runCommand(shell("yes"), {}, 20, 100000).error().code == ErrorCode::Full);
}

TEST_CASE("a terminal is one: size, controlling, hang-up of its group") {
    ProcessOptions options = shell("stty size; test -t 0 && echo tty; sleep 60");
    options.pty = PtySize{101, 37};
    auto process = Process::start(options);
    REQUIRE(process);
    std::string text;
    char buffer[256];
    while (text.find("tty\r\n") == std::string::npos) {
        const ssize_t got = ::read(process->out().get(), buffer, sizeof buffer);
        REQUIRE(got > 0);
        text.append(buffer, static_cast<std::size_t>(got));
    }
    CHECK(text.find("37 101") != std::string::npos);
    CHECK_FALSE(process->poll());
    REQUIRE(process->signalGroup(SIGKILL));
    CHECK(process->wait()->signal == SIGKILL);
}

TEST_CASE("the process tree holds children of children") {
    ProcessOptions options = shell("sh -c 'sleep 60 & echo ready; wait' & wait");
    options.newSession = true;
    options.out = Redirect::Pipe;
    auto process = Process::start(options);
    REQUIRE(process);
    char buffer[16];
    REQUIRE(::read(process->out().get(), buffer, sizeof buffer) > 0);
    const auto tree = processTree(process->pid());
    CHECK(tree.size() == 3);
    CHECK(tree[0] == process->pid());
    REQUIRE(process->signalGroup(SIGKILL));
    CHECK(process->wait()->signal == SIGKILL);
}
