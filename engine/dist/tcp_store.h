// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/json.h"
#include "dist/job.h"
#include "dist/store.h"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace lathe::dist {

// A Store served by rank 0 at the job's address. Each rank keeps one connection to it, and a connection that
// closes without a farewell is a dead rank: the kernel closes it however the process died, so no heartbeat is
// needed to notice.
//
// Frames both ways: 32-bit little-endian length, then one CBOR map with "op". To the server: join {job, rank,
// size, nonce}, prove {proof}, set {key, value}, wait {key}, abort {error}, leave. From it: challenge {nonce,
// proof}, welcome, refuse {what}, value {key, value}, abort {error}, closed.
//
// Each side proves with HMAC-SHA-256 over both nonces that it knows the job's secret, the server first: a
// stranger on the same machine can neither join nor pose as rank 0. What is said afterwards is not encrypted,
// and Gloo's own connections between the ranks check nothing: they are for networks whose machines trust each
// other.
class TcpStoreServer {
public:
    static Result<std::unique_ptr<TcpStoreServer>> listen(const Job& job);
    ~TcpStoreServer();

private:
    struct Client {
        UniqueFd fd;
        std::string input;
        int rank = -1;     // once it has proved that it belongs here
        int claimed = -1;  // until then
        std::string nonces;
        bool left = false;
        std::vector<std::string> waiting;
    };

    TcpStoreServer(const Job& job, UniqueFd listener);
    void run();
    bool receive(Client& client);  // false once the connection is over
    bool handle(Client& client, const Json& message);
    void abortJob(const Json& error);

    Job m_job;
    UniqueFd m_listener;
    UniqueFd m_wake;  // eventfd: the destructor asks the thread to end
    std::vector<std::unique_ptr<Client>> m_clients;
    std::map<std::string, Json, std::less<>> m_values;
    std::optional<Json> m_abort;
    std::thread m_thread;
};

class TcpStore final : public Store {
public:
    // Rank 0 starts the server; the others try until it is there. Unavailable when nobody answers in time,
    // Invalid when the one who answers belongs to another job.
    static Result<std::unique_ptr<TcpStore>> join(const Job& job, double timeoutSeconds);
    ~TcpStore() override;

    Result<> set(std::string_view key, std::string_view value) override;
    Result<std::string> wait(std::string_view key, double timeoutSeconds) override;
    void abort(const Error& error) override;
    std::optional<Error> aborted() const override;
    std::optional<Error> waitAborted(double timeoutSeconds) const override;
    void onAbort(std::function<void()> callback) override;
    std::string localAddress() const override;

private:
    TcpStore(UniqueFd fd, std::string input, std::unique_ptr<TcpStoreServer> server);
    void listen(std::string input);
    void handle(const Json& message);
    void fail(const Error& error);
    Result<> send(const Json& message);

    std::unique_ptr<TcpStoreServer> m_server;  // of rank 0
    UniqueFd m_fd;
    std::mutex m_sending;
    mutable std::mutex m_mutex;
    mutable std::condition_variable m_changed;
    std::map<std::string, std::string, std::less<>> m_values;  // answers that have come
    std::optional<Error> m_abort;
    std::vector<std::function<void()>> m_onAbort;
    bool m_closing = false;
    std::thread m_thread;
};

}  // namespace lathe::dist
