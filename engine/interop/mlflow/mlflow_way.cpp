// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/mlflow_way.h"

#include "core/clock.h"
#include "core/id.h"
#include "core/text.h"
#include "interop/mlflow/endpoint.h"
#include "interop/mlflow/forwarder.h"
#include "interop/mlflow/run_library.h"
#include "interop/mlflow/tracking.h"

#include <charconv>
#include <cstdlib>
#include <fmt/format.h>

namespace lathe::interop::mlflow {
namespace {

constexpr double kSettleSeconds = 1;
constexpr double kLastSeconds = 3;  // for what is still to be passed on when the run ends
// Beside MLFLOW_TRACKING_URI, so that a run within a run knows an address of Lathe's from one of the user's.
constexpr const char* kOwnAddress = "LATHE_MLFLOW_URI";

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

// Into supervisor.log.
void complain(const std::string& problem) {
    std::fputs(fmt::format("{} MLflow: {}\n", isoTimeText(wallSeconds()), problem).c_str(), stderr);
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
        options.onProblem = complain;
        m_tracking = std::make_unique<Tracking>(std::move(options), *m_library);

        EndpointOptions endpoint;
        if (users) {
            LATHE_TRY_ASSIGN(m_forwarder,
                             Forwarder::start(given, m_environment.runDir, m_environment.store, *m_tracking));
            endpoint.onAccepted = [forwarder = m_forwarder.get()](const Accepted& accepted) {
                forwarder->accept(accepted);
            };
            m_registry = variable("MLFLOW_REGISTRY_URI").empty() ? given : "";
            // What lets the script in there lets it in here too, so that its environment can stay as it is.
            endpoint.token = variable("MLFLOW_TRACKING_PASSWORD");
            if (variable("MLFLOW_TRACKING_USERNAME").empty() || endpoint.token.empty())
                endpoint.token = variable("MLFLOW_TRACKING_TOKEN");
        }
        if (endpoint.token.empty()) {
            endpoint.token = before("MLFLOW_TRACKING_TOKEN");
            m_token = endpoint.token = endpoint.token.empty() ? randomHex(20) : endpoint.token;
        }
        // The command has its variables: a collector that comes later must be found where they say.
        const std::string address = before("MLFLOW_TRACKING_URI");
        if (const auto colon = address.rfind(':'); colon != std::string::npos)
            std::from_chars(address.data() + colon + 1, address.data() + address.size(), endpoint.port);
        LATHE_TRY_ASSIGN(m_endpoint, MlflowEndpoint::start(endpoint, *m_tracking));
        return {};
    }

    std::map<std::string, std::string> environment() const override {
        std::map<std::string, std::string> variables{{"MLFLOW_TRACKING_URI", m_endpoint->uri()},
                                                     {kOwnAddress, m_endpoint->uri()}};
        if (!m_token.empty()) {
            // The client prefers a name and a password, from the environment or from a file of the user's, to
            // a token.
            const std::string& user = m_environment.spec.user;
            variables["MLFLOW_TRACKING_TOKEN"] = variables["MLFLOW_TRACKING_PASSWORD"] = m_token;
            variables["MLFLOW_TRACKING_USERNAME"] = user.empty() ? "lathe" : user;
        }
        if (!m_registry.empty())  // models are looked up where they are
            variables["MLFLOW_REGISTRY_URI"] = m_registry;
        return variables;
    }

    bool poll() override {
        if (const double now = monotonicSeconds(); now - m_settled >= kSettleSeconds) {
            m_settled = now;
            m_tracking->settle();
            if (const auto passed = m_forwarder ? m_forwarder->poll() : Result<>();
                !passed && passed.error().text() != m_problem) {
                m_problem = passed.error().text();
                complain(m_problem);
            }
        }
        return false;
    }

    void finish() override {
        m_endpoint.reset();
        m_tracking->abandonAll("its script ended without ending it");
        if (m_forwarder)
            m_forwarder->finish(kLastSeconds);
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
    std::unique_ptr<Forwarder> m_forwarder;  // null: there is no other server
    std::unique_ptr<MlflowEndpoint> m_endpoint;
    std::string m_token, m_registry;  // empty: what the user has set stays
    std::string m_problem;
    double m_settled = 0;
};

}  // namespace

std::unique_ptr<WayIn> makeMlflowWay(const RunEnvironment& environment, CollectJournal& journal) {
    return std::make_unique<MlflowWay>(environment, journal);
}

}  // namespace lathe::interop::mlflow
