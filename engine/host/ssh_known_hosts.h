// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/host.h"
#include "host/ssh_config.h"

#include <string>
#include <vector>

namespace lathe::host {

struct ServerKey {
    std::string type;    // "ssh-ed25519"
    std::string base64;  // as known_hosts writes it
    std::string sha256;  // "SHA256:…"
};

// The lines of the known_hosts files that speak of one host, found by ssh-keygen, which knows patterns and
// hashed names. A file, or a line about this host, that cannot be read is an error and not an unknown host.
class KnownHosts {
public:
    static Result<KnownHosts> lookUp(const SshTarget& target);

    // Key types on record, so that the handshake can ask for one of them.
    std::vector<std::string> types() const;

    // Nothing if the key is on record. A changed, revoked or other key is Denied and never asked about. An
    // unknown one goes by StrictHostKeyChecking: refused, saved, or asked for through `prompts`.
    Result<> check(const ServerKey& key, const Prompts& prompts) const;

private:
    enum class Marker { None, Authority, Revoked };
    struct Line {
        std::string file;
        int number = 0;
        Marker marker = Marker::None;
        std::string type, base64;
    };

    Result<> take(const std::string& found, const std::string& file);
    Result<> save(const ServerKey& key) const;

    SshTarget m_target;
    std::string m_name;  // as known_hosts writes it: "[box]:2222"
    std::vector<Line> m_lines;
};

}  // namespace lathe::host
