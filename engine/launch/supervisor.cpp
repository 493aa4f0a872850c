// SPDX-License-Identifier: Apache-2.0
#include "launch/supervisor.h"

#include "core/clock.h"
#include "core/event_loop.h"
#include "core/file.h"
#include "core/journal_writer.h"
#include "core/paths.h"
#include "core/process.h"
#include "core/text.h"
#include "interop/mlflow/forwarder.h"
#include "launch/collector_process.h"
#include "launch/console_recorder.h"
#include "launch/drain.h"
#include "launch/gpu_probe.h"
#include "launch/journal_sync.h"
#include "launch/output_log.h"
#include "launch/process_tree.h"
#include "launch/rank_environment.h"
#include "launch/recorder.h"
#include "launch/run_control.h"
#include "launch/system_sampler.h"
#include "record/run.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <set>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace lathe::launch {
namespace {

constexpr double kHeartbeatSeconds = 2;
constexpr double kSampleSeconds = 5;
constexpr double kFailureGrace = 5;       // for the other ranks when one failed
constexpr double kLeftoverSeconds = 0.5;  // multiprocessing's helpers end just after their parent
constexpr double kLeftoverLookSeconds = 0.1;
constexpr double kPursueSeconds = 0.5;  // in case a SIGCHLD said nothing of it
constexpr double kEndRetrySeconds = 1;
constexpr double kCaptureWaitSeconds = 20;  // for env/ to be written after the run's end
constexpr int kEndRetries = 600;            // a full disk may be cleared; after that the run shows as lost

struct Rank {
    Process process;
    UniqueFd read, write;
    std::optional<OutputLog> log;
    std::optional<ExitStatus> status;
    bool reading = false;
};

class Supervisor {
public:
    explicit Supervisor(const std::string& runDir) : m_runDir(runDir), m_collector(m_loop, runDir) {}

    Result<> takeOver();
    Result<> run();

private:
    std::string file(std::string_view name) const { return joinPath(m_runDir, name); }
    std::string outputName(int rank) const {
        return rank == 0 ? "output.log" : "output." + std::to_string(rank) + ".log";
    }

    Result<> makePipes();
    Result<JournalWriter> lockJournal();
    void startRanks();
    void writeMarks();
    void readConsole(int rank);
    void reapChildren();
    void rankEnded(int rank);
    void takeStopRequest();
    void requestStop(double grace, const std::string& reason);
    void endTree(double grace);
    void pursue();
    void startCapture(const RankEnvironment& environment);
    void startGpuProbe();
    void readGpuProbe();
    std::vector<ProcessStat> runProcesses() const;
    void sample();
    void sampleLater();
    void leave();
    void checkEnd();
    void finish();
    void conclude();
    void writeEnd();

    std::string m_runDir;
    record::RunSpec m_spec;
    EventLoop m_loop;
    std::optional<Drain> m_drain;
    std::optional<Recorder> m_recorder;
    std::optional<ConsoleRecorder> m_console;
    CollectorProcess m_collector;
    std::optional<JournalSync> m_sync;
    std::optional<SystemSampler> m_sampler;
    std::optional<GpuProbe> m_gpus;
    // Processes of Lathe's own beside the run, none of its: neither counted nor ended with it.
    std::optional<Process> m_capture;
    std::vector<Rank> m_ranks;
    double m_started = 0;
    double m_allEnded = 0;  // monotonic; 0 while a rank runs
    double m_killAt = 0;    // monotonic; 0 unless the tree is being ended
    bool m_stopRequested = false;
    std::string m_stopReason, m_startError;
    int m_startExit = 0;
    int m_failedRank = -1;
    bool m_finished = false;
    bool m_looksAgain = false;
    int m_endTries = 0;
    double m_leaveAt = 0;  // monotonic; 0 until the end is written
    double m_sampleSeconds = kSampleSeconds;
    Json m_end;
};

// Handlers and not SIG_IGN: an ignored signal would stay ignored in what is started here.
void ignoreBySurvivingIt(int) {}

Result<> Supervisor::takeOver() {
    LATHE_TRY_ASSIGN(const Json json, readJsonFile(file("run.json")));
    LATHE_TRY_ASSIGN(m_spec, record::RunSpec::fromJson(json, file("run.json")));
    m_spec.ranks = std::max(1, m_spec.ranks);

    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::signal(SIGPIPE, ignoreBySurvivingIt);
    ::signal(SIGXFSZ, ignoreBySurvivingIt);
    LATHE_TRY(makePipes());

    // All signals have their handler before anyone can learn our process id.
    for (const int number : {SIGTERM, SIGINT})
        m_loop.onSignal(number, [this](int) { requestStop(10, "the supervisor was asked to end"); });
    m_loop.onSignal(SIGHUP, [](int) {});
    m_loop.onSignal(SIGUSR1, [this](int) { takeStopRequest(); });
    m_loop.onSignal(SIGCHLD, [this](int) { reapChildren(); });

    LATHE_TRY_ASSIGN(JournalWriter journal, lockJournal());
    m_recorder.emplace(std::move(journal), m_runDir);
    m_console.emplace(*m_recorder, m_runDir);
    ::unlink(file(kStopFile).c_str());
    writeMarks();
    return {};
}

Result<JournalWriter> Supervisor::lockJournal() {
    // isSupervised() holds the lock for a moment while it looks.
    for (int tries = 0;; ++tries) {
        auto journal = JournalWriter::open(file("journal.jsonl"));
        if (journal || journal.error().code != ErrorCode::Exists || tries >= 20)
            return journal;
        ::usleep(10'000);
    }
}

Result<> Supervisor::makePipes() {
    std::vector<int> reads;
    std::vector<std::string> paths;
    for (int rank = 0; rank < m_spec.ranks; ++rank) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            return failErrno(errno, "cannot make the console's pipe");
        ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
        ::fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);  // fewer waits for a chatty run; the default serves too
        Rank made;
        made.read.reset(ends[0]);
        made.write.reset(ends[1]);
        LATHE_TRY_ASSIGN(made.log, OutputLog::open(file(outputName(rank))));
        m_ranks.push_back(std::move(made));
        reads.push_back(ends[0]);
        paths.push_back(file(outputName(rank)));
    }
    LATHE_TRY_ASSIGN(m_drain, Drain::start(reads, paths));
    return {};
}

void Supervisor::writeMarks() {
    Json marks = processMark(::getpid());
    marks["boot"] = bootId();
    marks["host"] = m_spec.hostName;
    marks["ranks"] = Json::array();
    for (const Rank& rank : m_ranks) {
        if (rank.process.pid() > 0)
            marks["ranks"].push_back(processMark(rank.process.pid()));
    }
    if (const auto written = writeFileAtomic(file(kSupervisorFile), dumpJson(marks) + "\n"); !written)
        m_recorder->warn(written.error().text());
}

Result<> Supervisor::run() {
    m_started = wallSeconds();
    startRanks();
    m_loop.every(kHeartbeatSeconds, [this] {
        m_recorder->heartbeat();
        takeStopRequest();
    });
    // A disk may keep a sync waiting for long, so not on this thread; and not before the drain was forked.
    m_sync.emplace(m_runDir);
    startGpuProbe();
    m_sampler->sample(runProcesses(), monotonicSeconds());
    sampleLater();
    m_loop.every(ConsoleRecorder::kSettleSeconds / 2, [this] { m_console->settle(); });
    checkEnd();
    m_loop.run();
    return {};
}

void Supervisor::startRanks() {
    const auto variables = m_collector.start();
    const RankEnvironment environment(m_spec, m_runDir);
    const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
    m_sampler.emplace(m_spec.cwd, visible ? std::optional<std::string>(visible) : std::nullopt);
    if (!environment.problem().empty())
        m_recorder->warn(environment.problem());
    for (int rank = 0; rank < m_spec.ranks; ++rank) {
        ProcessOptions options;
        options.argv = m_spec.argv;
        options.cwd = m_spec.cwd;
        options.env = environment.of(rank);
        options.env.insert(variables.begin(), variables.end());
        options.in = Redirect::Null;
        options.out = Redirect::ToFd;
        options.outFd = m_ranks[rank].write.get();
        options.err = Redirect::ToStdout;
        options.newSession = true;
        auto started = Process::start(options);
        m_ranks[rank].write.reset();
        if (!started) {
            // The shell's codes: 127 no such command, 126 it cannot be run.
            m_startExit = started.error().code == ErrorCode::NotFound ? 127 : 126;
            m_startError = started.error().text();
            for (Rank& other : m_ranks)
                other.write.reset();
            const std::string line = "lathe: " + m_startError + "\n";
            m_ranks[rank].log->append(line);
            endTree(kFailureGrace);
            break;
        }
        m_ranks[rank].process = std::move(*started);
        m_ranks[rank].reading = true;
        m_loop.watch(m_ranks[rank].read.get(), EventLoop::Readable,
                     [this, rank](unsigned) { readConsole(rank); });
    }
    if (m_startError.empty()) {
        writeMarks();
        m_recorder->state(Json{{"state", "running"}});
        startCapture(environment);
    }
}

void Supervisor::startCapture(const RankEnvironment& environment) {
    ProcessOptions options;
    options.argv = {"/proc/self/exe", "capture", m_runDir};
    options.cwd = m_spec.cwd;
    options.env = environment.of(0);
    // Nothing of it is the run's: it must neither be found by the run's id nor record anything.
    for (const char* name : {"LATHE_RUN_ID", "LATHE_RUN_DIR"})
        options.env[name] = std::nullopt;
    options.in = Redirect::Null;
    options.out = Redirect::Null;
    options.newSession = true;
    if (auto started = Process::start(options))
        m_capture.emplace(std::move(*started));
    else
        std::fputs(("env/ is not written: " + started.error().text() + "\n").c_str(), stderr);
}

void Supervisor::startGpuProbe() {
    if (!GpuProbe::canWork())
        return;
    auto started = GpuProbe::start(kSampleSeconds);
    if (!started) {
        std::fputs(("no GPU series: " + started.error().text() + "\n").c_str(), stderr);
        return;
    }
    m_gpus.emplace(std::move(*started));
    m_loop.watch(m_gpus->fd(), EventLoop::Readable, [this](unsigned) { readGpuProbe(); });
}

void Supervisor::readGpuProbe() {
    if (m_gpus->read())
        return;
    m_loop.unwatch(m_gpus->fd());
    m_gpus.reset();
}

void Supervisor::readConsole(int index) {
    Rank& rank = m_ranks[index];
    char buffer[256 << 10];
    // A bounded number of reads, so that one chatty rank starves neither the others nor a stop request.
    for (int reads = 0; rank.reading && reads < 16; ++reads) {
        const ssize_t got = ::read(rank.read.get(), buffer, sizeof buffer);
        if (got > 0) {
            const std::string_view bytes(buffer, static_cast<std::size_t>(got));
            if (!rank.log->append(bytes))
                m_recorder->warn(rank.log->failure());
            if (index == 0)
                m_console->feed(bytes);
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            rank.reading = false;
            m_loop.unwatch(rank.read.get());
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

void Supervisor::reapChildren() {
    for (;;) {
        siginfo_t info{};
        if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
            break;
        const auto found = std::ranges::find_if(
            m_ranks, [&](const Rank& rank) { return rank.process.pid() == info.si_pid && !rank.status; });
        if (found == m_ranks.end()) {
            if (m_collector.isRunning() && info.si_pid == m_collector.pid())
                m_collector.reap();
            else if (m_capture && info.si_pid == m_capture->pid())
                (void)m_capture->poll();
            else
                ::waitpid(info.si_pid, nullptr, 0);  // an adopted orphan
            continue;
        }
        found->status = found->process.poll();
        rankEnded(static_cast<int>(found - m_ranks.begin()));
    }
    checkEnd();
}

void Supervisor::rankEnded(int index) {
    const bool others =
        std::ranges::any_of(m_ranks, [](const Rank& rank) { return rank.process.pid() > 0 && !rank.status; });
    if (!m_ranks[index].status->ok() && !m_stopRequested && m_failedRank < 0) {
        m_failedRank = index;
        if (others)
            endTree(kFailureGrace);
    }
}

void Supervisor::takeStopRequest() {
    const auto text = readFile(file(kStopFile), 4096);
    if (!text)
        return;
    const auto request = parseJson(*text, kStopFile);
    const double grace = request ? getNumber(*request, "grace", 10) : 10;
    requestStop(std::clamp(grace, 0.0, 86400.0), "stopped on request");
    ::unlink(file(kStopFile).c_str());
}

void Supervisor::requestStop(double grace, const std::string& reason) {
    if (!m_stopRequested && m_failedRank < 0 && m_startError.empty()) {
        m_stopRequested = true;
        m_stopReason = reason;
    }
    endTree(grace);
}

void Supervisor::endTree(double grace) {
    const double killAt = monotonicSeconds() + grace;
    const bool first = m_killAt == 0;
    m_killAt = first ? killAt : std::min(m_killAt, killAt);
    for (const ProcessStat& process : runProcesses())
        ::kill(process.pid, SIGTERM);
    if (first)
        pursue();
}

void Supervisor::pursue() {
    if (monotonicSeconds() >= m_killAt) {
        for (const ProcessStat& process : runProcesses())
            ::kill(process.pid, SIGKILL);
    }
    checkEnd();
    // Each process of the run that ends is told by SIGCHLD, orphans too, since they become children of this
    // process. So there is nothing to look for meanwhile, and a training that writes its last checkpoint has
    // the machine to itself.
    if (!m_finished) {
        const double untilKill = m_killAt - monotonicSeconds();
        m_loop.after(untilKill > 0 ? std::min(untilKill, kPursueSeconds) : kPursueSeconds,
                     [this] { pursue(); });
    }
}

std::vector<ProcessStat> Supervisor::runProcesses() const {
    std::set<pid_t> own{m_drain->pid(), m_collector.pid()};
    if (m_capture)
        own.insert(m_capture->pid());
    if (m_gpus)
        own.insert(m_gpus->pid());
    return processesBelow(::getpid(), own);
}

void Supervisor::sample() {
    const std::vector<ProcessStat> processes = runProcesses();
    auto values = m_sampler->sample(processes, monotonicSeconds());
    if (m_gpus) {
        const auto gpus = m_sampler->gpuValues(m_gpus->readings(), processes);
        values.insert(values.end(), gpus.begin(), gpus.end());
    }
    m_recorder->metrics(static_cast<std::int64_t>(wallSeconds() - m_started), values);
}

void Supervisor::sampleLater() {
    m_loop.after(m_sampleSeconds, [this] {
        const double begun = monotonicSeconds();
        sample();
        // On a machine of very many processes a look at them all is dear: at most a two-hundredth of a core.
        m_sampleSeconds = std::clamp(200 * (monotonicSeconds() - begun), kSampleSeconds, 60.0);
        sampleLater();
    });
}

void Supervisor::checkEnd() {
    const bool running =
        std::ranges::any_of(m_ranks, [](const Rank& rank) { return rank.process.pid() > 0 && !rank.status; });
    if (running || m_finished)
        return;
    const double now = monotonicSeconds();
    if (m_allEnded == 0)
        m_allEnded = now;
    const bool well = !m_stopRequested && m_failedRank < 0 && m_startError.empty();
    if (!runProcesses().empty()) {
        if (well && now - m_allEnded < kLeftoverSeconds) {
            if (!std::exchange(m_looksAgain, true))
                m_loop.after(kLeftoverLookSeconds, [this] {
                    m_looksAgain = false;
                    checkEnd();
                });
            return;
        }
        if (!well) {
            if (m_killAt == 0)
                endTree(kFailureGrace);
            return;  // pursue() comes back here
        }
    }
    finish();
}

void Supervisor::finish() {
    m_finished = true;
    for (int rank = 0; rank < m_spec.ranks; ++rank) {
        // Everything that ended ranks wrote is in the pipe by now; what leftovers write later is the drain's.
        for (int rounds = 0; m_ranks[rank].reading && rounds < 64; ++rounds)
            readConsole(rank);
    }
    // The console comes last: what it and a file both tell is the file's.
    m_collector.finish([this] { conclude(); });
}

void Supervisor::conclude() {
    m_console->finish();
    if (wallSeconds() - m_started > 1)
        sample();

    const std::string who =
        m_spec.ranks > 1 && m_failedRank >= 0 ? "rank " + std::to_string(m_failedRank) + ": " : "";
    if (!m_startError.empty()) {
        m_end = Json{{"state", "failed"}, {"exit", m_startExit}, {"reason", m_startError}};
    } else if (m_stopRequested) {
        m_end = Json{{"state", "stopped"}};
        if (const auto& status = m_ranks[0].status)
            status->signal ? m_end["signal"] = status->signal : m_end["exit"] = status->code;
        m_end["reason"] = m_stopReason;
    } else if (m_failedRank >= 0) {
        const ExitStatus& status = *m_ranks[m_failedRank].status;
        m_end = Json{{"state", "failed"}};
        status.signal ? m_end["signal"] = status.signal : m_end["exit"] = status.code;
        std::string reason = who + status.text();
        if (status.signal == SIGKILL)
            reason += " (out of memory? `dmesg` tells)";
        if (m_spec.ranks > 1)
            reason += "; the other ranks were ended, see " + outputName(m_failedRank);
        m_end["reason"] = reason;
    } else {
        m_end = Json{{"state", "finished"}, {"exit", 0}};
        std::vector<std::string> left;
        for (const ProcessStat& process : runProcesses())
            left.push_back(std::to_string(process.pid));
        if (!left.empty())
            m_end["reason"] =
                "left behind and still running: process " + join(left, ", ") + " (`lathe stop` ends them)";
    }
    writeEnd();
}

void Supervisor::writeEnd() {
    if (m_recorder->end(m_end) || ++m_endTries > kEndRetries) {
        leave();
        return;
    }
    m_loop.after(kEndRetrySeconds, [this] { writeEnd(); });
}

void Supervisor::leave() {
    // The run is over and says so; its folder is complete when the capture is, and a mirror waits for our
    // end.
    if (m_leaveAt == 0)
        m_leaveAt = monotonicSeconds() + kCaptureWaitSeconds;
    if (!m_capture || m_capture->poll() || monotonicSeconds() > m_leaveAt) {
        m_loop.quit();
        return;
    }
    m_loop.after(0.01, [this] { leave(); });
}

void report(int readyFd, const Result<>& taken) {
    if (readyFd < 0)
        return;
    const std::string line = taken ? std::string("ok\n") : dumpJson(errorToJson(taken.error())) + "\n";
    [[maybe_unused]] const ssize_t sent = ::write(readyFd, line.data(), line.size());
    ::close(readyFd);
}

}  // namespace

Result<> supervise(const std::string& runDir, int readyFd) {
    Supervisor supervisor(runDir);
    const Result<> taken = supervisor.takeOver();
    report(readyFd, taken);
    if (!taken)
        return taken;
    const Result<> done = supervisor.run();
    interop::mlflow::continueForwarding(runDir);
    return done;
}

}  // namespace lathe::launch
