// SPDX-License-Identifier: Apache-2.0
#include "launch/run_files.h"

#include "core/file.h"
#include "core/paths.h"

#include <algorithm>
#include <cctype>
#include <sys/stat.h>

namespace lathe::launch {
namespace {

// "<head>.<middle><tail>" with a middle that is a plain word.
bool isNumbered(std::string_view name, std::string_view head, std::string_view tail) {
    if (!name.starts_with(head) || !name.ends_with(tail) || name.size() <= head.size() + tail.size())
        return false;
    const std::string_view middle = name.substr(head.size(), name.size() - head.size() - tail.size());
    return middle.size() <= 64 && std::ranges::all_of(middle, [](unsigned char c) {
               return std::isalnum(c) || c == '-' || c == '_';
           });
}

// "env/uv.lock": a plain name in that folder.
bool isEnvironmentFile(std::string_view name) {
    if (!name.starts_with("env/") || name.size() <= 4 || name.size() > 68 || name[4] == '.')
        return false;
    return std::ranges::all_of(
        name.substr(4), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace

bool isWrittenOnce(std::string_view name) {
    return isEnvironmentFile(name) || name == "run.json" || name == "recipe.yaml" || name == "code.patch";
}

bool isMirroredFile(std::string_view name) {
    if (name == "journal.meta-local.jsonl")  // what was said of a mirrored run on this machine
        return false;
    return isWrittenOnce(name) || name == "journal.jsonl" || name == "output.log" ||
           name == "supervisor.log" || isNumbered(name, "journal.", ".jsonl") ||
           isNumbered(name, "output.", ".log");
}

Result<std::map<std::string, std::uint64_t>> recordedFiles(const std::string& runDir) {
    LATHE_TRY_ASSIGN(auto names, listDir(runDir));
    const auto environment = listDir(joinPath(runDir, "env"));
    for (const std::string& name : environment.value_or(std::vector<std::string>()))
        names.push_back("env/" + name);
    std::map<std::string, std::uint64_t> sizes;
    for (const std::string& name : names) {
        struct stat info {};
        if (isMirroredFile(name) && ::lstat(joinPath(runDir, name).c_str(), &info) == 0 &&
            S_ISREG(info.st_mode))
            sizes[name] = static_cast<std::uint64_t>(info.st_size);
    }
    return sizes;
}

}  // namespace lathe::launch
