// SPDX-License-Identifier: Apache-2.0
#include "host/ssh_transport.h"

#include "core/clock.h"
#include "core/text.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <future>
#include <libssh/callbacks.h>
#include <libssh/server.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace lathe::host {
namespace {

constexpr int readsPerRound = 16;  // of one channel, so that a flood on one does not starve the others
constexpr std::size_t readBytes = 65536;
constexpr std::size_t compactBytes = std::size_t{4} << 20;
constexpr std::size_t writeBytes = std::size_t{256} << 10;

int signalNumber(std::string_view name) {
    for (int number = 1; number < NSIG; ++number) {
        const char* known = ::sigabbrev_np(number);
        if (known && name == known)
            return number;
    }
    return SIGKILL;  // a signal that this system does not know: ended by force all the same
}

}  // namespace

// Belongs to the transport's thread.
struct SshTransport::State {
    enum class Phase { Opening, Terminal, Starting, Running, Ended };

    ChannelRequest request;
    ChannelCallbacks callbacks;
    ssh_channel handle = nullptr;
    ssh_channel_callbacks_struct events{};
    Phase phase = Phase::Opening;
    std::string input;     // towards the program,
    std::size_t sent = 0;  // of which this much is through
    bool closeInput = false, inputClosed = false;
    bool paused = false;
    bool dropped = false;  // by its owner
    bool remoteClosed = false;
    std::optional<ExitStatus> status;
};

SshTransport::Channel::~Channel() {
    m_transport->call([this] {
        m_state->callbacks = {};
        m_state->dropped = true;
    });
}

void SshTransport::Channel::write(std::string bytes) {
    m_transport->post([state = m_state, bytes = std::move(bytes)]() mutable {
        if (state->input.empty())
            state->input = std::move(bytes);
        else
            state->input += bytes;
    });
}

void SshTransport::Channel::closeInput() {
    m_transport->post([state = m_state] { state->closeInput = true; });
}

void SshTransport::Channel::resize(PtySize size) {
    m_transport->post([state = m_state, size] {
        state->request.pty = size;
        if (state->phase == State::Phase::Running)
            ::ssh_channel_change_pty_size(state->handle, size.columns, size.rows);
    });
}

void SshTransport::Channel::pauseOutput(bool paused) {
    m_transport->post([state = m_state, paused] { state->paused = paused; });
}

std::shared_ptr<SshTransport> SshTransport::start(SignedIn signedIn, const SshTarget& target,
                                                  std::function<void(const Error&)> lost) {
    const std::shared_ptr<SshTransport> transport(
        new SshTransport(std::move(signedIn), target, std::move(lost)));
    transport->m_thread = std::thread([raw = transport.get()] { raw->loop(); });
    return transport;
}

SshTransport::SshTransport(SignedIn signedIn, const SshTarget& target, std::function<void(const Error&)> lost)
    : m_signedIn(std::move(signedIn)), m_target(target), m_lost(std::move(lost)),
      m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

SshTransport::~SshTransport() {
    close();
}

std::unique_ptr<SshTransport::Channel> SshTransport::open(ChannelRequest request,
                                                          ChannelCallbacks callbacks) {
    auto state = std::make_shared<State>();
    state->request = std::move(request);
    state->callbacks = std::move(callbacks);
    bool ended = false;
    {
        const std::lock_guard lock(m_mutex);
        ended = m_ended;
        if (!ended)
            m_posted.emplace_back([this, state] { m_channels.push_back(state); });
    }
    if (ended)
        state->callbacks.closed(
            fail(ErrorCode::Unavailable, "is not connected", m_target.id, "connect again"));
    else
        post([] {});
    return std::unique_ptr<Channel>(new Channel(shared_from_this(), std::move(state)));
}

void SshTransport::runDetached(std::string command) {
    auto state = std::make_shared<State>();
    state->request.command = std::move(command);
    post([this, state] { m_channels.push_back(state); });
}

void SshTransport::close() {
    post([this] { m_closing = true; });
    if (m_thread.joinable())
        m_thread.join();
    if (m_signedIn.session) {
        ::ssh_disconnect(m_signedIn.session.get());
        m_signedIn.session.reset();
        m_signedIn.line.fd.reset();
        if (m_signedIn.line.proxy.pid() > 0) {
            (void)m_signedIn.line.proxy.signalGroup(SIGKILL);
            (void)m_signedIn.line.proxy.wait();
        }
    }
}

void SshTransport::post(std::function<void()> work) {
    const std::lock_guard lock(m_mutex);
    if (m_ended)
        return;
    m_posted.push_back(std::move(work));
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t woken = ::write(m_wake.get(), &one, sizeof one);
}

void SshTransport::call(const std::function<void()>& work) {
    if (std::this_thread::get_id() == m_thread.get_id()) {
        work();
        return;
    }
    std::promise<void> done;
    {
        const std::lock_guard lock(m_mutex);
        if (m_ended) {
            work();  // the thread is gone, and the mutex keeps two callers apart
            return;
        }
        m_posted.emplace_back([&] {
            work();
            done.set_value();
        });
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t woken = ::write(m_wake.get(), &one, sizeof one);
    }
    done.get_future().wait();
}

void SshTransport::runPosted() {
    std::vector<std::function<void()>> work;
    {
        const std::lock_guard lock(m_mutex);
        work.swap(m_posted);
    }
    for (const auto& step : work)
        step();
}

void SshTransport::loop() {
    ::pthread_setname_np(::pthread_self(), "lathe-ssh");
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);

    ssh_session session = m_signedIn.session.get();
    ::ssh_set_blocking(session, 0);
    ::ssh_set_counters(session, &m_received, nullptr);
    ssh_event event = ::ssh_event_new();
    ::ssh_event_add_session(event, session);
    const auto drain = [](socket_t fd, int, void*) -> int {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t got = ::read(fd, &count, sizeof count);
        return 0;
    };
    ::ssh_event_add_fd(event, m_wake.get(), POLLIN, drain, nullptr);

    std::optional<Error> cut;
    m_lastHeard = monotonicSeconds() - m_target.aliveSeconds;  // the first question gives the latency
    for (;;) {
        runPosted();
        if (m_closing)
            break;
        // Any call of libssh may take packets in, also for channels that had their turn already: then another
        // round is due before waiting for more.
        const std::uint64_t before = m_received.in_bytes;
        bool busy = serve();
        if ((cut = checkAlive()))
            break;
        busy |= m_received.in_bytes != before;
        {
            // They also take the wake-up itself in.
            const std::lock_guard lock(m_mutex);
            busy |= !m_posted.empty();
        }
        const double wait = std::max(m_lastHeard, m_lastAsked) + m_target.aliveSeconds - monotonicSeconds();
        ::ssh_event_dopoll(event, busy ? 0 : std::clamp(static_cast<int>(wait * 1000) + 1, 1, 60'000));
    }
    ::ssh_event_remove_fd(event, m_wake.get());
    ::ssh_event_remove_session(event, session);
    ::ssh_event_free(event);

    endAll(cut.value_or(Error{ErrorCode::Unavailable, "was disconnected", m_target.id, "connect again"}));
    if (cut && m_lost)
        m_lost(*cut);
}

void SshTransport::endAll(const Error& error) {
    for (;;) {
        runPosted();  // also channels asked for in this moment get their answer
        for (const auto& channel : m_channels)
            finish(*channel, std::unexpected(error));
        m_channels.clear();
        const std::lock_guard lock(m_mutex);
        if (m_posted.empty()) {
            m_ended = true;
            return;
        }
    }
}

bool SshTransport::serve() {
    bool busy = false;
    for (auto at = m_channels.begin(); at != m_channels.end();) {
        const std::shared_ptr<State> channel = *at;
        busy |= serveChannel(*channel);
        if (channel->phase == State::Phase::Ended)
            at = m_channels.erase(at);
        else
            ++at;
    }
    return busy;
}

// True if there is more to do at once.
bool SshTransport::serveChannel(State& channel) {
    if (channel.phase != State::Phase::Running)
        return openStep(channel);
    if (channel.dropped) {
        finish(channel, ExitStatus{});
        return false;
    }
    bool busy = readOutput(channel);
    if (channel.phase == State::Phase::Running)
        busy |= writeInput(channel);
    return busy;
}

// libssh's non-blocking calls say "again" and are then called again in the same way until they are through. A
// dropped channel is opened to its end first: libssh has no name for a half-open one.
bool SshTransport::openStep(State& channel) {
    ssh_session session = m_signedIn.session.get();
    if (!channel.handle) {
        if (channel.dropped) {
            channel.phase = State::Phase::Ended;
            return false;
        }
        channel.handle = ::ssh_channel_new(session);
        if (!channel.handle) {
            finish(channel, fail(ErrorCode::Full, "cannot make another channel", m_target.id));
            return false;
        }
        channel.events.userdata = &channel;
        channel.events.channel_exit_status_function = [](ssh_session, ssh_channel, int code, void* user) {
            static_cast<State*>(user)->status = ExitStatus{code, 0};
        };
        channel.events.channel_exit_signal_function = [](ssh_session, ssh_channel, const char* name, int,
                                                         const char*, const char*, void* user) {
            static_cast<State*>(user)->status = ExitStatus{0, signalNumber(name ? name : "")};
        };
        channel.events.channel_close_function = [](ssh_session, ssh_channel, void* user) {
            static_cast<State*>(user)->remoteClosed = true;
        };
        ssh_callbacks_init(&channel.events);
        ::ssh_set_channel_callbacks(channel.handle, &channel.events);
    }
    int state = SSH_ERROR;
    State::Phase next = channel.phase;
    std::string_view step;
    switch (channel.phase) {
    case State::Phase::Opening:
        step = "open another session (MaxSessions of the server?)";
        state = ::ssh_channel_open_session(channel.handle);
        next = channel.request.pty ? State::Phase::Terminal : State::Phase::Starting;
        break;
    case State::Phase::Terminal:
        step = "give a terminal";
        state = ::ssh_channel_request_pty_size(channel.handle, channel.request.term.c_str(),
                                               channel.request.pty->columns, channel.request.pty->rows);
        next = State::Phase::Starting;
        break;
    default:
        step = channel.request.subsystem.empty() ? "run commands" : "serve files over SFTP";
        state = channel.request.subsystem.empty()
                    ? ::ssh_channel_request_exec(channel.handle, channel.request.command.c_str())
                    : ::ssh_channel_request_subsystem(channel.handle, channel.request.subsystem.c_str());
        next = State::Phase::Running;
    }
    if (state == SSH_AGAIN)
        return false;
    if (state != SSH_OK) {
        // A broken connection is told to all channels alike.
        if (::ssh_is_connected(session))
            finish(channel,
                   fail(ErrorCode::Unsupported, fmt::format("the host refuses to {}", step), m_target.id));
        return false;
    }
    channel.phase = next;
    if (next == State::Phase::Running && channel.callbacks.opened)
        channel.callbacks.opened();
    return true;
}

bool SshTransport::readOutput(State& channel) {
    if (channel.paused)
        return false;
    static thread_local std::vector<char> buffer(readBytes);
    bool more = false;
    bool drained = true;
    for (const int isError : {0, 1}) {
        int reads = 0;
        for (; reads < readsPerRound; ++reads) {
            const int got = ::ssh_channel_read_nonblocking(channel.handle, buffer.data(), readBytes, isError);
            if (got <= 0)
                break;
            const auto& callback = isError ? channel.callbacks.err : channel.callbacks.out;
            if (callback)
                callback({buffer.data(), static_cast<std::size_t>(got)});
        }
        more |= reads > 0;
        drained &= reads < readsPerRound;
    }
    if (channel.remoteClosed && drained && !more) {
        if (channel.status)
            finish(channel, *channel.status);
        else
            finish(channel,
                   fail(ErrorCode::Unavailable,
                        "the host closed the channel without saying how the program ended", m_target.id));
        return false;
    }
    return more;
}

bool SshTransport::writeInput(State& channel) {
    if (channel.inputClosed || channel.remoteClosed)
        return false;
    bool progress = false;
    while (channel.sent < channel.input.size()) {
        const std::size_t size = std::min(writeBytes, channel.input.size() - channel.sent);
        const int done = ::ssh_channel_write(channel.handle, channel.input.data() + channel.sent,
                                             static_cast<std::uint32_t>(size));
        if (done <= 0)
            break;  // no window now; or broken, which the reading side sees
        channel.sent += static_cast<std::size_t>(done);
        progress = true;
    }
    if (channel.sent > compactBytes) {  // a steady writer may never let it run empty
        channel.input.erase(0, channel.sent);
        channel.sent = 0;
    }
    if (channel.sent == channel.input.size()) {
        channel.input.clear();
        channel.sent = 0;
        if (channel.closeInput) {
            ::ssh_channel_send_eof(channel.handle);
            channel.inputClosed = true;
        }
    }
    return progress;
}

void SshTransport::finish(State& channel, Result<ExitStatus> status) {
    channel.phase = State::Phase::Ended;
    if (channel.handle) {
        if (::ssh_is_connected(m_signedIn.session.get()))
            ::ssh_channel_close(channel.handle);
        ::ssh_remove_channel_callbacks(channel.handle, &channel.events);
        ::ssh_channel_free(channel.handle);
        channel.handle = nullptr;
    }
    const ChannelCallbacks callbacks = std::move(channel.callbacks);
    channel.callbacks = {};
    if (callbacks.closed)
        callbacks.closed(std::move(status));
}

std::optional<Error> SshTransport::checkAlive() {
    ssh_session session = m_signedIn.session.get();
    const std::string hint = "connect again: what runs under a supervisor goes on";
    if (!::ssh_is_connected(session) || (::ssh_get_status(session) & (SSH_CLOSED | SSH_CLOSED_ERROR)))
        return Error{ErrorCode::Unavailable, "the connection was cut", m_target.id, hint};
    const double now = monotonicSeconds();
    if (m_received.in_bytes != m_lastBytes) {
        m_lastBytes = m_received.in_bytes;
        m_lastHeard = now;
        m_unanswered = 0;
        if (m_awaiting)
            m_latency = now - m_lastAsked;
        m_awaiting = false;
    }
    if (now - std::max(m_lastHeard, m_lastAsked) < m_target.aliveSeconds)
        return {};
    if (m_awaiting && ++m_unanswered >= m_target.aliveCount)
        return Error{ErrorCode::Unavailable, fmt::format("no answer for {}", durationText(now - m_lastHeard)),
                     m_target.id, hint};
    // libssh takes the answer to the last question in on the next call and asks anew on the one after.
    ::ssh_send_keepalive(session);
    ::ssh_send_keepalive(session);
    m_lastAsked = now;
    m_awaiting = true;
    return {};
}

}  // namespace lathe::host
