// SPDX-License-Identifier: Apache-2.0
#include "launch/journal_sync.h"

#include "core/file.h"
#include "core/paths.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::launch {
namespace {

std::int64_t modified(const struct stat& info) {
    return static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
}

}  // namespace

JournalSync::JournalSync(std::string runDir, double seconds)
    : m_runDir(std::move(runDir)), m_seconds(seconds) {
    // The signals are the event loop's.
    sigset_t all, before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    m_thread = std::thread([this] { work(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

JournalSync::~JournalSync() {
    {
        const std::lock_guard lock(m_mutex);
        m_over = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

std::uint64_t JournalSync::synced() const {
    const std::lock_guard lock(m_mutex);
    return m_synced;
}

void JournalSync::work() {
    std::unique_lock lock(m_mutex);
    while (!m_wake.wait_for(lock, std::chrono::duration<double>(m_seconds), [this] { return m_over; })) {
        lock.unlock();
        pass();
        lock.lock();
    }
    lock.unlock();
    pass();
}

void JournalSync::syncFile(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd || ::fdatasync(fd.get()) != 0)
        return;
    const std::lock_guard lock(m_mutex);
    ++m_synced;
}

void JournalSync::pass() {
    const auto names = listDir(m_runDir);
    for (const std::string& name : names.value_or(std::vector<std::string>())) {
        struct stat info {};
        const std::string path = joinPath(m_runDir, name);
        if (!name.starts_with("journal") || ::stat(path.c_str(), &info) != 0 || m_sizes[name] == info.st_size)
            continue;
        syncFile(path);
        m_sizes[name] = info.st_size;
    }
    struct stat folder {};
    const std::string media = joinPath(m_runDir, "media");
    if (::stat(media.c_str(), &folder) != 0 || modified(folder) <= m_mediaSeen)
        return;
    const std::int64_t before = m_mediaSeen;
    m_mediaSeen = modified(folder);
    const auto files = listDir(media);
    for (const std::string& name : files.value_or(std::vector<std::string>())) {
        struct stat info {};
        const std::string path = joinPath(media, name);
        // A file may be a little older than the folder's change that its renaming was.
        if (::stat(path.c_str(), &info) == 0 && modified(info) + 2'000'000'000 > before)
            syncFile(path);
    }
}

}  // namespace lathe::launch
