// SPDX-License-Identifier: Apache-2.0
#include "launch/tests/run_fixture.h"

#include <algorithm>
#include <fcntl.h>
#include <poll.h>

using namespace lathe;
using launch::RunFixture;

namespace {

// `lathe` on a store of its own.
class Cli {
public:
    ProcessOptions options(std::vector<std::string> arguments) const {
        ProcessOptions options;
        options.argv = std::move(arguments);
        options.argv.insert(options.argv.begin(), programPath("lathe"));
        options.cwd = m_temp.path();
        options.env["LATHE_STORE"] = store();
        options.env["HOME"] = m_temp.path();
        options.env["XDG_CACHE_HOME"] = m_temp / "cache";
        return options;
    }
    CommandOutput run(std::vector<std::string> arguments) const {
        auto output = lathe::runCommand(options(std::move(arguments)), {}, 120);
        REQUIRE_MESSAGE(output, output.error().text());
        return *output;
    }
    Json json(std::vector<std::string> arguments) const {
        arguments.push_back("--json");
        const CommandOutput output = run(std::move(arguments));
        REQUIRE_MESSAGE(output.status.ok(), output.err);
        auto json = parseJson(output.out);
        REQUIRE(json);
        return *json;
    }
    Process start(std::vector<std::string> arguments) const {
        ProcessOptions given = options(std::move(arguments));
        given.in = given.out = Redirect::Null;
        given.err = Redirect::Pipe;
        given.newSession = true;
        auto process = Process::start(given);
        REQUIRE(process);
        return std::move(*process);
    }
    std::string state(const std::string& run) const {
        const CommandOutput output = this->run({"show", run, "--json"});
        return output.status.ok() ? getString(parseJson(output.out).value(), "state") : "";
    }
    std::string dir(const std::string& run) const { return getString(json({"show", run}), "dir"); }
    std::string store() const { return m_temp / "store"; }
    const std::string& folder() const { return m_temp.path(); }

private:
    TempDir m_temp;
};

std::string readAll(UniqueFd& fd) {
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(fd.get(), buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    return text;
}

}  // namespace

TEST_CASE("a command runs as without lathe: its output on standard output, the rest on standard error") {
    const Cli cli;
    const CommandOutput done = cli.run({"run", "--name", "a", "--tag", "x", "--note", "why", "--", "sh", "-c",
                                        "echo loss=0.5 step=1; printf tail"});
    CHECK(done.status.code == 0);
    CHECK(done.out == "loss=0.5 step=1\ntail");
    CHECK(done.err.find("a finished") != std::string::npos);
    const Json shown = cli.json({"show", "a"});
    CHECK(getString(shown, "state") == "finished");
    CHECK(getString(shown, "note") == "why");
    CHECK(shown["tags"] == Json::array({"x"}));
    CHECK(getNumber(shown["metrics"]["loss"], "last") == 0.5);
    CHECK(cli.run({"logs", "a"}).out == "loss=0.5 step=1\ntail");
    CHECK(cli.run({"logs", "a", "-n", "1"}).out == "tail");
}

TEST_CASE("exit codes mean something") {
    const Cli cli;
    CHECK(cli.run({"run", "--", "sh", "-c", "exit 7"}).status.code == 1);
    CHECK(cli.run({"run", "--", "sh", "-c", "kill -9 $$"}).status.code == 1);
    const CommandOutput missing = cli.run({"run", "--", "no-such-command-here"});
    CHECK(missing.status.code == exitCodeOf(ErrorCode::NotFound));
    CHECK(missing.err.find("no-such-command-here: command not found") != std::string::npos);
    CHECK(cli.run({"run"}).status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(cli.run({"run", "missing.yaml"}).status.code == exitCodeOf(ErrorCode::NotFound));
    CHECK(cli.run({"show", "nobody"}).status.code == exitCodeOf(ErrorCode::NotFound));
    CHECK(cli.run({"run", "--set", "a=1", "--", "true"}).status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(cli.run({"run", "--ranks", "0", "--", "true"}).status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(cli.run({"run", "--env", "novalue", "--", "true"}).status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(cli.run({"run", "--cwd", "/no/such/folder", "--", "true"}).status.code ==
          exitCodeOf(ErrorCode::NotFound));
    CHECK(cli.run({"ls", "--", "true"}).status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(cli.run({"ls", "--state", "happy"}).status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(cli.run({"plot", "nobody", "--out", "x.gif"}).status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(cli.run({"--version"}).status.code == 0);
    CHECK(cli.run({"--help"}).out.find("Exit codes") != std::string::npos);
    CHECK(cli.run({"run", "--help"}).out.find("Ctrl-C") != std::string::npos);
}

TEST_CASE("a typing error is answered with the nearest name") {
    const Cli cli;
    CHECK(cli.run({"lgos"}).err.find("lathe logs") != std::string::npos);
    CHECK(cli.run({"run", "--expriment", "x", "--", "true"}).err.find("--experiment") != std::string::npos);
    CHECK(cli.run({"run", "sh", "-c", "true"}).err.find("lathe") != std::string::npos);
    CHECK(cli.run({"run", "sh"}).err.find("lathe run -- sh") != std::string::npos);
}

TEST_CASE("an empty store says how to begin") {
    const Cli cli;
    const CommandOutput list = cli.run({"ls"});
    CHECK(list.status.ok());
    CHECK(list.out.find("lathe run") != std::string::npos);
    CHECK(cli.json({"ls"})["runs"].empty());
}

TEST_CASE("kill -9 of the CLI and of its session leaves the run going and whole") {
    const Cli cli;
    Process lathe = cli.start({"run", "--name", "k", "--", "sh", "-c",
                               "for i in 1 2 3 4 5 6 7 8 9 10; do echo loss=$i step=$i; sleep 0.1; done"});
    RunFixture::waitFor("the run", [&] { return cli.state("k") == "running"; });
    REQUIRE(lathe.signalGroup(SIGKILL));
    REQUIRE(lathe.wait());
    RunFixture::waitFor("the run's end", [&] { return cli.state("k") == "finished"; });
    CHECK(cli.json({"series", "k", "loss"})["points"].size() == 10);
}

TEST_CASE("Ctrl-C stops the run and says so; a second one leaves without waiting") {
    const Cli cli;
    Process once = cli.start({"run", "--name", "one", "--", "sleep", "987"});
    RunFixture::waitFor("the run", [&] { return cli.state("one") == "running"; });
    REQUIRE(once.signal(SIGINT));
    const std::string said = readAll(once.err());
    CHECK(once.wait()->code == 130);
    CHECK(said.find("stopping one") != std::string::npos);
    CHECK(said.find("one stopped") != std::string::npos);

    Process twice = cli.start(
        {"run", "--name", "two", "--", "sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"});
    RunFixture::waitFor("the run", [&] {
        return cli.state("two") == "running" && cli.run({"logs", "two"}).out == "up\n";
    });
    REQUIRE(twice.signal(SIGINT));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    REQUIRE(twice.signal(SIGINT));
    const std::string left = readAll(twice.err());
    CHECK(twice.wait()->code == 130);
    CHECK(left.find("left: two") != std::string::npos);
    CHECK(cli.run({"stop", "two", "--grace", "0"}).status.ok());
    CHECK(cli.state("two") == "stopped");
}

TEST_CASE("a detached run is followed to its end and stopped by name") {
    const Cli cli;
    const CommandOutput started =
        cli.run({"run", "-d", "--name", "d", "--", "sh", "-c", "sleep 0.4; echo late"});
    CHECK(started.status.ok());
    CHECK(started.out.find("lathe logs d -f") != std::string::npos);
    CHECK(cli.run({"logs", "d", "-f"}).out == "late\n");
    CHECK(cli.state("d") == "finished");
    CHECK(cli.run({"stop", "d"}).status.code == exitCodeOf(ErrorCode::Invalid));
    const auto spec = parseJson(cli.run({"run", "-d", "--json", "--", "sleep", "987"}).out);
    REQUIRE(spec);
    const std::string id = getString(*spec, "id");
    CHECK(cli.run({"stop", id.substr(0, 22), "--grace", "1"}).status.ok());
    CHECK(cli.state(id) == "stopped");
}

TEST_CASE("kill -9 of the supervisor shows the run as lost, with exit code 1 for who waits") {
    const Cli cli;
    Process lathe = cli.start({"run", "--name", "l", "--", "sh", "-c",
                               "i=0; while :; do i=$((i+1)); echo loss=$i step=$i; sleep 0.05; done"});
    RunFixture::waitFor("points", [&] {
        return cli.state("l") == "running" && cli.json({"show", "l"})["metrics"].contains("loss");
    });
    const auto mark = readJsonFile(cli.dir("l") + "/supervisor.json");
    REQUIRE(mark);
    ::kill(static_cast<pid_t>(getInt(*mark, "pid")), SIGKILL);
    const std::string said = readAll(lathe.err());
    CHECK(lathe.wait()->code == 1);
    CHECK(said.find("l lost") != std::string::npos);
    CHECK(cli.state("l") == "lost");
    const Json points = cli.json({"series", "l", "loss"})["points"];
    CHECK(points.size() > 0);
    for (std::size_t i = 0; i < points.size(); ++i)
        CHECK(getInt(points[i], "step") == static_cast<std::int64_t>(i) + 1);
    const CommandOutput stop = cli.run({"stop", "l", "--grace", "0"});
    CHECK(stop.status.ok());
    CHECK(launch::leftoverProcesses(cli.dir("l"), getString(cli.json({"show", "l"}), "id")).empty());
}

TEST_CASE("twenty runs at once are all recorded") {
    const Cli cli;
    std::vector<Process> running;
    for (int i = 0; i < 20; ++i)
        running.push_back(cli.start({"run", "--experiment", "many", "--", "sh", "-c",
                                     "for i in 1 2 3; do echo loss=$i step=$i; done"}));
    for (Process& process : running) {
        const std::string said = readAll(process.err());
        CHECK_MESSAGE(process.wait()->code == 0, said);
    }
    const Json list = cli.json({"ls", "--experiment", "many"});
    CHECK(list["runs"].size() == 20);
    for (const Json& run : list["runs"])
        CHECK(getInt(run["metrics"]["loss"], "count") == 3);
    CHECK(cli.json({"ls", "-n", "5"})["runs"].size() == 5);
}

TEST_CASE("the rank that failed is shown") {
    const Cli cli;
    const CommandOutput done = cli.run({"run", "--ranks", "3", "--", "sh", "-c",
                                        "if [ $RANK = 2 ]; then echo the cause; exit 5; fi; sleep 60"});
    CHECK(done.status.code == 1);
    CHECK(done.err.find("rank 2: exit code 5") != std::string::npos);
    CHECK(done.err.find("the cause") != std::string::npos);
}

TEST_CASE("a 10 MB line and bytes that are no text pass through") {
    const Cli cli;
    const CommandOutput done =
        cli.run({"run", "--name", "big", "--", "sh", "-c",
                 R"(head -c 10000000 /dev/zero | tr '\0' x; printf '\n\377\376 loss=2 step=1\n')"});
    CHECK(done.out.size() == 10'000'000 + 1 + 17);
    CHECK(cli.json({"series", "big", "loss"})["points"].size() == 1);
}

TEST_CASE("series and plots of what is recorded, and names that are near for what is not") {
    const Cli cli;
    REQUIRE(cli.run({"run", "--name", "p", "--", "sh", "-c",
                     "for i in 1 2 3 4; do echo train/loss=0.$i acc=nan step=$i; done"})
                .status.ok());
    const CommandOutput wrong = cli.run({"series", "p", "train/los"});
    CHECK(wrong.status.code == exitCodeOf(ErrorCode::NotFound));
    CHECK(wrong.err.find("train/loss") != std::string::npos);
    CHECK(getString(cli.json({"series", "p", "acc"})["points"][0], "value") == "nan");
    CHECK(cli.run({"plot", "p"}).out.find("train/loss") != std::string::npos);
    CHECK(cli.run({"plot", "p", "--out", "p.svg"}).status.ok());
    CHECK(readFile(cli.folder() + "/p.svg").value().find("<svg") == 0);
    CHECK(cli.run({"plot", "p", "--key", "nothing"}).status.code == exitCodeOf(ErrorCode::NotFound));
}

TEST_CASE("doctor answers, also as JSON, and reindex rebuilds") {
    const Cli cli;
    const Json json = cli.json({"doctor"});
    CHECK(getBool(json, "works"));
    CHECK(getBool(json["store"], "writable"));
    CHECK(json["gpu"].contains("gpus"));
    CHECK(cli.run({"reindex"}).status.ok());
}

TEST_CASE("a workspace's configuration names the store") {
    const Cli cli;
    REQUIRE(makeDirs(cli.folder() + "/.lathe"));
    REQUIRE(writeFileAtomic(cli.folder() + "/.lathe/config.yaml", "store: here\n"));
    ProcessOptions options = cli.options({"run", "--name", "w", "--", "true"});
    options.env["LATHE_STORE"] = std::nullopt;
    REQUIRE(lathe::runCommand(options, {}, 60)->status.ok());
    CHECK(exists(cli.folder() + "/here/runs"));
    REQUIRE(writeFileAtomic(cli.folder() + "/.lathe/config.yaml", "store: [\n"));
    const auto broken = lathe::runCommand(options, {}, 60);
    CHECK(broken->status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(broken->err.find("config.yaml") != std::string::npos);
}

TEST_CASE("an answer that cannot be written is a failure") {
    if (::access("/dev/full", W_OK) != 0) {
        MESSAGE("skipped: there is no /dev/full");
        return;
    }
    const Cli cli;
    REQUIRE(cli.run({"run", "--name", "a", "--", "sh", "-c", "seq 1 5000; echo loss=1 step=1"}).status.ok());
    const std::vector<std::vector<std::string>> commands = {
        {"ls"},    {"ls", "--json"}, {"show", "a"}, {"logs", "a"}, {"series", "a", "loss", "--json"},
        {"--help"}};
    for (const auto& command : commands) {
        CAPTURE(join(command, " "));
        ProcessOptions options = cli.options(command);
        const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
        options.in = Redirect::Null;
        options.out = Redirect::ToFd;
        options.outFd = full.get();
        options.err = Redirect::Pipe;
        auto process = Process::start(options);
        REQUIRE(process);
        CHECK(readAll(process->err()).find("standard output") != std::string::npos);
        CHECK(process->wait()->code == exitCodeOf(ErrorCode::Full));
    }
    // A reader that has seen enough is none.
    ProcessOptions head = cli.options({});
    head.argv = {"sh", "-c", "{ " + programPath("lathe") + " logs a; echo $? >&2; } | head -n 1"};
    head.out = head.err = Redirect::Pipe;
    const auto cut = lathe::runCommand(head, {}, 60);
    REQUIRE(cut);
    CHECK(cut->out == "1\n");
    CHECK(cut->err.find("lathe:") == std::string::npos);
}

TEST_CASE("what a run calls itself reaches the terminal harmless, also in lines to be pasted") {
    const Cli cli;
    const CommandOutput started = cli.run({"run", "-d", "--name", "a; echo b", "--", "true"});
    REQUIRE_MESSAGE(started.status.ok(), started.err);
    CHECK(started.out.find("lathe stop 'a; echo b' ends it") != std::string::npos);
    RunFixture::waitFor("its end", [&] { return cli.state("a; echo b") == "finished"; });
    // As another machine, or another program, may have written it.
    const std::string path = cli.dir("a; echo b") + "/run.json";
    Json spec = readJsonFile(path).value();
    spec["name"] = "red\x1b[31m\x07";
    REQUIRE(writeFileAtomic(path, dumpJson(spec)));
    REQUIRE(cli.run({"reindex"}).status.ok());
    const std::string id = getString(spec, "id");
    for (const auto& command : std::vector<std::vector<std::string>>{{"show", id}, {"ls"}, {"stop", id}}) {
        const CommandOutput output = cli.run(command);
        CHECK((output.out + output.err).find('\x1b') == std::string::npos);
        CHECK((output.out + output.err).find('\x07') == std::string::npos);
    }
}

TEST_CASE("counts below one are refused") {
    const Cli cli;
    REQUIRE(cli.run({"run", "--name", "a", "--", "echo", "x"}).status.ok());
    for (const char* count : {"-3", "0", "x"}) {
        CHECK(cli.run({"logs", "a", "--lines", count}).status.code == exitCodeOf(ErrorCode::Invalid));
        CHECK(cli.run({"ls", "--limit", count}).status.code == exitCodeOf(ErrorCode::Invalid));
    }
    CHECK(cli.run({"logs", "a", "--lines", "1"}).out == "x\n");
}
