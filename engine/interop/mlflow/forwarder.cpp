// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/forwarder.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/paths.h"
#include "core/text.h"
#include "interop/mlflow/forward_script.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace lathe::interop::mlflow {
namespace {

constexpr const char* kFolder = "mlflow-forward";
constexpr std::size_t kMostWaiting = 32 << 20;
constexpr double kRestartSeconds = 10;

// Calls that change something, and which part of an answer the sender needs. Models of the registry go to the
// user's server by themselves (MLFLOW_REGISTRY_URI).
bool isPassedOn(const Accepted& accepted) {
    if (accepted.artifact)
        return true;
    if (accepted.method == "GET" || accepted.path.ends_with("/search") ||
        accepted.path == "experiments/search-datasets")
        return false;
    return accepted.path.starts_with("runs/") || accepted.path.starts_with("experiments/") ||
           accepted.path.starts_with("logged-models");
}

Result<std::string> scriptPath(const std::string& store) {
    const std::string installed = sharePath("python/lathe_mlflow_forward.py");
    if (exists(installed))
        return installed;
    const std::string folder = joinPath(store, "python"), path = joinPath(folder, "lathe_mlflow_forward.py");
    if (readFile(path).value_or("") != kForwardScript) {
        LATHE_TRY(makeDirs(folder));
        LATHE_TRY(writeFileAtomic(path, kForwardScript));
    }
    return path;
}

// <store>/mlflow/pending/<run id> says that the run's queue may not be empty.
std::string markOf(const std::string& runDir) {
    return joinPath(parentPath(parentPath(runDir)), "mlflow/pending/" + fileName(runDir));
}

bool isPending(const std::string& runDir) {
    const std::string folder = joinPath(runDir, kFolder);
    return exists(joinPath(folder, "queue.jsonl")) && !exists(joinPath(folder, "done"));
}

// Queues of runs that are over, for this server.
std::vector<std::string> leftBehind(const std::string& store, const std::string& uri,
                                    const std::string& but) {
    std::vector<std::string> folders;
    const std::string pending = joinPath(store, "mlflow/pending");
    for (const std::string& id : listDir(pending).value_or(std::vector<std::string>())) {
        const std::string runDir = joinPath(store, "runs/" + id), folder = joinPath(runDir, kFolder);
        if (!isId(id) || runDir == but)
            continue;
        if (!isPending(runDir)) {
            ::unlink(joinPath(pending, id).c_str());
            continue;
        }
        const auto target = readJsonFile(joinPath(folder, "target.json"));
        if (target && getString(*target, "uri") == uri && exists(joinPath(folder, "end")))
            folders.push_back(folder);
    }
    return folders;
}

}  // namespace

Result<ForwardQueue> ForwardQueue::open(std::string folder) {
    LATHE_TRY(makeDirs(folder));
    ForwardQueue queue(std::move(folder));
    const std::string path = joinPath(queue.m_folder, "queue.jsonl");
    queue.m_fd.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!queue.m_fd)
        return failErrno(errno, "cannot open the queue", path);
    struct stat info {};
    char last = '\n';
    if (::fstat(queue.m_fd.get(), &info) == 0 && info.st_size > 0)
        (void)::pread(queue.m_fd.get(), &last, 1, info.st_size - 1);
    queue.m_torn = last != '\n';
    return queue;
}

Result<> ForwardQueue::write(const std::string& lines) {
    const std::string bytes = m_torn ? "\n" + lines : lines;
    const ssize_t wrote = ::write(m_fd.get(), bytes.data(), bytes.size());
    if (wrote == static_cast<ssize_t>(bytes.size())) {
        m_torn = false;
        return {};
    }
    const int problem = wrote < 0 ? errno : ENOSPC;
    m_torn = m_torn || wrote > 0;
    return failErrno(problem, "cannot write the queue", m_folder);
}

Result<> ForwardQueue::add(const Json& line) {
    if (m_waiting.size() > kMostWaiting)
        return fail(ErrorCode::Full, "the queue for the other server takes no more", m_folder);
    m_waiting += dumpJson(line) + "\n";
    LATHE_TRY(write(m_waiting));
    m_waiting.clear();
    return {};
}

Result<> ForwardQueue::close() {
    if (!m_waiting.empty()) {
        LATHE_TRY(write(m_waiting));
        m_waiting.clear();
    }
    return writeFileAtomic(joinPath(m_folder, "end"), "");
}

Result<Process> startSender(const SenderOptions& options) {
    const std::string python = findInPath("python3");
    if (python.empty())
        return fail(ErrorCode::NotFound, "python3 is needed to send to an MLflow server", "PATH");
    LATHE_TRY_ASSIGN(const std::string script, scriptPath(options.store));
    ProcessOptions process;
    // -I: nothing of the user's Python is imported.
    process.argv = {
        python, "-I", script, "--uri", options.uri, "--patience", std::to_string(options.patience)};
    for (const std::string& folder : options.folders)
        process.argv.insert(process.argv.end(), {"--dir", folder});
    if (options.report)
        process.argv.push_back("--report");
    process.cwd = "/";
    process.in = Redirect::Null;
    process.out = options.report ? Redirect::Pipe : Redirect::Null;
    const std::string log = joinPath(options.folders.front(), "sender.log");
    const UniqueFd err(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    process.err = err ? Redirect::ToFd : Redirect::Null;
    process.errFd = err.get();
    process.newSession = true;
    process.dieWithParent = options.withParent;
    process.env["LATHE_RUN_ID"] = std::nullopt;  // not a process of the run
    return Process::start(process);
}

Result<std::unique_ptr<Forwarder>> Forwarder::start(std::string uri, std::string runDir, std::string store,
                                                    Tracking& tracking) {
    LATHE_TRY_ASSIGN(ForwardQueue queue, ForwardQueue::open(joinPath(runDir, kFolder)));
    LATHE_TRY(writeFileAtomic(joinPath(queue.folder(), "target.json"), dumpJson(Json{{"uri", uri}})));
    LATHE_TRY(makeDirs(parentPath(markOf(runDir))));
    LATHE_TRY(writeFileAtomic(markOf(runDir), ""));
    return std::unique_ptr<Forwarder>(
        new Forwarder(std::move(uri), std::move(runDir), std::move(store), tracking, std::move(queue)));
}

void Forwarder::accept(const Accepted& accepted) {
    if (!isPassedOn(accepted))
        return;
    Json line = Json::object();
    if (accepted.artifact) {
        const auto place = m_tracking.artifacts(accepted.path);
        if (!place)
            return;
        line["artifact"] = accepted.method;
        line["path"] = accepted.path;
        line["file"] = joinPath(place->files.folder(), place->rest);
    } else {
        line["call"] = accepted.path;
        line["method"] = accepted.method;
        line["request"] = accepted.request;
        const std::string experiment = getString(accepted.request, "experiment_id");
        if (!experiment.empty()) {
            if (const auto known = m_tracking.experiments().get(experiment))
                line["experiment"] = known->name;
        }
        if (accepted.path == "runs/create")
            line["answer"] = Json{{"run_id", getString(accepted.answer["run"]["info"], "run_id")}};
        else if (accepted.path == "experiments/create")
            line["answer"] = accepted.answer;
        else if (accepted.path == "logged-models")
            line["answer"] = Json{{"model_id", getString(accepted.answer["model"]["info"], "model_id")}};
    }
    const std::lock_guard lock(m_mutex);
    if (const auto added = m_queue.add(line); !added)
        m_problem = added.error().text();
}

Result<> Forwarder::poll() {
    const std::lock_guard lock(m_mutex);
    if (!m_problem.empty())
        return fail(ErrorCode::Full,
                    "not everything is passed on to " + m_uri + ": " + std::exchange(m_problem, {}));
    const double now = monotonicSeconds();
    if (m_sender && !m_sender->poll())
        return {};
    if (m_started > 0 && now - m_started < kRestartSeconds)
        return {};
    m_started = now;
    SenderOptions options;
    options.uri = m_uri;
    options.store = m_store;
    options.folders = {m_queue.folder()};
    std::ranges::copy(leftBehind(m_store, m_uri, m_runDir), std::back_inserter(options.folders));
    LATHE_TRY_ASSIGN(m_sender, startSender(options));
    return {};
}

void Forwarder::finish(double seconds) {
    const std::lock_guard lock(m_mutex);
    if (const auto closed = m_queue.close(); !closed)
        return;  // nobody said that this is the end, so a later sender waits for more
    const double deadline = monotonicSeconds() + seconds;
    while (isPending(m_runDir) && monotonicSeconds() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (m_sender)
        (void)m_sender->signal(SIGKILL);  // it can be ended at any moment
    if (!isPending(m_runDir))
        ::unlink(markOf(m_runDir).c_str());
}

void continueForwarding(const std::string& runDir) {
    const std::string folder = joinPath(runDir, kFolder);
    if (!isPending(runDir) || !exists(joinPath(folder, "end")))
        return;
    const auto target = readJsonFile(joinPath(folder, "target.json"));
    if (!target)
        return;
    SenderOptions options;
    options.uri = getString(*target, "uri");
    options.store = parentPath(parentPath(runDir));
    options.folders = {folder};
    options.withParent = false;
    // Without it the queue waits for the next run that passes something on.
    (void)startSender(options);
}

}  // namespace lathe::interop::mlflow
