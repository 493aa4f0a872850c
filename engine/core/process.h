// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/result.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace lathe {

struct PtySize {
    int columns = 80;
    int rows = 24;
};

enum class Redirect {
    Inherit,
    Null,
    Pipe,       // this side is in Process
    ToFd,       // to ProcessOptions::outFd / errFd
    ToStdout,   // stderr only: where stdout goes
};

struct ProcessOptions {
    std::vector<std::string> argv;                           // argv[0] is looked up in PATH
    std::string cwd;                                         // empty: this process's
    std::map<std::string, std::optional<std::string>> env;   // over the inherited one; nullopt removes
    Redirect in = Redirect::Inherit;
    Redirect out = Redirect::Inherit;
    Redirect err = Redirect::Inherit;
    int outFd = -1;  // borrowed
    int errFd = -1;  // borrowed
    std::optional<PtySize> pty;  // stdin, stdout and stderr are one terminal; the three above are ignored
    bool newSession = false;     // setsid: out of reach of this terminal's Ctrl-C and hang-up
    bool dieWithParent = false;  // PR_SET_PDEATHSIG(SIGKILL)
};

struct ExitStatus {
    int code = 0;    // exit code, when signal is 0
    int signal = 0;  // the signal that ended it
    bool ok() const { return code == 0 && signal == 0; }
    std::string text() const;  // "exit code 2", "killed by SIGKILL"
};

// A started child. Dropping it closes its pipes and leaves the child running. Not thread-safe.
class Process {
public:
    // Fails with NotFound ("command not found", the nearest program of that name as hint), Denied, or Io; a failed
    // exec is reported here and not through an exit code.
    static Result<Process> start(const ProcessOptions& options);

    Process() = default;
    Process(Process&&) noexcept = default;
    Process& operator=(Process&&) noexcept = default;

    pid_t pid() const { return m_pid; }
    UniqueFd& in() { return m_in; }
    UniqueFd& out() { return m_out; }  // also the terminal's master side, for both directions
    UniqueFd& err() { return m_err; }
    // Readable when the child has ended (pidfd).
    int exitFd() const { return m_pidFd.get(); }

    Result<ExitStatus> wait();
    std::optional<ExitStatus> poll();  // without waiting
    Result<> signal(int number);       // to the child alone
    Result<> signalGroup(int number);  // to its process group; needs newSession or a PTY
    Result<> resize(PtySize size);

private:
    pid_t m_pid = -1;
    UniqueFd m_in, m_out, m_err, m_pidFd;
    std::optional<ExitStatus> m_status;
};

struct CommandOutput {
    ExitStatus status;
    std::string out;
    std::string err;
};

// Runs to the end and collects both outputs (each at most `maxBytes`, then the child is killed and Full returned).
// `input` goes to its stdin. `timeoutSeconds` 0 means none; past it the child is killed and Unavailable returned.
Result<CommandOutput> runCommand(ProcessOptions options, std::string_view input = {}, double timeoutSeconds = 0,
                                 std::size_t maxBytes = std::size_t{64} << 20);

// Every process below `root` in the process tree, itself first.
std::vector<pid_t> processTree(pid_t root);

}  // namespace lathe
