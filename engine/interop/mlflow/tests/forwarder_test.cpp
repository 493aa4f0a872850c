// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/forwarder.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/paths.h"
#include "interop/mlflow/run_library.h"
#include "interop/mlflow/tests/http_client.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <thread>

using namespace lathe;
using namespace lathe::interop::mlflow;
using lathe::test::HttpClient;

namespace {

// The other server: an endpoint over a store of its own.
struct Other {
    explicit Other(std::string token, int port = 0) : library(makeFolderLibrary(temp.path())) {
        start(std::move(token), port);
    }
    void start(std::string token, int port) {
        TrackingOptions options;
        options.store = temp.path();
        tracking = std::make_unique<Tracking>(options, *library);
        EndpointOptions endpointOptions;
        endpointOptions.token = std::move(token);
        endpointOptions.port = port;
        auto started = MlflowEndpoint::start(endpointOptions, *tracking);
        REQUIRE_MESSAGE(started, started.error().text());
        endpoint = std::move(*started);
    }
    std::vector<std::shared_ptr<const Run>> runs(const std::string& experiment) {
        const auto found = tracking->experiments().byName(experiment);
        return found ? tracking->runs({found->id}).value() : std::vector<std::shared_ptr<const Run>>();
    }

    TempDir temp;
    std::unique_ptr<RunLibrary> library;
    std::unique_ptr<Tracking> tracking;
    std::unique_ptr<MlflowEndpoint> endpoint;
};

// A store whose endpoint passes on.
struct Here {
    explicit Here(const std::string& uri)
        : library(makeFolderLibrary(temp.path())), runDir(temp.path() + "/runs/" + newId()) {
        REQUIRE(makeDirs(runDir));
        TrackingOptions options;
        options.store = temp.path();
        tracking = std::make_unique<Tracking>(options, *library);
        auto made = Forwarder::start(uri, runDir, temp.path(), *tracking);
        REQUIRE(made);
        forwarder = std::move(*made);
        EndpointOptions endpointOptions;
        endpointOptions.onAccepted = [this](const Accepted& accepted) { forwarder->accept(accepted); };
        auto started = MlflowEndpoint::start(endpointOptions, *tracking);
        REQUIRE(started);
        endpoint = std::move(*started);
    }
    ~Here() { endpoint.reset(); }
    bool isDone() const { return exists(runDir + "/mlflow-forward/done"); }

    TempDir temp;
    std::unique_ptr<RunLibrary> library;
    std::string runDir;
    std::unique_ptr<Tracking> tracking;
    std::unique_ptr<Forwarder> forwarder;
    std::unique_ptr<MlflowEndpoint> endpoint;
};

std::string trainSome(HttpClient& client, int steps) {
    const std::string experiment =
        getString(client.post("experiments/create", Json{{"name", "vision"}}).json(), "experiment_id");
    const Json made = client
                          .post("runs/create", Json{{"experiment_id", experiment},
                                                    {"run_name", "passed on"},
                                                    {"start_time", 1700000000000}})
                          .json();
    const std::string run = getString(made["run"]["info"], "run_id");
    CHECK(client.post("runs/log-parameter", Json{{"run_id", run}, {"key", "lr"}, {"value", "0.1"}}).status ==
          200);
    CHECK(client.post("runs/set-tag", Json{{"run_id", run}, {"key", "team"}, {"value", "nlp"}}).status ==
          200);
    for (int step = 0; step < steps; ++step)
        CHECK(client
                  .post("runs/log-metric", Json{{"run_id", run},
                                                {"key", "loss"},
                                                {"value", 1.0 / (step + 1)},
                                                {"timestamp", 1700000000000 + step},
                                                {"step", step}})
                  .status == 200);
    CHECK(client
              .request("PUT",
                       "/api/2.0/mlflow-artifacts/artifacts/" + experiment + "/" + run + "/artifacts/a/b.txt",
                       "content")
              .status == 200);
    CHECK(
        client.post("runs/update", Json{{"run_id", run}, {"status", "FINISHED"}, {"end_time", 1700000099000}})
            .status == 200);
    return run;
}

bool soon(const std::function<bool()>& condition) {
    for (const double end = monotonicSeconds() + 30; monotonicSeconds() < end;) {
        if (condition())
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return condition();
}

void checkArrived(Other& other, int steps) {
    const auto runs = other.runs("vision");
    REQUIRE(runs.size() == 1);
    const Run& run = *runs[0];
    CHECK(run.name == "passed on");
    CHECK(run.status == "FINISHED");
    CHECK(run.start == 1700000000000);
    CHECK(run.end == 1700000099000);
    CHECK(run.params.at("lr") == "0.1");
    CHECK(run.tags.at("team") == "nlp");
    const auto rows = other.tracking->history(run.id, "loss");
    REQUIRE(rows);
    REQUIRE(rows->size() == static_cast<std::size_t>(steps));
    for (int step = 0; step < steps; ++step) {
        CHECK((*rows)[static_cast<std::size_t>(step)].step == step);
        CHECK((*rows)[static_cast<std::size_t>(step)].value == 1.0 / (step + 1));
        CHECK((*rows)[static_cast<std::size_t>(step)].timestamp == 1700000000000 + step);
    }
    CHECK(readFile(other.temp.path() + "/runs/" + runIdFromHex(run.id) + "/artifacts/a/b.txt").value_or("") ==
          "content");
}

bool skipped() {
    if (!findInPath("python3").empty())
        return false;
    MESSAGE("skipped: there is no python3");
    return true;
}

}  // namespace

TEST_CASE("what is accepted arrives at the other server, the ids being its own") {
    if (skipped())
        return;
    Other other("");
    Here here(other.endpoint->uri());
    HttpClient client(here.endpoint->port(), "");
    REQUIRE(here.forwarder->poll());
    const std::string run = trainSome(client, 300);
    here.endpoint.reset();
    here.forwarder->finish(30);
    CHECK(here.isDone());
    checkArrived(other, 300);
    CHECK(other.runs("vision")[0]->id != run);
    CHECK(other.runs("vision")[0]->tags.at("lathe.run") == run);
    CHECK_FALSE(exists(here.temp.path() + "/mlflow/pending/" + fileName(here.runDir)));
}

TEST_CASE("a server out of reach holds nothing up, and gets everything when it is back") {
    if (skipped())
        return;
    int port = 0;
    {
        Other gone("");
        port = gone.endpoint->port();
    }
    Here here("http://127.0.0.1:" + std::to_string(port));
    HttpClient client(here.endpoint->port(), "");
    REQUIRE(here.forwarder->poll());
    trainSome(client, 50);
    here.endpoint.reset();
    here.forwarder->finish(0.5);  // the run is over; its sender with it
    CHECK_FALSE(here.isDone());
    CHECK(exists(here.temp.path() + "/mlflow/pending/" + fileName(here.runDir)));
    Other other("", port);
    continueForwarding(here.runDir);
    CHECK(soon([&] { return here.isDone(); }));
    checkArrived(other, 50);
}

TEST_CASE("a sender that is killed at any moment sends everything once") {
    if (skipped())
        return;
    Other other("");
    Here here(other.endpoint->uri());
    HttpClient client(here.endpoint->port(), "");
    trainSome(client, 400);
    here.endpoint.reset();
    REQUIRE(writeFileAtomic(here.runDir + "/mlflow-forward/end", ""));
    for (int round = 0; round < 12 && !here.isDone(); ++round) {
        SenderOptions options;
        options.uri = other.endpoint->uri();
        options.store = here.temp.path();
        options.folders = {here.runDir + "/mlflow-forward"};
        auto sender = startSender(options);
        REQUIRE(sender);
        std::this_thread::sleep_for(std::chrono::milliseconds(60 + 25 * round));
        REQUIRE(sender->signal(SIGKILL));
        REQUIRE(sender->wait());
    }
    if (!here.isDone())
        continueForwarding(here.runDir);
    CHECK(soon([&] { return here.isDone(); }));
    checkArrived(other, 400);
}

TEST_CASE("a run is pushed whole; a server that does not let us in, or is not there, is said") {
    if (skipped())
        return;
    Here here("http://127.0.0.1:9");
    HttpClient client(here.endpoint->port(), "");
    const std::string run = runIdFromHex(trainSome(client, 1200));
    Other other("a token");
    const auto denied = pushToMlflow(*here.library, here.temp.path(), run, other.endpoint->uri(), 0.2);
    REQUIRE_FALSE(denied);
    CHECK(denied.error().code == ErrorCode::Denied);
    CHECK(denied.error().hint.find("MLFLOW_TRACKING_TOKEN") != std::string::npos);
    ::setenv("MLFLOW_TRACKING_TOKEN", "a token", 1);
    const auto pushed = pushToMlflow(*here.library, here.temp.path(), run, other.endpoint->uri(), 30);
    ::unsetenv("MLFLOW_TRACKING_TOKEN");
    REQUIRE_MESSAGE(pushed, pushed.error().text());
    CHECK(pushed->refused == 0);
    CHECK(runIdFromHex(pushed->runId).size() == 26);
    checkArrived(other, 1200);
    const auto gone = pushToMlflow(*here.library, here.temp.path(), run, "http://127.0.0.1:9", 0.2);
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == ErrorCode::Unavailable);
    CHECK_FALSE(pushToMlflow(*here.library, here.temp.path(), run, "file:///tmp/mlruns"));
    CHECK_FALSE(pushToMlflow(*here.library, here.temp.path(), newId(), other.endpoint->uri()));
}
