// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/process.h"

#include <string>

namespace lathe::test {

// A throw-away OpenSSH server on a free loopback port, with keys, known_hosts, home folder and client
// configuration of its own in a temporary folder, so that nothing of the user's is read or written. The
// constructor returns once it answers; the destructor ends it. Needs sshd, ssh-keygen and ssh: ask missing()
// first and skip the test with what it says.
class Sshd {
public:
    static constexpr const char* passphrase = "open sesame";  // of "locked"

    // Empty if all is there.
    static std::string missing();

    // `extra`: lines for its sshd_config, which win over those of every test. `program`: another path to
    // sshd; with PAM the last part of it is the name of the service.
    explicit Sshd(const std::string& extra = {}, std::string program = "/usr/sbin/sshd");
    ~Sshd();
    Sshd(const Sshd&) = delete;
    Sshd& operator=(const Sshd&) = delete;

    // For LATHE_SSH_CONFIG. Its hosts: "box" (known key, good identity), "stranger" (empty known_hosts),
    // "keyless" (an identity the server does not know), "closed" (nothing listens), "nowhere" (a name that
    // does not resolve), "jumped" (box through box), "piped" (box through a ProxyCommand).
    std::string config() const { return m_dir / "config"; }
    const std::string& folder() const { return m_dir.path(); }  // keys, configurations, log
    std::string home() const { return m_dir / "home"; }
    // Puts a host before the others of the client configuration; what `lines` leave open is as for "box".
    void addClientHost(const std::string& name, const std::string& lines) const;
    std::string knownHosts() const { return m_dir / "known_hosts"; }
    std::string strangerKnownHosts() const { return m_dir / "stranger_known_hosts"; }
    int port() const { return m_port; }
    std::string log() const;

    // kill -9 of every connection's server process; the listener stays.
    void cutConnections() const;
    // SIGSTOP and SIGCONT of them: a network that swallows everything.
    void freezeConnections(bool frozen) const;
    // Server processes of connections now alive.
    int connections() const;
    void stop();
    void start();
    // A new key of this type ("ed25519", "ecdsa", "rsa") instead of the old one; start() again to use it.
    void replaceHostKey(const std::string& type);

private:
    void writeClientConfig() const;
    std::string hostKeyLine() const;

    TempDir m_dir;
    std::string m_extra;
    std::string m_program;
    int m_port = 0;
    UniqueFd m_log;
    Process m_process;
};

}  // namespace lathe::test
