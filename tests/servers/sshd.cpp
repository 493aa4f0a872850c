// SPDX-License-Identifier: Apache-2.0
#include "tests/servers/sshd.h"

#include "core/paths.h"
#include "core/text.h"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace lathe::test {
namespace {

// sshd refuses to start under a relative name: it runs itself again for each connection.
constexpr const char* program = "/usr/sbin/sshd";

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

int freePort() {
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("no free port on loopback");
    return ntohs(address.sin_port);
}

bool answers(int port) {
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(port);
    return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

void must(const Result<>& result) {
    if (!result)
        throw std::runtime_error(result.error().text());
}

void makeKey(const std::string& path, const std::string& type) {
    ProcessOptions keygen;
    keygen.argv = {"ssh-keygen", "-q", "-t", type, "-N", "", "-C", "test", "-f", path};
    const auto made = runCommand(keygen, {}, 60);
    if (!made || !made->status.ok())
        throw std::runtime_error("ssh-keygen failed: " + (made ? made->err : made.error().text()));
}

std::vector<pid_t> connectionProcesses(pid_t listener) {
    std::vector<pid_t> found;
    for (const pid_t pid : processTree(listener)) {
        const auto name = readFile("/proc/" + std::to_string(pid) + "/comm", 100);
        if (pid != listener && name && trim(*name) == "sshd")
            found.push_back(pid);
    }
    return found;
}

}  // namespace

std::string Sshd::missing() {
    if (::access(program, X_OK) != 0)
        return "sshd is missing (install openssh-server)";
    for (const char* name : {"ssh", "ssh-keygen"}) {
        if (findInPath(name).empty())
            return std::string(name) + " is missing (install openssh-client)";
    }
    return {};
}

Sshd::Sshd(const std::string& extra, std::string path)
    : m_extra(extra), m_program(std::move(path)), m_port(freePort()) {
    must(makeDirs(home()));
    makeKey(m_dir / "host_key", "ed25519");
    makeKey(m_dir / "identity", "ed25519");
    makeKey(m_dir / "other_identity", "ed25519");
    must(writeFileAtomic(m_dir / "locked_identity", readFile(m_dir / "identity").value()));
    ::chmod((m_dir / "locked_identity").c_str(), 0600);
    ProcessOptions lock;
    lock.argv = {"ssh-keygen", "-q", "-p", "-P", "", "-N", passphrase, "-f", m_dir / "locked_identity"};
    if (const auto locked = runCommand(lock, {}, 60); !locked || !locked->status.ok())
        throw std::runtime_error("ssh-keygen cannot lock a key");
    must(writeFileAtomic(m_dir / "authorized_keys", readFile(m_dir / "identity.pub").value()));
    must(writeFileAtomic(knownHosts(), hostKeyLine()));
    writeClientConfig();
    m_log.reset(::open((m_dir / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    start();
}

Sshd::~Sshd() {
    stop();
}

std::string Sshd::hostKeyLine() const {
    const auto words = split(readFile(m_dir / "host_key.pub").value(), ' ');
    return fmt::format("[127.0.0.1]:{} {} {}\n", m_port, words.at(0), words.at(1));
}

void Sshd::writeClientConfig() const {
    const passwd* user = ::getpwuid(::getuid());
    const std::string good =
        fmt::format("    HostName 127.0.0.1\n    Port {}\n    IdentityFile {}\n    UserKnownHostsFile {}\n",
                    m_port, m_dir / "identity", knownHosts());
    std::string text;
    text += "Host box\n" + good;
    text +=
        "Host stranger\n" +
        fmt::format("    HostName 127.0.0.1\n    Port {}\n    IdentityFile {}\n    UserKnownHostsFile {}\n",
                    m_port, m_dir / "identity", strangerKnownHosts());
    text +=
        "Host keyless\n" +
        fmt::format("    HostName 127.0.0.1\n    Port {}\n    IdentityFile {}\n    UserKnownHostsFile {}\n",
                    m_port, m_dir / "other_identity", knownHosts());
    text += fmt::format(
        "Host locked\n    HostName 127.0.0.1\n    Port {}\n    IdentityFile {}\n    UserKnownHostsFile {}\n",
        m_port, m_dir / "locked_identity", knownHosts());
    text += fmt::format("Host closed\n    HostName 127.0.0.1\n    Port {}\n    UserKnownHostsFile {}\n",
                        freePort(), knownHosts());
    text += "Host nowhere\n    HostName no-such-host.invalid\n";
    text += "Host jumped\n    ProxyJump box\n" + good;
    text += fmt::format("Host piped\n    ProxyCommand ssh -F {} -W %h:%p box\n", config()) + good;
    text += fmt::format("Host *\n    User {}\n    IdentitiesOnly yes\n    IdentityAgent none\n    "
                        "GlobalKnownHostsFile /dev/null\n"
                        "    ServerAliveInterval 1\n    ServerAliveCountMax 2\n    ConnectTimeout 10\n",
                        user ? user->pw_name : "root");
    must(writeFileAtomic(config(), text));
}

void Sshd::addClientHost(const std::string& name, const std::string& lines) const {
    const std::string text =
        fmt::format("Host {}\n{}\n    HostName 127.0.0.1\n    Port {}\n    UserKnownHostsFile {}\n", name,
                    lines, m_port, knownHosts());
    must(writeFileAtomic(config(), text + readFile(config()).value()));
}

void Sshd::start() {
    if (::getuid() == 0)
        ::mkdir("/run/sshd", 0755);  // where its unprivileged half is locked in
    must(writeFileAtomic(
        m_dir / "sshd_config",
        fmt::format("{}\nPort {}\nListenAddress 127.0.0.1\nHostKey {}\nPidFile none\nAuthorizedKeysFile {}\n"
                    "StrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\n"
                    "KbdInteractiveAuthentication no\nMaxStartups 100\nMaxSessions 30\nPrintMotd no\n"
                    "SetEnv HOME={}\nSubsystem sftp internal-sftp -d {}\n",
                    m_extra, m_port, m_dir / "host_key", m_dir / "authorized_keys", home(), home())));
    ProcessOptions options;
    options.argv = {m_program, "-D", "-e", "-f", m_dir / "sshd_config"};
    options.in = Redirect::Null;
    options.out = Redirect::Null;
    options.err = Redirect::ToFd;
    options.errFd = m_log.get();
    options.newSession = true;
    auto started = Process::start(options);
    if (!started)
        throw std::runtime_error(started.error().text());
    m_process = std::move(*started);
    for (int i = 0; i < 500; ++i) {
        if (answers(m_port))
            return;
        if (m_process.poll())
            break;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    throw std::runtime_error("sshd did not come up: " + log());
}

void Sshd::stop() {
    if (m_process.pid() <= 0 || m_process.poll())
        return;
    const auto all = connectionProcesses(m_process.pid());
    (void)m_process.signal(SIGKILL);
    (void)m_process.wait();
    for (const pid_t pid : all)
        ::kill(pid, SIGKILL);
}

void Sshd::cutConnections() const {
    for (const pid_t pid : connectionProcesses(m_process.pid()))
        ::kill(pid, SIGKILL);
}

void Sshd::freezeConnections(bool frozen) const {
    for (const pid_t pid : connectionProcesses(m_process.pid()))
        ::kill(pid, frozen ? SIGSTOP : SIGCONT);
}

int Sshd::connections() const {
    return static_cast<int>(connectionProcesses(m_process.pid()).size());
}

void Sshd::replaceHostKey(const std::string& type) {
    ::unlink((m_dir / "host_key").c_str());
    ::unlink((m_dir / "host_key.pub").c_str());
    makeKey(m_dir / "host_key", type);
}

std::string Sshd::log() const {
    return readFile(m_dir / "log").value_or("");
}

}  // namespace lathe::test
