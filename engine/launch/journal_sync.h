// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace lathe::launch {

// Brings what the writers of a run appended to the disk once a second, so that a power cut loses no more than
// that: all journals of the run folder, and the media files that they name. On a thread of its own, because a
// sync waits for the disk, and so no writer has to.
class JournalSync {
public:
    explicit JournalSync(std::string runDir, double seconds = 1);
    ~JournalSync();
    JournalSync(const JournalSync&) = delete;
    JournalSync& operator=(const JournalSync&) = delete;

    // How many files were synced so far.
    std::uint64_t synced() const;

private:
    void work();
    void pass();
    void syncFile(const std::string& path);

    const std::string m_runDir;
    const double m_seconds;
    std::map<std::string, std::int64_t> m_sizes;
    std::int64_t m_mediaSeen = 0;  // nanoseconds
    mutable std::mutex m_mutex;    // guards what follows
    std::condition_variable m_wake;
    std::uint64_t m_synced = 0;
    bool m_over = false;
    std::thread m_thread;
};

}  // namespace lathe::launch
