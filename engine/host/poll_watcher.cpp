// SPDX-License-Identifier: Apache-2.0
#include "host/poll_watcher.h"

#include <chrono>
#include <condition_variable>
#include <fmt/format.h>
#include <vector>

namespace lathe::host {

// The callback runs under the entry's mutex, so that releasing the watch waits for it. Recursive: the
// callback itself may release.
struct PollWatcher::Entry {
    std::recursive_mutex mutex;
    std::function<std::optional<std::string>()> fingerprint;
    std::function<void()> changed;
    std::optional<std::string> last;
    bool alive = true;
};

namespace {

constexpr std::size_t maxListed = 2000;

}  // namespace

PollWatcher::~PollWatcher() = default;

std::shared_ptr<void> PollWatcher::add(std::function<std::optional<std::string>()> fingerprint,
                                       std::function<void()> changed) {
    auto entry = std::make_shared<Entry>();
    entry->last = fingerprint();
    entry->fingerprint = std::move(fingerprint);
    entry->changed = std::move(changed);
    const std::lock_guard lock(m_mutex);
    m_entries.push_back(entry);
    if (!m_thread.joinable())
        m_thread = std::jthread([this](const std::stop_token& stop) { loop(stop); });
    return {static_cast<void*>(entry.get()), [entry](void*) {
                const std::lock_guard entryLock(entry->mutex);
                entry->alive = false;
            }};
}

void PollWatcher::loop(const std::stop_token& stop) {
    std::mutex sleepMutex;
    std::condition_variable_any sleep;
    while (!stop.stop_requested()) {
        std::unique_lock sleepLock(sleepMutex);
        sleep.wait_for(sleepLock, stop, std::chrono::duration<double>(m_seconds), [] { return false; });
        std::vector<std::shared_ptr<Entry>> entries;
        {
            const std::lock_guard lock(m_mutex);
            m_entries.remove_if([&](const std::weak_ptr<Entry>& weak) {
                auto entry = weak.lock();
                if (!entry)
                    return true;
                entries.push_back(std::move(entry));
                return false;
            });
        }
        for (const auto& entry : entries) {
            if (stop.stop_requested())
                return;
            auto now = entry->fingerprint();  // may take long: not under the mutex
            const std::lock_guard entryLock(entry->mutex);
            if (!entry->alive || !now || now == entry->last)
                continue;
            entry->last = std::move(now);
            entry->changed();
        }
    }
}

std::optional<std::string> fingerprintOf(Host& host, const std::string& path) {
    const auto info = host.stat(path);
    if (!info)
        return info.error().code == ErrorCode::NotFound ? std::optional<std::string>("absent") : std::nullopt;
    std::string text = fmt::format("{} {} {}", static_cast<int>(info->kind), info->size, info->modified);
    if (info->kind != FileKind::Folder && !info->linkToFolder)
        return text;
    const auto entries = host.list(path);
    if (!entries)
        return std::nullopt;
    if (entries->size() > maxListed)
        return text;
    for (const DirEntry& entry : *entries)
        text += fmt::format("\n{} {} {}", entry.name, entry.info.size, entry.info.modified);
    return text;
}

}  // namespace lathe::host
