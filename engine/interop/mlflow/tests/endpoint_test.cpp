// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/endpoint.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/journal_writer.h"
#include "core/paths.h"
#include "interop/mlflow/run_library.h"
#include "interop/mlflow/tests/http_client.h"
#include "interop/mlflow/tracking.h"
#include "record/run.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <doctest/doctest.h>
#include <set>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace lathe;
using namespace lathe::interop;
using namespace lathe::interop::mlflow;
using lathe::test::HttpClient;

namespace {

constexpr const char* kToken = "secret-of-this-test";

// A store with an endpoint over it.
struct Served {
    explicit Served(std::string folder = {}) : path(folder.empty() ? temp.path() : folder) {
        library = makeFolderLibrary(path);
        TrackingOptions tracking;
        tracking.store = path;
        this->tracking = std::make_unique<Tracking>(tracking, *library);
        EndpointOptions options;
        options.token = kToken;
        auto started = MlflowEndpoint::start(options, *this->tracking);
        REQUIRE_MESSAGE(started, started.error().text());
        endpoint = std::move(*started);
    }
    HttpClient client() const { return HttpClient(endpoint->port(), kToken); }
    std::string newRun(HttpClient& client) const {
        const auto answer =
            client.post("runs/create", Json{{"experiment_id", "0"}, {"start_time", "1700000000000"}});
        REQUIRE(answer.status == 200);
        return answer.json()["run"]["info"]["run_id"].get<std::string>();
    }
    std::string dirOf(const std::string& hex) const { return path + "/runs/" + runIdFromHex(hex); }

    TempDir temp;
    std::string path;
    std::unique_ptr<RunLibrary> library;
    std::unique_ptr<Tracking> tracking;
    std::unique_ptr<MlflowEndpoint> endpoint;
};

std::vector<Json> history(HttpClient& client, const std::string& run, const std::string& key) {
    const auto answer = client.get("metrics/get-history?run_id=" + run + "&metric_key=" + key);
    REQUIRE(answer.status == 200);
    return objects(answer.json(), "metrics");
}

}  // namespace

TEST_CASE("without the token nothing is answered, and nothing is written") {
    const Served served;
    HttpClient none(served.endpoint->port(), ""), wrong(served.endpoint->port(), "wrong");
    CHECK(none.request("GET", "/health").body == "OK");
    CHECK_FALSE(none.request("GET", "/version").body.empty());
    for (HttpClient* client : {&none, &wrong}) {
        CHECK(client->post("runs/create", Json{{"experiment_id", "0"}}).status == 401);
        CHECK(client->get("experiments/get?experiment_id=0").status == 401);
        CHECK(client->request("PUT", "/api/2.0/mlflow-artifacts/artifacts/x", "bytes").status == 401);
    }
    CHECK_FALSE(exists(served.path + "/runs"));
    // A name and a password serve as well: what the client sends where a file of credentials gives both.
    HttpClient basic(served.endpoint->port(), "");
    CHECK(basic.send("GET /api/2.0/mlflow/experiments/get?experiment_id=0 HTTP/1.1\r\nAuthorization: Basic "
                     "YW5uOnNlY3JldC1vZi10aGlzLXRlc3Q=\r\n\r\n"));
    CHECK(basic.receive().status == 200);
}

TEST_CASE("int64 as text or number, unknown fields, both prefixes, old names of fields") {
    const Served served;
    HttpClient client = served.client();
    const std::string run = served.newRun(client);
    CHECK(client
              .post("runs/log-metric", Json{{"run_id", run},
                                            {"key", "a"},
                                            {"value", 1},
                                            {"timestamp", "1700000000001"},
                                            {"step", "3"},
                                            {"colour", "red"}})
              .status == 200);
    CHECK(client
              .request("POST", "/ajax-api/2.0/mlflow/runs/log-metric",
                       dumpJson(Json{
                           {"run_uuid", run}, {"key", "a"}, {"value", "NaN"}, {"timestamp", 1700000000002}}))
              .status == 200);
    CHECK(client.request("GET", "/api/3.0/mlflow/runs/get?run_id=" + run).status == 200);
    const auto rows = history(client, run, "a");
    REQUIRE(rows.size() == 2);
    CHECK(rows[0] == Json{{"key", "a"}, {"value", 1.0}, {"timestamp", 1700000000001}, {"step", 3}});
    CHECK(rows[1]["value"] == "NaN");
}

TEST_CASE("errors have MLflow's words and codes") {
    const Served served;
    HttpClient client = served.client();
    const std::string run = served.newRun(client);
    const auto refused = [&](const HttpClient::Answer& answer, int status, std::string_view code) {
        CHECK(answer.status == status);
        CHECK(getString(answer.json(), "error_code") == code);
        CHECK_FALSE(getString(answer.json(), "message").empty());
    };
    refused(client.get("runs/get?run_id=" + std::string(32, 'a')), 404, "RESOURCE_DOES_NOT_EXIST");
    refused(client.get("experiments/get-by-name?experiment_name=none"), 404, "RESOURCE_DOES_NOT_EXIST");
    refused(client.get("no/such/call"), 404, "ENDPOINT_NOT_FOUND");
    refused(client.get("runs/create"), 405, "BAD_REQUEST");
    refused(client.post("runs/create", Json::object()), 400, "INVALID_PARAMETER_VALUE");
    refused(client.post("runs/log-metric",
                        Json{{"run_id", run}, {"key", "a"}, {"value", "much"}, {"timestamp", 1}}),
            400, "INVALID_PARAMETER_VALUE");
    refused(
        client.post("runs/log-metric", Json{{"run_id", run}, {"key", "a;b"}, {"value", 1}, {"timestamp", 1}}),
        400, "INVALID_PARAMETER_VALUE");
    refused(client.post("runs/log-metric",
                        Json{{"run_id", run}, {"key", "../b"}, {"value", 1}, {"timestamp", 1}}),
            400, "INVALID_PARAMETER_VALUE");
    refused(client.post("runs/update", Json{{"run_id", run}, {"status", "SLEEPING"}}), 400,
            "INVALID_PARAMETER_VALUE");
    refused(client.request("POST", "/api/2.0/mlflow/runs/create", "{not json"), 400, "BAD_REQUEST");
    refused(client.request("POST", "/api/2.0/mlflow/runs/create", "[1,2]"), 400, "BAD_REQUEST");
    refused(client.request("POST", "/api/2.0/mlflow/runs/create", std::string(3000, '[')), 400,
            "BAD_REQUEST");
    refused(client.post("experiments/create", Json{{"name", std::string(501, 'x')}}), 400,
            "INVALID_PARAMETER_VALUE");
    refused(client.get("experiments/search?max_results=0"), 400, "INVALID_PARAMETER_VALUE");
    // A parameter keeps its value.
    CHECK(client.post("runs/log-parameter", Json{{"run_id", run}, {"key", "lr"}, {"value", "0.1"}}).status ==
          200);
    CHECK(client.post("runs/log-parameter", Json{{"run_id", run}, {"key", "lr"}, {"value", "0.1"}}).status ==
          200);
    refused(client.post("runs/log-parameter", Json{{"run_id", run}, {"key", "lr"}, {"value", "0.2"}}), 400,
            "INVALID_PARAMETER_VALUE");
}

TEST_CASE("the limits of a batch") {
    const Served served;
    HttpClient client = served.client();
    const std::string run = served.newRun(client);
    const auto batch = [&](int metrics, int params, int tags, std::size_t length) {
        Json request{
            {"run_id", run}, {"metrics", Json::array()}, {"params", Json::array()}, {"tags", Json::array()}};
        for (int i = 0; i < metrics; ++i)
            request["metrics"].push_back(
                Json{{"key", "m" + std::to_string(i)}, {"value", i}, {"timestamp", 1}, {"step", 0}});
        for (int i = 0; i < params; ++i)
            request["params"].push_back(
                Json{{"key", "p" + std::to_string(i)}, {"value", std::string(length, 'x')}});
        for (int i = 0; i < tags; ++i)
            request["tags"].push_back(
                Json{{"key", "t" + std::to_string(i)}, {"value", std::string(length, 'x')}});
        return client.post("runs/log-batch", request).status;
    };
    CHECK(batch(800, 100, 100, 10) == 200);
    CHECK(batch(1001, 0, 0, 0) == 400);
    CHECK(batch(0, 101, 0, 1) == 400);
    CHECK(batch(0, 0, 101, 1) == 400);
    CHECK(batch(1000, 1, 0, 1) == 400);
    CHECK(batch(0, 1, 0, 6001) == 400);
    CHECK(batch(0, 100, 100, 5900) == 400);  // beyond 1 MB
    CHECK(history(client, run, "m799").size() == 1);
    // Nothing of a refused batch is kept.
    CHECK(history(client, run, "m800").empty());
}

TEST_CASE("equal rows are one, whoever repeats them, also after a restart") {
    TempDir folder;
    std::string run;
    const auto log = [&](HttpClient& client, double value) {
        const auto answer = client.post(
            "runs/log-batch",
            Json{{"run_id", run},
                 {"metrics",
                  Json::array({Json{{"key", "a"}, {"value", value}, {"timestamp", 5}, {"step", 1}},
                               Json{{"key", "a"}, {"value", value}, {"timestamp", 5}, {"step", 1}}})}});
        CHECK(answer.status == 200);
    };
    {
        const Served served(folder.path());
        HttpClient client = served.client();
        run = served.newRun(client);
        log(client, 0.1);
        log(client, 0.1);
        CHECK(history(client, run, "a").size() == 1);
    }
    const Served served(folder.path());
    HttpClient client = served.client();
    log(client, 0.1);
    CHECK(history(client, run, "a").size() == 1);
    log(client, 0.2);
    CHECK(history(client, run, "a").size() == 2);
}

TEST_CASE("a run is a run folder, alive while its client is, and over when it says so") {
    const Served served;
    HttpClient client = served.client();
    const std::string run = served.newRun(client);
    CHECK(client
              .post("runs/log-metric", Json{{"run_id", run},
                                            {"key", "loss"},
                                            {"value", 0.5},
                                            {"timestamp", 1700000000500},
                                            {"step", 7}})
              .status == 200);
    CHECK(client.post("runs/set-tag", Json{{"run_id", run}, {"key", "team"}, {"value", "nlp"}}).status ==
          200);
    const auto spec = record::RunSpec::fromJson(*readJsonFile(served.dirOf(run) + "/run.json"), "run.json");
    REQUIRE(spec);
    CHECK(spec->kind == "tracked");
    CHECK(spec->created == doctest::Approx(1700000000));
    // Its writer holds the journal.
    CHECK_FALSE(JournalWriter::open(served.dirOf(run) + "/journal.jsonl"));
    CHECK(client.get("runs/get?run_id=" + run).json()["run"]["info"]["status"] == "RUNNING");
    CHECK(client.post("runs/update", Json{{"run_id", run}, {"status", "FAILED"}, {"end_time", 1700000060000}})
              .status == 200);
    CHECK(JournalWriter::open(served.dirOf(run) + "/journal.jsonl"));
    const Json info = client.get("runs/get?run_id=" + run).json()["run"]["info"];
    CHECK(info["status"] == "FAILED");
    CHECK(info["end_time"] == 1700000060000);
    CHECK(info["start_time"] == 1700000000000);
    const std::string journal = *readFile(served.dirOf(run) + "/journal.jsonl");
    CHECK(journal.find(R"("e":"metrics","s":7,"v":{"loss":0.5})") != std::string::npos);
    CHECK(journal.find(R"("state":"failed","exit":1)") != std::string::npos);
    const auto summary = served.library->run(runIdFromHex(run));
    REQUIRE(summary);
    CHECK(summary->tags == std::vector<std::string>{"team=nlp"});
    // Logging to a run that is over is allowed, as in MLflow, and resuming makes it live again.
    CHECK(client
              .post("runs/log-metric", Json{{"run_id", run},
                                            {"key", "loss"},
                                            {"value", 0.4},
                                            {"timestamp", 1700000000600},
                                            {"step", 8}})
              .status == 200);
    CHECK(client.post("runs/update", Json{{"run_id", run}, {"status", "RUNNING"}}).status == 200);
    CHECK(client.get("runs/get?run_id=" + run).json()["run"]["info"]["status"] == "RUNNING");
    CHECK(history(client, run, "loss").size() == 2);
}

TEST_CASE("runs that Lathe launched are found too") {
    const Served served;
    record::RunSpec spec;
    spec.id = newId();
    spec.name = "launched";
    spec.experiment = "vision";
    spec.kind = "command";
    spec.argv = {"python", "train.py"};
    spec.created = wallSeconds() - 100;
    spec.params = Json{{"optim.lr", 0.003}};
    spec.tags = {"ablation"};
    const std::string dir = served.path + "/runs/" + spec.id;
    REQUIRE(makeDirs(dir));
    REQUIRE(writeFileAtomic(dir + "/run.json", dumpJsonPretty(spec.toJson())));
    {
        auto journal = JournalWriter::open(dir + "/journal.jsonl");
        REQUIRE(journal);
        REQUIRE(journal->event("state", Json{{"state", "running"}}));
        REQUIRE(journal->metrics(1, {{"loss", 0.5}}));
        REQUIRE(journal->event("state", Json{{"state", "finished"}, {"exit", 0}}));
    }
    HttpClient client = served.client();
    const Json experiment = client.get("experiments/get-by-name?experiment_name=vision").json()["experiment"];
    const std::string id = getString(experiment, "experiment_id");
    REQUIRE_FALSE(id.empty());
    const Json found =
        client
            .post("runs/search", Json{{"experiment_ids", Json::array({id})},
                                      {"filter", "metrics.loss < 1 and tags.ablation = 'true'"}})
            .json();
    REQUIRE(objects(found, "runs").size() == 1);
    const Json& run = found["runs"][0];
    CHECK(run["info"]["run_id"] == hexFromRunId(spec.id));
    CHECK(run["info"]["status"] == "FINISHED");
    CHECK(run["data"]["params"][0] == Json{{"key", "optim.lr"}, {"value", "0.003"}});
    // A client may add to it; the supervisor's journal stays as it is.
    CHECK(
        client
            .post("runs/set-tag", Json{{"run_id", hexFromRunId(spec.id)}, {"key", "seen"}, {"value", "yes"}})
            .status == 200);
    CHECK(exists(dir + "/journal.mlflow.jsonl"));
}

TEST_CASE("artifacts: whole files, folders, and no way out of the folder") {
    const Served served;
    HttpClient client = served.client();
    const std::string run = served.newRun(client);
    const std::string base = "/api/2.0/mlflow-artifacts/artifacts/0/" + run + "/artifacts/";
    CHECK(client.request("PUT", base + "model/weights.bin", std::string(300'000, 'w')).status == 200);
    CHECK(client.request("PUT", base + "model/weights.bin", "second").status == 200);
    CHECK(client.request("GET", base + "model/weights.bin").body == "second");
    CHECK(*readFile(served.dirOf(run) + "/artifacts/model/weights.bin") == "second");
    CHECK(client.request("GET", base + "model/none").status == 404);
    CHECK(client.request("GET", base + "model").status == 404);
    const Json list = client.get("artifacts/list?run_id=" + run + "&path=model").json();
    CHECK(list["files"] ==
          Json::array({Json{{"path", "model/weights.bin"}, {"is_dir", false}, {"file_size", 6}}}));

    // In pieces of unknown length, as the client sends an empty file.
    CHECK(client.send("PUT " + base + "chunked HTTP/1.1\r\nAuthorization: Bearer " + kToken +
                      "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"));
    CHECK(client.receive().status == 200);
    CHECK(client.request("GET", base + "chunked").body == "abcdefg");
    CHECK(client.send("PUT " + base + "empty HTTP/1.1\r\nAuthorization: Bearer " + kToken +
                      "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
    CHECK(client.receive().status == 200);
    CHECK(client.request("GET", base + "empty").status == 200);

    REQUIRE(writeFileAtomic(served.path + "/outside", "secret"));
    REQUIRE(::symlink((served.path + "/outside").c_str(), (served.dirOf(run) + "/artifacts/link").c_str()) ==
            0);
    REQUIRE(::symlink(served.path.c_str(), (served.dirOf(run) + "/artifacts/linked").c_str()) == 0);
    for (const char* path : {"../run.json", "%2e%2e/run.json", "a/../../run.json", "..%2Frun.json",
                             "/etc/passwd", "a//b", "./x", "a\\..\\b", "link", "linked/outside", "%00"}) {
        CHECK_MESSAGE(client.request("GET", base + path).status >= 400, path);
        if (std::string_view(path) != "link")  // writing replaces the link itself
            CHECK_MESSAGE(client.request("PUT", base + path, "x").status >= 400, path);
    }
    for (const char* path : {"..", "../..", "0/../..", "%2e%2e"})
        CHECK(client.request("GET", "/api/2.0/mlflow-artifacts/artifacts?path=" + std::string(path)).status ==
              400);
    CHECK(*readFile(served.path + "/outside") == "secret");
    CHECK(client.request("DELETE", base + "linked").status == 200);
    CHECK(*readFile(served.path + "/outside") == "secret");
    CHECK(client.request("DELETE", base + "model").status == 200);
    CHECK_FALSE(exists(served.dirOf(run) + "/artifacts/model"));
    // A client that goes away in the middle leaves no half file behind.
    {
        HttpClient leaver = served.client();
        REQUIRE(leaver.send(leaver.head("PUT", base + "half", 1'000'000) + std::string(1000, 'x')));
    }
    for (int tries = 0; tries < 200 && listDir(served.dirOf(run) + "/artifacts")->size() != 3; ++tries)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(*listDir(served.dirOf(run) + "/artifacts") == std::vector<std::string>{"chunked", "empty", "link"});
}

TEST_CASE("a spike is in what bulk interval shows, however thin") {
    const Served served;
    HttpClient client = served.client();
    const std::string run = served.newRun(client);
    for (int from = 0; from < 20'000; from += 1000) {
        Json rows = Json::array();
        for (int step = from; step < from + 1000; ++step)
            rows.push_back(Json{
                {"key", "x"}, {"value", step == 12'345 ? 99.0 : 0.5}, {"timestamp", step}, {"step", step}});
        REQUIRE(client.post("runs/log-batch", Json{{"run_id", run}, {"metrics", rows}}).status == 200);
    }
    const auto answer =
        client.request("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=" + run +
                                  "&metric_key=x&max_results=320");
    const auto rows = objects(answer.json(), "metrics");
    CHECK(rows.size() <= 320);
    CHECK(std::ranges::any_of(rows,
                              [](const Json& row) { return row["value"] == 99.0 && row["step"] == 12'345; }));
    const auto part = objects(client
                                  .get("metrics/get-history-bulk-interval?run_ids=" + run +
                                       "&metric_key=x&start_step=10&end_step=12")
                                  .json(),
                              "metrics");
    CHECK(part.size() == 3);
    // Pages of the whole.
    std::string token;
    std::size_t rowsSeen = 0;
    do {
        const Json page = client
                              .get("metrics/get-history?run_id=" + run + "&metric_key=x&max_results=7000" +
                                   (token.empty() ? "" : "&page_token=" + token))
                              .json();
        rowsSeen += objects(page, "metrics").size();
        token = getString(page, "next_page_token");
    } while (!token.empty());
    CHECK(rowsSeen == 20'000);
}

TEST_CASE("hostile HTTP ends in an answer or a closed connection, and the others are served") {
    const Served served;
    for (const std::string& bytes :
         {std::string("\x16\x03\x01\x02\x00\x01\x00", 7), std::string("GET\r\n\r\n"),
          std::string("GET / HTTP/9.9\r\n\r\n"), "GET /" + std::string(200'000, 'a') + " HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\n" + std::string(200'000, 'x') + ": y\r\n\r\n",
          std::string("POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: "
                      "6\r\n\r\n{}"),
          std::string("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
          std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nzz\r\n"),
          std::string("CONNECT other:80 HTTP/1.1\r\n\r\n"), std::string(100'000, '\0')}) {
        HttpClient client(served.endpoint->port(), kToken);
        (void)client.send(bytes);
        const auto answer = client.receive();
        CHECK((answer.status == 0 || answer.status >= 400));
    }
    // A body beyond what any call needs.
    HttpClient big = served.client();
    REQUIRE(big.send(big.head("POST", "/api/2.0/mlflow/runs/create", 40u << 20)));
    (void)big.send(std::string(40u << 20, ' '));
    const auto answer = big.receive();
    CHECK((answer.status == 413 || answer.status == 0));
    // Many that only begin to speak.
    std::vector<HttpClient> slow;
    for (int i = 0; i < 50; ++i) {
        slow.push_back(served.client());
        (void)slow.back().send("POST /api/2.0/ml");
    }
    HttpClient client = served.client();
    CHECK(client.get("experiments/get?experiment_id=0").status == 200);
    // Two requests at once on one connection.
    CHECK(client.send(client.head("GET", "/health", 0) + client.head("GET", "/version", 0)));
    CHECK(client.receive().body == "OK");
    CHECK_FALSE(client.receive().body.empty());
}

TEST_CASE("32 clients at once lose nothing and mix nothing") {
    const Served served;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    std::vector<std::string> runs(32);
    HttpClient first = served.client();
    const std::string shared = served.newRun(first);
    for (int number = 0; number < 32; ++number) {
        threads.emplace_back([&, number] {
            HttpClient client = served.client();
            const auto made = client.post(
                "runs/create", Json{{"experiment_id", "0"}, {"run_name", "n" + std::to_string(number)}});
            runs[static_cast<std::size_t>(number)] =
                made.status == 200 ? getString(made.json()["run"]["info"], "run_id") : "";
            for (int step = 0; step < 25; ++step) {
                for (const std::string& run : {runs[static_cast<std::size_t>(number)], shared}) {
                    const Json row{{"run_id", run},
                                   {"key", "m" + std::to_string(number)},
                                   {"value", number},
                                   {"timestamp", 1000 + step},
                                   {"step", step}};
                    wrong += client.post("runs/log-metric", row).status != 200;
                }
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(wrong == 0);
    CHECK(std::set<std::string>(runs.begin(), runs.end()).size() == 32);
    for (int number = 0; number < 32; ++number) {
        CHECK(history(first, runs[static_cast<std::size_t>(number)], "m" + std::to_string(number)).size() ==
              25);
        CHECK(history(first, shared, "m" + std::to_string(number)).size() == 25);
    }
}

TEST_CASE("what waits while the disk takes nothing is written later") {
    const Served served;
    HttpClient client = served.client();
    const std::string run = served.newRun(client);
    const auto log = [&](int value) {
        return client.post("runs/log-metric", Json{{"run_id", run}, {"key", "a"}, {"value", value}, {"timestamp", value}}).status;
    };
    REQUIRE(log(1) == 200);
    // No file may grow: every append fails as on a full disk.
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit none{1, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
    const int during = log(2);
    served.tracking->settle();
    const int still = log(3);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(during == 200);
    CHECK(still == 200);
    CHECK(history(client, run, "a").size() == 1);
    served.tracking->settle();
    CHECK(history(client, run, "a").size() == 3);
}
