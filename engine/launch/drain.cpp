// SPDX-License-Identifier: Apache-2.0
#include "launch/drain.h"

#include "core/paths.h"
#include "launch/output_log.h"
#include "launch/run_control.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace lathe::launch {
namespace {

[[noreturn]] void drainUntilWritersEnd(int lifeline, const std::vector<int>& reads,
                                       const std::vector<std::string>& logPaths) {
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGXFSZ, SIGUSR1})
        ::signal(number, SIG_IGN);
    ::prctl(PR_SET_NAME, "lathe-drain");
    const UniqueFd held = holdOpen(parentPath(logPaths.at(0)));
    char buffer[65536];
    for (ssize_t got = 1; got != 0;) {
        got = ::read(lifeline, buffer, sizeof buffer);
        if (got < 0 && errno != EINTR)
            break;
    }
    std::vector<pollfd> polled;
    std::vector<std::optional<OutputLog>> logs;
    for (std::size_t i = 0; i < reads.size(); ++i) {
        polled.push_back({reads[i], POLLIN, 0});
        auto log = OutputLog::open(logPaths[i]);
        logs.push_back(log ? std::optional(std::move(*log))
                           : std::nullopt);  // without a file: drain all the same
    }
    std::size_t open = polled.size();
    while (open > 0 && (::poll(polled.data(), polled.size(), -1) > 0 || errno == EINTR)) {
        for (std::size_t i = 0; i < polled.size(); ++i) {
            if (polled[i].revents == 0)
                continue;
            const ssize_t got = ::read(polled[i].fd, buffer, sizeof buffer);
            if (got > 0) {
                if (logs[i])
                    logs[i]->append({buffer, static_cast<std::size_t>(got)});
            } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
                polled[i].fd = -1;
                polled[i].revents = 0;
                --open;
            }
        }
    }
    ::_exit(0);
}

}  // namespace

Result<Drain> Drain::start(const std::vector<int>& reads, const std::vector<std::string>& logPaths) {
    int lifeline[2];
    if (::pipe2(lifeline, O_CLOEXEC) != 0)
        return failErrno(errno, "cannot make a pipe");
    Drain drain;
    drain.m_pid = ::fork();
    if (drain.m_pid < 0)
        return failErrno(errno, "cannot start the process that keeps the console");
    if (drain.m_pid == 0) {
        ::setsid();
        // Nothing else may stay open here: not the ready pipe, not the terminal of whoever started the run.
        for (int fd = 0; fd < static_cast<int>(std::min(::sysconf(_SC_OPEN_MAX), 4096L)); ++fd) {
            if (fd != lifeline[0] && std::ranges::find(reads, fd) == reads.end())
                ::close(fd);
        }
        drainUntilWritersEnd(lifeline[0], reads, logPaths);
    }
    ::close(lifeline[0]);
    drain.m_lifeline.reset(lifeline[1]);
    return drain;
}

}  // namespace lathe::launch
