// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/result.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::interop::mlflow {

struct ArtifactEntry {
    std::string name;
    bool isDir = false;
    std::uint64_t bytes = 0;
};

// Files below one folder, named by outsiders. No name leaves the folder: "..", absolute names and empty parts
// are refused (Invalid), links are never followed. Thread-safe.
class ArtifactFiles {
public:
    explicit ArtifactFiles(std::string folder) : m_folder(std::move(folder)) {}

    // The parts of `path`; Invalid if one of them is not a plain name.
    static Result<std::vector<std::string>> parts(std::string_view path);

    struct File {
        UniqueFd fd;
        std::uint64_t bytes = 0;
    };
    Result<File> open(std::string_view path) const;
    // Calls `next` for pieces until it gives an empty one, into a temporary file that takes the name when all
    // of it is there. Returns its size.
    Result<std::uint64_t> put(std::string_view path, const std::function<Result<std::string_view>()>& next);
    // What lies in the folder `path`, sorted; nothing if there is no such folder.
    Result<std::vector<ArtifactEntry>> list(std::string_view path) const;
    // A file or a folder with all below it; the whole if `path` is empty. What is not there is no error.
    Result<> remove(std::string_view path);

private:
    Result<UniqueFd> openFolder(const std::vector<std::string>& parts, bool make) const;

    const std::string m_folder;
};

}  // namespace lathe::interop::mlflow
