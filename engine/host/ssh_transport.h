// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/host.h"
#include "host/ssh_session.h"

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lathe::host {

struct ChannelRequest {
    std::string command;         // run by the user's login shell there; or
    std::string subsystem;       // "sftp"
    std::optional<PtySize> pty;  // of a command
    std::string term;            // with a PTY
};

// Called on the transport's thread; must not block.
struct ChannelCallbacks {
    std::function<void()> opened;
    std::function<void(std::string_view)> out, err;
    // Once, last: refused, closed with the program's status, or cut off.
    std::function<void(Result<ExitStatus>)> closed;
};

// A signed-in session on its own thread, which alone touches libssh. Any number of channels run side by side
// on it. Thread-safe.
class SshTransport : public std::enable_shared_from_this<SshTransport> {
    struct State;

public:
    // One channel. Dropping it closes it there; no callback runs once the destructor has returned.
    class Channel {
    public:
        ~Channel();
        void write(std::string bytes);
        void closeInput();
        void resize(PtySize size);
        void pauseOutput(bool paused);

    private:
        friend class SshTransport;
        Channel(std::shared_ptr<SshTransport> transport, std::shared_ptr<State> state)
            : m_transport(std::move(transport)), m_state(std::move(state)) {}
        std::shared_ptr<SshTransport> m_transport;
        std::shared_ptr<State> m_state;
    };

    // `lost` is called once on the transport's thread if the connection is cut, not by close().
    static std::shared_ptr<SshTransport> start(SignedIn signedIn, const SshTarget& target,
                                               std::function<void(const Error&)> lost);
    ~SshTransport();
    SshTransport(const SshTransport&) = delete;
    SshTransport& operator=(const SshTransport&) = delete;

    std::unique_ptr<Channel> open(ChannelRequest request, ChannelCallbacks callbacks);
    // Runs a command of which nothing is wanted back.
    void runDetached(std::string command);
    // Ends the session and its thread; every channel gets Unavailable. Not from a callback.
    void close();
    double latencySeconds() const { return m_latency; }

private:
    SshTransport(SignedIn signedIn, const SshTarget& target, std::function<void(const Error&)> lost);

    void post(std::function<void()> work);
    void call(const std::function<void()>& work);
    void loop();
    void runPosted();
    bool serve();
    bool serveChannel(State& channel);
    bool openStep(State& channel);
    bool readOutput(State& channel);
    bool writeInput(State& channel);
    void finish(State& channel, Result<ExitStatus> status);
    std::optional<Error> checkAlive();
    void endAll(const Error& error);

    SignedIn m_signedIn;
    SshTarget m_target;
    std::function<void(const Error&)> m_lost;
    std::atomic<double> m_latency = 0;
    std::thread m_thread;
    UniqueFd m_wake;

    std::mutex m_mutex;  // of the two below
    std::vector<std::function<void()>> m_posted;
    bool m_ended = false;  // no posted work will run any more

    // Of the thread alone:
    std::list<std::shared_ptr<State>> m_channels;
    bool m_closing = false;
    ssh_counter_struct m_received{};
    std::uint64_t m_lastBytes = 0;
    double m_lastHeard = 0;
    double m_lastAsked = 0;
    bool m_awaiting = false;
    int m_unanswered = 0;
};

}  // namespace lathe::host
