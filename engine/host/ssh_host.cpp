// SPDX-License-Identifier: Apache-2.0
#include "host/ssh_host.h"

#include "core/text.h"
#include "host/agent_sender.h"
#include "host/path_rules.h"
#include "host/run_command.h"
#include "host/ssh_stream.h"

#include <fmt/format.h>

namespace lathe::host {

HostState HostStatus::state() const {
    const std::lock_guard lock(m_mutex);
    return m_state;
}

std::string HostStatus::text() const {
    const std::lock_guard lock(m_mutex);
    return m_text;
}

void HostStatus::set(HostState state, std::string text) {
    const std::lock_guard lock(m_mutex);
    const bool changed = state != m_state;
    m_state = state;
    m_text = std::move(text);
    if (!changed)
        return;
    const auto listeners = m_listeners;  // a callback may remove itself
    for (const auto& [key, callback] : listeners)
        callback();
}

int HostStatus::add(std::function<void()> callback) {
    const std::lock_guard lock(m_mutex);
    m_listeners[m_nextKey] = std::move(callback);
    return m_nextKey++;
}

void HostStatus::remove(int key) {
    const std::lock_guard lock(m_mutex);
    m_listeners.erase(key);
}

// One connection. The order of the members is that of their making: each uses those above it.
struct SshHost::Link {
    std::shared_ptr<SshTransport> transport;
    std::unique_ptr<SftpClient> client;
    std::unique_ptr<SftpFiles> files;
    std::unique_ptr<SshTransport::Channel> channel;
    std::optional<Error> noFiles;  // why there are none
    std::atomic<bool> cut = false;
    std::mutex homeMutex;
    std::string home;
    std::mutex agentMutex;
    std::string agentPath;  // found or sent over this connection

    ~Link() {
        if (transport)
            transport->close();
    }
};

SshHost::SshHost(std::string id, std::shared_ptr<const SshConfig> config)
    : m_id(std::move(id)), m_config(std::move(config)) {}

SshHost::~SshHost() {
    replaceLink(nullptr);
}

std::string SshHost::stateText() const {
    if (m_status->state() == HostState::Connected) {
        if (const double seconds = latencySeconds(); seconds > 0)
            return fmt::format("connected, {:.{}f} ms", seconds * 1000, seconds < 0.01 ? 1 : 0);
    }
    return m_status->text();
}

double SshHost::latencySeconds() const {
    const auto now = link();
    return now ? (*now)->transport->latencySeconds() : 0;
}

Result<std::shared_ptr<SshHost::Link>> SshHost::link() const {
    std::shared_ptr<Link> now;
    {
        const std::lock_guard lock(m_linkMutex);
        now = m_link;
    }
    if (!now || now->cut)
        return fail(ErrorCode::Unavailable, now ? "the connection is lost" : "is not connected", m_id,
                    "connect to it");
    return now;
}

Result<std::shared_ptr<SshHost::Link>> SshHost::fileLink() const {
    LATHE_TRY_ASSIGN(auto now, link());
    if (now->noFiles)
        return std::unexpected(*now->noFiles);
    return now;
}

void SshHost::replaceLink(std::shared_ptr<Link> link) {
    const std::lock_guard lock(m_linkMutex);
    m_link.swap(link);
    // A cut or closed transport answers its calls with errors; whoever still holds the old link lets it go
    // soon.
    if (link)
        link->transport->close();
}

// Sign-in under way. Its result is for all who asked for it meanwhile: they neither dial nor are asked anew.
struct SshHost::Attempt {
    std::stop_source stop;
    bool canAsk = false;  // somebody answers its questions
    // The rest under m_attemptMutex.
    bool done = false;
    bool abandoned = false;  // by the one who carried it out; the others still want it
    Result<> result;
    std::vector<const Prompts*> watchers;
};

Result<> SshHost::connect(const Prompts& prompts, std::stop_token stop) {
    const bool canAsk = prompts.unknownKey || prompts.secret;
    for (;;) {
        std::unique_lock lock(m_attemptMutex);
        if (m_status->state() == HostState::Connected)
            return {};
        if (!m_attempt) {
            const auto own = m_attempt = std::make_shared<Attempt>();
            own->canAsk = canAsk;
            lock.unlock();
            return carryOut(own, prompts, stop);
        }
        const auto attempt = m_attempt;
        attempt->watchers.push_back(&prompts);
        const bool ended = m_attemptEnded.wait(lock, stop, [&] { return attempt->done; });
        std::erase(attempt->watchers, &prompts);
        if (!ended)
            return fail(ErrorCode::Cancelled, "stopped", m_id);
        // Where nobody could be asked, who can be may do better.
        const bool worthAnother = canAsk && !attempt->canAsk && !attempt->result &&
                                  attempt->result.error().code == ErrorCode::Denied;
        if (!attempt->abandoned && !worthAnother)
            return attempt->result;
    }
}

Result<> SshHost::carryOut(const std::shared_ptr<Attempt>& attempt, const Prompts& prompts,
                           const std::stop_token& stop) {
    const std::stop_callback chain(stop, [attempt] { attempt->stop.request_stop(); });
    Prompts shared = prompts;
    shared.progress = [&](std::string_view step) {
        if (prompts.progress)
            prompts.progress(step);
        const std::lock_guard lock(m_attemptMutex);
        for (const Prompts* watcher : attempt->watchers) {
            if (watcher->progress)
                watcher->progress(step);
        }
    };
    const HostState before = m_status->state();
    m_status->set(HostState::Connecting, "connecting");
    auto established = establish(shared, attempt->stop.get_token());
    Result<> result;
    if (established) {
        const auto link = *established;
        replaceLink(link);
        m_status->set(HostState::Connected, "connected");
        if (link->cut)  // while it was being set up: the transport's own word may have come too early
            m_status->set(HostState::Lost, "the connection was cut");
    } else {
        result = std::unexpected(std::move(established).error());
        m_status->set(before == HostState::Lost ? HostState::Lost : HostState::Offline,
                      result.error().text());
    }
    const std::lock_guard lock(m_attemptMutex);
    attempt->result = result;
    attempt->abandoned = !result && stop.stop_requested();
    attempt->done = true;
    m_attempt.reset();
    m_attemptEnded.notify_all();
    return result;
}

Result<std::shared_ptr<SshHost::Link>> SshHost::establish(const Prompts& prompts,
                                                          const std::stop_token& stop) {
    LATHE_TRY_ASSIGN(const SshTarget target, m_config->resolve(m_id));
    LATHE_TRY_ASSIGN(SignedIn signedIn, signIn(target, *m_config, prompts, stop));
    auto link = std::make_shared<Link>();
    link->transport = SshTransport::start(
        std::move(signedIn), target, [status = m_status, weak = std::weak_ptr(link)](const Error& error) {
            // Only a glance: were this the last owner, the transport would have to wait for its own thread.
            if (const auto now = weak.lock())
                now->cut = true;
            status->set(HostState::Lost, error.text());
        });
    Link* raw = link.get();
    link->client = std::make_unique<SftpClient>(
        m_id, [raw](std::string packet) { raw->channel->write(std::move(packet)); });
    link->files = std::make_unique<SftpFiles>(m_id, *link->client);
    ChannelRequest request;
    request.subsystem = "sftp";
    ChannelCallbacks events;
    events.out = [client = link->client.get()](std::string_view bytes) { client->feed(bytes); };
    events.closed = [client = link->client.get(), id = m_id](const Result<ExitStatus>& status) {
        client->fail(
            status ? Error{ErrorCode::Unavailable, "the file server there has ended", id, "connect again"}
                   : status.error());
    };
    link->channel = link->transport->open(std::move(request), std::move(events));
    const Result<> begun = link->client->begin(stop);
    if (!begun && begun.error().code != ErrorCode::Unsupported && begun.error().code != ErrorCode::Corrupt)
        return std::unexpected(begun.error());
    if (!begun)
        link->noFiles = begun.error();
    return link;
}

void SshHost::disconnect() {
    std::unique_lock lock(m_attemptMutex);
    while (const auto attempt = m_attempt) {
        attempt->stop.request_stop();
        m_attemptEnded.wait(lock, [&] { return attempt->done; });
    }
    replaceLink(nullptr);
    m_status->set(HostState::Offline, "offline");
}

// As programs there see it; where none run, as the file server does.
Result<std::string> SshHost::home() {
    LATHE_TRY_ASSIGN(const auto now, link());
    const std::lock_guard lock(now->homeMutex);
    if (!now->home.empty())
        return now->home;
    const auto said = run({{"/bin/sh", "-c", "printf %s \"$HOME\""}, "/"}, {}, 30, {});
    if (said && said->status.ok() && checkPath(said->out)) {
        now->home = said->out;
        return now->home;
    }
    LATHE_TRY_ASSIGN(const auto files, fileLink());
    LATHE_TRY_ASSIGN(now->home, files->files->home());
    return now->home;
}

Result<FileInfo> SshHost::stat(const std::string& path) {
    LATHE_TRY_ASSIGN(const auto now, fileLink());
    return now->files->stat(path);
}

Result<std::vector<DirEntry>> SshHost::list(const std::string& path, std::stop_token stop) {
    LATHE_TRY_ASSIGN(const auto now, fileLink());
    return now->files->list(path, stop);
}

Result<FileContent> SshHost::read(const std::string& path, std::size_t maxBytes, std::stop_token stop) {
    LATHE_TRY_ASSIGN(const auto now, fileLink());
    return now->files->read(path, maxBytes, stop);
}

Result<std::string> SshHost::readFrom(const std::string& path, std::uint64_t offset, std::size_t maxBytes) {
    LATHE_TRY_ASSIGN(const auto now, fileLink());
    return now->files->readFrom(path, offset, maxBytes);
}

Result<FileVersion> SshHost::write(const std::string& path, std::string_view bytes,
                                   std::optional<FileVersion> expected) {
    LATHE_TRY_ASSIGN(const auto now, fileLink());
    return now->files->write(path, bytes, expected);
}

Result<> SshHost::makeDirs(const std::string& path) {
    LATHE_TRY_ASSIGN(const auto now, fileLink());
    return now->files->makeDirs(path);
}

Result<> SshHost::rename(const std::string& from, const std::string& to) {
    LATHE_TRY_ASSIGN(const auto now, fileLink());
    return now->files->rename(from, to);
}

Result<> SshHost::remove(const std::string& path, bool recursive) {
    LATHE_TRY_ASSIGN(const auto now, fileLink());
    return now->files->remove(path, recursive);
}

Result<std::unique_ptr<Stream>> SshHost::start(const ProcessSpec& spec, StreamCallbacks callbacks) {
    LATHE_TRY_ASSIGN(const auto now, link());
    return startOverSsh(*now->transport, m_id, spec, std::move(callbacks));
}

Result<CommandOutput> SshHost::run(const ProcessSpec& spec, std::string_view input, double timeoutSeconds,
                                   std::stop_token stop) {
    return runToEnd(*this, spec, input, timeoutSeconds, std::move(stop));
}

Result<std::shared_ptr<void>> SshHost::watch(const std::string& path, std::function<void()> changed) {
    LATHE_TRY(stat(path));
    return m_poll.add([this, path] { return fingerprintOf(*this, path); }, std::move(changed));
}

Result<std::string> SshHost::agent() {
    LATHE_TRY_ASSIGN(const auto now, fileLink());
    const std::lock_guard lock(now->agentMutex);
    if (now->agentPath.empty()) {
        LATHE_TRY_ASSIGN(now->agentPath, sendAgent(*this, *now->files));
    }
    return now->agentPath;
}

}  // namespace lathe::host
