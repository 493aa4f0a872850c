// SPDX-License-Identifier: Apache-2.0
#include "core/event_loop.h"

#include "core/clock.h"

#include <atomic>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <map>
#include <mutex>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace lathe {

struct EventLoop::State {
    struct Timer {
        int key;
        double period;  // 0: once
        Callback callback;
    };

    UniqueFd epoll{::epoll_create1(EPOLL_CLOEXEC)};
    UniqueFd wake{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    UniqueFd signals;
    sigset_t signalSet{};
    std::map<int, std::shared_ptr<std::function<void(unsigned)>>> watches;
    std::map<int, std::function<void(int)>> signalCallbacks;
    std::multimap<double, Timer> timers;  // by due time
    int nextTimer = 1;
    std::atomic<bool> quit = false;
    std::mutex postMutex;
    std::vector<Callback> posted;

    int addTimer(double seconds, double period, Callback callback) {
        const int key = nextTimer++;
        timers.emplace(monotonicSeconds() + seconds, Timer{key, period, std::move(callback)});
        return key;
    }

    void runPosted() {
        std::vector<Callback> work;
        {
            const std::lock_guard lock(postMutex);
            work.swap(posted);
        }
        for (Callback& callback : work)
            callback();
    }

    void runTimers() {
        const double now = monotonicSeconds();
        while (!timers.empty() && timers.begin()->first <= now) {
            Timer timer = std::move(timers.extract(timers.begin()).mapped());
            if (timer.period > 0)  // put back first, so that the callback may cancel it
                timers.emplace(now + timer.period, Timer{timer.key, timer.period, timer.callback});
            timer.callback();
        }
    }

    void readSignals() {
        signalfd_siginfo info{};
        while (::read(signals.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
            const auto found = signalCallbacks.find(static_cast<int>(info.ssi_signo));
            if (found != signalCallbacks.end())
                found->second(found->first);
        }
    }
};

EventLoop::EventLoop() : m_state(std::make_unique<State>()) {
    if (!m_state->epoll || !m_state->wake)
        throw std::runtime_error("the system refuses an event queue (too many open files?)");
    sigemptyset(&m_state->signalSet);
    watch(m_state->wake.get(), Readable, [this](unsigned) {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t got = ::read(m_state->wake.get(), &count, sizeof count);
    });
}

EventLoop::~EventLoop() = default;

void EventLoop::watch(int fd, unsigned interest, std::function<void(unsigned)> ready) {
    epoll_event event{};
    event.events = ((interest & Readable) ? EPOLLIN : 0U) | ((interest & Writable) ? EPOLLOUT : 0U);
    event.data.fd = fd;
    const bool known = m_state->watches.contains(fd);
    m_state->watches[fd] = std::make_shared<std::function<void(unsigned)>>(std::move(ready));
    if (::epoll_ctl(m_state->epoll.get(), known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
        throw std::runtime_error("cannot watch file descriptor " + std::to_string(fd));
}

void EventLoop::unwatch(int fd) {
    if (m_state->watches.erase(fd) > 0)
        ::epoll_ctl(m_state->epoll.get(), EPOLL_CTL_DEL, fd, nullptr);
}

int EventLoop::after(double seconds, Callback callback) {
    return m_state->addTimer(seconds, 0, std::move(callback));
}

int EventLoop::every(double seconds, Callback callback) {
    return m_state->addTimer(seconds, seconds, std::move(callback));
}

void EventLoop::cancelTimer(int key) {
    std::erase_if(m_state->timers, [&](const auto& entry) { return entry.second.key == key; });
}

void EventLoop::post(Callback callback) {
    {
        const std::lock_guard lock(m_state->postMutex);
        m_state->posted.push_back(std::move(callback));
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t sent = ::write(m_state->wake.get(), &one, sizeof one);
}

void EventLoop::onSignal(int signalNumber, std::function<void(int)> callback) {
    sigaddset(&m_state->signalSet, signalNumber);
    ::pthread_sigmask(SIG_BLOCK, &m_state->signalSet, nullptr);
    m_state->signalCallbacks[signalNumber] = std::move(callback);
    const int fd = ::signalfd(m_state->signals ? m_state->signals.get() : -1, &m_state->signalSet,
                              SFD_CLOEXEC | SFD_NONBLOCK);
    if (!m_state->signals) {
        m_state->signals.reset(fd);
        watch(fd, Readable, [this](unsigned) { m_state->readSignals(); });
    }
}

void EventLoop::run() {
    while (!m_state->quit.exchange(false))
        runOnce(3600);
}

void EventLoop::quit() {
    m_state->quit = true;
    post([] {});
}

void EventLoop::runOnce(double seconds) {
    double wait = seconds;
    if (!m_state->timers.empty())
        wait = std::min(wait, m_state->timers.begin()->first - monotonicSeconds());
    epoll_event events[32];
    const int waitMs = wait <= 0 ? 0 : static_cast<int>(std::ceil(wait * 1000));
    const int count = ::epoll_wait(m_state->epoll.get(), events, 32, waitMs);
    for (int i = 0; i < count; ++i) {
        const auto found = m_state->watches.find(events[i].data.fd);
        if (found == m_state->watches.end())
            continue;  // unwatched by a callback of this round
        const auto ready = found->second;  // kept alive: the callback may unwatch itself
        unsigned what = 0;
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP))
            what |= Readable;
        if (events[i].events & EPOLLOUT)
            what |= Writable;
        (*ready)(what);
    }
    m_state->runPosted();
    m_state->runTimers();
}

}  // namespace lathe
