// SPDX-License-Identifier: Apache-2.0
#include "core/paths.h"
#include "host/tests/ssh_fixture.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace lathe;
using namespace lathe::host;

namespace {

Result<CommandOutput> run(std::vector<std::string> argv, std::string_view input = {}) {
    ProcessOptions options;
    options.argv = std::move(argv);
    return runCommand(options, input, 60);
}

bool works(std::vector<std::string> argv, std::string_view input = {}) {
    const auto output = run(std::move(argv), input);
    return output && output->status.ok();
}

// A user of this machine for as long as the test runs: passwords are only known of such.
class ThrowAwayUser {
public:
    static std::string missing() {
        if (::getuid() != 0)
            return "only root can make a user";
        for (const char* program : {"useradd", "userdel", "chpasswd", "chage"}) {
            if (findInPath(program).empty())
                return std::string(program) + " is missing (install passwd)";
        }
        return {};
    }
    ThrowAwayUser() : name("lathe-t" + std::to_string(::getpid())) {
        (void)run({"userdel", name});
        REQUIRE(works({"useradd", "--system", "--no-create-home", "--shell", "/bin/sh", name}));
        REQUIRE(works({"chpasswd"}, name + ":" + password + "\n"));
    }
    ~ThrowAwayUser() { (void)run({"userdel", name}); }
    ThrowAwayUser(const ThrowAwayUser&) = delete;
    ThrowAwayUser& operator=(const ThrowAwayUser&) = delete;

    // Lets the user into the server's home folder, and no farther.
    void settleIn(const Sshd& sshd) const {
        const passwd* user = ::getpwnam(name.c_str());
        REQUIRE(user);
        REQUIRE(::chmod(sshd.folder().c_str(), 0711) == 0);
        REQUIRE(::chown(sshd.home().c_str(), user->pw_uid, user->pw_gid) == 0);
    }

    const std::string name;
    const std::string password = "correct horse; battery $taple";
};

#define NEEDS_USER()                                                                                         \
    NEEDS_SSHD();                                                                                            \
    if (const std::string why = ThrowAwayUser::missing(); !why.empty()) {                                    \
        MESSAGE("skipped: " << why);                                                                         \
        return;                                                                                              \
    }

// Answers the questions in order, then cancels.
struct Answers {
    std::vector<std::optional<std::string>> given;
    std::vector<std::string> asked;

    Prompts prompts() {
        Prompts prompts;
        prompts.secret = [this](const std::string& prompt, bool echo) -> std::optional<std::string> {
            CHECK_FALSE(echo);
            asked.push_back(prompt);
            return asked.size() <= given.size() ? given[asked.size() - 1] : std::nullopt;
        };
        return prompts;
    }
};

std::shared_ptr<Host> hostOf(const Sshd& sshd, const std::string& name, std::unique_ptr<Hosts>& hosts) {
    hosts = Hosts::create(sshd.config());
    return hosts->get(name).value();
}

std::string text(const Result<>& result, const Sshd& sshd) {
    return (result ? "" : result.error().text()) + "\n" + sshd.log();
}

}  // namespace

TEST_CASE("a password signs in; a wrong one is asked for once and told of") {
    NEEDS_USER();
    const ThrowAwayUser user;
    const Sshd sshd("PasswordAuthentication yes");
    user.settleIn(sshd);
    sshd.addClientHost("box-by-password", "    User " + user.name + "\n    IdentityFile none");
    std::unique_ptr<Hosts> hosts;
    const auto host = hostOf(sshd, "box-by-password", hosts);

    const auto nobody = host->connect({});
    CHECK(codeOf(nobody) == ErrorCode::Denied);
    CHECK(nobody.error().what.find("password") != std::string::npos);
    Answers wrong{{"not it"}, {}};
    const auto refused = host->connect(wrong.prompts());
    CHECK(codeOf(refused) == ErrorCode::Denied);
    CHECK(wrong.asked.size() == 1);
    Answers cancelled;
    CHECK(codeOf(host->connect(cancelled.prompts())) == ErrorCode::Cancelled);
    Answers right{{user.password}, {}};
    const auto connected = host->connect(right.prompts());
    REQUIRE_MESSAGE(connected, text(connected, sshd));
    REQUIRE(right.asked.size() == 1);
    CHECK(right.asked[0].find(user.name) != std::string::npos);
    CHECK(right.asked[0].find("box-by-password") != std::string::npos);
    CHECK(host->run({{"id", "-un"}})->out == user.name + "\n");
    CHECK(host->write(sshd.home() + "/by-password", "x"));
    CHECK(readFile(sshd.home() + "/by-password").value() == "x");
}

TEST_CASE("keyboard-interactive puts each of the server's questions, named after the host") {
    NEEDS_USER();
    struct stat info {};
    if (::stat("/etc/pam.d", &info) != 0 || !S_ISDIR(info.st_mode)) {
        MESSAGE("skipped: there is no PAM here");
        return;
    }
    const ThrowAwayUser user;
    // sshd takes the name it was called by for the name of its PAM service.
    const TempDir bin;
    const std::string service = "lathe-test-sshd-" + std::to_string(::getpid());
    REQUIRE(::symlink("/usr/sbin/sshd", (bin / service).c_str()) == 0);
    const struct PamFile {
        std::string path;
        ~PamFile() { ::unlink(path.c_str()); }
    } pam{"/etc/pam.d/" + service};
    // A password that has run out: the server asks for it, then twice for a new one.
    REQUIRE(writeFileAtomic(pam.path, "auth required pam_unix.so\naccount required pam_unix.so\n"
                                      "password required pam_unix.so\nsession required pam_permit.so\n"));
    REQUIRE(works({"chage", "--lastday", "0", user.name}));
    const Sshd sshd("UsePAM yes\nKbdInteractiveAuthentication yes\nPasswordAuthentication no", bin / service);
    user.settleIn(sshd);
    sshd.addClientHost("box-by-questions", "    User " + user.name + "\n    IdentityFile none");
    std::unique_ptr<Hosts> hosts;
    const auto host = hostOf(sshd, "box-by-questions", hosts);

    const std::string fresh = "wholly-Other_words 7";
    std::vector<std::string> asked;
    std::optional<std::string> repeated = "something else";
    Prompts prompts;
    prompts.secret = [&](const std::string& prompt, bool echo) -> std::optional<std::string> {
        CHECK_FALSE(echo);
        asked.push_back(prompt);
        if (prompt.find("Retype") != std::string::npos)
            return repeated;
        return prompt.find("New password") != std::string::npos ? fresh : user.password;
    };
    CHECK(codeOf(host->connect(prompts)) == ErrorCode::Denied);
    CHECK(asked.size() >= 3);
    repeated.reset();
    CHECK(codeOf(host->connect(prompts)) == ErrorCode::Cancelled);
    asked.clear();
    repeated = fresh;
    const auto connected = host->connect(prompts);
    REQUIRE_MESSAGE(connected, text(connected, sshd));
    REQUIRE(asked.size() >= 3);
    CHECK(asked.front().find("Password:") != std::string::npos);
    CHECK(asked.back().find("Retype") != std::string::npos);
    for (const std::string& question : asked)
        CHECK(question.starts_with("box-by-questions: "));
    CHECK(host->run({{"id", "-un"}})->out == user.name + "\n");
    host->disconnect();
    Answers changed{{fresh}, {}};
    CHECK(host->connect(changed.prompts()));
    CHECK(changed.asked.size() == 1);
}

TEST_CASE("a key that only the agent holds signs in") {
    NEEDS_SSHD();
    for (const char* program : {"ssh-agent", "ssh-add"}) {
        if (findInPath(program).empty()) {
            MESSAGE("skipped: " << program << " is missing (install openssh-client)");
            return;
        }
    }
    const Sshd sshd;
    const TempDir place;
    const std::string socket = place / "agent";
    ProcessOptions options;
    options.argv = {"ssh-agent", "-D", "-a", socket};
    options.out = options.err = Redirect::Null;
    auto agent = Process::start(options);
    REQUIRE(agent);
    const struct End {
        Process& process;
        ~End() {
            (void)process.signal(SIGTERM);
            (void)process.wait();
        }
    } end{*agent};
    for (int i = 0; i < 500 && !exists(socket); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ProcessOptions add;
    add.argv = {"ssh-add", "-q", sshd.folder() + "/identity"};
    add.env["SSH_AUTH_SOCK"] = socket;
    sshd.addClientHost("box-by-agent",
                       "    IdentityFile none\n    IdentitiesOnly no\n    IdentityAgent " + socket);
    std::unique_ptr<Hosts> hosts;
    const auto host = hostOf(sshd, "box-by-agent", hosts);
    const auto empty = host->connect({});
    CHECK(codeOf(empty) == ErrorCode::Denied);
    REQUIRE(runCommand(add, {}, 30)->status.ok());
    const auto connected = host->connect({});
    REQUIRE_MESSAGE(connected, text(connected, sshd));
    CHECK(host->run({{"echo", "in"}})->out == "in\n");
    host->disconnect();
    (void)agent->signal(SIGTERM);
    (void)agent->wait();
    CHECK(codeOf(host->connect({})) == ErrorCode::Denied);  // no agent there any more
}

TEST_CASE("a certificate signs in where the key alone does not, for as long as it is valid") {
    NEEDS_SSHD();
    const TempDir place;
    const std::string authority = place / "authority";
    REQUIRE(works({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", authority}));
    const Sshd sshd("TrustedUserCAKeys " + authority + ".pub");
    const passwd* self = ::getpwuid(::getuid());
    REQUIRE(self);
    const std::string key = sshd.folder() + "/other_identity";  // not among the authorized ones
    const auto certify = [&](const std::string& valid, const std::string& name) {
        return works(
            {"ssh-keygen", "-q", "-s", authority, "-I", "test", "-n", name, "-V", valid, key + ".pub"});
    };
    std::unique_ptr<Hosts> hosts;
    const auto host = hostOf(sshd, "keyless", hosts);
    CHECK(codeOf(host->connect({})) == ErrorCode::Denied);
    REQUIRE(certify("20200101:20200102", self->pw_name));
    CHECK(codeOf(host->connect({})) == ErrorCode::Denied);
    REQUIRE(certify("-1h:+1h", "somebody-else"));
    CHECK(codeOf(host->connect({})) == ErrorCode::Denied);
    REQUIRE(certify("-1h:+1h", self->pw_name));
    const auto connected = host->connect({});
    REQUIRE_MESSAGE(connected, text(connected, sshd));
    CHECK(host->run({{"echo", "in"}})->out == "in\n");

    // Named in the configuration instead of lying beside the key.
    host->disconnect();
    REQUIRE(::rename((key + "-cert.pub").c_str(), (place / "elsewhere-cert.pub").c_str()) == 0);
    CHECK(codeOf(host->connect({})) == ErrorCode::Denied);
    sshd.addClientHost("certified",
                       "    IdentityFile " + key + "\n    CertificateFile " + place / "elsewhere-cert.pub");
    std::unique_ptr<Hosts> others;
    const auto certified = hostOf(sshd, "certified", others)->connect({});
    CHECK_MESSAGE(certified, text(certified, sshd));
}
