// SPDX-License-Identifier: Apache-2.0
#include "launch/launcher.h"

#include "launch/mirror.h"
#include "launch/run_control.h"
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
    const std::string id =
        place.start(place.shell("for i in 1 2 3; do echo loss=$i step=$i; sleep 0.1; done", "box"));
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
    const std::string id = place.start(place.shell(
        "i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo loss=$i step=$i; sleep 0.02; done", "box"));
    RunFixture::waitFor("points here", [&] {
        return place.launcher.mirror(id).has_value() && place.state(id) == record::RunState::Running;
    });
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
    const std::string id = place.start(place.shell("echo up; sleep 987", "box"));
    const std::string there = place.there / "store/runs/" + id;
    RunFixture::waitFor("the command",
                        [&] { return readFile(there + "/output.log").value_or("") == "up\n"; });
    const auto mark = readJsonFile(there + "/supervisor.json").value();
    ::kill(static_cast<pid_t>(getInt(mark, "pid")), SIGKILL);
    RunFixture::waitFor("the loss to be known", [&] {
        return place.launcher.mirror(id).has_value() && place.state(id) == record::RunState::Lost;
    });
    CHECK_FALSE(launch::isMirrorComplete(place.store->runDir(id)));  // its command goes on
    REQUIRE(place.launcher.stop(id, 0));
    CHECK(launch::leftoverProcesses(there, id).empty());
    place.mirrorUntilComplete(id);
}

TEST_CASE("what a command writes after the death of its supervisor arrives too") {
    Place place;
    const std::string go = place.here / "go";
    const std::string id = place.start(place.shell(
        "echo one; while ! test -e '" + go + "'; do sleep 0.02; done; echo two; seq 1 20000", "box"));
    const std::string there = place.there / "store/runs/" + id;
    RunFixture::waitFor("output", [&] { return readFile(there + "/output.log").value_or("") == "one\n"; });
    const auto mark = readJsonFile(there + "/supervisor.json").value();
    ::kill(static_cast<pid_t>(getInt(mark, "pid")), SIGKILL);
    RunFixture::waitFor("the loss to be known", [&] {
        return place.launcher.mirror(id).has_value() && place.state(id) == record::RunState::Lost;
    });
    REQUIRE(writeFileAtomic(go, ""));
    place.mirrorUntilComplete(id);
    const std::string output = readFile(place.store->runDir(id) + "/output.log").value();
    CHECK(output == readFile(there + "/output.log").value());
    CHECK(output.ends_with("\n19999\n20000\n"));
}

TEST_CASE("a mirror that is shorter than the host said is not whole") {
    Place place;
    const std::string id = place.start(place.shell("seq 1 1000", "box"));
    RunFixture::waitFor("the end there",
                        [&] { return !launch::mayStillGrow(place.there / ("store/runs/" + id), id); });
    place.box->tamperRead = [](std::string bytes, std::size_t) { return bytes.substr(0, bytes.size() / 2); };
    std::uint64_t copied = 0;
    do {
        copied = place.launcher.mirror(id).value();
        if (copied > 0 && readFile(place.store->runDir(id) + "/output.log")->size() < 3893)
            CHECK_FALSE(launch::isMirrorComplete(place.store->runDir(id)));
    } while (copied > 0);
    CHECK_FALSE(launch::isMirrorComplete(place.store->runDir(id)));
    CHECK(place.state(id) != record::RunState::Lost);
    place.box->tamperRead = nullptr;
    place.mirrorUntilComplete(id);
    CHECK(place.state(id) == record::RunState::Finished);
    CHECK(readFile(place.store->runDir(id) + "/output.log")->size() == 3893);
}

TEST_CASE("after a crash of this machine the ends of the files are compared with the host's") {
    Place place;
    const std::string go = place.here / "go";
    const std::string id = place.start(
        place.shell("seq 1 1000; while ! test -e '" + go + "'; do sleep 0.02; done; echo end", "box"));
    const std::string log = place.store->runDir(id) + "/output.log";
    RunFixture::waitFor("the output", [&] {
        return place.launcher.mirror(id).has_value() && readFile(log).value_or("").size() == 3893;
    });
    // As a file system may leave it when the power goes: the length without the bytes, and more.
    REQUIRE(writeFileAtomic(log, readFile(log)->substr(0, 2000) + std::string(3000, '\0')));
    auto state = readJsonFile(place.store->runDir(id) + "/mirror.json").value();
    state["here"] = "another boot";
    REQUIRE(writeFileAtomic(place.store->runDir(id) + "/mirror.json", dumpJson(state)));
    REQUIRE(writeFileAtomic(go, ""));
    place.mirrorUntilComplete(id);
    CHECK(readFile(log).value() == readFile(place.there / ("store/runs/" + id + "/output.log")).value());
    CHECK(readFile(log)->ends_with("1000\nend\n"));
}

TEST_CASE("two mirrors at once double no byte") {
    Place place;
    const std::string id =
        place.start(place.shell("head -c 3000000 /dev/zero | tr '\\0' 'x'; sleep 0.3; echo end", "box"));
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
        place.box->tamperAnswer = [list, id](std::string) {
            return R"({"runs":{")" + id + R"(":{"supervised":true,"files":)" + list + "}}}\n";
        };
        return place.launcher.mirror(id);
    };
    // Names that lead out of the folder, or at files that are not the host's to write.
    (void)files(
        R"({"../../../victim":9,"/etc/passwd":9,"index.db":9,"run.json":9,"mirror.json":9,"mirror.lock":9,)"
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
    for (const char* lie : {"not json", "{}", R"({"runs":[]})", R"({"runs":{"x":{}}})", R"({"runs":7})"}) {
        place.box->tamperAnswer = [lie](std::string) { return std::string(lie); };
        CHECK_FALSE(place.launcher.mirror(id).has_value());
    }
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

TEST_CASE("the host says of a run only what it alone can know") {
    Place place;
    place.box->tamperAnswer = [](std::string answer) {
        auto json = parseJson(answer).value();
        Json& spec = json["spec"];
        spec["name"] = "x; rm -rf ~";
        spec["experiment"] = "\x1b[2Jother";
        spec["argv"] = {"evil"};
        spec["tags"] = {"\n"};
        spec["params"] = {{"lr", 7}};
        spec["main_metric"] = "lies";
        spec["note"] = "noted";
        spec["ranks"] = 4000;
        spec["host_name"] = "there\x1b]0;title\x07";
        spec["user"] = std::string(100'000, 'u');
        spec["code"] = {{"commit", "--not-hex"},
                        {"branch", "a\nb"},
                        {"changed_files", std::vector<std::string>(5000, "f")}};
        return dumpJson(json);
    };
    auto request = place.shell("sleep 987", "box");
    request.name = "amber";
    const std::string id = place.start(request);
    place.box->tamperAnswer = nullptr;
    REQUIRE(place.store->refresh());
    const record::RunSpec spec = place.store->run(id)->spec;
    CHECK(spec.name == "amber");
    CHECK(spec.experiment == "default");
    CHECK(spec.argv == request.argv);
    CHECK(spec.tags.empty());
    CHECK(spec.params.empty());
    CHECK(spec.mainMetric.empty());
    CHECK(spec.note.empty());
    CHECK(spec.ranks == 1);
    CHECK(spec.hostName.find('\x1b') == std::string::npos);
    CHECK(spec.user.size() < 1000);
    CHECK(spec.code.commit.empty());
    CHECK(spec.code.branch.find('\n') == std::string::npos);
    CHECK(spec.code.changedFiles.size() == 1000);

    place.box->tamperAnswer = [](std::string answer) {
        auto json = parseJson(answer).value();
        json["dir"] = "/etc";
        return dumpJson(json);
    };
    CHECK(place.launcher.start(place.shell("true", "box")).error().code == ErrorCode::Corrupt);
}

TEST_CASE("mirrorAll keeps up with connected hosts, with one question for all runs, until all are whole") {
    Place place;
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i)
        ids.push_back(place.start(place.shell("echo loss=1 step=1; sleep 0.2; echo loss=2 step=2", "box")));
    std::atomic<int> questions = 0;
    place.box->tamperAnswer = [&](std::string answer) {
        ++questions;
        return answer;
    };
    std::jthread mirror([&](std::stop_token stop) { place.launcher.mirrorAll(stop); });
    mirror.join();  // it ends by itself
    CHECK(questions < 3 * 10);
    for (const std::string& id : ids) {
        CHECK(launch::isMirrorComplete(place.store->runDir(id)));
        CHECK(place.state(id) == record::RunState::Finished);
        CHECK(place.store->points(id, "loss")->size() == 2);
    }
    const int before = questions;
    place.launcher.mirrorAll({});
    CHECK(questions == before);

    SUBCASE("no host is connected") {
        (void)place.start(place.shell("sleep 987", "box"));
        place.box->cut = true;
        place.launcher.mirrorAll({});
        CHECK(questions == before + 1);  // the start
    }
    SUBCASE("it is stopped") {
        (void)place.start(place.shell("sleep 987", "box"));
        std::jthread another([&](std::stop_token stop) { place.launcher.mirrorAll(stop); });
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        another.request_stop();
        another.join();
    }
    SUBCASE("a run that is started meanwhile is taken") {
        (void)place.start(place.shell("sleep 987", "box"));
        std::jthread another([&](std::stop_token stop) { place.launcher.mirrorAll(stop); });
        const std::string late = place.start(place.shell("echo late", "box"));
        RunFixture::waitFor("the late run",
                            [&] { return launch::isMirrorComplete(place.store->runDir(late)); });
    }
}

TEST_CASE("the pace of mirroring follows what comes") {
    launch::MirrorPace pace;
    double wait = 0;
    for (int i = 0; i < 20; ++i)
        wait = pace.after(std::uint64_t{200});
    CHECK(wait == launch::MirrorPace::kTrickle);
    CHECK(pace.after(std::uint64_t{1} << 20) == launch::MirrorPace::kSoonest);
    for (int i = 0; i < 20; ++i)
        wait = pace.after(std::uint64_t{0});
    CHECK(wait == launch::MirrorPace::kLatest);
    CHECK(pace.after(fail(ErrorCode::Unavailable, "cut")) == launch::MirrorPace::kLatest);
    CHECK(pace.after(std::uint64_t{200}) == launch::MirrorPace::kTrickle);
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
    std::string text;
    while (text.size() < 8000)
        text += "a line of text to plan for\n";
    REQUIRE(writeFileAtomic(place.here / "text.txt", text));
    request.recipe = "good.yaml";
    request.set = {"parallel.data=2"};
    const auto good = place.launcher.plan(request);
    REQUIRE_MESSAGE(good, good.error().text());
    CHECK(good->ranks == 2);
    CHECK(good->steps == 3);
    CHECK(getInt(good->params, "train.steps") == 3);
}
