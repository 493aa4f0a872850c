// SPDX-License-Identifier: Apache-2.0
#include "host/tests/collector.h"
#include "tests/servers/sshd.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/paths.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace lathe;
using namespace lathe::host;
using lathe::test::Sshd;

// Leaves the test, with the reason on the screen, where a server cannot be had.
#define NEEDS_SSHD()                                                                                         \
    if (const std::string why = Sshd::missing(); !why.empty()) {                                             \
        MESSAGE("skipped: " << why);                                                                         \
        return;                                                                                              \
    }

namespace {

ErrorCode codeOf(const auto& result) {
    return result ? ErrorCode::Internal : result.error().code;
}

struct Box {
    Sshd sshd;
    std::unique_ptr<Hosts> hosts;
    std::shared_ptr<Host> host;

    explicit Box(const std::string& extra = {}, const std::string& name = "box")
        : sshd(extra), hosts(Hosts::create(sshd.config())), host(hosts->get(name).value()) {}

    void connect() {
        const auto connected = host->connect({});
        REQUIRE_MESSAGE(connected, (connected ? "" : connected.error().text() + "\n" + sshd.log()));
    }
    bool waitFor(HostState state, double seconds = 15) const {
        const double end = monotonicSeconds() + seconds;
        while (host->state() != state && monotonicSeconds() < end)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return host->state() == state;
    }
};

std::string patterned(std::size_t size) {
    std::string bytes(size, 0);
    std::uint32_t state = 12345;
    for (char& c : bytes) {
        state = state * 1664525 + 1013904223;
        c = static_cast<char>(state >> 24);
    }
    return bytes;
}

}  // namespace

TEST_CASE("connect with a known key, measure, disconnect, connect again") {
    NEEDS_SSHD();
    Box box;
    CHECK(box.host->state() == HostState::Offline);
    CHECK(codeOf(box.host->stat("/")) == ErrorCode::Unavailable);
    std::atomic<int> changes = 0;
    const int key = box.host->onStateChanged([&] { ++changes; });
    std::vector<std::string> steps;
    Prompts prompts;
    prompts.progress = [&](std::string_view step) { steps.emplace_back(step); };
    REQUIRE(box.host->connect(prompts));
    CHECK(steps == std::vector<std::string>{"reach", "host key", "sign in"});
    CHECK(box.host->state() == HostState::Connected);
    CHECK(changes == 2);
    CHECK(box.host->home().value() == box.sshd.home());
    for (int i = 0; i < 200 && box.host->latencySeconds() == 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(box.host->latencySeconds() > 0);
    CHECK(box.host->stateText().starts_with("connected, "));
    CHECK(box.host->connect({}));
    box.host->disconnect();
    CHECK(box.host->state() == HostState::Offline);
    CHECK(codeOf(box.host->stat("/")) == ErrorCode::Unavailable);
    CHECK(changes == 3);
    box.host->removeListener(key);
    REQUIRE(box.host->connect({}));
    CHECK(box.host->stat("/")->kind == FileKind::Folder);
    CHECK(changes == 3);
}

TEST_CASE("no file descriptor stays behind a connection") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    box.host->disconnect();
    const auto before = listDir("/proc/self/fd")->size();
    for (int i = 0; i < 3; ++i) {
        box.connect();
        box.host->disconnect();
    }
    CHECK(listDir("/proc/self/fd")->size() == before);
}

TEST_CASE("an unknown host key is asked about, and only then saved") {
    NEEDS_SSHD();
    Box box({}, "stranger");
    CHECK(codeOf(box.host->connect({})) == ErrorCode::Denied);  // nobody to ask

    HostKeyQuestion seen;
    HostKeyAnswer answer = HostKeyAnswer::Cancel;
    int asked = 0;
    Prompts prompts;
    prompts.unknownKey = [&](const HostKeyQuestion& question) {
        seen = question;
        ++asked;
        return answer;
    };
    CHECK(codeOf(box.host->connect(prompts)) == ErrorCode::Denied);
    CHECK(seen.host == "stranger");
    CHECK(seen.keyType == "ssh-ed25519");
    const auto fingerprint =
        runCommand({.argv = {"ssh-keygen", "-l", "-E", "sha256", "-F",
                             "[127.0.0.1]:" + std::to_string(box.sshd.port()), "-f", box.sshd.knownHosts()}});
    CHECK(fingerprint->out.find(seen.sha256) != std::string::npos);
    CHECK(seen.sha256.starts_with("SHA256:"));

    answer = HostKeyAnswer::AcceptOnce;
    CHECK(box.host->connect(prompts));
    box.host->disconnect();
    CHECK_FALSE(exists(box.sshd.strangerKnownHosts()));
    REQUIRE(
        writeFileAtomic(box.sshd.strangerKnownHosts(), "other ssh-ed25519 AAAA"));  // no newline at its end
    answer = HostKeyAnswer::AcceptAndSave;
    CHECK(box.host->connect(prompts));
    box.host->disconnect();
    CHECK(asked == 3);
    CHECK(box.host->connect({}));  // known from now on
    CHECK(readFile(box.sshd.strangerKnownHosts())->starts_with("other ssh-ed25519 AAAA\n[127.0.0.1]:"));
}

TEST_CASE("a changed host key, and another type of key, stop the connection without a question") {
    NEEDS_SSHD();
    for (const std::string type : {"ed25519", "ecdsa"}) {
        CAPTURE(type);
        Box box;
        box.connect();
        box.host->disconnect();
        box.sshd.stop();
        box.sshd.replaceHostKey(type);
        box.sshd.start();
        Prompts prompts;
        prompts.unknownKey = [](const HostKeyQuestion&) {
            FAIL("asked about a key that must be refused");
            return HostKeyAnswer::AcceptAndSave;
        };
        const auto refused = box.host->connect(prompts);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::Denied);
        CHECK(refused.error().what.find("line 1 of " + box.sshd.knownHosts()) != std::string::npos);
        CHECK(refused.error().hint.find("ssh-keygen -R") != std::string::npos);
        CHECK(box.host->state() == HostState::Offline);
    }
}

TEST_CASE("a refused key, a closed port and a name that does not resolve say so") {
    NEEDS_SSHD();
    const Box box;
    const auto refused = box.hosts->get("keyless").value()->connect({});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::Denied);
    CHECK(refused.error().what.find("other_identity") != std::string::npos);
    CHECK(refused.error().what.find("publickey") != std::string::npos);
    const auto closed = box.hosts->get("closed").value()->connect({});
    REQUIRE_FALSE(closed);
    CHECK(closed.error().code == ErrorCode::Unavailable);
    CHECK(closed.error().what.find("refused") != std::string::npos);
    CHECK(codeOf(box.hosts->get("nowhere").value()->connect({})) == ErrorCode::Unavailable);
    CHECK(codeOf(box.hosts->get("-oProxyCommand=x")) == ErrorCode::Invalid);
    CHECK(codeOf(box.hosts->get("a b")) == ErrorCode::Invalid);
    CHECK(codeOf(box.hosts->get("a\nb")) == ErrorCode::Invalid);
    CHECK(codeOf(box.hosts->get("")) == ErrorCode::Invalid);
    CHECK(box.hosts->configured() == std::vector<std::string>{"box", "stranger", "keyless", "locked",
                                                              "closed", "nowhere", "jumped", "piped"});
}

TEST_CASE("the passphrase of a key is asked for once, and never again by itself") {
    NEEDS_SSHD();
    Box box({}, "locked");
    CHECK(codeOf(box.host->connect({})) == ErrorCode::Denied);  // nobody to ask
    std::vector<std::string> asked;
    std::optional<std::string> answer = "wrong";
    Prompts prompts;
    prompts.secret = [&](const std::string& prompt, bool echo) {
        CHECK_FALSE(echo);
        asked.push_back(prompt);
        return answer;
    };
    CHECK(codeOf(box.host->connect(prompts)) == ErrorCode::Denied);
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].find("locked_identity") != std::string::npos);
    answer.reset();
    CHECK(codeOf(box.host->connect(prompts)) == ErrorCode::Cancelled);
    answer = Sshd::passphrase;
    CHECK(box.host->connect(prompts));
    CHECK(asked.size() == 3);
}

TEST_CASE("hashed names in known_hosts are found") {
    NEEDS_SSHD();
    Box box;
    REQUIRE(
        runCommand({.argv = {"ssh-keygen", "-q", "-H", "-f", box.sshd.knownHosts()}, .err = Redirect::Null}));
    CHECK(readFile(box.sshd.knownHosts())->starts_with("|1|"));
    box.connect();
}

TEST_CASE("connecting can be stopped") {
    NEEDS_SSHD();
    Box box;
    std::stop_source stopped;
    stopped.request_stop();
    CHECK(codeOf(box.host->connect({}, stopped.get_token())) == ErrorCode::Cancelled);
    Box stranger({}, "stranger");
    std::stop_source later;
    Prompts prompts;
    prompts.unknownKey = [&](const HostKeyQuestion&) {
        later.request_stop();
        return HostKeyAnswer::AcceptOnce;
    };
    CHECK(codeOf(stranger.host->connect(prompts, later.get_token())) == ErrorCode::Cancelled);
}

TEST_CASE("through a jump host and through a proxy command") {
    NEEDS_SSHD();
    Box box;
    for (const char* name : {"jumped", "piped"}) {
        CAPTURE(name);
        const auto host = box.hosts->get(name).value();
        const auto connected = host->connect({});
        REQUIRE_MESSAGE(connected, (connected ? "" : connected.error().text()));
        CHECK(host->run({{"echo", "hi"}})->out == "hi\n");
        host->disconnect();
    }
}

TEST_CASE("files: list, read, write, conflict, rename, remove") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    Host& host = *box.host;
    const std::string dir = box.sshd.home() + "/work";
    REQUIRE(host.makeDirs(dir + "/sub/deep"));
    REQUIRE(host.makeDirs(dir + "/sub/deep"));
    const auto version = host.write(dir + "/a.txt", "hello", FileVersion{});
    REQUIRE(version);
    CHECK(host.read(dir + "/a.txt")->bytes == "hello");
    CHECK(host.read(dir + "/a.txt")->version == *version);
    CHECK(host.readFrom(dir + "/a.txt", 1, 3).value() == "ell");
    CHECK(host.readFrom(dir + "/a.txt", 50, 3).value().empty());
    CHECK(codeOf(host.write(dir + "/a.txt", "again", FileVersion{})) == ErrorCode::Exists);
    CHECK(host.write(dir + "/a.txt", "longer text", *version));
    CHECK(codeOf(host.write(dir + "/a.txt", "mine", *version)) == ErrorCode::Exists);
    CHECK(host.read(dir + "/a.txt")->bytes == "longer text");

    REQUIRE(::chmod((dir + "/a.txt").c_str(), 0750) == 0);
    REQUIRE(::symlink("a.txt", (dir + "/link").c_str()) == 0);
    REQUIRE(::symlink("sub", (dir + "/link-to-folder").c_str()) == 0);
    REQUIRE(::symlink("nothing", (dir + "/dangling").c_str()) == 0);
    REQUIRE(host.write(dir + "/link", "through the link"));
    CHECK(host.stat(dir + "/link")->kind == FileKind::Link);
    CHECK(host.stat(dir + "/a.txt")->mode == 0750);
    CHECK(host.read(dir + "/a.txt")->bytes == "through the link");
    REQUIRE(host.write(dir + "/new\nline", ""));
    const auto entries = host.list(dir);
    REQUIRE(entries);
    // The same folder seen from this side: both hosts must tell alike, but for the fractions of seconds.
    auto local = box.hosts->local()->list(dir).value();
    REQUIRE(entries->size() == local.size());
    for (std::size_t i = 0; i < local.size(); ++i) {
        CAPTURE(local[i].name);
        CHECK((*entries)[i].name == local[i].name);
        CHECK((*entries)[i].info.kind == local[i].info.kind);
        CHECK((*entries)[i].info.size == local[i].info.size);
        CHECK((*entries)[i].info.mode == local[i].info.mode);
        CHECK((*entries)[i].info.linkToFolder == local[i].info.linkToFolder);
        CHECK((*entries)[i].info.modified == std::floor(local[i].info.modified));
    }

    CHECK(codeOf(host.rename(dir + "/a.txt", dir + "/sub")) == ErrorCode::Exists);
    CHECK(host.rename(dir + "/a.txt", dir + "/b.txt"));
    CHECK(codeOf(host.rename(dir + "/a.txt", dir + "/c.txt")) == ErrorCode::NotFound);
    CHECK(codeOf(host.read(dir + "/none")) == ErrorCode::NotFound);
    CHECK(codeOf(host.read(dir)) == ErrorCode::Invalid);
    CHECK(codeOf(host.list(dir + "/none")) == ErrorCode::NotFound);
    CHECK(codeOf(host.stat("relative")) == ErrorCode::Invalid);
    CHECK(host.read(dir + "/none").error().on == "box:" + dir + "/none");
    REQUIRE(::mkfifo((dir + "/pipe").c_str(), 0600) == 0);
    CHECK(codeOf(host.read(dir + "/pipe")) == ErrorCode::Invalid);
    CHECK(codeOf(host.read(dir + "/b.txt", 3)) == ErrorCode::Unsupported);

    REQUIRE(host.makeDirs(box.sshd.home() + "/kept"));
    REQUIRE(host.write(box.sshd.home() + "/kept/file", "x"));
    REQUIRE(::symlink((box.sshd.home() + "/kept").c_str(), (dir + "/sub/out").c_str()) == 0);
    CHECK_FALSE(host.remove(dir, false));
    CHECK(host.remove(dir, true));
    CHECK_FALSE(exists(dir));
    CHECK(exists(box.sshd.home() + "/kept/file"));
}

TEST_CASE("a large file and a large folder arrive whole") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    const std::string bytes = patterned(20'000'003);
    const std::string path = box.sshd.home() + "/large";
    double start = monotonicSeconds();
    REQUIRE(box.host->write(path, bytes));
    MESSAGE("write: " << bytes.size() / 1e6 / (monotonicSeconds() - start) << " MB/s");
    CHECK(readFile(path).value() == bytes);
    start = monotonicSeconds();
    const auto content = box.host->read(path);
    MESSAGE("read: " << bytes.size() / 1e6 / (monotonicSeconds() - start) << " MB/s");
    REQUIRE(content);
    CHECK(content->bytes == bytes);
    CHECK(box.host->readFrom(path, 19'999'990, 1'000'000).value() == bytes.substr(19'999'990));

    const std::string many = box.sshd.home() + "/many";
    REQUIRE(makeDirs(many));
    for (int i = 0; i < 3000; ++i)
        REQUIRE(::close(::open((many + "/file-" + std::to_string(i)).c_str(), O_CREAT | O_WRONLY, 0644)) ==
                0);
    CHECK(box.host->list(many)->size() == 3000);
    std::stop_source stopped;
    stopped.request_stop();
    CHECK(codeOf(box.host->list(many, stopped.get_token())) == ErrorCode::Cancelled);
    CHECK(codeOf(box.host->read(path, bytes.size(), stopped.get_token())) == ErrorCode::Cancelled);
}

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

TEST_CASE("a cut in the middle of a transfer and of programs is noticed, and connecting again goes on") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    Collector seen;
    auto stream = box.host->start({{"sleep", "100"}}, seen.callbacks());
    REQUIRE(stream);
    const std::string bytes = patterned(60'000'000);
    const std::string path = box.sshd.home() + "/large";
    Result<FileVersion> written;
    std::atomic<bool> returned = false;
    std::jthread writer([&] {
        // Again and again until the cut comes in the middle of one.
        while ((written = box.host->write(path, bytes))) {
        }
        returned = true;
    });
    Result<CommandOutput> ran;
    std::jthread runner([&] { ran = box.host->run({{"sleep", "100"}}); });
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    const double start = monotonicSeconds();
    box.sshd.cutConnections();
    REQUIRE(box.waitFor(HostState::Lost));
    writer.join();
    runner.join();
    const auto ended = seen.waitForEnd();
    MESSAGE("all told within " << monotonicSeconds() - start << " s: " << box.host->stateText());
    CHECK(returned);
    CHECK(codeOf(written) == ErrorCode::Unavailable);
    CHECK(codeOf(ran) == ErrorCode::Unavailable);
    CHECK(codeOf(ended) == ErrorCode::Unavailable);
    CHECK(codeOf(box.host->stat("/")) == ErrorCode::Unavailable);
    CHECK(codeOf(box.host->start({{"true"}}, {})) == ErrorCode::Unavailable);
    (*stream)->write("into the void");

    REQUIRE(box.host->connect({}));
    CHECK(box.host->state() == HostState::Connected);
    written = box.host->write(path, bytes);
    REQUIRE_MESSAGE(written, (written ? "" : written.error().text()));
    CHECK(readFile(path).value() == bytes);
    CHECK(box.host->run({{"echo", "back"}})->out == "back\n");
}

TEST_CASE("a network that swallows everything is noticed by its silence") {
    NEEDS_SSHD();
    Box box;  // asks every second, gives up after two unanswered
    box.connect();
    box.sshd.freezeConnections(true);
    const double start = monotonicSeconds();
    CHECK(codeOf(box.host->stat("/")) == ErrorCode::Unavailable);
    CHECK(box.waitFor(HostState::Lost));
    MESSAGE("noticed after " << monotonicSeconds() - start << " s: " << box.host->stateText());
    box.sshd.freezeConnections(false);
    CHECK(box.host->connect({}));
    CHECK(box.host->stat("/"));
}

TEST_CASE("a server that is gone while reconnecting leaves the host lost, not broken") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    box.sshd.stop();
    REQUIRE(box.waitFor(HostState::Lost));
    CHECK(codeOf(box.host->connect({})) == ErrorCode::Unavailable);
    CHECK(box.host->state() == HostState::Lost);
    box.sshd.start();
    REQUIRE(box.host->connect({}));
    CHECK(box.host->stat("/"));
}

TEST_CASE("a watched remote file tells of its change, also after a reconnect") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    const std::string path = box.sshd.home() + "/seen";
    REQUIRE(writeFileAtomic(path, "1"));
    std::atomic<int> calls = 0;
    const auto watch = box.host->watch(path, [&] { ++calls; });
    REQUIRE(watch);
    CHECK(codeOf(box.host->watch(path + "-none", [] {})) == ErrorCode::NotFound);
    REQUIRE(writeFileAtomic(path, "22"));
    for (int i = 0; i < 1000 && calls == 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(calls == 1);
    box.sshd.cutConnections();
    REQUIRE(box.waitFor(HostState::Lost));
    REQUIRE(writeFileAtomic(path, "333"));
    REQUIRE(box.host->connect({}));
    for (int i = 0; i < 1000 && calls == 1; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(calls == 2);
}

TEST_CASE("the agent is sent once, checked, and sent again when it was tampered with") {
    NEEDS_SSHD();
    // Any small program of this machine stands for the agent: what counts is the way.
    const TempDir bin;
    REQUIRE(writeFileAtomic(bin / "lathe-agent", readFile("/bin/echo").value()));
    REQUIRE(::chmod((bin / "lathe-agent").c_str(), 0755) == 0);
    const char* before = std::getenv("LATHE_BIN_DIR");
    const std::string old = before ? before : "";
    ::setenv("LATHE_BIN_DIR", bin.path().c_str(), 1);
    Box box;
    box.connect();
    const auto path = box.host->agent();
    REQUIRE_MESSAGE(path, (path ? "" : path.error().text()));
    CHECK(path->starts_with(box.sshd.home() + "/.cache/lathe/agent/"));
    CHECK(readFile(*path).value() == readFile("/bin/echo").value());
    struct stat first {
    }, second{};
    REQUIRE(::stat(path->c_str(), &first) == 0);
    CHECK((first.st_mode & 07777) == 0700);
    CHECK(box.host->run({{*path, "it runs"}})->out == "it runs\n");

    box.host->disconnect();
    box.connect();
    CHECK(box.host->agent().value() == *path);
    REQUIRE(::stat(path->c_str(), &second) == 0);
    CHECK(first.st_ino == second.st_ino);  // not sent again

    box.host->disconnect();
    std::string bytes = readFile(*path).value();
    bytes[bytes.size() / 2] ^= 1;
    REQUIRE(writeFileAtomic(*path, bytes));
    box.connect();
    CHECK(box.host->agent().value() == *path);
    CHECK(readFile(*path).value() == readFile("/bin/echo").value());

    SUBCASE("one that cannot run there is unsupported, with what is missing") {
        std::string foreign = readFile("/bin/echo").value();
        foreign[18] = static_cast<char>(183);  // says aarch64
        REQUIRE(writeFileAtomic(bin / "lathe-agent", foreign));
        box.host->disconnect();
        box.connect();
        const auto refused = box.host->agent();
        CHECK(codeOf(refused) == ErrorCode::Unsupported);
        CHECK(refused.error().hint.find("runs") != std::string::npos);
    }
    SUBCASE("one that fails there is unsupported") {
        REQUIRE(writeFileAtomic(bin / "lathe-agent", readFile("/bin/false").value()));
        box.host->disconnect();
        box.connect();
        CHECK(codeOf(box.host->agent()) == ErrorCode::Unsupported);
    }
    SUBCASE("none here") {
        REQUIRE(removeTree(bin / "lathe-agent"));
        box.host->disconnect();
        box.connect();
        const auto none = box.host->agent();
        if (findInPath("lathe-agent").empty())
            CHECK(codeOf(none) == ErrorCode::Unsupported);
    }
    ::setenv("LATHE_BIN_DIR", old.c_str(), 1);
}
