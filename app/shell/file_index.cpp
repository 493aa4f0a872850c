// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/file_index.h"

#include "app/workspace.h"

#include <algorithm>
#include <array>
#include <deque>

namespace lathe::app {

namespace {

constexpr qsizetype kMostFiles = 30000;
constexpr int kMostDepth = 32;

bool isMadeByTools(std::string_view name) {
    static constexpr std::array<std::string_view, 11> kNames{
        ".git",   "__pycache__",   "node_modules", ".venv",  "venv", ".mypy_cache",
        ".cache", ".pytest_cache", ".ruff_cache",  ".lathe", "wandb"};
    return std::ranges::find(kNames, name) != kNames.end();
}

}  // namespace

FileIndex::FileIndex(EngineBridge& bridge, QObject* parent) : QObject(parent), m_bridge(bridge) {}

void FileIndex::setFolder(std::optional<host::Location> folder) {
    if (m_folder == folder)
        return;
    m_task.cancel();
    m_folder = std::move(folder);
    m_files.clear();
    m_error.clear();
    m_loading = false;
    Q_EMIT changed();
}

void FileIndex::refresh() {
    if (!m_folder || m_loading)
        return;
    m_loading = true;
    EngineBridge* bridge = &m_bridge;
    m_task =
        m_bridge.async([bridge, folder = *m_folder](Engine& engine, std::stop_token stop) -> Result<Listing> {
            LATHE_TRY_ASSIGN(const std::shared_ptr<host::Host> host,
                             bridge->connectedHost(engine, folder.host, stop));
            Listing listing;
            struct Level {
                std::string path, relative;
                int depth;
            };
            // Breadth first: what is near the top is what is wanted when the limit cuts.
            std::deque<Level> todo{{folder.path, {}, 0}};
            while (!todo.empty()) {
                const Level level = std::move(todo.front());
                todo.pop_front();
                const auto entries = host->list(level.path, stop);
                if (!entries) {
                    if (entries.error().code == ErrorCode::Cancelled || level.depth == 0)
                        return std::unexpected(entries.error());
                    continue;  // a folder without permission hides only itself
                }
                for (const host::DirEntry& entry : *entries) {
                    const std::string relative =
                        level.relative.empty() ? entry.name : level.relative + "/" + entry.name;
                    if (entry.info.kind == host::FileKind::Folder) {
                        if (level.depth < kMostDepth && !isMadeByTools(entry.name))
                            todo.push_back({level.path + "/" + entry.name, relative, level.depth + 1});
                    } else if (entry.info.kind == host::FileKind::File || !entry.info.linkToFolder) {
                        if (listing.files.size() >= kMostFiles) {
                            listing.truncated = true;
                            return listing;
                        }
                        listing.files << toQString(relative);
                    }
                }
            }
            return listing;
        });
    m_task.then(this, [this, folder = *m_folder](Result<Listing> listing) {
        if (!m_folder || *m_folder != folder)
            return;
        m_loading = false;
        if (listing) {
            m_files = std::move(listing->files);
            m_truncated = listing->truncated;
            m_error.clear();
        } else {
            m_error = toQString(listing.error().text());
        }
        Q_EMIT changed();
    });
}

}  // namespace lathe::app
