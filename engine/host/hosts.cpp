// SPDX-License-Identifier: Apache-2.0
#include "host/host.h"

#include "host/local_host.h"
#include "host/ssh_host.h"

#include <cstdlib>
#include <mutex>

namespace lathe::host {

std::string_view hostStateName(HostState state) {
    switch (state) {
    case HostState::Offline: return "offline";
    case HostState::Connecting: return "connecting";
    case HostState::Connected: return "connected";
    case HostState::Lost: return "lost";
    }
    return "offline";
}

namespace {

class HostsByName final : public Hosts {
public:
    explicit HostsByName(std::string sshConfig)
        : m_config(std::make_shared<SshConfig>(std::move(sshConfig))),
          m_local(std::make_shared<LocalHost>()) {}

    std::shared_ptr<Host> local() override { return m_local; }

    Result<std::shared_ptr<Host>> get(const std::string& id) override {
        if (id == "local")
            return m_local;
        LATHE_TRY(SshConfig::checkName(id));
        const std::lock_guard lock(m_mutex);
        for (const auto& host : m_remote) {
            if (host->id() == id)
                return host;
        }
        m_remote.push_back(std::make_shared<SshHost>(id, m_config));
        return m_remote.back();
    }

    std::vector<std::shared_ptr<Host>> known() override {
        const std::lock_guard lock(m_mutex);
        std::vector<std::shared_ptr<Host>> all{m_local};
        all.insert(all.end(), m_remote.begin(), m_remote.end());
        return all;
    }

    std::vector<std::string> configured() override { return m_config->names(); }

private:
    std::shared_ptr<const SshConfig> m_config;
    std::shared_ptr<Host> m_local;
    std::mutex m_mutex;
    std::vector<std::shared_ptr<Host>> m_remote;
};

}  // namespace

std::unique_ptr<Hosts> Hosts::create(std::string sshConfig) {
    if (const char* given = std::getenv("LATHE_SSH_CONFIG"); sshConfig.empty() && given)
        sshConfig = given;
    return std::make_unique<HostsByName>(std::move(sshConfig));
}

}  // namespace lathe::host
