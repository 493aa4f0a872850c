// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/endpoint.h"

#include "core/json.h"
#include "interop/mlflow/api.h"

#include <array>
#include <fmt/format.h>
#include <optional>

namespace lathe::interop::mlflow {
namespace {

constexpr std::size_t kLongestBody = 32 << 20;  // a data set's profile may have 16 MB
constexpr const char* kVersion =
    "3.1.0";  // of the server whose calls are answered; clients ask before they use newer ones

HttpResponse jsonResponse(const Reply& reply) {
    return {reply.status, "application/json", dumpJson(reply.body), {}, 0};
}

std::string base64Decoded(std::string_view text) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    unsigned held = 0;
    int bits = 0;
    for (const char c : text) {
        const auto digit = kDigits.find(c);
        if (digit == std::string_view::npos)
            break;
        held = held << 6 | static_cast<unsigned>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>((held >> bits) & 0xFF);
        }
    }
    return bytes;
}

// Takes as long for a wrong guess as for a right one.
bool sameSecret(std::string_view given, std::string_view secret) {
    unsigned char different = given.size() == secret.size() ? 0 : 1;
    for (std::size_t i = 0; i < secret.size(); ++i)
        different |= static_cast<unsigned char>(secret[i] ^ (i < given.size() ? given[i] : 0));
    return different == 0;
}

bool isAllowed(const HttpRequest& request, const std::string& token) {
    if (token.empty())
        return true;
    const auto header = request.headers.find("authorization");
    if (header == request.headers.end())
        return false;
    std::string_view value = header->second;
    if (value.starts_with("Bearer "))
        return sameSecret(value.substr(7), token);
    if (value.starts_with("Basic ")) {
        const std::string pair = base64Decoded(value.substr(6));
        const auto colon = pair.find(':');
        return colon != std::string::npos && sameSecret(std::string_view(pair).substr(colon + 1), token);
    }
    return false;
}

// What follows one of the prefixes.
std::optional<std::string> below(std::string_view path, std::string_view what) {
    static constexpr std::array<std::string_view, 4> kPrefixes{"/api/2.0/", "/ajax-api/2.0/", "/api/3.0/",
                                                               "/ajax-api/3.0/"};
    for (const std::string_view prefix : kPrefixes) {
        if (path.starts_with(prefix) && path.substr(prefix.size()).starts_with(what))
            return std::string(path.substr(prefix.size() + what.size()));
    }
    return {};
}

Json queryFields(const HttpRequest& request) {
    Json fields = Json::object();
    for (const auto& [key, value] : request.query) {
        const auto known = fields.find(key);
        if (known == fields.end())
            fields[key] = value;
        else if (known->is_array())
            known->push_back(value);
        else
            *known = Json::array({*known, value});
    }
    return fields;
}

class Answerer {
public:
    Answerer(Tracking& tracking, const EndpointOptions& options, const HttpRequest& request, HttpBody& body)
        : m_tracking(tracking), m_options(options), m_request(request), m_body(body) {}

    HttpResponse answer() {
        if (m_request.path == "/health")
            return {200, "text/plain", "OK", {}, 0};
        if (m_request.path == "/version")
            return {200, "text/plain", kVersion, {}, 0};
        if (!isAllowed(m_request, m_options.token))
            return jsonResponse(
                errorReply(401, "UNAUTHENTICATED",
                           "This endpoint of Lathe wants its token: set MLFLOW_TRACKING_TOKEN."));
        if (const auto path = below(m_request.path, "mlflow-artifacts/artifacts"))
            return artifact(*path);
        if (const auto call = below(m_request.path, "mlflow/"))
            return *call == "get-artifact" ? runArtifact() : tracking(*call);
        if (m_request.path == "/get-artifact")
            return runArtifact();
        if (below(m_request.path, "mlflow-artifacts/"))
            return jsonResponse(errorReply(501, "NOT_IMPLEMENTED",
                                           "Uploads in parts are not needed here: send the file whole."));
        return jsonResponse(errorReply(404, "ENDPOINT_NOT_FOUND",
                                       "There is nothing here; MLflow's calls begin with /api/2.0/mlflow/"));
    }

private:
    HttpResponse tracking(const std::string& call) {
        Json args = Json::object();
        std::size_t bytes = 0;
        if (m_request.method == "GET" || m_request.method == "HEAD") {
            args = queryFields(m_request);
        } else {
            const auto text = m_body.all(kLongestBody);
            if (!text)
                return jsonResponse(text.error().code == ErrorCode::Full
                                        ? errorReply(413, "INVALID_PARAMETER_VALUE", text.error().what)
                                        : errorReply(text.error()));
            bytes = text->size();
            if (!text->empty()) {
                auto json = parseJson(*text, "the request");
                if (!json || !json->is_object())
                    return jsonResponse(
                        errorReply(400, "BAD_REQUEST", "The request's body is no JSON object."));
                args = std::move(*json);
            } else {
                args = queryFields(m_request);
            }
        }
        const Reply reply = Api(m_tracking).call(m_request.method, call, args, bytes);
        if (reply.status == 200 && m_options.onAccepted)
            m_options.onAccepted({m_request.method, call, false, args, reply.body});
        return jsonResponse(reply);
    }

    HttpResponse artifact(std::string path) {
        if (!path.empty() && path[0] != '/')
            return jsonResponse(errorReply(404, "ENDPOINT_NOT_FOUND", "There is nothing here."));
        path.erase(0, 1);
        const std::string& method = m_request.method;
        if (path.empty() && (method == "GET" || method == "HEAD"))
            return list();
        auto place = m_tracking.artifacts(path);
        if (!place)
            return jsonResponse(errorReply(place.error()));
        if (method == "GET" || method == "HEAD")
            return file(*place);
        const Json nothing = Json::object();
        if (method == "PUT") {
            const auto put = place->files.put(place->rest, [this] { return m_body.next(); });
            if (!put)
                return jsonResponse(errorReply(put.error()));
        } else if (method == "DELETE") {
            if (const auto removed = place->files.remove(place->rest); !removed)
                return jsonResponse(errorReply(removed.error()));
        } else {
            return jsonResponse(errorReply(405, "BAD_REQUEST", "Artifacts take GET, PUT and DELETE."));
        }
        if (m_options.onAccepted)
            m_options.onAccepted({method, path, true, nothing, nothing});
        return jsonResponse({200, nothing});
    }

    HttpResponse file(const Tracking::ArtifactPlace& place) {
        auto opened = place.files.open(place.rest);
        if (!opened)
            return jsonResponse(errorReply(opened.error()));
        return {200, "application/octet-stream", {}, std::move(opened->fd), opened->bytes};
    }

    HttpResponse list() {
        std::string path;
        for (const auto& [key, value] : m_request.query) {
            if (key == "path")
                path = value;
        }
        const auto place = m_tracking.artifacts(path);
        if (!place)
            return jsonResponse(errorReply(place.error()));
        const auto entries = place->files.list(place->rest);
        if (!entries)
            return jsonResponse(errorReply(entries.error()));
        Json files = Json::array();
        for (const ArtifactEntry& entry : *entries) {
            Json item{{"path", entry.name}, {"is_dir", entry.isDir}};
            if (!entry.isDir)
                item["file_size"] = entry.bytes;
            files.push_back(std::move(item));
        }
        return jsonResponse({200, Json{{"files", files}}});
    }

    HttpResponse runArtifact() {
        const Json fields = queryFields(m_request);
        const std::string id = getString(fields, "run_id", getString(fields, "run_uuid"));
        const auto place = m_tracking.artifacts("0/" + id + "/artifacts/" + getString(fields, "path"));
        return place && !anyRunId(id).empty()
                   ? file(*place)
                   : jsonResponse(errorReply(404, "RESOURCE_DOES_NOT_EXIST", "No such artifact."));
    }

    Tracking& m_tracking;
    const EndpointOptions& m_options;
    const HttpRequest& m_request;
    HttpBody& m_body;
};

class Endpoint final : public MlflowEndpoint {
public:
    Endpoint(const EndpointOptions& options, Tracking& tracking) : m_options(options), m_tracking(tracking) {}

    Result<> listen() {
        HttpOptions http;
        http.host = m_options.host;
        http.port = m_options.port;
        LATHE_TRY_ASSIGN(m_server,
                         HttpServer::start(http, [this](const HttpRequest& request, HttpBody& body) {
                             return answerRequest(m_tracking, m_options, request, body);
                         }));
        return {};
    }
    int port() const override { return m_server->port(); }
    std::string uri() const override {
        // A server that listens everywhere is reached on this machine by its loopback address.
        const std::string host = m_options.host == "0.0.0.0" ? "127.0.0.1"
                                 : m_options.host == "::"    ? "::1"
                                                             : m_options.host;
        return host.find(':') == std::string::npos ? fmt::format("http://{}:{}", host, port())
                                                   : fmt::format("http://[{}]:{}", host, port());
    }

private:
    const EndpointOptions m_options;
    Tracking& m_tracking;
    std::unique_ptr<HttpServer> m_server;  // last: stops before the rest goes
};

}  // namespace

HttpResponse answerRequest(Tracking& tracking, const EndpointOptions& options, const HttpRequest& request,
                           HttpBody& body) {
    return Answerer(tracking, options, request, body).answer();
}

Result<std::unique_ptr<MlflowEndpoint>> MlflowEndpoint::start(const EndpointOptions& options,
                                                              Tracking& tracking) {
    auto endpoint = std::make_unique<Endpoint>(options, tracking);
    LATHE_TRY(endpoint->listen());
    return endpoint;
}

}  // namespace lathe::interop::mlflow
