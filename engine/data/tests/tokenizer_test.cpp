// SPDX-License-Identifier: Apache-2.0
#include "data/tokenizer.h"

#include "core/file.h"
#include "core/json.h"

#include <doctest/doctest.h>

using namespace lathe;
using namespace lathe::data;

namespace {

std::string text() {
    std::string all;
    for (int i = 0; i < 300; ++i)
        all += "the model learns what follows, the loss falls: it's " + std::to_string(i) +
               " and naïve café — 漢字!\n";
    return all;
}

}  // namespace

TEST_CASE("words are cut as GPT-2 cuts them") {
    const auto words = splitWords("Hello world, it's  2024!\n\n  x   ü9 漢字-ok ");
    const std::vector<std::string_view> expected = {"Hello", " world", ",",     " it", "'s", " ",
                                                    " 2024", "!",      "\n\n ", " x",  "  ", " ü",
                                                    "9",     " 漢字",  "-",     "ok",  " "};
    CHECK(words == expected);
    std::string joined;
    const std::string whole = text();
    for (const auto word : splitWords(whole))
        joined += word;
    CHECK(joined == whole);
    CHECK(splitWords("").empty());
    // What is no UTF-8 stays whole, byte by byte.
    std::string bad = "a\xff\xfe b\xc3";
    joined.clear();
    for (const auto word : splitWords(bad))
        joined += word;
    CHECK(joined == bad);
}

TEST_CASE("learnt pairs shorten the text, decode to it, and survive their files") {
    const auto learnt = trainBpe(text(), 400);
    REQUIRE(learnt);
    CHECK((*learnt)->vocabulary() <= 400);
    CHECK((*learnt)->vocabulary() > 300);
    std::vector<std::int32_t> tokens;
    (*learnt)->encode(text(), tokens);
    CHECK(tokens.size() * 3 < text().size());
    CHECK((*learnt)->decode(tokens) == text());

    const TempDir dir;
    REQUIRE((*learnt)->save(dir.path()));
    const auto loaded = loadBpe(dir.path());
    if (!loaded)
        FAIL(loaded.error().text());
    std::vector<std::int32_t> again;
    (*loaded)->encode(text(), again);
    CHECK(again == tokens);
    CHECK((*loaded)->endOfText() == (*learnt)->endOfText());
    const std::int32_t end = (*loaded)->endOfText();
    CHECK((*loaded)->decode(std::vector<std::int32_t>{end, 1'000'000, -1}).empty());
}

TEST_CASE("a pair of files that do not fit each other is an error") {
    const TempDir dir;
    CHECK(loadBpe(dir.path()).error().code == ErrorCode::NotFound);
    REQUIRE(trainBpe(text(), 300).value()->save(dir.path()));
    const std::string merges = readFile(dir / "merges.txt").value();
    REQUIRE(writeFileAtomic(dir / "merges.txt", merges + "zz qq\n"));
    CHECK(loadBpe(dir.path()).error().text().find("zz qq") != std::string::npos);
    REQUIRE(writeFileAtomic(dir / "merges.txt", merges));
    REQUIRE(writeFileAtomic(dir / "vocab.json", "{\"a\": 0}"));
    CHECK(loadBpe(dir.path()).error().code == ErrorCode::Corrupt);
    REQUIRE(writeFileAtomic(dir / "vocab.json", "{"));
    CHECK(!loadBpe(dir.path()));
    CHECK(!trainBpe("abc", 100));
}
