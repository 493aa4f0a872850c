// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/process.h"
#include "core/result.h"
#include "interop/mlflow/endpoint.h"
#include "interop/mlflow/tracking.h"

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace lathe::interop::mlflow {

// Requests that wait to be sent to another MLflow server: a folder with queue.jsonl and what its sender
// remembers (resources/python/lathe_mlflow_forward.py, which speaks HTTPS, proxies and credentials as the
// user's own client does, and works wherever a script of Python does; this program is static and resolves no
// names).
class ForwardQueue {
public:
    static Result<ForwardQueue> open(std::string folder);

    // One line, handed to the kernel when it returns. What a full disk does not take waits in memory.
    Result<> add(const Json& line);
    // Nothing follows.
    Result<> close();
    const std::string& folder() const { return m_folder; }

private:
    explicit ForwardQueue(std::string folder) : m_folder(std::move(folder)) {}
    Result<> write(const std::string& lines);

    std::string m_folder;
    UniqueFd m_fd;
    std::string m_waiting;
    bool m_torn = false;
};

// Starts the sender for these queues. It reads the user's MLFLOW_* credentials from this process's
// environment. `store`: where the script is put if it is not installed. NotFound if there is no python3.
struct SenderOptions {
    std::string uri, store;
    std::vector<std::string> folders;
    double patience = 86400;  // seconds out of reach before it gives up; the queue stays
    bool withParent = true;   // ends with this process
    bool report = false;      // its outcome as JSON on a pipe, Process::out()
};
Result<Process> startSender(const SenderOptions& options);

// Passes on what an endpoint accepts while a run runs: into a queue in the run's folder, which a sender of
// its own works off. Never waits for the server and never fails the run. Thread-safe.
class Forwarder {
public:
    static Result<std::unique_ptr<Forwarder>> start(std::string uri, std::string runDir, std::string store,
                                                    Tracking& tracking);

    void accept(const Accepted& accepted);
    // Starts the sender again if it ended. A failure is told once.
    Result<> poll();
    // Gives the sender a moment; what is left then is for continueForwarding().
    void finish(double seconds);

private:
    Forwarder(std::string uri, std::string runDir, std::string store, Tracking& tracking, ForwardQueue queue)
        : m_uri(std::move(uri)), m_runDir(std::move(runDir)), m_store(std::move(store)), m_tracking(tracking),
          m_queue(std::move(queue)) {}

    const std::string m_uri, m_runDir, m_store;
    Tracking& m_tracking;
    std::mutex m_mutex;
    ForwardQueue m_queue;
    std::optional<Process> m_sender;
    double m_started = 0;
    std::string m_problem;
};

// A run is over and its queue is not empty: a sender that nobody waits for goes on with it, for a day. Queues
// that other runs of this store left behind, for the same server, go with it.
void continueForwarding(const std::string& runDir);

// Sends a whole run to an MLflow server: parameters, tags, every point, the files of its artifacts folder,
// its state. Waits for the end of it. Fails with Unavailable if the server cannot be reached within
// `patience` seconds.
struct Pushed {
    std::string runId, experimentId;  // there
    std::size_t sent = 0, refused = 0;
    std::vector<std::string> problems;  // of what was refused, the last few
};
Result<Pushed> pushToMlflow(RunLibrary& library, const std::string& store, const std::string& runId,
                            const std::string& uri, double patience = 60);

}  // namespace lathe::interop::mlflow
