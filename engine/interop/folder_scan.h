// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lathe::interop {

// Looks below folders for logs that are new or have grown since the first look, at a bounded cost: not deeper
// than eight levels, not into hidden, package, environment or data folders, not into folders of more than
// 2,000 entries, not more than 4,000 folders at all; a folder that did not change is not listed again. Not
// thread-safe.
class FolderScan {
public:
    // `excluded` is not looked into (the store, where runs are recorded).
    explicit FolderScan(std::string excluded) : m_excluded(std::move(excluded)) {}

    struct Found {
        std::string path;
        std::uint64_t sizeBefore = 0;  // what it held at the first look; 0 for a new file
    };

    // What is there now is from before the run, and reported only once it grows.
    void begin(const std::string& root);
    // One more folder to look into, whatever lies in it.
    void add(const std::string& root);
    // Each log is reported once.
    std::vector<Found> look();

private:
    struct Folder {
        std::int64_t changed = -1;  // its mtime in ns when it was listed
        std::vector<std::string> folders;
        std::vector<std::string> logs;
        bool closed = false;  // too large, or not ours to look into
    };
    struct Known {
        std::uint64_t size = 0;
        std::int64_t changed = 0;
        bool reported = false;
    };
    void walk(const std::string& folder, int depth, bool before, std::vector<Found>& found);
    void list(const std::string& path, Folder& folder);

    const std::string m_excluded;
    std::vector<std::string> m_roots;
    std::map<std::string, Folder> m_folders;
    std::map<std::string, Known> m_logs;
};

}  // namespace lathe::interop
