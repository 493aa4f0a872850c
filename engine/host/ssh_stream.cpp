// SPDX-License-Identifier: Apache-2.0
#include "host/ssh_stream.h"

#include "core/text.h"
#include "host/remote_command.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <fmt/format.h>
#include <mutex>

namespace lathe::host {
namespace {

constexpr auto startTime = std::chrono::seconds(30);
constexpr std::size_t maxNoise = std::size_t{1} << 20;

// Passes one output on from behind the mark.
class Unmarked {
public:
    explicit Unmarked(std::string mark) : m_mark(std::move(mark)) {}

    bool found() const { return m_found; }
    char verdict() const { return m_verdict; }
    long pid() const { return m_pid; }
    const std::string& noise() const { return m_noise; }
    bool tooNoisy() const { return m_noise.size() > maxNoise; }

    // The part of `bytes` that the program itself wrote.
    std::string take(std::string_view bytes) {
        m_noise += bytes;
        const auto at = m_noise.find(m_mark);
        const auto end = at == std::string::npos ? at : m_noise.find(';', at);
        if (end == std::string::npos)
            return {};
        m_found = true;
        m_verdict = m_noise[at + m_mark.size()];
        m_pid = std::atol(m_noise.c_str() + at + m_mark.size() + 1);
        std::string own = m_noise.substr(end + 1);
        m_noise.erase(at);
        return own;
    }

private:
    std::string m_mark;
    std::string m_noise;
    bool m_found = false;
    char m_verdict = 0;
    long m_pid = 0;
};

struct Startup {
    explicit Startup(const std::string& mark) : out(mark), err(mark) {}

    // Of the transport's thread until the start is decided:
    Unmarked out, err;
    StreamCallbacks callbacks;

    std::atomic<bool> ended = false;
    std::mutex mutex;
    std::condition_variable decided;
    std::optional<Result<>> result;

    void decide(Result<> value) {
        const std::lock_guard lock(mutex);
        if (!result)
            result = std::move(value);
        decided.notify_all();
    }
    bool started() {
        const std::lock_guard lock(mutex);
        return result && result->has_value();
    }
};

class SshStream final : public Stream {
public:
    SshStream(SshTransport& transport, std::unique_ptr<SshTransport::Channel> channel,
              std::shared_ptr<const Startup> startup, bool terminal)
        : m_transport(transport), m_channel(std::move(channel)), m_startup(std::move(startup)),
          m_terminal(terminal) {}
    void write(std::string_view bytes) override { m_channel->write(std::string(bytes)); }
    void closeInput() override {
        if (m_terminal)
            m_channel->write("\x04");  // what a user types for the end of input
        else
            m_channel->closeInput();
    }
    void resize(PtySize size) override { m_channel->resize(size); }
    void signal(int number) override {
        if (!m_startup->ended && m_startup->out.pid() > 1)
            m_transport.runDetached(remoteSignal(m_startup->out.pid(), number));
    }
    void pauseOutput(bool paused) override { m_channel->pauseOutput(paused); }

private:
    SshTransport& m_transport;  // the channel keeps it
    std::unique_ptr<SshTransport::Channel> m_channel;
    std::shared_ptr<const Startup> m_startup;
    bool m_terminal;
};

Result<> verdictOf(char verdict, const ProcessSpec& spec, const std::string& host) {
    switch (verdict) {
    case '+': return {};
    case 'd':
        return fail(ErrorCode::NotFound, "cannot enter the working folder",
                    host + ":" + escapedForDisplay(spec.cwd));
    case 'c':
        return fail(ErrorCode::NotFound, "command not found", host + ":" + escapedForDisplay(spec.argv[0]),
                    "it must be on the PATH that a non-interactive shell has there");
    default: return fail(ErrorCode::Corrupt, "the shell there answered nonsense", host);
    }
}

}  // namespace

Result<std::unique_ptr<Stream>> startOverSsh(SshTransport& transport, const std::string& host,
                                             const ProcessSpec& spec, StreamCallbacks callbacks) {
    LATHE_TRY_ASSIGN(const RemoteCommand command, remoteCommand(spec, host));
    const auto startup = std::make_shared<Startup>(command.mark);
    startup->callbacks = std::move(callbacks);
    ChannelRequest request;
    request.command = command.line;
    request.pty = spec.pty;
    const auto term = spec.env.find("TERM");
    request.term = term == spec.env.end() ? "xterm-256color" : term->second;

    ChannelCallbacks events;
    events.out = [startup, spec, host](std::string_view bytes) {
        std::string own;
        if (!startup->out.found()) {
            own = startup->out.take(bytes);
            if (startup->out.tooNoisy())
                startup->decide(fail(ErrorCode::Unsupported, "the login shell prints without end", host));
            if (!startup->out.found())
                return;
            startup->decide(verdictOf(startup->out.verdict(), spec, host));
            bytes = own;
        }
        if (!bytes.empty() && startup->callbacks.out && startup->started())
            startup->callbacks.out(bytes);
    };
    events.err = [startup](std::string_view bytes) {
        std::string own;
        if (!startup->err.found()) {
            own = startup->err.tooNoisy() ? std::string() : startup->err.take(bytes);
            bytes = own;
        }
        if (!bytes.empty() && startup->callbacks.err)
            startup->callbacks.err(bytes);
    };
    events.closed = [startup, host](Result<ExitStatus> status) {
        startup->ended = true;
        if (startup->started()) {
            if (startup->callbacks.ended)
                startup->callbacks.ended(std::move(status));
            return;
        }
        if (!status)
            return startup->decide(std::unexpected(status.error()));
        const std::string said(
            trim(startup->out.noise().empty() ? startup->err.noise() : startup->out.noise()));
        startup->decide(fail(ErrorCode::Unsupported,
                             fmt::format("the login shell there runs no commands{}{}",
                                         said.empty() ? "" : ": ", escapedForDisplay(said, 200)),
                             host, "is this account limited to one command, or to file transfer?"));
    };
    auto channel = transport.open(std::move(request), std::move(events));

    std::unique_lock lock(startup->mutex);
    if (!startup->decided.wait_for(lock, startTime, [&] { return startup->result.has_value(); }))
        return fail(ErrorCode::Unavailable, "the login shell there did not start the command in time", host,
                    "does a start-up file of the shell wait for an answer?");
    if (!*startup->result)
        return std::unexpected(startup->result->error());
    lock.unlock();
    return std::make_unique<SshStream>(transport, std::move(channel), startup, spec.pty.has_value());
}

}  // namespace lathe::host
