// SPDX-License-Identifier: Apache-2.0
#include "engine.h"

#include "core/file.h"
#include "core/paths.h"

#include <yaml-cpp/yaml.h>

namespace lathe {
namespace {

constexpr const char* kWorkspaceConfig = ".lathe/config.yaml";

// `store:` of the nearest workspace configuration at or above the folder; empty if there is none.
Result<std::string> configuredStore(const std::string& workspace) {
    for (std::string folder = absolutePath(workspace);; folder = parentPath(folder)) {
        const std::string path = joinPath(folder, kWorkspaceConfig);
        if (exists(path)) {
            LATHE_TRY_ASSIGN(const std::string text, readFile(path, 1 << 20));
            try {
                const YAML::Node store = YAML::Load(text)["store"];
                if (store && store.IsScalar())
                    return joinPath(folder, expandHome(store.as<std::string>()));
            } catch (const YAML::Exception& problem) {
                return fail(ErrorCode::Invalid, std::string("not valid YAML: ") + problem.what(), path);
            }
            return std::string();
        }
        if (folder == "/" || folder == parentPath(folder))
            return std::string();
    }
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::open(const std::string& store, const std::string& workspace) {
    std::string configured;
    if (!workspace.empty()) {
        LATHE_TRY_ASSIGN(configured, configuredStore(workspace));
    }
    std::unique_ptr<Engine> engine(new Engine);
    LATHE_TRY_ASSIGN(engine->m_store, record::Store::open(storePath(store, configured)));
    engine->m_hosts = host::Hosts::create();
    engine->m_launcher = std::make_unique<launch::Launcher>(*engine->m_store, *engine->m_hosts);
    return engine;
}

}  // namespace lathe
