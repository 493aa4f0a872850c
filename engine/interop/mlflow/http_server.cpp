// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/http_server.h"

#include "core/clock.h"
#include "core/text.h"

#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <fcntl.h>
#include <fmt/format.h>
#include <http_parser.h>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <poll.h>
#include <set>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace lathe::interop::mlflow {
namespace {

constexpr std::uint64_t kSmallBody = 256 << 10;
constexpr std::size_t kPiece = 64 << 10;
constexpr std::size_t kLongestUrl = 64 << 10;
constexpr std::uint64_t kDrain =
    8 << 20;  // of a body that nobody wanted, so that the client reads its answer

int fromHex(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string_view statusText(int status) {
    switch (status) {
    case 200: return "OK";
    case 206: return "Partial Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 431: return "Request Header Fields Too Large";
    case 501: return "Not Implemented";
    case 507: return "Insufficient Storage";
    default: return status < 500 ? "Error" : "Internal Server Error";
    }
}

// One connection, on one thread.
class Connection final : public HttpBody {
public:
    Connection(int fd, const HttpOptions& options, const HttpHandler& handler)
        : m_fd(fd), m_options(options), m_handler(handler) {
        http_parser_settings_init(&m_settings);
        m_settings.on_url = [](http_parser* p, const char* at, std::size_t n) {
            return self(p).url({at, n});
        };
        m_settings.on_header_field = [](http_parser* p, const char* at, std::size_t n) {
            return self(p).field({at, n});
        };
        m_settings.on_header_value = [](http_parser* p, const char* at, std::size_t n) {
            return self(p).value({at, n});
        };
        m_settings.on_headers_complete = [](http_parser* p) {
            self(p).m_headDone = true;
            return 0;
        };
        m_settings.on_body = [](http_parser* p, const char* at, std::size_t n) {
            self(p).m_body.append(at, n);
            return 0;
        };
        m_settings.on_message_complete = [](http_parser* p) {
            self(p).m_complete = true;
            http_parser_pause(p, 1);  // the next request of the connection stays in the buffer
            return 0;
        };
        http_parser_init(&m_parser, HTTP_REQUEST);
        m_parser.data = this;
    }

    void serve() {
        while (one()) {
        }
    }

    Result<std::string_view> next() override {
        m_given.clear();
        if (m_expectsContinue) {
            m_expectsContinue = false;
            if (!send("HTTP/1.1 100 Continue\r\n\r\n"))
                return gone();
        }
        while (m_body.empty() && !m_complete) {
            if (!pump(m_options.stallSeconds))
                return gone();
        }
        std::swap(m_given, m_body);
        return std::string_view(m_given);
    }

private:
    static Connection& self(http_parser* parser) { return *static_cast<Connection*>(parser->data); }
    static std::unexpected<Error> gone() {
        return fail(ErrorCode::Unavailable, "the client went away in the middle of its request");
    }

    int url(std::string_view piece) {
        m_url += piece;
        return m_url.size() > kLongestUrl ? 1 : 0;
    }
    int field(std::string_view piece) {
        if (m_inValue) {
            keepHeader();
            m_inValue = false;
        }
        m_field += piece;
        return 0;
    }
    int value(std::string_view piece) {
        m_inValue = true;
        m_value += piece;
        return 0;
    }
    void keepHeader() {
        for (char& c : m_field)
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (!m_field.empty())
            m_request.headers.insert_or_assign(m_field, m_value);
        m_field.clear();
        m_value.clear();
    }

    // Waits for bytes and gives them to the parser. False: the connection is over, or speaks no HTTP.
    bool pump(double seconds) {
        if (m_at == m_end) {
            if (!waitFor(POLLIN, seconds))
                return false;
            const ssize_t got = ::recv(m_fd, m_buffer, sizeof m_buffer, 0);
            if (got < 0 && (errno == EINTR || errno == EAGAIN))
                return true;
            if (got <= 0)
                return false;
            m_at = 0;
            m_end = static_cast<std::size_t>(got);
        }
        http_parser_pause(&m_parser, 0);
        const std::size_t taken = http_parser_execute(&m_parser, &m_settings, m_buffer + m_at, m_end - m_at);
        m_at += taken;
        const auto problem = HTTP_PARSER_ERRNO(&m_parser);
        m_broken = (problem != HPE_OK && problem != HPE_PAUSED) || m_parser.upgrade;
        return !m_broken;
    }

    bool waitFor(short what, double seconds) const {
        const double deadline = monotonicSeconds() + seconds;
        for (;;) {
            pollfd polled{m_fd, what, 0};
            const double left = deadline - monotonicSeconds();
            if (left <= 0)
                return false;
            const int ready = ::poll(&polled, 1, static_cast<int>(left * 1000) + 1);
            if (ready > 0)
                return true;
            if (ready < 0 && errno != EINTR)
                return false;
        }
    }

    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(m_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent > 0) {
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            } else if (errno == EAGAIN) {
                if (!waitFor(POLLOUT, m_options.stallSeconds))
                    return false;
            } else if (errno != EINTR) {
                return false;
            }
        }
        return true;
    }

    bool sendFile(const HttpResponse& response) const {
        off_t offset = 0;
        while (static_cast<std::uint64_t>(offset) < response.fileBytes) {
            if (!waitFor(POLLOUT, m_options.stallSeconds))
                return false;
            const auto left = response.fileBytes - static_cast<std::uint64_t>(offset);
            const ssize_t sent =
                ::sendfile(m_fd, response.file.get(), &offset, std::min<std::uint64_t>(left, 256 << 10));
            if (sent == 0 || (sent < 0 && errno != EINTR && errno != EAGAIN))
                return false;  // it became shorter: the length was promised, so the connection must end
        }
        return true;
    }

    bool answer(const HttpResponse& response, bool keep) const {
        const std::uint64_t length = response.file ? response.fileBytes : response.body.size();
        std::string head = fmt::format(
            "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nX-Content-Type-Options: nosniff\r\n",
            response.status, statusText(response.status), response.type, length);
        if (response.status == 401)
            head += "WWW-Authenticate: Basic realm=\"lathe\"\r\n";
        head += keep ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
        const bool headOnly = m_request.method == "HEAD";
        if (!headOnly && !response.file)
            head += response.body;
        return send(head) && (headOnly || !response.file || sendFile(response));
    }

    HttpResponse refused(int status, const char* message) const {
        return {status,
                "application/json",
                fmt::format(R"({{"error_code":"BAD_REQUEST","message":"{}"}})", message),
                {},
                0};
    }

    // One request with its answer; whether another may follow.
    bool one() {
        m_request = {};
        m_url.clear();
        m_body.clear();
        m_field.clear();
        m_value.clear();
        m_inValue = m_headDone = m_complete = m_broken = m_expectsContinue = false;
        double deadline = 0;
        while (!m_headDone) {
            const double seconds = deadline == 0 ? m_options.idleSeconds : deadline - monotonicSeconds();
            if (!pump(seconds)) {
                if (m_broken)
                    answer(refused(m_url.size() > kLongestUrl ? 431 : 400, "this is no HTTP request"), false);
                return false;
            }
            if (deadline == 0)
                deadline = monotonicSeconds() + m_options.headSeconds;
        }
        keepHeader();
        const bool keepAlive = http_should_keep_alive(&m_parser) != 0;
        m_request.method = http_method_str(static_cast<http_method>(m_parser.method));
        if (const auto expects = m_request.headers.find("expect"); expects != m_request.headers.end())
            m_expectsContinue = !m_complete;
        readUrl();
        HttpResponse response;
        try {
            response = m_handler(m_request, *this);
        } catch (const std::exception& problem) {
            response = {500,
                        "application/json",
                        R"({"error_code":"INTERNAL_ERROR","message":"a bug in Lathe"})",
                        {},
                        0};
        }
        // A small body that was not asked for is taken all the same, so that the connection can go on.
        while (!m_complete && !m_expectsContinue && m_parser.content_length <= kSmallBody &&
               pump(m_options.stallSeconds)) {
        }
        const bool wanted = m_complete;
        if (!answer(response, keepAlive && wanted))
            return false;
        if (!wanted) {
            drain();
            return false;
        }
        return keepAlive && !m_broken;
    }

    void drain() {
        ::shutdown(m_fd, SHUT_WR);
        std::uint64_t drained = 0;
        const double deadline = monotonicSeconds() + 2;
        while (drained < kDrain && monotonicSeconds() < deadline &&
               waitFor(POLLIN, deadline - monotonicSeconds())) {
            const ssize_t got = ::recv(m_fd, m_buffer, sizeof m_buffer, 0);
            if (got <= 0)
                return;
            drained += static_cast<std::uint64_t>(got);
        }
    }

    void readUrl() {
        // An absolute form (of a proxy's client) ends in the same path.
        std::string_view url = m_url;
        if (const auto scheme = url.find("://"); scheme != std::string_view::npos && !url.starts_with('/'))
            url = url.substr(std::min(url.find('/', scheme + 3), url.size()));
        const auto question = url.find('?');
        m_request.path = percentDecoded(url.substr(0, question), false);
        if (m_request.path.empty() || m_request.path[0] != '/')
            m_request.path.insert(0, 1, '/');
        if (question == std::string_view::npos)
            return;
        const std::string_view query = url.substr(question + 1, url.find('#') - question - 1);
        for (const std::string& pair : split(query, '&')) {
            const auto equals = pair.find('=');
            if (!pair.empty())
                m_request.query.emplace_back(
                    percentDecoded(pair.substr(0, equals), true),
                    equals == std::string::npos ? "" : percentDecoded(pair.substr(equals + 1), true));
        }
    }

    const int m_fd;  // the server's
    const HttpOptions& m_options;
    const HttpHandler& m_handler;
    http_parser m_parser{};
    http_parser_settings m_settings{};
    HttpRequest m_request;
    std::string m_url, m_field, m_value, m_body, m_given;
    bool m_inValue = false, m_headDone = false, m_complete = false, m_broken = false,
         m_expectsContinue = false;
    std::size_t m_at = 0, m_end = 0;
    char m_buffer[kPiece];
};

class Server final : public HttpServer {
public:
    Server(UniqueFd listener, int port, const HttpOptions& options, HttpHandler handler)
        : m_listener(std::move(listener)), m_port(port), m_options(options), m_handler(std::move(handler)),
          m_acceptor([this] { accept(); }) {}

    ~Server() override {
        {
            const std::lock_guard lock(m_mutex);
            m_stopping = true;
        }
        ::shutdown(m_listener.get(), SHUT_RDWR);  // wakes accept()
        m_changed.notify_all();
        m_acceptor.join();
        std::unique_lock lock(m_mutex);
        for (const int fd : m_open)
            ::shutdown(fd, SHUT_RD);  // an answer that is being written goes out
        m_changed.wait(lock, [this] { return m_open.empty(); });
    }

    int port() const override { return m_port; }

private:
    void accept() {
        for (;;) {
            {
                std::unique_lock lock(m_mutex);
                m_changed.wait(lock, [this] {
                    return m_stopping || static_cast<int>(m_open.size()) < m_options.connections;
                });
                if (m_stopping)
                    return;
            }
            const int fd = ::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) {
                if (errno == EINVAL || errno == EBADF)
                    return;
                ::usleep(10'000);  // out of descriptors, or a client that left at once
                continue;
            }
            const int on = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            const std::lock_guard lock(m_mutex);
            m_open.insert(fd);
            try {
                std::thread([this, fd] { serve(fd); }).detach();
            } catch (const std::exception&) {  // no more threads: the client may try again
                m_open.erase(fd);
                ::close(fd);
            }
        }
    }

    void serve(int fd) {
        // Signals are the main thread's.
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
        std::make_unique<Connection>(fd, m_options, m_handler)->serve();
        // Notified under the lock: the destructor may end as soon as it is free, and this object with it.
        const std::lock_guard lock(m_mutex);
        m_open.erase(fd);
        ::close(fd);
        m_changed.notify_all();
    }

    UniqueFd m_listener;
    const int m_port;
    const HttpOptions m_options;
    const HttpHandler m_handler;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::set<int> m_open;
    bool m_stopping = false;
    std::thread m_acceptor;  // last: it uses all of the above
};

}  // namespace

Result<std::string> HttpBody::all(std::size_t limit) {
    std::string bytes;
    for (;;) {
        LATHE_TRY_ASSIGN(const std::string_view piece, next());
        if (piece.empty())
            return bytes;
        if (bytes.size() + piece.size() > limit)
            return fail(ErrorCode::Full, fmt::format("Request size must be at most {} bytes.", limit));
        bytes += piece;
    }
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpOptions& options, HttpHandler handler) {
    sockaddr_storage address{};
    socklen_t size = 0;
    if (auto* v4 = reinterpret_cast<sockaddr_in*>(&address);
        ::inet_pton(AF_INET, options.host.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(static_cast<std::uint16_t>(options.port));
        size = sizeof *v4;
    } else if (auto* v6 = reinterpret_cast<sockaddr_in6*>(&address);
               ::inet_pton(AF_INET6, options.host.c_str(), &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(static_cast<std::uint16_t>(options.port));
        size = sizeof *v6;
    } else {
        return fail(ErrorCode::Invalid, "not a numeric address", options.host,
                    "for example 127.0.0.1, or 0.0.0.0 for all");
    }
    const std::string where = fmt::format("{}:{}", options.host, options.port);
    UniqueFd listener(::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    if (!listener)
        return failErrno(errno, "cannot make a socket", where);
    ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener.get(), generic, size) != 0 || ::listen(listener.get(), 256) != 0) {
        if (errno == EADDRINUSE)
            return fail(ErrorCode::Exists, "another program listens on this port", where,
                        "choose another with --port");
        return failErrno(errno, "cannot listen", where);
    }
    if (::getsockname(listener.get(), generic, &size) != 0)
        return failErrno(errno, "cannot listen", where);
    const int port =
        ntohs(address.ss_family == AF_INET ? reinterpret_cast<sockaddr_in*>(&address)->sin_port
                                           : reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
    return std::make_unique<Server>(std::move(listener), port, options, std::move(handler));
}

std::string percentDecoded(std::string_view text, bool plusIsBlank) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%' && at + 2 < text.size() && fromHex(text[at + 1]) >= 0 &&
            fromHex(text[at + 2]) >= 0) {
            decoded += static_cast<char>(fromHex(text[at + 1]) * 16 + fromHex(text[at + 2]));
            at += 2;
        } else {
            decoded += plusIsBlank && text[at] == '+' ? ' ' : text[at];
        }
    }
    return decoded;
}

std::string percentEncoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           std::string_view("-_.~/").find(c) != std::string_view::npos;
        encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

}  // namespace lathe::interop::mlflow
