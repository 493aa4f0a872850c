// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/mlflow_way.h"

#include "core/clock.h"
#include "core/id.h"
#include "core/text.h"
#include "interop/mlflow/endpoint.h"
#include "interop/mlflow/run_library.h"
#include "interop/mlflow/tracking.h"

#include <charconv>
#include <cstdlib>
#include <fmt/format.h>

namespace lathe::interop::mlflow {
namespace {

constexpr double kSettleSeconds = 1;
// Beside MLFLOW_TRACKING_URI, so that a run within a run knows an address of Lathe's from one of the user's.
constexpr const char* kOwnAddress = "LATHE_MLFLOW_URI";

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

class MlflowWay final : public WayIn {
public:
    MlflowWay(const RunEnvironment& environment, CollectJournal& journal)
        : m_environment(environment), m_sink(journal.direct("mlflow")),
          m_library(makeFolderLibrary(environment.store)) {}

    std::string_view name() const override { return "MLflow"; }

    Result<> start() override {
        const std::string given = variable("MLFLOW_TRACKING_URI");
        const bool users = !given.empty() && given != variable(kOwnAddress);
        if (users && !given.starts_with("http://") && !given.starts_with("https://"))
            return fail(
                ErrorCode::Unsupported,
                "what the script logs to MLflow goes where MLFLOW_TRACKING_URI says and is not recorded here",
                escapedForDisplay(given, 200), "unset it, or name a server by http or https");
        TrackingOptions options;
        options.store = m_environment.store;
        options.launchedRun = m_environment.spec.id;
        options.sink = m_sink.get();
        options.onProblem = [](const std::string& problem) {
            std::fputs(fmt::format("{} {}\n", isoTimeText(wallSeconds()), problem).c_str(), stderr);
        };
        m_tracking = std::make_unique<Tracking>(std::move(options), *m_library);

        EndpointOptions endpoint;
        endpoint.token = before("MLFLOW_TRACKING_TOKEN");
        if (endpoint.token.empty())
            endpoint.token = randomHex(20);
        m_token = endpoint.token;
        // The command has its variables: a collector that comes later must be found where they say.
        const std::string address = before("MLFLOW_TRACKING_URI");
        if (const auto colon = address.rfind(':'); colon != std::string::npos)
            std::from_chars(address.data() + colon + 1, address.data() + address.size(), endpoint.port);
        LATHE_TRY_ASSIGN(m_endpoint, MlflowEndpoint::start(endpoint, *m_tracking));
        return {};
    }

    std::map<std::string, std::string> environment() const override {
        // The client prefers a name and a password, from the environment or from a file of the user's, to a
        // token.
        return {
            {"MLFLOW_TRACKING_URI", m_endpoint->uri()},
            {kOwnAddress, m_endpoint->uri()},
            {"MLFLOW_TRACKING_TOKEN", m_token},
            {"MLFLOW_TRACKING_USERNAME", m_environment.spec.user.empty() ? "lathe" : m_environment.spec.user},
            {"MLFLOW_TRACKING_PASSWORD", m_token}};
    }

    bool poll() override {
        if (const double now = monotonicSeconds(); now - m_settled >= kSettleSeconds) {
            m_settled = now;
            m_tracking->settle();
        }
        return false;
    }

    void finish() override {
        m_endpoint.reset();
        m_tracking->abandonAll("its script ended without ending it");
    }

private:
    std::string before(const std::string& name) const {
        const auto found = m_environment.before.find(name);
        return found == m_environment.before.end() ? std::string() : found->second;
    }

    const RunEnvironment& m_environment;
    std::unique_ptr<RecordSink> m_sink;
    std::unique_ptr<RunLibrary> m_library;
    std::unique_ptr<Tracking> m_tracking;
    std::unique_ptr<MlflowEndpoint> m_endpoint;
    std::string m_token;
    double m_settled = 0;
};

}  // namespace

std::unique_ptr<WayIn> makeMlflowWay(const RunEnvironment& environment, CollectJournal& journal) {
    return std::make_unique<MlflowWay>(environment, journal);
}

}  // namespace lathe::interop::mlflow
