// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/sqlite.h"

#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace lathe::record {

// The open index of a store: <store>/index.db, or a file in the cache folder if the store is on a network
// file system (SQLite's shared memory does not reach other hosts), or memory if neither can be written.
struct IndexFile {
    std::unique_ptr<Database> db;
    std::string path;  // empty: in memory
    ino_t inode = 0;

    // Whether `path` still names the file that is open; another process may have replaced it.
    bool isCurrent() const;
};

// Opens or makes the index. What is missing, damaged or of another version is replaced by an empty one, and
// said in `warnings` if `hasRuns`. Falls back to memory and says why. `mayReplace` false: another version's
// file is left alone and memory is used, so that two versions of Lathe do not throw out each other's index in
// turns.
Result<IndexFile> openIndexFile(const std::string& store, bool hasRuns, bool mayReplace,
                                std::vector<std::string>& warnings);
Result<IndexFile> openIndexInMemory();

// Throws the file away, whatever it holds; open handles of other processes keep what they have.
void discardIndexFile(const IndexFile& file);

// An empty index beside `file`, to be filled and then put in its place.
Result<IndexFile> openIndexBeside(const IndexFile& file);
Result<> replaceIndexFile(const std::string& store, const IndexFile& old, IndexFile fresh);

}  // namespace lathe::record
