// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "host/host.h"
#include "launch/launcher.h"
#include "record/store.h"

#include <memory>
#include <string>

namespace lathe {

// What the app and the CLI hold: one store, the hosts, the launcher. All three are thread-safe and block; the app
// reaches them through its EngineBridge, off the GUI thread.
class Engine {
public:
    // `store`: --store; empty takes storePath().
    static Result<std::unique_ptr<Engine>> open(const std::string& store = {}, const std::string& workspace = {});

    record::Store& store() { return *m_store; }
    host::Hosts& hosts() { return *m_hosts; }
    launch::Launcher& launcher() { return *m_launcher; }

private:
    Engine() = default;
    std::unique_ptr<record::Store> m_store;
    std::unique_ptr<host::Hosts> m_hosts;
    std::unique_ptr<launch::Launcher> m_launcher;
};

}  // namespace lathe
