// SPDX-License-Identifier: Apache-2.0
#include "dist/tcp_store.h"

#include "core/clock.h"
#include "core/id.h"
#include "core/sha256.h"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lathe::dist {

namespace {

constexpr std::size_t kLongestFrame = 16 << 20;
constexpr int kNonceBytes = 16;

Result<> sendFrame(int fd, const Json& message) {
    const std::vector<std::uint8_t> body = Json::to_cbor(message);
    std::string frame(4, '\0');
    for (std::size_t i = 0; i < 4; ++i)
        frame[i] = static_cast<char>(body.size() >> (8 * i));
    frame.append(body.begin(), body.end());
    std::string_view rest = frame;
    while (!rest.empty()) {
        const ssize_t sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return failErrno(errno, "cannot reach the other ranks", "rendezvous");
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

enum class Receive { Data, Nothing, End };

Receive receiveInto(int fd, std::string& input, int flags) {
    char bytes[16384];
    const ssize_t got = ::recv(fd, bytes, sizeof bytes, flags);
    if (got > 0) {
        input.append(bytes, static_cast<std::size_t>(got));
        return Receive::Data;
    }
    return got < 0 && (errno == EINTR || errno == EAGAIN) ? Receive::Nothing : Receive::End;
}

// Takes the first whole frame off `input`; null if there is none yet. A frame that is none sets `damaged`.
std::optional<Json> takeFrame(std::string& input, bool& damaged) {
    if (input.size() < 4)
        return {};
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
        length |= std::size_t{static_cast<unsigned char>(input[i])} << (8 * i);
    if (length > kLongestFrame) {
        damaged = true;
        return {};
    }
    if (input.size() < 4 + length)
        return {};
    Json message = Json::from_cbor(input.begin() + 4, input.begin() + 4 + static_cast<std::ptrdiff_t>(length),
                                   true, false);
    input.erase(0, 4 + length);
    if (!message.is_object()) {
        damaged = true;
        return {};
    }
    return message;
}

Json errorJson(const Error& error) {
    return {
        {"code", errorCodeName(error.code)}, {"what", error.what}, {"on", error.on}, {"hint", error.hint}};
}

Error errorFromJson(const Json& json) {
    return {errorCodeFromName(getString(json, "code")), getString(json, "what"), getString(json, "on"),
            getString(json, "hint")};
}

// `side` keeps one side's proof from being sent back as the other's.
std::string proofOf(const Job& job, std::string_view side, int rank, const std::string& nonces) {
    return hmacSha256Hex(job.secret, fmt::format("{} {} {} {}", side, job.id, rank, nonces));
}

Error diedError(int rank) {
    return {ErrorCode::Unavailable,
            fmt::format("rank {} died: its connection closed without a farewell", rank), "",
            "see the end of that rank's output; the kernel's log tells if memory ran out"};
}

void tune(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // One stuck rank must not hold up the news for the others.
    const timeval patience{.tv_sec = 2, .tv_usec = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

struct AddressList {
    addrinfo* first = nullptr;
    ~AddressList() {
        if (first)
            ::freeaddrinfo(first);
    }
};

Result<> resolve(const Job& job, AddressList& list) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    const int error =
        ::getaddrinfo(job.address.c_str(), std::to_string(job.port).c_str(), &hints, &list.first);
    if (error != 0)
        return fail(ErrorCode::Unavailable,
                    fmt::format("cannot resolve the address of rank 0: {}", ::gai_strerror(error)),
                    job.address, "check MASTER_ADDR");
    return {};
}

}  // namespace

Result<std::unique_ptr<TcpStoreServer>> TcpStoreServer::listen(const Job& job) {
    AddressList addresses;
    LATHE_TRY(resolve(job, addresses));
    const addrinfo& address = *addresses.first;
    UniqueFd fd(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!fd || ::bind(fd.get(), address.ai_addr, address.ai_addrlen) != 0 || ::listen(fd.get(), 128) != 0)
        return failErrno(errno, "rank 0 cannot listen for the other ranks",
                         fmt::format("{}:{}", job.address, job.port),
                         "another program may hold the port: choose another MASTER_PORT");
    return std::unique_ptr<TcpStoreServer>(new TcpStoreServer(job, std::move(fd)));
}

TcpStoreServer::TcpStoreServer(const Job& job, UniqueFd listener)
    : m_job(job), m_listener(std::move(listener)), m_wake(::eventfd(0, EFD_CLOEXEC)),
      m_thread([this] { run(); }) {}

TcpStoreServer::~TcpStoreServer() {
    ::eventfd_write(m_wake.get(), 1);
    m_thread.join();
}

void TcpStoreServer::run() {
    while (true) {
        std::vector<pollfd> fds{{m_wake.get(), POLLIN, 0}, {m_listener.get(), POLLIN, 0}};
        for (const auto& client : m_clients)
            fds.push_back({client->fd.get(), POLLIN, 0});
        if (::poll(fds.data(), fds.size(), -1) < 0)
            continue;
        for (std::size_t i = 0; i < m_clients.size(); ++i) {
            Client& client = *m_clients[i];
            if (fds[i + 2].revents == 0 || receive(client))
                continue;
            client.fd.reset();
            if (client.rank >= 0 && !client.left)
                abortJob(errorJson(diedError(client.rank)));
        }
        std::erase_if(m_clients, [](const auto& client) { return !client->fd; });
        if (fds[1].revents != 0) {
            UniqueFd fd(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (fd) {
                tune(fd.get());
                m_clients.push_back(std::make_unique<Client>(Client{.fd = std::move(fd)}));
            }
        }
        if (fds[0].revents != 0)
            break;
    }
    for (const auto& client : m_clients)
        (void)sendFrame(client->fd.get(), {{"op", "closed"}});
}

bool TcpStoreServer::receive(Client& client) {
    if (receiveInto(client.fd.get(), client.input, MSG_DONTWAIT) == Receive::End)
        return false;
    bool damaged = false;
    while (const auto message = takeFrame(client.input, damaged))
        if (!handle(client, *message))
            return false;
    return !damaged;
}

bool TcpStoreServer::handle(Client& client, const Json& message) {
    const std::string op = getString(message, "op");
    const int fd = client.fd.get();
    const auto refuse = [&](std::string what) {
        (void)sendFrame(fd, {{"op", "refuse"}, {"what", std::move(what)}});
        return false;
    };
    if (op == "join") {
        const auto rank = static_cast<int>(getInt(message, "rank", -1));
        if (getString(message, "job") != m_job.id)
            return refuse("this port serves another job");
        if (getInt(message, "size") != m_job.size || rank < 0 || rank >= m_job.size)
            return refuse(fmt::format("rank {} of {} does not belong to a job of {} ranks", rank,
                                      getInt(message, "size"), m_job.size));
        const std::string nonce = randomHex(kNonceBytes);
        client.claimed = rank;
        client.nonces = getString(message, "nonce") + " " + nonce;
        return sendFrame(fd, {{"op", "challenge"},
                              {"nonce", nonce},
                              {"proof", proofOf(m_job, "server", rank, client.nonces)}})
            .has_value();
    }
    if (op == "prove" && client.claimed >= 0 && client.rank < 0) {
        if (getString(message, "proof") != proofOf(m_job, "rank", client.claimed, client.nonces))
            return refuse("it does not know the secret of this job");
        if (std::ranges::any_of(m_clients, [&](const auto& other) { return other->rank == client.claimed; }))
            return refuse(fmt::format("rank {} is here already", client.claimed));
        client.rank = client.claimed;
        if (m_abort)
            (void)sendFrame(fd, {{"op", "abort"}, {"error", *m_abort}});
        return sendFrame(fd, {{"op", "welcome"}}).has_value();
    }
    if (client.rank < 0)
        return false;
    if (op == "set") {
        const std::string key = getString(message, "key");
        const Json& value = m_values[key] = message.value("value", Json());
        for (const auto& other : m_clients)
            if (std::erase(other->waiting, key) > 0)
                (void)sendFrame(other->fd.get(), {{"op", "value"}, {"key", key}, {"value", value}});
    } else if (op == "wait") {
        const std::string key = getString(message, "key");
        if (const auto found = m_values.find(key); found != m_values.end())
            (void)sendFrame(fd, {{"op", "value"}, {"key", key}, {"value", found->second}});
        else
            client.waiting.push_back(key);
    } else if (op == "abort") {
        abortJob(message.value("error", Json::object()));
    } else if (op == "leave") {
        client.left = true;
    }
    return true;
}

void TcpStoreServer::abortJob(const Json& error) {
    if (m_abort)
        return;
    m_abort = error;
    for (const auto& client : m_clients)
        if (client->fd && client->rank >= 0)
            (void)sendFrame(client->fd.get(), {{"op", "abort"}, {"error", error}});
}

Result<std::unique_ptr<TcpStore>> TcpStore::join(const Job& job, double timeoutSeconds) {
    std::unique_ptr<TcpStoreServer> server;
    if (job.rank == 0) {
        LATHE_TRY_ASSIGN(server, TcpStoreServer::listen(job));
    }
    AddressList addresses;
    LATHE_TRY(resolve(job, addresses));
    const std::string where = fmt::format("{}:{}", job.address, job.port);
    const double deadline = monotonicSeconds() + timeoutSeconds;
    UniqueFd fd;
    while (true) {
        fd.reset(::socket(addresses.first->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (fd && ::connect(fd.get(), addresses.first->ai_addr, addresses.first->ai_addrlen) == 0)
            break;
        if (monotonicSeconds() > deadline)
            return failErrno(errno, fmt::format("rank {} cannot reach rank 0", job.rank), where,
                             "check that rank 0 is running, and MASTER_ADDR and MASTER_PORT");
        // Rank 0 may still be starting.
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    tune(fd.get());
    const std::string nonce = randomHex(kNonceBytes);
    LATHE_TRY(sendFrame(
        fd.get(),
        {{"op", "join"}, {"job", job.id}, {"rank", job.rank}, {"size", job.size}, {"nonce", nonce}}));

    std::string input;
    const auto nextFrame = [&]() -> Result<Json> {
        bool damaged = false;
        for (;;) {
            if (auto frame = takeFrame(input, damaged))
                return std::move(*frame);
            const double left = deadline - monotonicSeconds();
            pollfd ready{fd.get(), POLLIN, 0};
            if (left <= 0 || damaged || ::poll(&ready, 1, static_cast<int>(left * 1000) + 1) < 0 ||
                (ready.revents != 0 && receiveInto(fd.get(), input, MSG_DONTWAIT) == Receive::End))
                return lathe::fail(ErrorCode::Unavailable, "who answers there is not rank 0 of this job",
                                   where, "check MASTER_ADDR and MASTER_PORT");
        }
    };
    LATHE_TRY_ASSIGN(Json answer, nextFrame());
    if (getString(answer, "op") == "challenge") {
        const std::string nonces = nonce + " " + getString(answer, "nonce");
        if (getString(answer, "proof") != proofOf(job, "server", job.rank, nonces))
            return lathe::fail(ErrorCode::Denied, "who answers there does not know the secret of this job",
                               where, "another program holds the port: start the run again");
        LATHE_TRY(sendFrame(fd.get(), {{"op", "prove"}, {"proof", proofOf(job, "rank", job.rank, nonces)}}));
        LATHE_TRY_ASSIGN(answer, nextFrame());
    }
    const std::string op = getString(answer, "op");
    if (op == "refuse")
        return lathe::fail(ErrorCode::Invalid, "rank 0 refused this rank: " + getString(answer, "what"),
                           where, "check RANK, WORLD_SIZE and MASTER_PORT");
    if (op == "abort")
        return std::unexpected(errorFromJson(answer.value("error", Json::object())));
    if (op != "welcome")
        return lathe::fail(ErrorCode::Corrupt, "who answers there is not rank 0 of this job", where,
                           "check MASTER_ADDR and MASTER_PORT");
    return std::unique_ptr<TcpStore>(new TcpStore(std::move(fd), std::move(input), std::move(server)));
}

TcpStore::TcpStore(UniqueFd fd, std::string input, std::unique_ptr<TcpStoreServer> server)
    : m_server(std::move(server)), m_fd(std::move(fd)),
      m_thread([this, input = std::move(input)]() mutable { listen(std::move(input)); }) {}

TcpStore::~TcpStore() {
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
    }
    (void)send({{"op", "leave"}});
    ::shutdown(m_fd.get(), SHUT_RDWR);
    m_thread.join();
}

void TcpStore::listen(std::string input) {
    bool damaged = false;
    do {
        while (const auto message = takeFrame(input, damaged))
            handle(*message);
    } while (!damaged && receiveInto(m_fd.get(), input, 0) != Receive::End);
    const bool expected = [&] {
        const std::lock_guard lock(m_mutex);
        return m_closing;
    }();
    if (!expected)
        fail(diedError(0));
}

void TcpStore::handle(const Json& message) {
    const std::string op = getString(message, "op");
    if (op == "value" && message.contains("value") && message["value"].is_binary()) {
        const auto& value = message["value"].get_binary();
        const std::lock_guard lock(m_mutex);
        m_values[getString(message, "key")] = std::string(value.begin(), value.end());
        m_changed.notify_all();
    } else if (op == "abort") {
        fail(errorFromJson(message.value("error", Json::object())));
    } else if (op == "closed") {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
    }
}

void TcpStore::fail(const Error& error) {
    std::vector<std::function<void()>> callbacks;
    {
        const std::lock_guard lock(m_mutex);
        if (m_abort)
            return;
        m_abort = error;
        callbacks = std::move(m_onAbort);
        m_onAbort.clear();
    }
    m_changed.notify_all();
    for (const auto& callback : callbacks)
        callback();
}

Result<> TcpStore::send(const Json& message) {
    const std::lock_guard lock(m_sending);
    return sendFrame(m_fd.get(), message);
}

Result<> TcpStore::set(std::string_view key, std::string_view value) {
    return send({{"op", "set"},
                 {"key", key},
                 {"value", Json::binary(std::vector<std::uint8_t>(value.begin(), value.end()))}});
}

Result<std::string> TcpStore::wait(std::string_view key, double timeoutSeconds) {
    std::unique_lock lock(m_mutex);
    if (!m_values.contains(key)) {
        lock.unlock();
        LATHE_TRY(send({{"op", "wait"}, {"key", key}}));
        lock.lock();
    }
    const bool came = m_changed.wait_for(lock, std::chrono::duration<double>(timeoutSeconds),
                                         [&] { return m_abort || m_values.contains(key); });
    if (m_abort)
        return std::unexpected(*m_abort);
    if (!came)
        return lathe::fail(
            ErrorCode::Unavailable,
            fmt::format("waited {} for `{}` of another rank", durationText(timeoutSeconds), key),
            "rendezvous", "check that all ranks were started");
    return m_values.find(key)->second;
}

void TcpStore::abort(const Error& error) {
    (void)send({{"op", "abort"}, {"error", errorJson(error)}});
    fail(error);
}

std::optional<Error> TcpStore::aborted() const {
    const std::lock_guard lock(m_mutex);
    return m_abort;
}

std::optional<Error> TcpStore::waitAborted(double timeoutSeconds) const {
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, std::chrono::duration<double>(timeoutSeconds),
                       [&] { return m_abort.has_value(); });
    return m_abort;
}

void TcpStore::onAbort(std::function<void()> callback) {
    {
        const std::lock_guard lock(m_mutex);
        if (!m_abort) {
            m_onAbort.push_back(std::move(callback));
            return;
        }
    }
    callback();
}

std::string TcpStore::localAddress() const {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    char text[NI_MAXHOST] = "127.0.0.1";
    if (::getsockname(m_fd.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0)
        ::getnameinfo(reinterpret_cast<sockaddr*>(&address), length, text, sizeof text, nullptr, 0,
                      NI_NUMERICHOST);
    return text;
}

}  // namespace lathe::dist
