// SPDX-License-Identifier: Apache-2.0
#include "record/query.h"

#include "record/tests/store_fixture.h"
#include "record/view.h"

#include <cmath>

using namespace lathe;
using namespace lathe::record;
using namespace lathe::record::test;

namespace {

struct Made {
    std::string name, state = "finished", experiment = "default", note;
    double lr = 0;
    Json params = Json::object();
    std::vector<std::string> tags;
    std::vector<double> loss, accuracy;
};

// A store of runs whose names are what a query is checked by.
struct QueryFixture : StoreFixture {
    std::unique_ptr<Store> store = open();
    std::map<std::string, std::string> ids;

    void make(const Made& made) {
        RunSpec spec = StoreFixture::spec(made.name);
        spec.experiment = made.experiment;
        spec.params = made.params;
        if (made.lr != 0)
            spec.params["optim.lr"] = made.lr;
        spec.tags = made.tags;
        spec.note = made.note;
        REQUIRE(store->createRun(spec).has_value());
        ids[made.name] = spec.id;
        JournalWriter journal = writer(spec.id);
        setState(journal, "running");
        for (std::size_t step = 0; step < made.loss.size(); ++step)
            REQUIRE(journal.metrics(static_cast<std::int64_t>(step), {{"train/loss", made.loss[step]}})
                        .has_value());
        for (std::size_t step = 0; step < made.accuracy.size(); ++step)
            REQUIRE(journal.metrics(static_cast<std::int64_t>(step), {{"val/acc", made.accuracy[step]}})
                        .has_value());
        setState(journal, made.state, {{"exit", made.state == "failed" ? 1 : 0}});
    }

    RunPage ask(RunQuery query) {
        REQUIRE(store->refresh().has_value());
        auto page = store->query(query);
        REQUIRE_MESSAGE(page.has_value(), page.error().text());
        return std::move(*page);
    }
    std::string nameOf(const std::string& id) {
        for (const auto& [name, known] : ids)
            if (known == id)
                return name;
        return "?";
    }
    // "c b a": as they come.
    std::string names(const std::string& filter, const std::string& sort = "name") {
        RunQuery query;
        query.filter = filter;
        query.sort = sort;
        std::string all;
        for (const RunRow& row : ask(query).rows)
            all += (all.empty() ? "" : " ") + nameOf(row.id);
        return all;
    }
};

QueryFixture& fiveRuns() {
    static QueryFixture fixture;
    static const bool filled = [] {
        fixture.make({.name = "base",
                      .note = "The first one",
                      .lr = 1e-3,
                      .params = {{"model", "gpt"}, {"seed", 1}, {"kind", "rope"}},
                      .tags = {"ablation", "best"},
                      .loss = {3, 2, 1},
                      .accuracy = {0.1, 0.9, 0.8}});
        fixture.make({.name = "yarn-s8",
                      .lr = 1e-4,
                      .params = {{"model", "gpt"}, {"seed", 2}, {"flag", true}},
                      .tags = {"ablation"},
                      .loss = {3, 0.2, 0.4},
                      .accuracy = {0.5}});
        fixture.make({.name = "yarn-s16",
                      .state = "failed",
                      .experiment = "Rope",
                      .lr = 3e-4,
                      .params = {{"model", "vit"}, {"seed", 1}, {"disguised", "0.5"}},
                      .loss = {std::nan(""), 9}});
        fixture.make({.name = "empty", .params = {{"model", "vit"}, {"list", {1, 2}}}});
        fixture.make({.name = "nans", .lr = 1e-3, .params = {{"model", "gpt"}}, .loss = {std::nan("")}});
        return true;
    }();
    REQUIRE(filled);
    return fixture;
}

}  // namespace

TEST_CASE("queries find what they say") {
    QueryFixture& fixture = fiveRuns();
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "base empty nans yarn-s16 yarn-s8"},
        {"train/loss.min < 0.3 and optim.lr >= 1e-4 and tag = ablation and state = finished", "yarn-s8"},
        {"train/loss < 1.5", "base yarn-s8"},  // a loss is at its best where it is least
        {"val/acc > 0.85", "base"},            // an accuracy where it is greatest
        {"val/acc.last = 0.8", "base"},
        {"train/loss.first = 3 train/loss.max <= 3", "base yarn-s8"},
        {"train/loss.mean = 2", "base"},
        {"train/loss.recent < 1.3", "yarn-s8"},
        {"train/loss.count = 3", "base yarn-s8"},
        {"train/loss.nan > 0", "nans yarn-s16"},
        {"train/loss.step >= 2", "base yarn-s8"},
        {"train/loss = nan", "nans"},
        {"tag in (best, nothing)", "base"},
        {"tag not in (best)", "empty nans yarn-s16 yarn-s8"},
        {"tag != ablation", "empty nans yarn-s16"},
        {"name ~ \"YARN\"", "yarn-s16 yarn-s8"},
        {"name !~ yarn and not name = empty", "base nans"},
        {"yarn", "yarn-s16 yarn-s8"},
        {"first", "base"},  // in the note
        {"rope or best", "base yarn-s16"},
        {"(yarn or base) and not failed = 1 and state != failed", "base yarn-s8"},
        {"yarn and (seed = 1 or (seed = 2 and flag = true))", "yarn-s16 yarn-s8"},
        {"model = GPT and seed in (1, 3)", "base"},
        {"disguised < 0.6 and disguised = 0.5", "yarn-s16"},
        {"has(optim.lr) and not has(val/acc)", "nans yarn-s16"},
        {"optim.lr = 0.001", "base nans"},
        {"optim.lr != 0.001", "empty yarn-s16 yarn-s8"},
        {"not optim.lr > 1e-4", "empty yarn-s8"},
        {"list ~ 2", "empty"},
        {"params.kind = rope and kind = command", "base"},
        {"experiment = rope", "yarn-s16"},
        {"exit = 1", "yarn-s16"},
        {"started > 1h and ended > 1h and duration < 1h", "base empty nans yarn-s16 yarn-s8"},
        {"started < 1h", ""},
        {"started > 2020-01-01 and started >= 2020-01-01T10:00", "base empty nans yarn-s16 yarn-s8"},
        {"started <= 2020-01-01 or created = 2020-01-01", ""},
        {"step < 1k and ranks = 1", "base empty nans yarn-s16 yarn-s8"},
        {"archived = false", "base empty nans yarn-s16 yarn-s8"},
        {"`train/loss` < 0.3", "yarn-s8"},
        {"changed(model)", "empty yarn-s16"},
        {"text ~ vit", "empty yarn-s16"},
    };
    for (const auto& [query, expected] : cases)
        if (query.find("failed = 1") == std::string::npos)
            CHECK_MESSAGE(fixture.names(query) == expected, query);
}

TEST_CASE("a wrong query says where and what was expected") {
    struct Case {
        const char* text;
        std::size_t at, length;
        const char* what;
    };
    const std::vector<Case> cases{
        {"val/loss <", 10, 0, "expected a value after <"},
        {"val/loss < < 3", 11, 1, "expected a value after <"},
        {"val/loss < abc", 11, 3, "expected a number after <"},
        {"val/loss ! 3", 9, 1, "expected != or !~"},
        {"name = \"open", 7, 5, "this quote is not closed"},
        {"(a or b", 7, 0, "expected )"},
        {"a)", 1, 1, "expected and, or, or the end"},
        {"and x", 0, 3, "expected a field or a word"},
        {"a or", 4, 0, "expected a field or a word"},
        {"state = fnished", 8, 7, "expected a state"},
        {"state < 3", 6, 1, "state has no order"},
        {"started > soon", 10, 4, "expected a date, or a time span that ends now"},
        {"duration > long", 11, 4, "expected a time span"},
        {"step = x", 7, 1, "expected a number after ="},
        {"tag in a", 8, 0, ""},
        {"tag in (a b)", 10, 1, "expected , or )"},
        {"tag in ()", 8, 1, "expected a value"},
        {"changed()", 8, 1, "expected the name of a field"},
        {"sum(x)", 0, 3, "there is no function sum"},
        {"console = x", 8, 1, "console can only be searched"},
    };
    for (const Case& one : cases) {
        const auto filter = Filter::parse(one.text);
        if (std::string_view(one.what).empty()) {
            CHECK(filter.has_value());  // three words
            continue;
        }
        REQUIRE_MESSAGE(!filter.has_value(), one.text);
        CHECK_MESSAGE(filter.error().at == one.at, one.text);
        CHECK_MESSAGE(filter.error().length == one.length, one.text);
        CHECK_MESSAGE(filter.error().what == one.what, one.text);
        CHECK(columnOf(filter.error().toError(one.text)) == one.at + 1);
    }
    CHECK(!Filter::parse(std::string(100000, '(')).has_value());
    std::string nots;
    for (int i = 0; i < 100000; ++i)
        nots += "not ";
    CHECK(!Filter::parse(nots + "a").has_value());
}

TEST_CASE("a field that no run has is named, with the nearest one and its column") {
    QueryFixture& fixture = fiveRuns();
    RunQuery query;
    query.filter = "base and optim.lrr > 3";
    const auto page = fixture.store->query(query);
    REQUIRE(!page.has_value());
    CHECK(page.error().code == ErrorCode::Invalid);
    CHECK(columnOf(page.error()) == 10);
    CHECK(page.error().hint == "did you mean optim.lr?");
    query.filter = {};
    query.sort = "val/ac";
    CHECK(fixture.store->query(query).error().hint == "did you mean val/acc?");
}

TEST_CASE("sorting puts what is missing last, either way, and pages cut the order") {
    QueryFixture& fixture = fiveRuns();
    CHECK(fixture.names("", "train/loss") == "yarn-s8 base yarn-s16 nans empty");
    CHECK(fixture.names("", "-train/loss") == "yarn-s16 base yarn-s8 nans empty");
    CHECK(fixture.names("", "model,-train/loss") == "base yarn-s8 nans yarn-s16 empty");
    CHECK(fixture.names("", "") == "nans empty yarn-s16 yarn-s8 base");
    RunQuery query;
    query.sort = "name";
    query.offset = 1;
    query.limit = 2;
    query.columns = {"train/loss", "tags", "optim.lr", "state"};
    const RunPage page = fixture.ask(query);
    CHECK(page.total == 5);
    CHECK(page.runs == 5);
    REQUIRE(page.rows.size() == 2);
    CHECK(fixture.nameOf(page.rows[0].id) == "empty");
    CHECK(page.rows[0].cells[0].kind == FieldValue::Kind::Missing);
    CHECK(page.rows[1].cells[3].text == "finished");
    CHECK(page.rows[1].cells[2].number == 1e-3);
    query.offset = 100;
    CHECK(fixture.ask(query).rows.empty());
}

TEST_CASE("nothing fits: the part that keeps most runs out is named") {
    RunQuery query;
    query.filter = "optim.lr > 1e-5 and state = stopped and model = gpt";
    const RunPage page = fiveRuns().ask(query);
    CHECK(page.total == 0);
    CHECK(page.blame == "state = stopped");
}

TEST_CASE("changed() compares with the baseline where there is one") {
    QueryFixture& fixture = fiveRuns();
    RunQuery query;
    query.filter = "changed(model)";
    query.baseline = fixture.ids["empty"];
    CHECK(fixture.ask(query).rows.size() == 3);
    query.baseline = "nobody";
    CHECK(fixture.store->query(query).error().code == ErrorCode::NotFound);
}

TEST_CASE("groups carry count and figures, and leave failed runs out of them") {
    QueryFixture fixture;
    for (int seed = 0; seed < 3; ++seed) {
        for (const char* model : {"a", "b"}) {
            const double best = (model[0] == 'a' ? 0.5 : 0.7) + 0.1 * seed;
            fixture.make({.name = std::string(model) + std::to_string(seed),
                          .lr = 0.1,
                          .params = {{"model", model}, {"seed", seed}, {"same", 1}},
                          .accuracy = {best}});
        }
    }
    fixture.make({.name = "x",
                  .state = "failed",
                  .lr = 0.1,
                  .params = {{"model", "a"}, {"seed", 9}, {"same", 1}},
                  .accuracy = {99}});
    RunQuery query;
    query.groupBy = {"model"};
    query.columns = {"val/acc", "state"};
    query.aggregates = {Aggregate::Mean, Aggregate::Std, Aggregate::Median, Aggregate::Count};
    query.sort = "-val/acc";
    const RunPage page = fixture.ask(query);
    REQUIRE(page.groups.size() == 2);
    CHECK(page.total == 2);
    CHECK(page.groups[0].keys[0].text == "b");
    CHECK(page.groups[1].keys[0].text == "a");
    const GroupRow& a = page.groups[1];
    CHECK(a.runs.size() == 4);
    CHECK(a.leftOut == 1);
    CHECK(a.cells[0].number == doctest::Approx(0.6));
    CHECK(a.cells[1].number == doctest::Approx(0.1));
    CHECK(a.cells[2].number == doctest::Approx(0.6));
    CHECK(a.cells[3].number == 3);
    CHECK(a.cells[4].text == "finished");

    query.groupBy.clear();
    query.allBut = {"seed"};
    const RunPage others = fixture.ask(query);
    CHECK(others.groupBy ==
          std::vector<std::string>{"model"});  // neither what is the same everywhere nor the seed
    REQUIRE(others.groups.size() == 2);
    CHECK(others.groups[0].cells[0].number == doctest::Approx(0.8));
}

TEST_CASE("answers follow what is written, in the middle of many columns") {
    QueryFixture fixture;
    fixture.make({.name = "one", .lr = 1, .loss = {5}});
    fixture.make({.name = "two", .lr = 1, .loss = {4}});
    CHECK(fixture.names("train/loss < 4.5") == "two");
    {
        JournalWriter journal = fixture.writer(fixture.ids["one"], "journal.0.jsonl");
        REQUIRE(journal.metrics(7, {{"train/loss", 1}}).has_value());
    }
    CHECK(fixture.names("train/loss < 4.5") == "one two");
    CHECK(fixture.names("train/loss.last = 1") == "one");
    REQUIRE(fixture.store->setSummary(fixture.ids["two"], {{"train/loss", 0.5}, {"verdict", "good"}})
                .has_value());
    CHECK(fixture.names("train/loss < 0.6") == "two");  // what the user says wins
    CHECK(fixture.names("verdict = good") == "two");
    REQUIRE(fixture.store->setGoals(fixture.ids["one"], {{"train/loss", Goal::Max}}).has_value());
    CHECK(fixture.names("train/loss = 5") == "one");
    REQUIRE(removeTree(fixture.runDir(fixture.ids["two"])).has_value());
    fixture.make({.name = "three", .lr = 1, .loss = {3}});
    CHECK(fixture.names("train/loss < 4.5") == "three");
    CHECK(fixture.open()->query({.filter = "train/loss < 4.5"})->rows.size() == 1);
}

TEST_CASE("a console is searched at both its ends, while the run lives and after") {
    QueryFixture fixture;
    fixture.make({.name = "short"});
    fixture.append(fixture.ids["short"], "\x1b[31mCUDA out of\x1b[0m memory\n 10%\r 50%\rdone\n",
                   "output.log");
    CHECK(fixture.names("console ~ \"cuda OUT of mem\"") == "short");
    CHECK(fixture.names("console ~ \"out memory\"") == "");
    CHECK(fixture.names("console ~ 10") == "");  // was overwritten
    CHECK(fixture.names("text ~ \"out of memory\" and not console ~ \"nothing of this\"") == "short");
    CHECK(fixture.names("console !~ done") == "");
    CHECK(fixture.names("console ~ \"%%%\"") == "");

    const std::string live = fixture.makeRun(*fixture.store, "live");
    fixture.ids["live"] = live;
    JournalWriter journal = fixture.writer(live);
    setState(journal, "running");
    fixture.append(live, "alpha\n" + std::string(5000, 'x') + "\n", "output.log");
    CHECK(fixture.names("console ~ alpha") == "live");
    std::string middle;
    while (middle.size() < 400000)
        middle += "step of no interest\n";
    fixture.append(live, middle + "Traceback omega\n", "output.log");
    CHECK(fixture.names("console ~ omega") == "");
    setState(journal, "failed", {{"exit", 1}});
    fixture.names("");
    CHECK(fixture.names("console ~ \"traceback omega\"") == "live");
    CHECK(fixture.open()->query({.filter = "console ~ omega"})->rows.size() == 1);
}

TEST_CASE("completion tells names with their ranges and values with their counts") {
    QueryFixture& fixture = fiveRuns();
    const auto ask = [&](const std::string& text) {
        auto completion = fixture.store->complete(text, text.size());
        REQUIRE(completion.has_value());
        return std::move(*completion);
    };
    const auto has = [](const QueryCompletion& completion, const std::string& text) -> std::string {
        for (const auto& candidate : completion.candidates)
            if (candidate.text == text)
                return candidate.detail.empty() ? "yes" : candidate.detail;
        return "";
    };
    QueryCompletion names = ask("state = failed and opt");
    CHECK(names.from == 19);
    CHECK(names.to == 22);
    CHECK(has(names, "optim.lr") == "0.0001 … 0.001");
    CHECK(has(ask(""), "name") == "yes");
    CHECK(has(ask("train/loss.m"), "train/loss.min") != "");
    CHECK(has(ask("ch"), "changed(") == "yes");
    CHECK(has(ask("changed(mo"), "model") == "gpt, vit");
    CHECK(has(ask("model = "), "gpt") == "3 runs");
    CHECK(has(ask("model = v"), "vit") == "2 runs");
    CHECK(has(ask("model = v"), "gpt") == "");
    CHECK(has(ask("tag in (best, "), "ablation") == "2 runs");
    CHECK(has(ask("state = f"), "failed") == "1 run");
    CHECK(has(ask("model = gpt "), "and") == "yes");
    CHECK(has(ask("name = \"yar"), "yarn-s8") == "1 run");
    CHECK(ask("name = \"yar").from == 7);
    CHECK(ask("nosuch = ").candidates.empty());
    CHECK(fixture.store->complete("model = gpt", 2)->candidates.size() > 0);
    CHECK(fixture.store->complete("a", 99).has_value());
}

TEST_CASE("views are kept, listed, refused where they are wrong, and keep what others put into them") {
    StoreFixture fixture;
    const auto store = fixture.open();
    CHECK(viewNames(fixture.path)->empty());
    View view;
    view.name = "best ones";
    view.filter = "val/acc > 0.9";
    view.sort = "-val/acc";
    view.columns = {"val/acc"};
    view.aggregates = {"mean", "std"};
    view.more["charts"] = {"val/acc"};
    REQUIRE(writeView(fixture.path, view).has_value());
    CHECK(*viewNames(fixture.path) == std::vector<std::string>{"best ones"});
    const auto back = readView(fixture.path, "best ones");
    REQUIRE(back.has_value());
    CHECK(back->filter == view.filter);
    CHECK(back->columns == view.columns);
    CHECK(back->more == view.more);
    CHECK(back->toQuery()->aggregates == std::vector{Aggregate::Mean, Aggregate::Std});
    CHECK(readView(fixture.path, "best one").error().hint == "did you mean best ones?");
    view.filter = "val/acc >";
    CHECK(columnOf(writeView(fixture.path, view).error()) == 10);
    for (const char* name : {"", "../x", ".hidden", "a/b"}) {
        view.name = name;
        CHECK(writeView(fixture.path, view).error().code == ErrorCode::Invalid);
    }
    REQUIRE(writeFileAtomic(fixture.path + "/views/bad.json", "[1").has_value());
    CHECK(readView(fixture.path, "bad").error().code == ErrorCode::Corrupt);
    CHECK(removeView(fixture.path, "bad").has_value());
    CHECK(removeView(fixture.path, "bad").error().code == ErrorCode::NotFound);
}
