// SPDX-License-Identifier: Apache-2.0
#include "interop/open_files.h"

#include "core/file.h"
#include "core/paths.h"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::interop {
namespace {

bool isForWriting(const std::string& descriptor) {
    const auto info = readFile(descriptor, 4096);
    const auto at = info ? info->find("flags:") : std::string::npos;
    return at != std::string::npos &&
           (std::strtol(info->c_str() + at + 6, nullptr, 8) & O_ACCMODE) != O_RDONLY;
}

// Calls `found` for each plain file that the process has open for writing and whose path is wanted; stops if
// it says so.
void openFiles(const std::string& pid, const std::function<bool(const std::string&)>& wanted,
               const std::function<bool(std::string)>& found) {
    const std::string folder = "/proc/" + pid + "/fd";
    for (const std::string& number : listDir(folder).value_or(std::vector<std::string>())) {
        char target[4096];
        const ssize_t length = ::readlink(joinPath(folder, number).c_str(), target, sizeof target);
        if (length <= 0 || length == sizeof target || target[0] != '/')
            continue;
        std::string path(target, static_cast<std::size_t>(length));
        if (wanted(path) && isForWriting("/proc/" + pid + "/fdinfo/" + number) && !found(std::move(path)))
            return;
    }
}

}  // namespace

LogKind logKindOf(std::string_view path) {
    const std::string name = fileName(path);
    if (name.find(".tfevents.") != std::string::npos)
        return LogKind::Events;
    const std::string ending = extension(name);
    if (ending == ".wandb")
        return LogKind::Wandb;
    if (ending == ".csv")
        return LogKind::Csv;
    if (ending == ".tsv" && path.find("/plots/metrics/") != std::string_view::npos)  // DVCLive
        return LogKind::Tsv;
    if (ending == ".jsonl" || ending == ".ndjson")
        return LogKind::JsonLines;
    if (name == "hparams.yaml" || name == "params.yaml")
        return LogKind::Yaml;
    return LogKind::None;
}

std::vector<std::string> logsOpenedBy(const std::vector<pid_t>& processes) {
    std::set<std::string> paths;
    for (const pid_t pid : processes) {
        openFiles(
            std::to_string(pid), [](const std::string& path) { return logKindOf(path) != LogKind::None; },
            [&](std::string path) {
                if (exists(path))  // a deleted file's target has " (deleted)" behind it
                    paths.insert(std::move(path));
                return true;
            });
    }
    return {paths.begin(), paths.end()};
}

bool isOpenElsewhere(const std::string& path, const std::vector<pid_t>& processes) {
    bool open = false;
    for (const std::string& name : listDir("/proc").value_or(std::vector<std::string>())) {
        const auto pid = static_cast<pid_t>(std::atoi(name.c_str()));
        if (pid <= 1 || std::ranges::find(processes, pid) != processes.end())
            continue;
        openFiles(
            name, [&](const std::string& target) { return target == path; },
            [&](const std::string&) {
                open = true;
                return false;
            });
        if (open)
            break;
    }
    return open;
}

}  // namespace lathe::interop
