// SPDX-License-Identifier: Apache-2.0
#include "launch/launcher.h"

#include "launch/mirror.h"
#include "launch/tests/fake_box.h"
#include "launch/tests/run_fixture.h"

#include <unistd.h>

using namespace lathe;
using launch::FakeBox;
using launch::FakeHosts;
using launch::RunFixture;

namespace {

// This machine's store and that of the box, with a launcher over both.
struct Place {
    TempDir here, there;
    std::shared_ptr<FakeBox> box = std::make_shared<FakeBox>(there / "store");
    FakeHosts hosts{box};
    std::unique_ptr<record::Store> store = record::Store::open(here / "store").value();
    launch::Launcher launcher{*store, hosts};
    std::vector<std::string> started;

    ~Place() {
        box->cut = false;
        box->tamperAnswer = nullptr;
        for (const std::string& id : started)
            (void)launcher.stop(id, 0);
    }

    launch::RunRequest shell(const std::string& script, const std::string& host) const {
        launch::RunRequest request;
        request.host = host;
        request.cwd = here.path();
        request.argv = {"sh", "-c", script};
        return request;
    }
    std::string start(const launch::RunRequest& request) {
        const auto spec = launcher.start(request);
        REQUIRE_MESSAGE(spec, spec.error().text());
        started.push_back(spec->id);
        return spec->id;
    }
    record::RunState state(const std::string& id) {
        REQUIRE(store->refresh());
        const auto run = store->run(id);
        REQUIRE_MESSAGE(run, run.error().text());
        return run->state;
    }
    void mirrorUntilComplete(const std::string& id) {
        RunFixture::waitFor("the mirror to be whole", [&] {
            (void)launcher.mirror(id);
            return launch::isMirrorComplete(store->runDir(id));
        });
    }
};

}  // namespace

TEST_CASE("a local run is started, recorded and stopped") {
    Place place;
    auto request = place.shell("echo loss=1 step=1; sleep 987", "local");
    request.name = "amber";
    request.env = {{"API_KEY", "s3cret"}, {"PLAIN", "seen"}};
    const std::string id = place.start(request);
    RunFixture::waitFor("the run", [&] { return place.state(id) == record::RunState::Running; });
    const auto run = place.store->run(id).value();
    CHECK(run.spec.name == "amber");
    CHECK(run.spec.env.at("API_KEY") == "(redacted)");
    CHECK(run.spec.env.at("PLAIN") == "seen");
    REQUIRE(place.launcher.stop(id, 1));
    RunFixture::waitFor("the end", [&] { return place.state(id) == record::RunState::Stopped; });
    const auto again = place.launcher.stop(id, 1);
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::Invalid);
}

TEST_CASE("impossible requests are refused before anything is made") {
    Place place;
    auto request = place.shell("true", "local");
    request.argv.clear();
    CHECK(place.launcher.start(request).error().code == ErrorCode::Invalid);
    request = place.shell("true", "local");
    request.name = "two\nlines";
    CHECK(place.launcher.start(request).error().code == ErrorCode::Invalid);
    request = place.shell("true", "local");
    request.set = {"a=1"};
    CHECK(place.launcher.start(request).error().code == ErrorCode::Invalid);
    request = place.shell("true", "nowhere");
    CHECK(place.launcher.start(request).error().code == ErrorCode::NotFound);
    request = place.shell("true", "local");
    request.cwd = "/no/such/folder";
    CHECK(place.launcher.start(request).error().code == ErrorCode::NotFound);
    REQUIRE(place.store->refresh());
    CHECK(place.store->runs()->empty());
}

TEST_CASE("a run on another host is there at once and mirrored to its end") {
    Place place;
    const std::string id = place.start(place.shell("for i in 1 2 3; do echo loss=$i step=$i; sleep 0.1; done", "box"));
    CHECK(exists(place.there / "store/runs/" + id));
    CHECK_FALSE(isOver(place.state(id)));
    place.mirrorUntilComplete(id);
    CHECK(place.state(id) == record::RunState::Finished);
    CHECK(place.store->run(id)->spec.host == "box");
    CHECK(place.store->points(id, "loss")->size() == 3);
    for (const char* name : {"journal.jsonl", "output.log"})
        CHECK(readFile(place.store->runDir(id) + "/" + name).value() ==
              readFile(place.there / ("store/runs/" + id + "/" + name)).value());
}

TEST_CASE("a host out of reach says nothing about its run, and nothing is lost or doubled by cuts") {
    Place place;
    const std::string id = place.start(place.shell("i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo loss=$i step=$i; sleep 0.02; done", "box"));
    RunFixture::waitFor("points here", [&] { return place.launcher.mirror(id).has_value() && place.state(id) == record::RunState::Running; });
    for (int i = 0; i < 10; ++i) {
        place.box->cut = i % 2 == 0;
        const auto copied = place.launcher.mirror(id);
        CHECK(copied.has_value() == (i % 2 != 0));
        if (!copied)
            CHECK(copied.error().code == ErrorCode::Unavailable);
        CHECK(place.state(id) != record::RunState::Lost);
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    place.box->cut = false;
    place.mirrorUntilComplete(id);
    CHECK(place.state(id) == record::RunState::Finished);
    const auto points = place.store->points(id, "loss").value();
    REQUIRE(points.size() == 60);
    for (std::size_t i = 0; i < points.size(); ++i)
        CHECK(points[i].value == static_cast<double>(i) + 1);
}

TEST_CASE("a supervisor that died there makes the run lost here") {
    Place place;
    const std::string id = place.start(place.shell("sleep 987", "box"));
    const std::string there = place.there / "store/runs/" + id;
    const auto mark = readJsonFile(there + "/supervisor.json").value();
    ::kill(static_cast<pid_t>(getInt(mark, "pid")), SIGKILL);
    place.mirrorUntilComplete(id);
    CHECK(place.state(id) == record::RunState::Lost);
    REQUIRE(place.launcher.stop(id, 0));
    CHECK(launch::leftoverProcesses(there, id).empty());
}

TEST_CASE("two mirrors at once double no byte") {
    Place place;
    const std::string id = place.start(place.shell("head -c 3000000 /dev/zero | tr '\\0' 'x'; sleep 0.3; echo end", "box"));
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 40; ++n)
                (void)place.launcher.mirror(id);
        });
    threads.clear();
    place.mirrorUntilComplete(id);
    CHECK(readFile(place.store->runDir(id) + "/output.log")->size() == 3'000'004);
}

TEST_CASE("a hostile box writes nothing but known files of the run") {
    Place place;
    const std::string id = place.start(place.shell("echo hello; sleep 987", "box"));
    const std::string dir = place.store->runDir(id);
    REQUIRE(writeFileAtomic(place.here / "victim", "safe"));
    const auto files = [&](const std::string& list) {
        place.box->tamperAnswer = [list](std::string) { return R"({"supervised":true,"files":)" + list + "}\n"; };
        return place.launcher.mirror(id);
    };
    // Names that lead out of the folder, or at files that are not the host's to write.
    (void)files(R"({"../../../victim":9,"/etc/passwd":9,"index.db":9,"run.json":9,"mirror.json":9,"mirror.lock":9,)"
                R"("journal.meta-local.jsonl":9,"journal.a/b.jsonl":9,"output.log\n":9,"supervisor.json":9,".":1})");
    CHECK(readFile(place.here / "victim").value() == "safe");
    const std::vector<std::string> names = listDir(dir).value();
    CHECK(names == std::vector<std::string>{"mirror.json", "mirror.lock", "run.json"});
    // A link in the place of a file is not followed.
    REQUIRE(::symlink((place.here / "victim").c_str(), (dir + "/output.log").c_str()) == 0);
    CHECK_FALSE(files(R"({"output.log":6})"));
    CHECK(readFile(place.here / "victim").value() == "safe");
    ::unlink((dir + "/output.log").c_str());
    // More than was asked for, lying sizes, no object, too many files.
    place.box->tamperRead = [](std::string, std::size_t asked) { return std::string(asked + 1, 'x'); };
    CHECK(files(R"({"output.log":6})").error().code == ErrorCode::Corrupt);
    place.box->tamperRead = nullptr;
    CHECK(files(R"({"output.log":1000000000000000000})").has_value());  // only what is there comes
    CHECK(readFile(dir + "/output.log").value() == "hello\n");
    CHECK(files(R"({"output.1.log":-5,"output.2.log":"many","output.3.log":1.5})").has_value());
    CHECK_FALSE(files("[]").has_value());
    place.box->tamperAnswer = [](std::string) { return std::string("not json"); };
    CHECK_FALSE(place.launcher.mirror(id).has_value());
    place.box->tamperAnswer = [](std::string) { return std::string(1000, '[') + std::string(1000, ']'); };
    CHECK_FALSE(place.launcher.mirror(id).has_value());
}

TEST_CASE("an answer for another run is refused") {
    Place place;
    place.box->tamperAnswer = [](std::string answer) {
        auto json = parseJson(answer).value();
        json["spec"]["id"] = newId();
        return dumpJson(json);
    };
    const auto started = place.launcher.start(place.shell("true", "box"));
    REQUIRE_FALSE(started);
    CHECK(started.error().code == ErrorCode::Corrupt);
}

TEST_CASE("mirrorAll keeps up with connected hosts until it is stopped") {
    Place place;
    const std::string id = place.start(place.shell("echo loss=1 step=1; sleep 0.2; echo loss=2 step=2", "box"));
    std::jthread mirror([&](std::stop_token stop) { place.launcher.mirrorAll(stop); });
    RunFixture::waitFor("the run to be whole here", [&] { return launch::isMirrorComplete(place.store->runDir(id)); });
    mirror.request_stop();
    mirror.join();
    CHECK(place.state(id) == record::RunState::Finished);
    CHECK(place.store->points(id, "loss")->size() == 2);
}

TEST_CASE("a recipe is planned by the trainer of its host, and its own errors are passed on") {
    if (!programPath("lathe-train").starts_with('/')) {
        MESSAGE("skipped: lathe-train is not built");
        return;
    }
    Place place;
    REQUIRE(writeFileAtomic(place.here / "bad.yaml", "train:\n  setps: 3\n"));
    launch::RunRequest request;
    request.cwd = place.here.path();
    request.recipe = "bad.yaml";
    const auto bad = place.launcher.plan(request);
    REQUIRE_FALSE(bad);
    CHECK(bad.error().code == ErrorCode::Invalid);
    CHECK(bad.error().text().find("train.steps") != std::string::npos);
    REQUIRE(writeFileAtomic(place.here / "good.yaml", "train:\n  steps: 3\n"));
    request.recipe = "good.yaml";
    request.set = {"parallel.data=2"};
    const auto good = place.launcher.plan(request);
    REQUIRE_MESSAGE(good, good.error().text());
    CHECK(good->ranks == 2);
    CHECK(good->steps == 3);
    CHECK(getInt(good->params, "train.steps") == 3);
}
