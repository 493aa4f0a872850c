// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "host/tests/ssh_fixture.h"

#include <algorithm>
#include <atomic>
#include <thread>

using namespace lathe;
using namespace lathe::host;

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

TEST_CASE("a line of known_hosts is found whatever blanks it holds, and one that cannot be read stops") {
    NEEDS_SSHD();
    Box box;
    Prompts prompts;
    prompts.unknownKey = [](const HostKeyQuestion&) {
        FAIL("asked about a host that is on record");
        return HostKeyAnswer::AcceptAndSave;
    };
    std::string tabbed = readFile(box.sshd.knownHosts()).value();
    std::ranges::replace(tabbed, ' ', '\t');
    const std::string other = "AAAAC3NzaC1lZDI1NTE5AAAAIKRIewazWB0cfNnhyYnmpp5ni2EgZ3QYPqb6yLpF4IDF";
    SUBCASE("tabs") {
        REQUIRE(writeFileAtomic(box.sshd.knownHosts(), tabbed));
        CHECK(box.host->connect(prompts));
    }
    SUBCASE("another key, after tabs") {
        REQUIRE(
            writeFileAtomic(box.sshd.knownHosts(), tabbed.substr(0, tabbed.rfind('\t') + 1) + other + "\n"));
        const auto refused = box.host->connect(prompts);
        CHECK(codeOf(refused) == ErrorCode::Denied);
        CHECK(refused.error().what.find("line 1 of") != std::string::npos);
    }
    SUBCASE("a revoked key, after several blanks") {
        std::string spaced = readFile(box.sshd.knownHosts()).value();
        spaced.replace(spaced.find(' '), 1, " \t  ");
        REQUIRE(writeFileAtomic(box.sshd.knownHosts(), "@revoked " + spaced));
        const auto refused = box.host->connect(prompts);
        CHECK(codeOf(refused) == ErrorCode::Denied);
        CHECK(refused.error().what.find("revoked") != std::string::npos);
    }
    SUBCASE("a file that cannot be read is no unknown host") {
        REQUIRE(removeTree(box.sshd.knownHosts()));
        REQUIRE(makeDirs(box.sshd.knownHosts()));
        CHECK(codeOf(box.host->connect(prompts)) == ErrorCode::Invalid);
    }
}
