// SPDX-License-Identifier: Apache-2.0
#include "host/host.h"

#include "host/local_host.h"

#include <cstdlib>
#include <mutex>

namespace lathe::host {

std::string_view hostStateName(HostState state) {
    switch (state) {
    case HostState::Offline:
        return "offline";
    case HostState::Connecting:
        return "connecting";
    case HostState::Connected:
        return "connected";
    case HostState::Lost:
        return "lost";
    }
    return "offline";
}

namespace {

class HostsByName final : public Hosts {
public:
    explicit HostsByName(std::string sshConfig)
        : m_sshConfig(std::move(sshConfig)), m_local(std::make_shared<LocalHost>()) {}

    std::shared_ptr<Host> local() override { return m_local; }

    Result<std::shared_ptr<Host>> get(const std::string& id) override {
        if (id == "local")
            return m_local;
        return fail(ErrorCode::Unsupported, "remote hosts come with the SSH transport", id);
    }

    std::vector<std::shared_ptr<Host>> known() override { return {m_local}; }
    std::vector<std::string> configured() override { return {}; }

private:
    std::string m_sshConfig;
    std::shared_ptr<Host> m_local;
};

} // namespace

std::unique_ptr<Hosts> Hosts::create(std::string sshConfig) {
    if (const char* given = std::getenv("LATHE_SSH_CONFIG"); sshConfig.empty() && given)
        sshConfig = given;
    return std::make_unique<HostsByName>(std::move(sshConfig));
}

} // namespace lathe::host
