// SPDX-License-Identifier: Apache-2.0
#include "core/json.h"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>

using namespace lathe;

TEST_CASE("numbers that are not finite travel as words") {
    const double inf = std::numeric_limits<double>::infinity();
    CHECK(dumpJson(jsonNumber(inf)) == "\"inf\"");
    CHECK(dumpJson(jsonNumber(-inf)) == "\"-inf\"");
    CHECK(std::isnan(*numberFromJson(jsonNumber(std::nan("")))));
    CHECK(*numberFromJson(jsonNumber(0.1)) == 0.1);
    CHECK_FALSE(numberFromJson(Json("0.5")));
}

TEST_CASE("a bad text gives an error that names its source") {
    const auto bad = parseJson("{\"a\": }", "settings.json");
    REQUIRE_FALSE(bad);
    CHECK(bad.error().code == ErrorCode::Corrupt);
    CHECK(bad.error().on == "settings.json");
    CHECK(bad.error().what.find("column 7") != std::string::npos);
}

TEST_CASE("nesting is limited before the parser recurses") {
    CHECK(parseJson(std::string(60, '[') + std::string(60, ']')));
    const auto deep = parseJson(std::string(100000, '['));
    REQUIRE_FALSE(deep);
    CHECK(deep.error().what.find("deep") != std::string::npos);
    CHECK(parseJson("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\""));
}

TEST_CASE("fields fall back on a wrong type") {
    const Json object = *parseJson(R"({"s":"x","n":2.5,"i":7,"b":true,"big":1e300})");
    CHECK(getString(object, "s") == "x");
    CHECK(getString(object, "n", "no") == "no");
    CHECK(getNumber(object, "n") == 2.5);
    CHECK(getInt(object, "i") == 7);
    CHECK(getInt(object, "n") == 2);
    CHECK(getInt(object, "big", -1) == -1);
    CHECK(getBool(object, "b"));
    CHECK(getString(Json(3), "s", "none") == "none");
}

TEST_CASE("flattening gives dotted names") {
    CHECK(dumpJson(flattenJson(*parseJson(R"({"a":{"b":1,"c":{"d":[1,2]}},"e":"x"})"))) ==
          R"({"a.b":1,"a.c.d":[1,2],"e":"x"})");
}

TEST_CASE("bytes that are no UTF-8 still give valid JSON") {
    CHECK(parseJson(dumpJson(Json(std::string("a\xff") + "b"))));
}
