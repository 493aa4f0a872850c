// SPDX-License-Identifier: Apache-2.0
#include "launch/process_tree.h"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace lathe::launch {

bool readProcessStat(pid_t pid, ProcessStat& stat) {
    char path[32];
    std::memcpy(path, "/proc/", 6);
    char* end = std::to_chars(path + 6, path + 20, pid).ptr;
    std::memcpy(end, "/stat", 6);
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    char text[1024];
    const ssize_t size = ::read(fd, text, sizeof text - 1);
    ::close(fd);
    if (size <= 0)
        return false;
    text[size] = 0;
    // The second field, the name, may hold blanks and brackets: count from its last bracket.
    const char* at = std::strrchr(text, ')');
    if (!at || at + 2 >= text + size)
        return false;
    at += 2;
    std::uint64_t fields[24] = {};
    stat.state = *at;
    int count = 1;
    for (at = std::strchr(at, ' '); at && count < 24; at = std::strchr(at + 1, ' '))
        fields[count++] = std::strtoull(at + 1, nullptr, 10);
    if (count < 22)
        return false;
    stat.pid = pid;
    stat.parent = static_cast<pid_t>(fields[1]);
    stat.user = fields[11];
    stat.system = fields[12];
    stat.childrenUser = fields[13];
    stat.childrenSystem = fields[14];
    stat.start = fields[19];
    stat.residentPages = fields[21];
    return true;
}

std::vector<ProcessStat> processesBelow(pid_t root, const std::set<pid_t>& except) {
    std::multimap<pid_t, ProcessStat> children;
    if (DIR* proc = ::opendir("/proc")) {
        while (const dirent* entry = ::readdir(proc)) {
            ProcessStat stat;
            if (const pid_t pid = std::atoi(entry->d_name); pid > 0 && readProcessStat(pid, stat))
                children.emplace(stat.parent, stat);
        }
        ::closedir(proc);
    }
    std::vector<ProcessStat> found;
    const auto add = [&](pid_t parent) {
        for (auto [at, end] = children.equal_range(parent); at != end; ++at)
            if (!except.contains(at->second.pid))
                found.push_back(at->second);
    };
    add(root);
    for (std::size_t i = 0; i < found.size(); ++i)
        add(found[i].pid);
    return found;
}

}  // namespace lathe::launch
