// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <string>
#include <vector>

namespace lathe::host {

// How to reach a host, as OpenSSH's configuration resolves it (ssh_config(5)).
struct SshTarget {
    std::string id;  // as asked for
    std::string hostName;
    std::string user;
    int port = 22;
    std::string hostKeyAlias;
    std::string proxyJump;     // empty: none
    std::string proxyCommand;  // tokens expanded; empty: none
    std::vector<std::string> identityFiles;
    std::vector<std::string> certificateFiles;
    bool identitiesOnly = false;
    std::string identityAgent;  // "SSH_AUTH_SOCK", "none" or a socket; empty: the environment's
    bool publicKeySignIn = true, passwordSignIn = true, keyboardSignIn = true;
    std::vector<std::string> userKnownHosts, globalKnownHosts;
    std::string strictHostKeyChecking;  // "ask", "yes", "accept-new", "no"
    std::string addressFamily;          // "any", "inet", "inet6"
    double connectSeconds = 15;
    double aliveSeconds = 5;  // between two questions to a silent server
    int aliveCount = 3;       // unanswered ones until it is taken for lost

    std::string display() const { return user + "@" + hostName + ":" + std::to_string(port); }
};

class SshConfig {
public:
    // `file`: --F of ssh; empty: the user's and the system's.
    explicit SshConfig(std::string file) : m_file(std::move(file)) {}

    // A name that ssh may be given: no leading dash, control characters, spaces, slashes or shell characters.
    static Result<> checkName(const std::string& id);
    // By `ssh -G`, so that Include, Match and wildcards are read as OpenSSH reads them. `id`: NAME,
    // user@NAME, user@NAME:port, NAME:port, [v6]:port.
    Result<SshTarget> resolve(const std::string& id) const;
    // Host names without wildcards, in the file's order, Include followed.
    std::vector<std::string> names() const;
    // "-F file" for ssh, or nothing.
    std::vector<std::string> options() const;

private:
    std::string m_file;
};

// The values that `ssh -G` printed.
SshTarget parseResolved(const std::string& id, const std::string& printed);

}  // namespace lathe::host
