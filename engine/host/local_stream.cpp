// SPDX-License-Identifier: Apache-2.0
#include "host/local_stream.h"

#include "core/paths.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>
#include <utility>

namespace lathe::host {
namespace {

// A process may leave children behind that keep its output open; what they write later belongs to nobody.
constexpr double drainSeconds = 0.2;

// All members belong to the loop's thread. It keeps itself alive until the process is reaped, so that a
// dropped stream leaves no zombie.
class LocalProcess : public std::enable_shared_from_this<LocalProcess> {
public:
    LocalProcess(EventLoop& loop, Process process, bool terminal, StreamCallbacks callbacks)
        : m_loop(loop), m_process(std::move(process)), m_terminal(terminal),
          m_callbacks(std::move(callbacks)) {}

    void begin() {
        for (UniqueFd* fd : {&m_process.in(), &m_process.out(), &m_process.err()}) {
            if (*fd)
                ::fcntl(fd->get(), F_SETFL, ::fcntl(fd->get(), F_GETFL) | O_NONBLOCK);
        }
        watchOutput();
        m_loop.watch(m_process.exitFd(), EventLoop::Readable,
                     [self = shared_from_this()](unsigned) { self->onExit(); });
    }

    void write(std::string_view bytes) {
        if (!input())
            return;
        m_pending += bytes;
        flush();
    }

    void closeInput() {
        if (m_terminal) {
            write("\x04");  // what a user types for the end of input
        } else {
            m_closeWhenFlushed = true;
            flush();
        }
    }

    void resize(PtySize size) {
        if (m_terminal && m_process.out())
            (void)m_process.resize(size);
    }

    void signal(int number) {
        if (!m_exited)
            (void)m_process.signalGroup(number);
    }

    void pauseOutput(bool paused) {
        if (m_detached || m_paused == paused)
            return;
        m_paused = paused;
        watchOutput();
        if (m_exited && !paused)
            awaitDrain();
    }

    void detach() {
        m_detached = true;
        m_callbacks = {};
        closeFd(m_process.in());
        closeFd(m_process.out());
        closeFd(m_process.err());
        if (m_drainTimer)
            m_loop.cancelTimer(std::exchange(m_drainTimer, 0));
    }

private:
    UniqueFd& input() { return m_terminal ? m_process.out() : m_process.in(); }

    void closeFd(UniqueFd& fd) {
        if (fd)
            m_loop.unwatch(fd.get());
        fd.reset();
    }

    void watchOutput() {
        const auto self = shared_from_this();
        if (UniqueFd& out = m_process.out()) {
            const unsigned interest = (m_paused ? 0U : unsigned{EventLoop::Readable}) |
                                      (m_terminal && !m_pending.empty() ? unsigned{EventLoop::Writable} : 0U);
            watchFor(out, interest, [self](unsigned ready) {
                if (ready & EventLoop::Writable)
                    self->flush();
                if ((ready & EventLoop::Readable) && !self->m_paused)
                    self->readSome(self->m_process.out(), self->m_callbacks.out);
            });
        }
        if (UniqueFd& err = m_process.err()) {
            watchFor(err, m_paused ? 0U : unsigned{EventLoop::Readable},
                     [self](unsigned) { self->readSome(self->m_process.err(), self->m_callbacks.err); });
        }
    }

    // A hang-up is reported whatever the interest: with none, the fd must not be watched at all.
    void watchFor(UniqueFd& fd, unsigned interest, std::function<void(unsigned)> ready) {
        if (interest == 0)
            m_loop.unwatch(fd.get());
        else
            m_loop.watch(fd.get(), interest, std::move(ready));
    }

    // False once there is nothing more to read now.
    bool readSome(UniqueFd& fd, const std::function<void(std::string_view)>& callback) {
        if (!fd)
            return false;
        char buffer[65536];
        const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
        if (got > 0) {
            if (callback)
                callback({buffer, static_cast<std::size_t>(got)});
            return true;
        }
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return false;
        closeFd(fd);  // the end; a terminal says it by EIO
        finishIfDone();
        return false;
    }

    void flush() {
        UniqueFd& fd = input();
        while (fd && !m_pending.empty()) {
            const ssize_t sent = ::write(fd.get(), m_pending.data() + m_sent, m_pending.size() - m_sent);
            if (sent > 0) {
                m_sent += static_cast<std::size_t>(sent);
                if (m_sent < m_pending.size())
                    continue;
                m_pending.clear();
                m_sent = 0;
            } else if (errno == EAGAIN) {
                break;
            } else if (errno != EINTR) {
                m_pending.clear();
                m_sent = 0;
                if (!m_terminal)
                    closeFd(fd);
            }
        }
        if (m_terminal) {
            watchOutput();
            return;
        }
        if (!fd)
            return;
        if (!m_pending.empty())
            m_loop.watch(fd.get(), EventLoop::Writable,
                         [self = shared_from_this()](unsigned) { self->flush(); });
        else if (m_closeWhenFlushed)
            closeFd(fd);
        else
            m_loop.unwatch(fd.get());
    }

    void onExit() {
        const auto self = shared_from_this();  // unwatching drops the loop's hold
        m_loop.unwatch(m_process.exitFd());
        (void)m_process.poll();
        m_exited = true;
        finishIfDone();
        if (!m_detached && !m_paused)
            awaitDrain();
    }

    void awaitDrain() {
        if (m_drainTimer || m_detached)
            return;
        m_drainTimer = m_loop.after(drainSeconds, [self = shared_from_this()] {
            self->m_drainTimer = 0;
            if (self->m_paused || self->m_detached)
                return;
            const bool more = self->readSome(self->m_process.out(), self->m_callbacks.out) |
                              self->readSome(self->m_process.err(), self->m_callbacks.err);
            if (more) {
                self->awaitDrain();
            } else if (!self->m_detached) {
                self->closeFd(self->m_process.out());
                self->closeFd(self->m_process.err());
                self->finishIfDone();
            }
        });
    }

    void finishIfDone() {
        if (!m_exited || m_detached || m_process.out() || m_process.err())
            return;
        const auto ended = std::exchange(m_callbacks.ended, nullptr);
        const ExitStatus status = m_process.poll().value_or(ExitStatus{});
        detach();
        if (ended)
            ended(status);
    }

    EventLoop& m_loop;
    Process m_process;
    bool m_terminal;
    StreamCallbacks m_callbacks;
    std::string m_pending;   // towards the process,
    std::size_t m_sent = 0;  // of which this much is through
    bool m_closeWhenFlushed = false;
    bool m_paused = false;
    bool m_exited = false;
    bool m_detached = false;
    int m_drainTimer = 0;
};

class LocalStream final : public Stream {
public:
    LocalStream(std::shared_ptr<LoopThread> thread, std::shared_ptr<LocalProcess> process)
        : m_thread(std::move(thread)), m_process(std::move(process)) {}
    ~LocalStream() override {
        m_thread->call([this] { m_process->detach(); });
    }
    void write(std::string_view bytes) override {
        m_thread->post([process = m_process, bytes = std::string(bytes)] { process->write(bytes); });
    }
    void closeInput() override {
        m_thread->post([process = m_process] { process->closeInput(); });
    }
    void resize(PtySize size) override {
        m_thread->post([process = m_process, size] { process->resize(size); });
    }
    void signal(int number) override {
        m_thread->post([process = m_process, number] { process->signal(number); });
    }
    void pauseOutput(bool paused) override {
        m_thread->post([process = m_process, paused] { process->pauseOutput(paused); });
    }

private:
    std::shared_ptr<LoopThread> m_thread;
    std::shared_ptr<LocalProcess> m_process;
};

std::string loginShell() {
    if (const char* shell = std::getenv("SHELL"); shell && *shell == '/')
        return shell;
    const passwd* user = ::getpwuid(::getuid());
    return user && user->pw_shell && *user->pw_shell ? user->pw_shell : "/bin/sh";
}

}  // namespace

Result<std::unique_ptr<Stream>> startLocal(const std::shared_ptr<LoopThread>& thread, const ProcessSpec& spec,
                                           StreamCallbacks callbacks) {
    ProcessOptions options;
    options.argv = spec.argv.empty() ? std::vector<std::string>{loginShell(), "-l"} : spec.argv;
    options.cwd = spec.cwd.empty() ? homeDir() : spec.cwd;
    for (const auto& [name, value] : spec.env)
        options.env[name] = value;
    options.pty = spec.pty;
    options.newSession = true;
    if (spec.pty) {
        options.env.try_emplace("TERM", "xterm-256color");
    } else {
        options.in = options.out = options.err = Redirect::Pipe;
    }
    LATHE_TRY_ASSIGN(Process started, Process::start(options));
    auto process = std::make_shared<LocalProcess>(thread->loop(), std::move(started), spec.pty.has_value(),
                                                  std::move(callbacks));
    thread->post([process] { process->begin(); });
    return std::make_unique<LocalStream>(thread, std::move(process));
}

}  // namespace lathe::host
