// SPDX-License-Identifier: Apache-2.0
#include "record/tests/store_fixture.h"

#include <cmath>

using namespace lathe;
using namespace lathe::record;
using namespace lathe::record::test;

TEST_CASE("what is logged besides numbers is listed by kind, name and step, also from an index made anew") {
    StoreFixture fixture;
    auto store = fixture.open();
    const std::string id = fixture.makeRun(*store, "a"), other = fixture.makeRun(*store, "b");
    {
        JournalWriter journal = fixture.writer(id, "journal.0.jsonl");
        for (int step = 0; step < 5; ++step)
            REQUIRE(
                journal
                    .event("histogram",
                           {{"s", step}, {"name", "weights"}, {"edges", {0, 0.5, 1}}, {"counts", {step, 2}}})
                    .has_value());
        REQUIRE(journal.event("image", {{"s", 3}, {"name", "sample"}, {"file", "media/x.png"}, {"width", 8}})
                    .has_value());
        REQUIRE(journal
                    .event("table", {{"s", 3},
                                     {"name", "errors"},
                                     {"columns", {"a"}},
                                     {"rows", Json::array({Json::array({std::string(300000, 'x')})})}})
                    .has_value());
        REQUIRE(journal.event("text", {{"s", 1}, {"name", "out"}, {"text", "hello"}}).has_value());
        REQUIRE(journal.event("alert", {{"level", "warn"}, {"title", "hot"}, {"text", "90 C"}}).has_value());
        REQUIRE(journal.event("artifact", {{"name", "model"}, {"manifest", "aa"}, {"role", "output"}})
                    .has_value());
        REQUIRE(journal.event("unheard-of", {{"x", 1}}).has_value());
        JournalWriter second = fixture.writer(other);
        REQUIRE(
            second.event("artifact", {{"name", "model"}, {"manifest", "bb"}, {"role", "input"}}).has_value());
        REQUIRE(second.event("artifact", {{"name", "data"}, {"manifest", "cc"}}).has_value());
    }
    REQUIRE(store->refresh().has_value());
    const auto check = [&](Store& asked) {
        const auto series = asked.itemSeries(id);
        REQUIRE(series.has_value());
        REQUIRE(series->size() == 6);
        CHECK((*series)[0].kind == ItemKind::Histogram);
        CHECK((*series)[0].name == "weights");
        CHECK((*series)[0].count == 5);
        CHECK((*series)[0].lastStep == 4);
        const auto some = asked.items({.run = id, .kind = ItemKind::Histogram, .fromStep = 2, .toStep = 3});
        REQUIRE(some->size() == 2);
        CHECK((*some)[1].fields["counts"] == Json::array({3, 2}));
        CHECK(asked.items({.run = id, .name = "sample"})->front().fields["file"] == "media/x.png");
        CHECK(asked.items({.run = id, .kind = ItemKind::Table})
                  ->front()
                  .fields["rows"][0][0]
                  .get<std::string>()
                  .size() == 300000);
        CHECK(asked.items({.run = id, .kind = ItemKind::Alert})->front().name == "hot");
        CHECK(asked.texts(id)->front().text == "hello");
        CHECK(asked.items({.kind = ItemKind::Artifact})->size() == 3);
        const auto models = asked.items({.kind = ItemKind::Artifact, .name = "model"});
        REQUIRE(models->size() == 2);
        CHECK((*models)[0].run == id);
        CHECK((*models)[1].run == other);
        CHECK(asked.items({.run = id, .limit = 2})->size() == 2);
        CHECK(asked.items({.run = "nobody"}).error().code == ErrorCode::NotFound);
    };
    check(*store);
    REQUIRE(store->reindex({}).has_value());
    check(*store);
    store.reset();
    check(*fixture.open());
}

TEST_CASE("groups, goals, summaries and the trash are said by anyone, undone, and there after a restart") {
    StoreFixture fixture;
    auto store = fixture.open();
    const std::string id = fixture.makeRun(*store, "kept");
    {
        JournalWriter journal = fixture.writer(id);
        setState(journal, "running");
        REQUIRE(store->refresh().has_value());
        CHECK(store->setDeleted(id, true).error().hint == "stop it first: lathe stop");
        REQUIRE(journal.event("summary", {{"v", {{"acc", 0.5}, {"who", "me"}}}}).has_value());
        REQUIRE(journal.event("goal", {{"v", {{"speed", "max"}, {"odd", "sideways"}}}}).has_value());
        REQUIRE(journal.metrics(1, {{"speed", 3}}).has_value());
        REQUIRE(journal.metrics(2, {{"speed", 1}}).has_value());
        setState(journal, "finished");
    }
    REQUIRE(store->refresh().has_value());
    CHECK(store->run(id)->summary["who"] == "me");
    CHECK(store->run(id)->goalOf("speed") == Goal::Max);
    CHECK(store->run(id)->best("speed") == 3);
    CHECK(std::isnan(store->run(id)->best("unknown")));
    REQUIRE(store->setGroup(id, "pair").has_value());
    REQUIRE(store->setDeleted(id, true).has_value());
    CHECK(store->refresh()->size() == 1);
    CHECK(store->run(id)->group == "pair");
    CHECK(store->runs()->empty());
    CHECK(store->trash()->size() == 1);
    CHECK(store->find("kept").error().code == ErrorCode::NotFound);
    CHECK(store->find(id)->deleted);
    store = fixture.open();
    CHECK(store->runs()->empty());
    REQUIRE(store->setDeleted(id, false).has_value());
    REQUIRE(store->refresh().has_value());
    CHECK(store->runs()->size() == 1);
    CHECK(store->trash()->empty());
    CHECK(store->find("kept")->summary["acc"] == 0.5);
    REQUIRE(store->setGroup(id, "").has_value());
    REQUIRE(store->refresh().has_value());
    CHECK(store->run(id)->group.empty());
}

TEST_CASE("what a name says about its goal") {
    for (const char* name :
         {"train/loss", "val/error", "perplexity", "accuracy_loss", "step_time", "lr", "mapping"})
        CHECK_MESSAGE((goalFromMetric(name) == Goal::Min || std::string(name) == "mapping"), name);
    for (const char* name :
         {"val/acc", "F1", "eval/mAP", "test/ap50", "reward", "tokens_per_second", "gpu/mfu"})
        CHECK_MESSAGE(goalFromMetric(name) == Goal::Max, name);
}

TEST_CASE("sums, means and the mean of the last values are exact, taken in at once or by bits") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string id = fixture.makeRun(*store);
    double sum = 0, recent = 0;
    constexpr int kPoints = 10007;
    {
        JournalWriter journal = fixture.writer(id);
        for (int i = 0; i < kPoints; ++i) {
            const double value = i % 5 == 0 ? std::nan("") : i * 0.25;
            REQUIRE(journal.metrics(i, {{"x", value}}).has_value());
            sum += i % 5 == 0 ? 0 : value;
            if (i % 997 == 0 || i > kPoints - 4)
                REQUIRE(store->refresh().has_value());
        }
    }
    int last = 0;
    for (int i = kPoints - static_cast<int>(kRecentPoints); i < kPoints; ++i) {
        if (i % 5 == 0)
            continue;
        recent += i * 0.25;
        ++last;
    }
    REQUIRE(store->refresh().has_value());
    const auto check = [&] {
        const MetricSummary metric = store->run(id)->metrics.at("x");
        CHECK(metric.sum == sum);
        CHECK(metric.mean() == sum / static_cast<double>(metric.count - metric.nonFinite));
        CHECK(metric.recent == doctest::Approx(recent / last));
        for (const std::size_t buckets : {1, 7, 300, 20000}) {
            double total = 0;
            std::uint64_t count = 0;
            const auto told = store->buckets(id, "x", XAxis::Step, 1, 0, buckets);
            for (const Bucket& bucket : *told) {
                total += bucket.sum;
                count += bucket.count - bucket.nonFinite;
            }
            CHECK(total == sum);
            CHECK(count == metric.count - metric.nonFinite);
        }
    };
    check();
    REQUIRE(store->reindex({}).has_value());
    check();
}
