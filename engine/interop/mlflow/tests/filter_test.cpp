// SPDX-License-Identifier: Apache-2.0
#include "core/id.h"
#include "interop/mlflow/filter.h"
#include "interop/mlflow/run_words.h"
#include "interop/mlflow/words.h"

#include <cmath>
#include <doctest/doctest.h>

using namespace lathe;
using namespace lathe::interop::mlflow;

namespace {

const Searchable kWords{{"run_id", "run_name", "status"}, {"start_time"}, true, true, true, true, {"run_id"}};

bool holds(std::string_view filter) {
    const auto clauses = parseFilter(filter, kWords);
    REQUIRE_MESSAGE(clauses, clauses.error().what);
    return matches(*clauses, [](Entity entity, const std::string& key) -> std::vector<Value> {
        if (entity == Entity::Metric && key == "loss")
            return {0.5};
        if (entity == Entity::Metric && key == "a b")
            return {2.0};
        if (entity == Entity::Param && key == "lr")
            return {std::string("0.001")};
        if (entity == Entity::Tag && key == "team")
            return {std::string("Vision")};
        if (entity == Entity::Dataset && key == "name")
            return {std::string("cifar"), std::string("mnist")};
        if (entity == Entity::Attribute && key == "run_name")
            return {std::string("it's")};
        if (entity == Entity::Attribute && key == "start_time")
            return {1e12};
        return {Value()};
    });
}

}  // namespace

TEST_CASE("MLflow's filter: what holds") {
    for (const char* filter : {"", "metrics.loss < 0.6", "metric.loss>=0.5", "metrics.`a b` = 2",
                               "metrics.\"a b\" = 2.0", "params.lr = '0.001'", "params.lr = \"0.001\"",
                               "tags.team LIKE 'Vis%'", "tag.team ilike '%SION'", "tags.team != 'nlp'",
                               "tags.other IS NULL", "tags.team is not null", "attributes.run_name = 'it''s'",
                               "run_name = \"it's\" and metrics.loss < 1 AND params.lr LIKE '0._01'",
                               "attribute.start_time > 1", "Created > 5", "dataset.name = 'mnist'",
                               "datasets.name IN ('x', 'cifar')", "params.lr NOT IN ('a')"}) {
        if (std::string_view(filter).find("NOT IN") != std::string_view::npos)
            CHECK_FALSE(parseFilter(filter, kWords));  // lists are for attributes
        else
            CHECK_MESSAGE(holds(filter), filter);
    }
    for (const char* filter : {"metrics.loss < 0.5", "params.lr = '0.1'", "params.none = 'x'",
                               "params.none != 'x'", "tags.team LIKE 'vis%'", "tags.team IS NULL",
                               "metrics.loss < 1 and tags.other = 'x'", "attributes.run_id IN ('a')"})
        CHECK_FALSE_MESSAGE(holds(filter), filter);
}

TEST_CASE("MLflow's filter: what is refused, with a reason") {
    for (const char* filter : {"nonsense",
                               "metrics.loss",
                               "metrics.loss <",
                               "metrics.loss < 'a'",
                               "params.lr > 3",
                               "params.lr = 3",
                               "params.lr < '3'",
                               "metrics.loss LIKE 'x'",
                               "metrics.loss < 1 or metrics.loss > 2",
                               "metrics.loss << 1",
                               "params.lr = 'open",
                               "who.x = 'a'",
                               "attributes.colour = 'red'",
                               "attributes.run_id IN 'a'",
                               "attributes.run_id IN ()",
                               "attributes.run_id IN ('a'",
                               "metrics.loss IS NULL",
                               "tags.a = 'x' tags.b = 'y'",
                               "tags.a = 'x' and",
                               "= 3",
                               "(tags.a = 'x')",
                               "dataset.size = 'x'"}) {
        const auto parsed = parseFilter(filter, kWords);
        CHECK_FALSE_MESSAGE(parsed, filter);
        if (!parsed)
            CHECK(parsed.error().code == ErrorCode::Invalid);
    }
    CHECK_FALSE(parseFilter(std::string(200'000, '('), kWords));
}

TEST_CASE("MLflow's order_by") {
    const auto order = parseOrder("metrics.`a b` DESC", kWords);
    REQUIRE(order);
    CHECK((order->entity == Entity::Metric && order->key == "a b" && !order->ascending));
    CHECK(parseOrder("start_time", kWords)->ascending);
    CHECK(parseOrder("attributes.start_time asc", kWords));
    for (const char* clause :
         {"", "start_time sideways", "metrics.a b c", "who.x", "dataset.name", "metrics.a DESC,"})
        CHECK_FALSE_MESSAGE(parseOrder(clause, kWords), clause);
    // Missing values come last either way, NaN before them.
    const Value missing, number = 1.0, notANumber = std::nan("");
    for (const bool ascending : {true, false}) {
        CHECK(compareValues(number, missing, ascending) < 0);
        CHECK(compareValues(notANumber, missing, ascending) < 0);
        CHECK(compareValues(number, notANumber, ascending) < 0);
        CHECK(compareValues(missing, missing, ascending) == 0);
    }
    CHECK(compareValues(1.0, 2.0, true) < 0);
    CHECK(compareValues(1.0, 2.0, false) > 0);
}

TEST_CASE("SQL's LIKE") {
    CHECK(likeMatches("abc", "%", false));
    CHECK(likeMatches("", "%%", false));
    CHECK(likeMatches("abcabc", "a%bc", false));
    CHECK(likeMatches("héllo", "h_llo", false));
    CHECK_FALSE(likeMatches("abc", "a_", false));
    CHECK_FALSE(likeMatches("ABC", "abc", false));
    CHECK(likeMatches("ABC", "abc", true));
    CHECK_FALSE(likeMatches(std::string(5000, 'a'), "%a%a%a%a%a%a%a%a%a%b", false));  // in time
}

TEST_CASE("a run's id has two spellings of the same bits") {
    for (int i = 0; i < 50; ++i) {
        const std::string id = newId();
        const std::string hex = hexFromRunId(id);
        CHECK(hex.size() == 32);
        CHECK(runIdFromHex(hex) == id);
        CHECK(anyRunId(id) == id);
        CHECK(anyRunId(hex) == id);
    }
    for (const char* wrong : {"", "x", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "../../../../etc/passwd",
                              "ffffffffffffffffffffffffffffffff0"})
        CHECK(anyRunId(wrong).empty());
    CHECK(runIdFromHex("ffffffffffffffffffffffffffffffff").size() == 26);
}

TEST_CASE("numbers of a request, and texts that are numbers") {
    const Json json{{"a", 5},     {"b", "6"},         {"c", 7.0},     {"d", "x"}, {"e", 1.5},
                    {"n", "NaN"}, {"i", "-Infinity"}, {"big", 1e300}, {"t", true}};
    CHECK(wholeNumber(json, "a") == 5);
    CHECK(wholeNumber(json, "b") == 6);
    CHECK(wholeNumber(json, "c") == 7);
    for (const char* none : {"d", "e", "n", "big", "none"})
        CHECK_FALSE(wholeNumber(json, none));
    CHECK(std::isnan(*realNumber(json, "n")));
    CHECK(*realNumber(json, "i") == -INFINITY);
    CHECK_FALSE(realNumber(json, "t"));
    for (const char* number : {"0.001", "1e-05", "4", "-3.5", "100.0"}) {
        CHECK(valueOfText(number).is_number());
        CHECK(textOfValue(valueOfText(number)) == number);
    }
    for (const char* text : {"1e-3", "0.10", "True", "", "12 apples", "0x10", "1_000", "nan"})
        CHECK(valueOfText(text) == text);
    CHECK(latheTagOf("team", "nlp") == "team=nlp");
    CHECK(latheTagOf("debug", "true") == "debug");
    CHECK(latheTagOf("mlflow.user", "me").empty());
    CHECK(tagOfLathe("team=nlp") == std::pair<std::string, std::string>("team", "nlp"));
    CHECK(tagOfLathe("ablation") == std::pair<std::string, std::string>("ablation", "true"));
}
