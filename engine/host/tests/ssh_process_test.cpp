// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "host/tests/collector.h"
#include "host/tests/ssh_fixture.h"

#include <atomic>
#include <csignal>
#include <thread>

using namespace lathe;
using namespace lathe::host;

TEST_CASE("programs: exit codes, signals, folder, environment, hostile words") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    Host& host = *box.host;
    const auto output = host.run({{"sh", "-c", "cat; echo err >&2; exit 3"}}, "in");
    REQUIRE(output);
    CHECK(output->out == "in");
    CHECK(output->err == "err\n");
    CHECK(output->status.code == 3);
    CHECK(host.run({{"sh", "-c", "kill -9 $$"}})->status.signal == SIGKILL);
    CHECK(host.run({{"pwd"}})->out == box.sshd.home() + "\n");
    CHECK(host.run({{"pwd"}, "/usr"})->out == "/usr\n");
    const std::string hostile = "a b'\"$(touch /tmp/x)`id`\\\n;*?![~#&|<>\x1b\xff";
    CHECK(host.run({{"sh", "-c", "printf %s \"$A\""}, "/", {{"A", hostile}}})->out == hostile);
    CHECK(host.run({{"printf", "%s|", hostile, "-n", "", "--"}})->out == hostile + "|-n||--|");
    CHECK(codeOf(host.run({{"pwd"}, "/no such folder"})) == ErrorCode::NotFound);
    CHECK(codeOf(host.run({{"no-such-program-xyz"}})) == ErrorCode::NotFound);
    CHECK(codeOf(host.run({{"-x"}})) == ErrorCode::Invalid);
    CHECK(codeOf(host.run({{"true"}, "/", {{"A;touch x", "1"}}})) == ErrorCode::Invalid);
    CHECK(codeOf(host.run({{"sleep", "100"}}, {}, 0.2)) == ErrorCode::Unavailable);
    std::stop_source source;
    std::jthread stopper([&] { source.request_stop(); });
    CHECK(codeOf(host.run({{"sleep", "100"}}, {}, 0, source.get_token())) == ErrorCode::Cancelled);
    const std::string large = patterned(3'000'000);
    CHECK(host.run({{"cat"}}, large)->out == large);

    Collector seen;
    auto stream = host.start({{"sh", "-c", "echo up; exec sleep 100"}}, seen.callbacks());
    REQUIRE(stream);
    REQUIRE(seen.waitForOutput("up"));
    (*stream)->signal(SIGTERM);
    CHECK(seen.waitForEnd()->signal == SIGTERM);
}

TEST_CASE("start-up files that print do not get into a program's output") {
    NEEDS_SSHD();
    // What a talkative .bashrc does, without touching anybody's: the server runs this before every command.
    Box box("SetEnv BASH_ENV=/dev/null\nForceCommand echo welcome; echo warning >&2; eval "
            "\"$SSH_ORIGINAL_COMMAND\"");
    const auto connected = box.host->connect({});
    REQUIRE(connected);
    const auto output = box.host->run({{"sh", "-c", "echo own; echo mine >&2"}});
    REQUIRE(output);
    CHECK(output->out == "own\n");
    CHECK(output->err == "mine\n");
    // The same noise in front of SFTP: files are off, with the reason, and programs still run.
    const auto files = box.host->stat("/");
    REQUIRE_FALSE(files);
    MESSAGE(files.error().text());
}

TEST_CASE("an account that runs no commands says so") {
    NEEDS_SSHD();
    Box box("ForceCommand echo only backups here");
    REQUIRE(box.host->connect({}));
    const auto refused = box.host->run({{"true"}});
    CHECK(codeOf(refused) == ErrorCode::Unsupported);
    CHECK(refused.error().what.find("only backups here") != std::string::npos);
}

TEST_CASE("a terminal echoes, resizes, reports its end, and hangs up when dropped") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    Collector seen;
    auto stream = box.host->start({{"sh"}, "/", {{"PS1", ""}}, PtySize{91, 33}}, seen.callbacks());
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
    CHECK(seen.out().find("lathe-") == std::string::npos);

    const std::string mark = box.sshd.home() + "/hup";
    Collector hung;
    auto dropped = box.host->start(
        {{"sh", "-c", "trap 'echo > " + mark + "; exit' HUP; echo up; while :; do sleep 0.05; done"},
         "/",
         {},
         PtySize{}},
        hung.callbacks());
    REQUIRE(dropped);
    REQUIRE(hung.waitForOutput("up"));
    dropped->reset();
    for (int i = 0; i < 300 && !exists(mark); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(exists(mark));
    CHECK_FALSE(hung.hasEnded());

    Collector login;
    auto shell = box.host->start({{}, "", {}, PtySize{}}, login.callbacks());
    REQUIRE(shell);
    (*shell)->write("echo $((40+2)); pwd; exit\n");
    CHECK(login.waitForEnd());
    CHECK(login.out().find("42") != std::string::npos);
}

TEST_CASE("a terminal, a transfer and programs run side by side from several threads") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    Collector seen;
    auto terminal = box.host->start({{"cat"}, "/", {}, PtySize{}}, seen.callbacks());
    REQUIRE(terminal);
    const std::string bytes = patterned(8'000'000);
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 2; ++t) {
            threads.emplace_back([&, t] {
                const std::string path = box.sshd.home() + "/t" + std::to_string(t);
                if (!box.host->write(path, bytes) ||
                    box.host->read(path).value_or(FileContent{}).bytes != bytes)
                    ++wrong;
            });
        }
        threads.emplace_back([&] {
            for (int i = 0; i < 10; ++i) {
                const auto output = box.host->run({{"echo", std::to_string(i)}});
                if (!output || output->out != std::to_string(i) + "\n")
                    ++wrong;
            }
        });
        for (int i = 0; i < 20; ++i) {
            (*terminal)->write("line " + std::to_string(i) + "\n");
            if (!seen.waitForOutput("line " + std::to_string(i)))
                ++wrong;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("a flood of output can be paused and loses nothing") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    Collector seen;
    auto stream = box.host->start({{"sh", "-c", "read x; seq 1 1000000"}}, seen.callbacks());
    REQUIRE(stream);
    (*stream)->pauseOutput(true);
    (*stream)->write("go\n");
    CHECK_FALSE(seen.waitForOutput("\n2\n", 0.3));
    CHECK(box.host->stat("/"));  // others are not held up
    (*stream)->pauseOutput(false);
    REQUIRE(seen.waitForEnd());
    CHECK(seen.out().size() == 6888896);
}
