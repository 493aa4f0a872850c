// SPDX-License-Identifier: Apache-2.0
#include "core/process.h"

#include "core/clock.h"
#include "core/paths.h"
#include "core/text.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace lathe {
namespace {

struct Pipe {
    UniqueFd read, write;
};

Result<Pipe> makePipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0)
        return failErrno(errno, "cannot make a pipe");
    return Pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

struct Pty {
    UniqueFd master, slave;
};

winsize windowSize(PtySize size) {
    winsize window{};
    window.ws_col = static_cast<unsigned short>(std::clamp(size.columns, 1, 10000));
    window.ws_row = static_cast<unsigned short>(std::clamp(size.rows, 1, 10000));
    return window;
}

Result<Pty> makePty(PtySize size) {
    Pty pty;
    pty.master.reset(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!pty.master || ::grantpt(pty.master.get()) != 0 || ::unlockpt(pty.master.get()) != 0)
        return failErrno(errno, "cannot open a terminal");
    char name[128];
    if (::ptsname_r(pty.master.get(), name, sizeof name) != 0)
        return failErrno(errno, "cannot open a terminal");
    pty.slave.reset(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!pty.slave)
        return failErrno(errno, "cannot open a terminal", name);
    const winsize window = windowSize(size);
    ::ioctl(pty.slave.get(), TIOCSWINSZ, &window);
    return pty;
}

std::vector<std::string> environmentOf(const ProcessOptions& options) {
    std::vector<std::string> list;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text = *entry;
        const auto name = text.substr(0, text.find('='));
        if (options.env.find(std::string(name)) == options.env.end())
            list.emplace_back(text);
    }
    for (const auto& [name, value] : options.env) {
        if (value)
            list.push_back(name + "=" + *value);
    }
    return list;
}

std::vector<char*> pointersTo(std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    for (std::string& text : strings)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

Result<std::string> programOf(const ProcessOptions& options) {
    if (options.argv.empty() || options.argv[0].empty())
        return fail(ErrorCode::Invalid, "no command given");
    const std::string& name = options.argv[0];
    if (name.find('/') != std::string::npos)
        return name.starts_with('/') || options.cwd.empty() ? name : joinPath(options.cwd, name);
    const std::string found = findInPath(name);
    if (!found.empty())
        return found;
    return fail(ErrorCode::NotFound, "command not found", name, "check the spelling and PATH");
}

// Between fork and exec only async-signal-safe calls are allowed: everything is prepared before.
struct ChildPlan {
    const char* program;
    char* const* argv;
    char* const* env;
    const char* cwd;
    int in, out, err;  // -1: leave
    bool newSession, terminal, dieWithParent;
    pid_t parent;
    int report;  // gets {stage, errno} if something fails
};

enum Stage : int { StageCwd = 1, StageExec = 2 };

[[noreturn]] void becomeChild(const ChildPlan& plan) {
    const auto die = [&](int stage) {
        const int report[2] = {stage, errno};
        [[maybe_unused]] const ssize_t sent = ::write(plan.report, report, sizeof report);
        ::_exit(127);
    };
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (int number = 1; number < NSIG; ++number)
        ::signal(number, SIG_DFL);
    if (plan.newSession)
        ::setsid();
    if (plan.terminal)
        ::ioctl(plan.in, TIOCSCTTY, 0);
    if (plan.dieWithParent) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != plan.parent)
            ::_exit(127);
    }
    const int wanted[3] = {plan.in, plan.out, plan.err};
    for (int target = 0; target < 3; ++target) {
        if (wanted[target] == target)
            ::fcntl(target, F_SETFD, 0);
        else if (wanted[target] >= 0)
            ::dup2(wanted[target], target);
    }
    if (plan.cwd && ::chdir(plan.cwd) != 0)
        die(StageCwd);
    ::execve(plan.program, plan.argv, plan.env);
    die(StageExec);
    ::_exit(127);
}

}  // namespace

std::string ExitStatus::text() const {
    if (signal == 0)
        return "exit code " + std::to_string(code);
    const char* name = ::sigabbrev_np(signal);
    return "killed by " + (name ? "SIG" + std::string(name) : "signal " + std::to_string(signal));
}

Result<Process> Process::start(const ProcessOptions& options) {
    LATHE_TRY_ASSIGN(const std::string program, programOf(options));

    Process process;
    Pty pty;
    Pipe in, out, err;
    UniqueFd null;
    ChildPlan plan{};
    plan.in = plan.out = plan.err = -1;
    const auto nullFd = [&]() -> int {
        if (!null)
            null.reset(::open("/dev/null", O_RDWR | O_CLOEXEC));
        return null.get();
    };
    if (options.pty) {
        LATHE_TRY_ASSIGN(pty, makePty(*options.pty));
        plan.in = plan.out = plan.err = pty.slave.get();
    } else {
        if (options.in == Redirect::Pipe) {
            LATHE_TRY_ASSIGN(in, makePipe());
            plan.in = in.read.get();
        } else if (options.in == Redirect::Null) {
            plan.in = nullFd();
        }
        const auto output = [&](Redirect redirect, Pipe& pipe, int given, int& target) -> Result<> {
            if (redirect == Redirect::Pipe) {
                LATHE_TRY_ASSIGN(pipe, makePipe());
                target = pipe.write.get();
            } else if (redirect == Redirect::Null) {
                target = nullFd();
            } else if (redirect == Redirect::ToFd) {
                target = given;
            }
            return {};
        };
        LATHE_TRY(output(options.out, out, options.outFd, plan.out));
        LATHE_TRY(output(options.err, err, options.errFd, plan.err));
        if (options.err == Redirect::ToStdout)
            plan.err = plan.out >= 0 ? plan.out : STDOUT_FILENO;
    }

    std::vector<std::string> argv = options.argv;
    std::vector<std::string> env = environmentOf(options);
    const std::vector<char*> argvPointers = pointersTo(argv);
    const std::vector<char*> envPointers = pointersTo(env);
    LATHE_TRY_ASSIGN(Pipe report, makePipe());
    plan.program = program.c_str();
    plan.argv = argvPointers.data();
    plan.env = envPointers.data();
    plan.cwd = options.cwd.empty() ? nullptr : options.cwd.c_str();
    plan.newSession = options.newSession || options.pty.has_value();
    plan.terminal = options.pty.has_value();
    plan.dieWithParent = options.dieWithParent;
    plan.parent = ::getpid();
    plan.report = report.write.get();

    const pid_t pid = ::fork();
    if (pid < 0)
        return failErrno(errno, "cannot start a process", program);
    if (pid == 0)
        becomeChild(plan);

    report.write.reset();
    int problem[2] = {0, 0};
    ssize_t got = 0;
    do {
        got = ::read(report.read.get(), problem, sizeof problem);
    } while (got < 0 && errno == EINTR);
    if (got == static_cast<ssize_t>(sizeof problem)) {
        ::waitpid(pid, nullptr, 0);
        if (problem[0] == StageCwd)
            return failErrno(problem[1], "cannot enter the working folder", options.cwd);
        if (problem[1] == ENOENT)
            return fail(ErrorCode::NotFound, "command not found", options.argv[0], "check the path");
        return failErrno(problem[1], "cannot run", options.argv[0],
                         problem[1] == EACCES ? "is it executable? (chmod +x)" : "");
    }
    process.m_pid = pid;
    process.m_pidFd.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    process.m_in = std::move(in.write);
    process.m_out = options.pty ? std::move(pty.master) : std::move(out.read);
    process.m_err = std::move(err.read);
    return process;
}

namespace {

ExitStatus statusOf(const siginfo_t& info) {
    if (info.si_code == CLD_EXITED)
        return {info.si_status, 0};
    return {0, info.si_status};
}

}  // namespace

Result<ExitStatus> Process::wait() {
    while (!m_status) {
        siginfo_t info{};
        if (::waitid(P_PID, static_cast<id_t>(m_pid), &info, WEXITED) == 0)
            m_status = statusOf(info);
        else if (errno != EINTR)
            return failErrno(errno, "cannot wait for process " + std::to_string(m_pid));
    }
    return *m_status;
}

std::optional<ExitStatus> Process::poll() {
    if (!m_status) {
        siginfo_t info{};
        if (::waitid(P_PID, static_cast<id_t>(m_pid), &info, WEXITED | WNOHANG) == 0 && info.si_pid == m_pid)
            m_status = statusOf(info);
    }
    return m_status;
}

Result<> Process::signal(int number) {
    if (m_status)
        return {};
    if (::kill(m_pid, number) != 0)
        return failErrno(errno, "cannot signal process " + std::to_string(m_pid));
    return {};
}

Result<> Process::signalGroup(int number) {
    if (::kill(-m_pid, number) != 0 && errno != ESRCH)
        return failErrno(errno, "cannot signal process group " + std::to_string(m_pid));
    return {};
}

Result<> Process::resize(PtySize size) {
    const winsize window = windowSize(size);
    if (::ioctl(m_out.get(), TIOCSWINSZ, &window) != 0)
        return failErrno(errno, "cannot resize the terminal");
    return {};
}

Result<CommandOutput> runCommand(ProcessOptions options, std::string_view input, double timeoutSeconds,
                                 std::size_t maxBytes) {
    options.in = input.empty() ? Redirect::Null : Redirect::Pipe;
    options.out = Redirect::Pipe;
    options.err = Redirect::Pipe;
    LATHE_TRY_ASSIGN(Process process, Process::start(options));
    const std::string name = options.argv[0];
    const double deadline = timeoutSeconds > 0 ? monotonicSeconds() + timeoutSeconds : 0;
    const auto kill = [&] {
        (void)process.signal(SIGKILL);
        (void)process.wait();
    };
    // A child that ends before reading all input must give an error code here, not SIGPIPE.
    struct IgnorePipe {
        sigset_t old{};
        IgnorePipe() {
            sigset_t pipe;
            sigemptyset(&pipe);
            sigaddset(&pipe, SIGPIPE);
            ::pthread_sigmask(SIG_BLOCK, &pipe, &old);
        }
        ~IgnorePipe() {
            sigset_t pipe;
            sigemptyset(&pipe);
            sigaddset(&pipe, SIGPIPE);
            const timespec none{};
            while (::sigtimedwait(&pipe, nullptr, &none) > 0) {
            }
            ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
        }
    } const ignorePipe;
    if (process.in())
        ::fcntl(process.in().get(), F_SETFL, O_NONBLOCK);

    CommandOutput output;
    char buffer[65536];
    while (process.out() || process.err()) {
        pollfd polled[3] = {{process.out().get(), POLLIN, 0},
                            {process.err().get(), POLLIN, 0},
                            {process.in().get(), POLLOUT, 0}};
        int waitMs = -1;
        if (deadline > 0) {
            const double left = deadline - monotonicSeconds();
            if (left <= 0) {
                kill();
                return fail(ErrorCode::Unavailable, "no answer within " + durationText(timeoutSeconds), name);
            }
            waitMs = static_cast<int>(left * 1000) + 1;
        }
        if (::poll(polled, 3, waitMs) < 0 && errno != EINTR)
            return failErrno(errno, "cannot wait for output", name);
        const auto drain = [&](UniqueFd& fd, short ready, std::string& into) {
            if (!fd || ready == 0)
                return;
            const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
            if (got > 0)
                into.append(buffer, static_cast<std::size_t>(got));
            else if (got == 0 || errno != EINTR)
                fd.reset();
        };
        drain(process.out(), polled[0].revents, output.out);
        drain(process.err(), polled[1].revents, output.err);
        if (output.out.size() > maxBytes || output.err.size() > maxBytes) {
            kill();
            return fail(ErrorCode::Full, "wrote more than " + bytesText(maxBytes), name);
        }
        if (process.in() && polled[2].revents != 0) {
            const ssize_t sent = ::write(process.in().get(), input.data(), input.size());
            if (sent > 0)
                input.remove_prefix(static_cast<std::size_t>(sent));
            if (input.empty() || (sent < 0 && errno != EAGAIN && errno != EINTR))
                process.in().reset();
        }
    }
    process.in().reset();
    // Both outputs are closed, but the child itself may go on.
    if (deadline > 0) {
        pollfd ended{process.exitFd(), POLLIN, 0};
        const double left = deadline - monotonicSeconds();
        if (left <= 0 || ::poll(&ended, 1, static_cast<int>(left * 1000) + 1) == 0) {
            kill();
            return fail(ErrorCode::Unavailable, "no answer within " + durationText(timeoutSeconds), name);
        }
    }
    LATHE_TRY_ASSIGN(output.status, process.wait());
    return output;
}

std::vector<pid_t> processTree(pid_t root) {
    std::map<pid_t, std::vector<pid_t>> children;
    if (DIR* proc = ::opendir("/proc")) {
        while (const dirent* entry = ::readdir(proc)) {
            const pid_t pid = std::atoi(entry->d_name);
            if (pid <= 0)
                continue;
            const auto stat = readFileFrom("/proc/" + std::to_string(pid) + "/stat", 0, 4096);
            if (!stat)
                continue;
            // The name in parentheses may hold anything, so the fields are counted from its last ')'.
            const auto close = stat->rfind(')');
            if (close == std::string::npos || close + 4 >= stat->size())
                continue;
            children[std::atoi(stat->c_str() + close + 4)].push_back(pid);
        }
        ::closedir(proc);
    }
    std::vector<pid_t> tree{root};
    for (std::size_t i = 0; i < tree.size(); ++i) {
        const auto found = children.find(tree[i]);
        if (found != children.end())
            tree.insert(tree.end(), found->second.begin(), found->second.end());
    }
    return tree;
}

}  // namespace lathe
