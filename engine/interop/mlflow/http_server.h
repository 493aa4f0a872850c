// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::interop::mlflow {

struct HttpRequest {
    std::string method;                                       // "GET"
    std::string path;                                         // decoded; begins with '/'
    std::vector<std::pair<std::string, std::string>> query;   // decoded, in their order
    std::map<std::string, std::string, std::less<>> headers;  // names in lower case
};

// The bytes that follow a request's head, taken from the network as they are asked for.
class HttpBody {
public:
    virtual ~HttpBody() = default;
    // The next piece, at most 64 kB; empty at the end. Valid until the next call. Unavailable if the client
    // went away or stalls.
    virtual Result<std::string_view> next() = 0;
    // All of it; Full beyond `limit` bytes.
    Result<std::string> all(std::size_t limit);
};

struct HttpResponse {
    int status = 200;
    std::string type = "application/json";
    std::string body;
    UniqueFd file;  // if set, these bytes are sent instead of `body`
    std::uint64_t fileBytes = 0;
};

using HttpHandler = std::function<HttpResponse(const HttpRequest&, HttpBody&)>;

struct HttpOptions {
    std::string host = "127.0.0.1";  // numeric, IPv4 or IPv6: nothing is resolved here
    int port = 0;                    // 0: one that is free
    int connections = 256;           // at once; more wait
    double headSeconds = 20;         // for the head of a request, from its first byte
    double stallSeconds = 60;        // without a byte of a body, or of an answer taken
    double idleSeconds = 300;        // between requests
};

// HTTP/1.1 for a few programs on this machine, on nodejs/http-parser (RFC 9110 and 9112; no TLS, no
// compression). One thread a connection, so the handler may block and is called from several threads at once;
// an exception of it is answered with 500. Links into a static program.
class HttpServer {
public:
    // Listens when it returns. Exists if the port is taken.
    static Result<std::unique_ptr<HttpServer>> start(const HttpOptions& options, HttpHandler handler);
    virtual ~HttpServer() = default;  // stops: waits for handlers that run, cuts connections
    virtual int port() const = 0;
};

// "%20" and "+" of a query; broken escapes stay as they are.
std::string percentDecoded(std::string_view text, bool plusIsBlank);
std::string percentEncoded(std::string_view text);

}  // namespace lathe::interop::mlflow
