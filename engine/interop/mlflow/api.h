// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"
#include "interop/mlflow/tracking.h"

#include <string>
#include <string_view>

namespace lathe::interop::mlflow {

struct Reply {
    int status = 200;
    Json body = Json::object();
};

// {"error_code","message"} and the status that MLflow's server gives for it. A full disk is 507, which
// clients do not repeat.
Reply errorReply(const Error& error);
Reply errorReply(int status, std::string_view errorCode, std::string_view message);

// The calls of MLflow's REST interface, without HTTP: `path` is what follows /api/2.0/mlflow/, `args` the
// body's object or the fields of the query string, `bytes` the size of the body. Thread-safe.
class Api {
public:
    explicit Api(Tracking& tracking) : m_tracking(tracking) {}
    Reply call(std::string_view method, std::string_view path, const Json& args, std::size_t bytes = 0);

private:
    Tracking& m_tracking;
};

}  // namespace lathe::interop::mlflow
