// SPDX-License-Identifier: Apache-2.0
#include "host/ssh_dial.h"

#include "core/clock.h"
#include "core/text.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace lathe::host {
namespace {

// Waits for a started connect(2) in slices, so that a stop request is seen at once enough.
Result<int> finishConnect(int fd, double deadline, const std::stop_token& stop) {
    while (monotonicSeconds() < deadline) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "stopped");
        pollfd polled{fd, POLLOUT, 0};
        if (::poll(&polled, 1, 50) > 0) {
            int problem = 0;
            socklen_t size = sizeof problem;
            ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size);
            return problem;
        }
    }
    return ETIMEDOUT;
}

struct Lookup {
    std::mutex mutex;
    std::condition_variable_any answered;
    bool done = false;
    int problem = 0;
    int systemProblem = 0;
    addrinfo* list = nullptr;
    ~Lookup() {
        if (list)
            ::freeaddrinfo(list);
    }
};

// getaddrinfo(3) cannot be stopped and waits for a dead resolver for half a minute: it runs on a thread of
// its own, which is left to itself if nobody wants the answer any more.
Result<std::shared_ptr<Lookup>> resolve(const SshTarget& target, double deadline,
                                        const std::stop_token& stop) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_family = target.addressFamily == "inet"    ? AF_INET
                      : target.addressFamily == "inet6" ? AF_INET6
                                                        : AF_UNSPEC;
    const auto lookup = std::make_shared<Lookup>();
    std::thread([lookup, hints, name = target.hostName, port = std::to_string(target.port)] {
        addrinfo* list = nullptr;
        const int problem = ::getaddrinfo(name.c_str(), port.c_str(), &hints, &list);
        const int systemProblem = errno;
        const std::lock_guard lock(lookup->mutex);
        lookup->list = problem == 0 ? list : nullptr;
        lookup->problem = problem;
        lookup->systemProblem = systemProblem;
        lookup->done = true;
        lookup->answered.notify_all();
    }).detach();
    std::unique_lock lock(lookup->mutex);
    const auto patience = std::chrono::duration<double>(std::max(0.0, deadline - monotonicSeconds()));
    const bool done = lookup->answered.wait_for(lock, stop, patience, [&] { return lookup->done; });
    if (!done && stop.stop_requested())
        return fail(ErrorCode::Cancelled, "stopped", target.id);
    if (!done || lookup->problem != 0)
        return fail(ErrorCode::Unavailable,
                    fmt::format("the name {} does not resolve: {}", target.hostName,
                                !done                           ? "the resolver does not answer"
                                : lookup->problem == EAI_SYSTEM ? std::strerror(lookup->systemProblem)
                                                                : ::gai_strerror(lookup->problem)),
                    target.id, "check the spelling, HostName in the SSH configuration, and the network");
    return lookup;
}

Result<Dialed> dialTcp(const SshTarget& target, const std::stop_token& stop) {
    const double deadline = monotonicSeconds() + target.connectSeconds;
    LATHE_TRY_ASSIGN(const std::shared_ptr<Lookup> lookup, resolve(target, deadline, stop));
    int problem = ECONNREFUSED;
    for (const addrinfo* address = lookup->list; address; address = address->ai_next) {
        Dialed dialed;
        dialed.fd.reset(::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (!dialed.fd)
            continue;
        problem = ::connect(dialed.fd.get(), address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
        if (problem == EINPROGRESS) {
            LATHE_TRY_ASSIGN(problem, finishConnect(dialed.fd.get(), deadline, stop));
        }
        if (problem != 0)
            continue;
        const int on = 1;
        ::setsockopt(dialed.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ::setsockopt(dialed.fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
        return dialed;
    }
    return fail(
        ErrorCode::Unavailable,
        fmt::format("cannot reach {} port {}: {}", target.hostName, target.port, std::strerror(problem)),
        target.id,
        problem == ECONNREFUSED ? "is sshd running there, and is this its port?"
                                : "check the network, VPN and the host itself");
}

Result<Dialed> dialProxy(const SshTarget& target, const SshConfig& config) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return failErrno(errno, "cannot make a socket for the proxy", target.id);
    Dialed dialed;
    dialed.fd.reset(ends[0]);
    const UniqueFd theirs(ends[1]);
    ::fcntl(dialed.fd.get(), F_SETFL, O_NONBLOCK);
    int errors[2];
    if (::pipe2(errors, O_CLOEXEC | O_NONBLOCK) != 0)
        return failErrno(errno, "cannot make a pipe for the proxy", target.id);
    dialed.proxyErrors.reset(errors[0]);
    const UniqueFd errorsIn(errors[1]);

    // Process has no way to hand one socket over as both stdin and stdout, a shell has. The proxy has no
    // terminal to ask questions on; BatchMode turns them into errors.
    std::string command = target.proxyCommand;
    if (command.empty()) {
        const auto last = target.proxyJump.rfind(',');
        std::vector<std::string> ssh = {"ssh", "-o", "BatchMode=yes"};
        for (const std::string& option : config.options())
            ssh.push_back(option);
        if (last != std::string::npos)
            ssh.insert(ssh.end(), {"-J", target.proxyJump.substr(0, last)});
        const std::string jump =
            last == std::string::npos ? target.proxyJump : target.proxyJump.substr(last + 1);
        ssh.insert(ssh.end(), {"-W", fmt::format("[{}]:{}", target.hostName, target.port), "--",
                               jump.find(':') == std::string::npos ? jump : "ssh://" + jump});
        command = shellCommand(ssh);
    }
    ProcessOptions proxy;
    proxy.argv = {"/bin/sh", "-c", "exec 0<&1; exec " + command};
    proxy.in = Redirect::Null;
    proxy.out = Redirect::ToFd;
    proxy.outFd = theirs.get();
    proxy.err = Redirect::ToFd;
    proxy.errFd = errorsIn.get();
    proxy.newSession = true;
    LATHE_TRY_ASSIGN(dialed.proxy, Process::start(proxy));
    return dialed;
}

}  // namespace

std::string Dialed::complaint() {
    if (!proxyErrors)
        return {};
    char buffer[2048];
    const ssize_t got = ::read(proxyErrors.get(), buffer, sizeof buffer);
    return got > 0 ? escapedForDisplay(trim({buffer, static_cast<std::size_t>(got)}), 400) : "";
}

Result<Dialed> dial(const SshTarget& target, const SshConfig& config, const std::stop_token& stop) {
    if (!target.proxyCommand.empty() || !target.proxyJump.empty())
        return dialProxy(target, config);
    return dialTcp(target, stop);
}

}  // namespace lathe::host
