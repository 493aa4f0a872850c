// SPDX-License-Identifier: Apache-2.0
#include "interop/folder_scan.h"

#include "core/file.h"
#include "core/paths.h"
#include "interop/open_files.h"

#include <algorithm>
#include <array>
#include <dirent.h>
#include <memory>
#include <string_view>
#include <sys/stat.h>

namespace lathe::interop {
namespace {

constexpr int kMaxDepth = 8;
constexpr std::size_t kMaxEntries = 2'000;
constexpr std::size_t kMaxFolders = 4'000;
constexpr std::size_t kMaxLogs = 20'000;

bool isOfNoInterest(std::string_view name) {
    constexpr std::array<std::string_view, 6> names{"node_modules", "__pycache__", "site-packages",
                                                    "venv",         "build",       "checkpoints"};
    // W&B falls back to .wandb where it may not write wandb.
    return (name.starts_with('.') && name != ".wandb") || std::ranges::find(names, name) != names.end();
}

std::int64_t changedAt(const struct stat& info) {
    return static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
}

}  // namespace

void FolderScan::list(const std::string& path, Folder& folder) {
    folder.folders.clear();
    folder.logs.clear();
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path.c_str()), ::closedir);
    folder.closed = !dir;
    std::size_t entries = 0;
    while (const dirent* entry = dir ? ::readdir(dir.get()) : nullptr) {
        if (++entries > kMaxEntries) {
            folder.closed = true;
            folder.folders.clear();
            folder.logs.clear();
            return;
        }
        const std::string name = entry->d_name;
        if (name == "pyvenv.cfg" || name == "conda-meta") {  // a Python environment
            folder.closed = true;
            folder.folders.clear();
            return;
        }
        unsigned char type = entry->d_type;
        struct stat info {};
        if (type == DT_UNKNOWN && ::lstat(joinPath(path, name).c_str(), &info) == 0)
            type = S_ISDIR(info.st_mode) ? DT_DIR : S_ISREG(info.st_mode) ? DT_REG : DT_LNK;
        if (type == DT_DIR && !isOfNoInterest(name))  // links are not followed: they may lead in circles
            folder.folders.push_back(name);
        else if (type == DT_REG && logKindOf(joinPath(path, name)) != LogKind::None)
            folder.logs.push_back(name);
    }
    std::ranges::sort(folder.folders);
    std::ranges::sort(folder.logs);
}

void FolderScan::walk(const std::string& path, int depth, bool before, std::vector<Found>& found) {
    struct stat info {};
    if (path == m_excluded || ::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
        return;
    const auto known = m_folders.find(path);
    if (known == m_folders.end() && m_folders.size() >= kMaxFolders)
        return;
    Folder& folder = m_folders[path];
    if (folder.changed != changedAt(info)) {
        folder.changed = changedAt(info);
        list(path, folder);
    }
    if (folder.closed)
        return;
    for (const std::string& name : folder.logs) {
        const std::string log = joinPath(path, name);
        struct stat file {};
        if (::stat(log.c_str(), &file) != 0 || (m_logs.size() >= kMaxLogs && !m_logs.contains(log)))
            continue;
        const auto size = static_cast<std::uint64_t>(file.st_size);
        const auto [entry, made] = m_logs.try_emplace(log);
        Known& state = entry->second;
        if (made && before) {
            state = {size, changedAt(file), false};
        } else if (!state.reported && (made || size != state.size || changedAt(file) != state.changed)) {
            state.reported = true;
            // One that became shorter was begun anew.
            found.push_back({log, size >= state.size ? state.size : 0});
        }
    }
    if (depth >= kMaxDepth)
        return;
    const std::vector<std::string> inner = folder.folders;  // walking may move the map's entries about
    for (const std::string& name : inner)
        walk(joinPath(path, name), depth + 1, before, found);
}

void FolderScan::begin(const std::string& root) {
    std::vector<Found> none;
    m_roots.push_back(root);
    walk(root, 0, true, none);
}

void FolderScan::add(const std::string& root) {
    const bool known = m_folders.contains(root) && !m_folders[root].closed;
    if (!known && std::ranges::find(m_roots, root) == m_roots.end())
        begin(root);
}

std::vector<FolderScan::Found> FolderScan::look() {
    std::vector<Found> found;
    for (const std::string& root : std::vector<std::string>(m_roots))
        walk(root, 0, false, found);
    return found;
}

}  // namespace lathe::interop
