// SPDX-License-Identifier: Apache-2.0
#include "train/stop_signals.h"

#include <array>
#include <csignal>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace lathe::train {

namespace {

sigset_t stopSet() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGINT);
    return set;
}

}  // namespace

StopSignals::StopSignals() : m_end(::eventfd(0, EFD_CLOEXEC)) {
    const sigset_t set = stopSet();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    m_signals.reset(::signalfd(-1, &set, SFD_CLOEXEC));
    m_thread = std::thread([this] { wait(); });
}

StopSignals::~StopSignals() {
    ::eventfd_write(m_end.get(), 1);
    m_thread.join();
}

void StopSignals::wait() {
    while (true) {
        std::array<pollfd, 2> fds = {{{m_signals.get(), POLLIN, 0}, {m_end.get(), POLLIN, 0}}};
        if (::poll(fds.data(), fds.size(), -1) < 0)
            continue;
        if (fds[1].revents != 0)
            return;
        signalfd_siginfo info{};
        if (::read(m_signals.get(), &info, sizeof info) != sizeof info)
            continue;
        const auto number = static_cast<int>(info.ssi_signo);
        if (m_number.exchange(number) == 0)
            continue;
        const sigset_t set = stopSet();
        ::signal(number, SIG_DFL);
        ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
        ::raise(number);
    }
}

}  // namespace lathe::train
