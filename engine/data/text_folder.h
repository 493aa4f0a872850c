// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lathe::data {

// The bytes of all text files below a folder, in the order of their paths. Skipped: files with a NUL byte in
// their first 8 KiB (git's rule for binary), empty ones, hidden names, symbolic links, and folders that hold
// what was built or installed (those with a CACHEDIR.TAG or CMakeCache.txt, and node_modules, __pycache__,
// build, target, venv).
//
// Small files are copied when the folder is opened, so that saving one in an editor does not change a
// training that reads it; large ones stay on disk and are read where a sample needs them.
class TextFolder {
public:
    struct File {
        std::string path;  // below the folder, "" if the folder is itself one file
        std::uint64_t size = 0;
        std::uint64_t arenaOffset = kOnDisk;

        static constexpr std::uint64_t kOnDisk = ~std::uint64_t{0};
    };

    // `path` is a folder or one file. Errors: NotFound, Denied or Io naming the file or folder that cannot be
    // read; Invalid if there is no text in it.
    static Result<TextFolder> open(const std::string& path);

    const std::string& path() const { return m_path; }
    std::span<const File> files() const { return m_files; }
    std::uint64_t bytes() const { return m_bytes; }
    // Of paths, sizes and the small files' bytes: equal on two ranks (or before and after a resume) if and
    // only if, for practical purposes, they see the same text.
    std::uint64_t fingerprint() const { return m_fingerprint; }

    // Fills `out` with the bytes from `offset` of file `file`. Io if a large file has become shorter
    // meanwhile.
    Result<> read(std::size_t file, std::uint64_t offset, std::span<char> out) const;

private:
    Result<> addFolder(const std::string& relative);
    Result<> addFile(const std::string& relative);
    std::string fullPath(const std::string& relative) const;

    std::string m_path;
    std::vector<File> m_files;
    std::string m_arena;
    std::uint64_t m_bytes = 0;
    std::uint64_t m_fingerprint = 0;
};

}  // namespace lathe::data
