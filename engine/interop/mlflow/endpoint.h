// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "interop/mlflow/http_server.h"
#include "interop/mlflow/tracking.h"

#include <functional>
#include <memory>
#include <string>

namespace lathe::interop::mlflow {

// What a client asked for and got a good answer to, for whoever passes it on elsewhere.
struct Accepted {
    std::string method, path;  // "POST", "runs/create"; of an artifact "PUT" or "DELETE" and its path below
                               // mlflow-artifacts:/
    bool artifact = false;
    const Json& request;
    const Json& answer;
};

struct EndpointOptions {
    std::string host = "127.0.0.1";
    int port = 0;
    // Clients give it as a bearer token or as a password; empty: everyone is served.
    std::string token;
    std::function<void(const Accepted&)> onAccepted;  // from several threads at once
};

// The HTTP server that MLflow's clients are told of by MLFLOW_TRACKING_URI: the tracking calls (api.h) below
// /api/2.0/mlflow/, /ajax-api/2.0/mlflow/ and their 3.0 siblings, files below /api/2.0/mlflow-artifacts/,
// /health and /version.
class MlflowEndpoint {
public:
    static Result<std::unique_ptr<MlflowEndpoint>> start(const EndpointOptions& options, Tracking& tracking);
    virtual ~MlflowEndpoint() = default;
    virtual int port() const = 0;
    virtual std::string uri() const = 0;  // "http://127.0.0.1:41234"
};

// One request without a network, for tests: what the endpoint answers to it.
HttpResponse answerRequest(Tracking& tracking, const EndpointOptions& options, const HttpRequest& request,
                           HttpBody& body);

}  // namespace lathe::interop::mlflow
