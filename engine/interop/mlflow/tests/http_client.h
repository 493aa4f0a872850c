// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/json.h"

#include <arpa/inet.h>
#include <charconv>
#include <fmt/format.h>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace lathe::test {

// The other side of the endpoint, as plain as possible: bytes out, one answer in.
class HttpClient {
public:
    HttpClient(int port, std::string token) : m_port(port), m_token(std::move(token)) { connect(); }

    struct Answer {
        int status = 0;
        std::string head, body;
        Json json() const { return parseJson(body).value_or(Json()); }
    };

    void connect() {
        m_fd.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(m_port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval patience{20, 0};
        ::setsockopt(m_fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (::connect(m_fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            m_fd.reset();
        m_rest.clear();
    }
    bool isConnected() const { return static_cast<bool>(m_fd); }

    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(m_fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    // Status 0: the connection ended without an answer.
    Answer receive() {
        Answer answer;
        std::size_t end = 0;
        while ((end = m_rest.find("\r\n\r\n")) == std::string::npos) {
            if (!more())
                return answer;
        }
        answer.head = m_rest.substr(0, end);
        m_rest.erase(0, end + 4);
        std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
        std::size_t length = 0;
        if (const auto at = answer.head.find("Content-Length: "); at != std::string::npos)
            std::from_chars(answer.head.data() + at + 16, answer.head.data() + answer.head.size(), length);
        while (m_rest.size() < length && more()) {
        }
        answer.body = m_rest.substr(0, length);
        m_rest.erase(0, std::min(length, m_rest.size()));
        return answer;
    }

    std::string head(std::string_view method, std::string_view path, std::size_t length) const {
        std::string text =
            fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n", method, path, length);
        if (!m_token.empty())
            text += "Authorization: Bearer " + m_token + "\r\n";
        return text + "\r\n";
    }
    Answer request(std::string_view method, std::string_view path, std::string_view body = {}) {
        if (!m_fd || !send(head(method, path, body.size())) || !send(body))
            return {};
        return receive();
    }
    Answer get(std::string_view call) { return request("GET", "/api/2.0/mlflow/" + std::string(call)); }
    Answer post(std::string_view call, const Json& fields, std::string_view method = "POST") {
        return request(method, "/api/2.0/mlflow/" + std::string(call), dumpJson(fields));
    }

private:
    bool more() {
        char buffer[65536];
        const ssize_t got = ::recv(m_fd.get(), buffer, sizeof buffer, 0);
        if (got <= 0)
            return false;
        m_rest.append(buffer, static_cast<std::size_t>(got));
        return true;
    }

    const int m_port;
    const std::string m_token;
    UniqueFd m_fd;
    std::string m_rest;
};

}  // namespace lathe::test
