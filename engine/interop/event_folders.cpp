// SPDX-License-Identifier: Apache-2.0
#include "interop/event_folders.h"

#include "core/paths.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace lathe::interop {
namespace {

// add_hparams makes a folder named by the time for a session of its own: no part of a name.
bool isTimeStamp(std::string_view name) {
    return name.size() >= 10 &&
           std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c) || c == '.'; });
}

std::string below(const std::string& folder, const std::string& ancestor) {
    return folder.substr(ancestor.size() + (ancestor.ends_with('/') ? 0 : 1));
}

bool isBelow(const std::string& folder, const std::string& ancestor) {
    return folder.size() > ancestor.size() && folder.starts_with(ancestor) &&
           (ancestor.ends_with('/') || folder[ancestor.size()] == '/');
}

}  // namespace

bool EventFolders::isPart(std::string_view name) {
    constexpr std::array<std::string_view, 8> parts{"train",      "training", "val",  "valid",
                                                    "validation", "test",     "eval", "evaluation"};
    return std::ranges::find(parts, name) != parts.end();
}

std::string EventFolders::prefixOf(const std::string& folder) {
    std::string ancestor = parentPath(folder);
    while (ancestor.size() > 1 && !m_prefixes.contains(ancestor))
        ancestor = parentPath(ancestor);
    if (const auto found = m_prefixes.find(ancestor); found != m_prefixes.end()) {
        if (isTimeStamp(fileName(folder)))
            return found->second;
        const std::string rest = below(folder, ancestor);
        return found->second.empty() ? rest : found->second + "/" + rest;
    }
    if (isPart(fileName(folder))) {
        m_prefixes.emplace(parentPath(folder), "");
        return fileName(folder);
    }
    if (m_prefixes.empty())
        return "";
    // Beside the others: its name from where the ways part.
    std::string common = parentPath(folder);
    while (common.size() > 1 &&
           std::ranges::none_of(m_prefixes, [&](const auto& entry) { return isBelow(entry.first, common); }))
        common = parentPath(common);
    return below(folder, common);
}

RenameMetric EventFolders::renameOf(const std::string& folder) {
    if (!m_prefixes.contains(folder)) {
        std::string prefix = prefixOf(folder);
        m_prefixes.emplace(folder, std::move(prefix));
    }
    return [prefix = m_prefixes[folder]](std::string_view tag) { return nameInFolder(prefix, tag); };
}

std::string nameInFolder(std::string_view prefix, std::string_view tag) {
    if (prefix.empty())
        return std::string(tag);
    std::string flat(tag);
    std::ranges::replace(flat, '/', '_');
    if (prefix.starts_with(flat + "_"))  // PyTorch: <folder>/<tag with _>_<name>
        return std::string(tag) + "/" + std::string(prefix.substr(flat.size() + 1));
    if (prefix.starts_with(std::string(tag) + "/"))  // tensorboardX: <folder>/<tag>/<name>
        return std::string(prefix);
    return std::string(prefix) + "/" + std::string(tag);
}

}  // namespace lathe::interop
