// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/sftp_packet.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>

namespace lathe::host {

// Requests and answers of one SFTP channel, any number under way at a time. Thread-safe. What the server
// sends is not trusted: lengths are capped, and the first packet that makes no sense ends the conversation
// with Corrupt.
class SftpClient {
    struct Waiting;

public:
    // The answer to one request, to be waited for once.
    class Answer {
    public:
        Answer() = default;
        // If the wait is stopped and the answer comes later, it goes to `late` (on the thread that feeds).
        Result<SftpReply> wait(const std::stop_token& stop = {},
                               std::function<void(const SftpReply&)> late = {});

    private:
        friend class SftpClient;
        explicit Answer(std::shared_ptr<Waiting> waiting) : m_waiting(std::move(waiting)) {}
        std::shared_ptr<Waiting> m_waiting;
    };

    // `send` takes whole packets, in order; called on the requesting threads, under a lock.
    SftpClient(std::string host, std::function<void(std::string)> send);

    // Sends Init; returns when the server has said its version.
    Result<> begin(const std::stop_token& stop);
    bool supports(std::string_view extension) const;

    Answer request(Sftp type, std::string body);

    // What came from the server, in any portions.
    void feed(std::string_view bytes);
    // Every request under way and every later one gets this error.
    void fail(const Error& error);

private:
    void take(std::string_view packet);
    void corrupt(std::string_view why);

    const std::string m_host;
    const std::function<void(std::string)> m_send;
    mutable std::mutex m_mutex;
    std::string m_received;
    std::map<std::uint32_t, std::shared_ptr<Waiting>> m_waiting;
    std::shared_ptr<Waiting> m_version;
    std::set<std::string, std::less<>> m_extensions;
    std::optional<Error> m_failed;
    std::uint32_t m_nextId = 1;
};

}  // namespace lathe::host
