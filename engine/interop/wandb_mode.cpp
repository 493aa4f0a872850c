// SPDX-License-Identifier: Apache-2.0
#include "interop/wandb_mode.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"

#include <cstdlib>
#include <string_view>

namespace lathe::interop {
namespace {

bool isSet(const char* name) {
    const char* value = std::getenv(name);
    return value && *value;
}

std::string valueOr(const char* name, std::string fallback) {
    return isSet(name) ? std::getenv(name) : std::move(fallback);
}

// An INI file of W&B's that names a mode.
bool choosesMode(const std::string& path) {
    for (const std::string& line : split(readFile(path, 1 << 16).value_or(""), '\n')) {
        const std::string_view text = trim(line);
        if (text.starts_with("mode") || text.starts_with("disabled"))
            return true;
    }
    return false;
}

bool hasLogin() {
    if (isSet("WANDB_API_KEY") || isSet("WANDB_IDENTITY_TOKEN_FILE"))
        return true;
    std::string host = valueOr("WANDB_BASE_URL", "https://api.wandb.ai");
    if (const auto scheme = host.find("://"); scheme != std::string::npos)
        host.erase(0, scheme + 3);
    host = host.substr(0, host.find_first_of(":/"));
    for (const std::string& path :
         {valueOr("NETRC", joinPath(homeDir(), ".netrc")), joinPath(homeDir(), "_netrc")}) {
        if (readFile(path, 1 << 20).value_or("").find(host) != std::string::npos)
            return true;
    }
    return false;
}

}  // namespace

std::map<std::string, std::string> wandbEnvironment(const std::string& cwd) {
    std::map<std::string, std::string> variables;
    if (!isSet("WANDB_X_TRANSACTION_LOG_FLUSH_INTERVAL"))
        variables["WANDB_X_TRANSACTION_LOG_FLUSH_INTERVAL"] = "1";  // fifteen seconds by itself
    const std::string config = valueOr("WANDB_CONFIG_DIR", joinPath(homeDir(), ".config/wandb"));
    const bool chosen = isSet("WANDB_MODE") || isSet("WANDB_DISABLED") ||
                        choosesMode(joinPath(cwd, "wandb/settings")) ||
                        choosesMode(joinPath(config, "settings"));
    if (!chosen && !hasLogin())
        variables["WANDB_MODE"] = "offline";
    return variables;
}

}  // namespace lathe::interop
