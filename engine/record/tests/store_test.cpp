// SPDX-License-Identifier: Apache-2.0
#include "record/tests/store_fixture.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace lathe;
using namespace lathe::record;
using namespace lathe::record::test;

TEST_CASE("a run that was made, logged and finished is told as it was") {
    StoreFixture fixture;
    const auto store = fixture.open();
    RunSpec asked = StoreFixture::spec("first-light");
    asked.params["optim.lr"] = 0.1;
    asked.tags = {"baseline"};
    asked.code.changedFiles = {"train.py"};
    REQUIRE(store->createRun(asked).has_value());
    {
        JournalWriter writer = fixture.writer(asked.id);
        setState(writer, "running");
        REQUIRE(writer.params({{"optim", {{"lr", 0.2}}}, {"seed", 7}}).has_value());
        REQUIRE(writer.metrics(1, {{"train/loss", 3.0}, {"acc", 0.1}}, 100.5).has_value());
        REQUIRE(writer.metrics(2, {{"train/loss", 2.0}}, 101.5).has_value());
        REQUIRE(writer.event("text", {{"s", 2}, {"name", "sample"}, {"text", "hello"}}).has_value());
        REQUIRE(writer.event("progress", {{"s", 2}, {"total", 20}}).has_value());
        setState(writer, "failed", {{"exit", 3}, {"reason", "exit code 3"}});
    }
    const auto changed = store->refresh();
    REQUIRE(changed.has_value());
    CHECK(*changed == std::vector<std::string>{asked.id});
    CHECK(store->refresh()->empty());

    const auto run = store->run(asked.id);
    REQUIRE(run.has_value());
    CHECK(run->spec.name == "first-light");
    CHECK(run->spec.argv == asked.argv);
    CHECK(run->spec.code.changedFiles == asked.code.changedFiles);
    CHECK(run->state == RunState::Failed);
    CHECK(run->exitCode == 3);
    CHECK(run->reason == "exit code 3");
    CHECK(run->step == 2);
    CHECK(run->spec.totalSteps == 20);
    CHECK(run->params["optim.lr"] == 0.2);
    CHECK(run->params["seed"] == 7);
    CHECK(run->tornLines == 0);
    CHECK(run->problem.empty());
    REQUIRE(run->metrics.contains("train/loss"));
    const MetricSummary& loss = run->metrics.at("train/loss");
    CHECK(loss.count == 2);
    CHECK(loss.first == 3.0);
    CHECK(loss.last == 2.0);
    CHECK(loss.min == 2.0);
    CHECK(loss.minStep == 2);
    CHECK(loss.max == 3.0);
    CHECK(loss.lastTime == 101.5);

    const auto points = store->points(asked.id, "train/loss");
    REQUIRE(points.has_value());
    REQUIRE(points->size() == 2);
    CHECK((*points)[0].step == 1);
    CHECK((*points)[0].time == 100.5);
    CHECK((*points)[1].value == 2.0);
    const auto texts = store->texts(asked.id);
    REQUIRE(texts.has_value());
    REQUIRE(texts->size() == 1);
    CHECK(texts->front().text == "hello");
    CHECK(store->points(asked.id, "no/such")->empty());
    CHECK(store->points(newId(), "train/loss").error().code == ErrorCode::NotFound);
}

TEST_CASE("runs are listed newest first and found by id, prefix, name; a miss names the nearest") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string first = fixture.makeRun(*store, "amber-otter-1");
    const std::string second = fixture.makeRun(*store, "calm-heron-2");
    const std::string third = fixture.makeRun(*store, "amber-otter-1");
    REQUIRE(store->refresh().has_value());
    const auto runs = store->runs();
    REQUIRE(runs->size() == 3);
    CHECK((*runs)[0].spec.id == third);
    CHECK((*runs)[2].spec.id == first);

    CHECK(store->find(second)->spec.id == second);
    CHECK(store->find("amber-otter-1")->spec.id == third);
    CHECK(store->find("calm-heron-2")->spec.id == second);
    const auto miss = store->find("calm-heorn-2");
    REQUIRE_FALSE(miss.has_value());
    CHECK(miss.error().code == ErrorCode::NotFound);
    CHECK(miss.error().hint.find("calm-heron-2") != std::string::npos);
    const auto ambiguous = store->find(first.substr(0, 4));
    REQUIRE_FALSE(ambiguous.has_value());
    CHECK(ambiguous.error().code == ErrorCode::Invalid);
    CHECK(ambiguous.error().hint.find(second) != std::string::npos);
    std::size_t unique = 1;
    while (first.substr(0, unique) == second.substr(0, unique) || first.substr(0, unique) == third.substr(0, unique))
        ++unique;
    CHECK(store->find(first.substr(0, unique))->spec.id == first);
    CHECK(store->find("").error().code == ErrorCode::Invalid);
}

TEST_CASE("tags, note, name and archive are changed afterwards, by anyone") {
    StoreFixture fixture;
    const auto mine = fixture.open();
    const auto theirs = fixture.open();
    const std::string id = fixture.makeRun(*mine);
    REQUIRE(mine->refresh().has_value());
    REQUIRE(mine->setTags(id, {"a", "b"}).has_value());
    REQUIRE(mine->setNote(id, "first\nsecond").has_value());
    REQUIRE(theirs->refresh().has_value());
    REQUIRE(theirs->setTags(id, {"b", "c"}).has_value());
    REQUIRE(theirs->rename(id, "better-name").has_value());
    REQUIRE(theirs->setArchived(id, true).has_value());
    CHECK(theirs->rename(id, "  ").error().code == ErrorCode::Invalid);
    for (Store* store : {mine.get(), theirs.get()}) {
        REQUIRE(store->refresh().has_value());
        const auto run = store->run(id);
        CHECK(run->tags == std::vector<std::string>{"b", "c"});
        CHECK(run->note == "first\nsecond");
        CHECK(run->spec.name == "better-name");
        CHECK(run->archived);
        CHECK(store->find("better-name")->spec.id == id);
    }
    CHECK(readFile(fixture.runDir(id) + "/run.json")->find("better-name") == std::string::npos);
}

TEST_CASE("what another process appends shows after refresh") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string id = fixture.makeRun(*store);
    JournalWriter writer = fixture.writer(id);
    setState(writer, "running");
    for (int step = 0; step < 50; ++step) {
        REQUIRE(writer.metrics(step, {{"loss", step * 0.5}}).has_value());
        const auto changed = store->refresh();
        REQUIRE(changed.has_value());
        CHECK(*changed == std::vector<std::string>{id});
        REQUIRE(store->points(id, "loss")->size() == static_cast<std::size_t>(step + 1));
        CHECK(store->run(id)->metrics.at("loss").last == step * 0.5);
    }
    CHECK(store->run(id)->state == RunState::Running);
}

TEST_CASE("a run whose supervisor is gone is lost, with all that it logged") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string id = fixture.makeRun(*store);
    {
        JournalWriter writer = fixture.writer(id);
        setState(writer, "running");
        REQUIRE(writer.metrics(1, {{"loss", 1.0}}).has_value());
        REQUIRE(store->refresh().has_value());
        CHECK(store->run(id)->state == RunState::Running);
    }
    CHECK(store->refresh() == std::vector<std::string>{id});
    const auto run = store->run(id);
    CHECK(run->state == RunState::Lost);
    CHECK(run->ended > 0);
    CHECK_FALSE(run->reason.empty());
    CHECK(store->points(id, "loss")->size() == 1);
}

TEST_CASE("a mirrored run is lost only when its host was reached and its supervisor was gone") {
    StoreFixture fixture;
    const auto store = fixture.open();
    RunSpec spec = StoreFixture::spec();
    spec.host = "gpu-a";
    REQUIRE(store->createRun(spec).has_value());
    {
        JournalWriter writer = fixture.writer(spec.id);
        setState(writer, "running");
    }
    const auto stateWith = [&](std::string_view mirror) {
        if (!mirror.empty())
            REQUIRE(writeFileAtomic(fixture.runDir(spec.id) + "/mirror.json", mirror).has_value());
        REQUIRE(store->refresh().has_value());
        return store->run(spec.id)->state;
    };
    CHECK(stateWith("") == RunState::Running);
    CHECK(stateWith(R"({"reachable":false,"supervisorAlive":false,"checked":1})") == RunState::Running);
    CHECK(stateWith(R"({"reachable":true,"supervisorAlive":true,"checked":1})") == RunState::Running);
    CHECK(stateWith(R"({"reachable":true,"supervisorAlive":false,"checked":1})") == RunState::Lost);
    CHECK(stateWith("garbage") == RunState::Running);
}

TEST_CASE("a damaged folder is listed with its problem and hides no other") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string good = fixture.makeRun(*store, "good");
    const std::string torn = fixture.makeRun(*store);
    const std::string gone = fixture.makeRun(*store);
    const std::string newer = fixture.makeRun(*store);
    REQUIRE(writeFileAtomic(fixture.runDir(torn) + "/run.json", R"({"id":")").has_value());
    REQUIRE(::unlink((fixture.runDir(gone) + "/run.json").c_str()) == 0);
    REQUIRE(writeFileAtomic(fixture.runDir(newer) + "/run.json", R"({"format":99,"id":")" + newer + "\"}").has_value());
    fixture.append(gone, "{\"t\":1,\"e\":\"metrics\",\"s\":1,\"v\":{\"loss\":2}}\n");
    REQUIRE(store->refresh().has_value());
    REQUIRE(store->runs()->size() == 4);
    CHECK(store->run(good)->problem.empty());
    CHECK_FALSE(store->run(torn)->problem.empty());
    CHECK_FALSE(store->run(gone)->problem.empty());
    CHECK(store->run(gone)->metrics.at("loss").last == 2);
    CHECK(store->run(newer)->problem.find("newer") != std::string::npos);
}

TEST_CASE("a folder that vanishes is reported as changed") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string id = fixture.makeRun(*store);
    REQUIRE(store->refresh().has_value());
    REQUIRE(removeTree(fixture.runDir(id)).has_value());
    CHECK(store->refresh() == std::vector<std::string>{id});
    CHECK(store->runs()->empty());
}

TEST_CASE("creating a run twice or under a bad id fails and harms nothing") {
    StoreFixture fixture;
    const auto store = fixture.open();
    RunSpec spec = StoreFixture::spec();
    REQUIRE(store->createRun(spec).has_value());
    CHECK(store->createRun(spec).error().code == ErrorCode::Exists);
    spec.id = "../evil";
    CHECK(store->createRun(spec).error().code == ErrorCode::Invalid);
    CHECK(Store::open("/proc/nowhere/store").has_value() == false);
}
