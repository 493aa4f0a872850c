// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dist/job.h"

#include "core/file.h"
#include "core/id.h"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <functional>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace lathe::dist {

// A port of loopback that was free a moment ago.
inline std::uint16_t freePort() {
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
    return ::ntohs(address.sin_port);
}

inline Job loopbackJob(int rank, int size, std::uint16_t port) {
    Job job;
    job.rank = job.localRank = rank;
    job.size = job.localSize = size;
    job.port = port;
    job.id = "test";
    return job;
}

// Ranks as processes, since a death is to be felt as one. `body` returns the rank's exit code; what it
// printed to `say` comes back in outputs.
class Ranks {
public:
    using Body = std::function<int(const Job& job, const std::function<void(const std::string&)>& say)>;

    Ranks(int size, const Body& body) {
        const std::uint16_t port = freePort();
        for (int rank = 0; rank < size; ++rank) {
            const pid_t pid = ::fork();
            REQUIRE(pid >= 0);
            if (pid == 0) {
                const std::string path = m_dir / std::to_string(rank);
                ::_exit(body(loopbackJob(rank, size, port),
                             [&](const std::string& text) { (void)writeFileAtomic(path, text); }));
            }
            m_pids.push_back(pid);
        }
    }
    ~Ranks() {
        for (const pid_t pid : m_pids) {
            if (pid > 0) {
                ::kill(pid, SIGKILL);
                ::waitpid(pid, nullptr, 0);
            }
        }
    }

    void signal(int rank, int number) { ::kill(m_pids[static_cast<std::size_t>(rank)], number); }
    // Exit code, or minus the signal.
    int wait(int rank) {
        int status = 0;
        pid_t& pid = m_pids[static_cast<std::size_t>(rank)];
        REQUIRE(::waitpid(pid, &status, 0) == pid);
        pid = 0;
        return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    }
    std::string said(int rank) const { return readFile(m_dir / std::to_string(rank)).value_or(""); }

private:
    TempDir m_dir;
    std::vector<pid_t> m_pids;
};

}  // namespace lathe::dist
