// SPDX-License-Identifier: Apache-2.0
#include "data/loader.h"
#include "data/prefetcher.h"
#include "data/text_dataset.h"

#include "core/file.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

using lathe::TempDir;
using lathe::data::BatchRequest;
using lathe::data::ByteText;
using lathe::data::Loader;
using lathe::data::LoaderConfig;
using lathe::data::Part;
using lathe::data::TextFolder;
using lathe::data::TextWindows;

namespace {

// Files whose every four-byte word names its place, so that a window shows where it comes from.
std::shared_ptr<const TextFolder> numbered(const TempDir& dir, int files, int words) {
    for (int file = 0; file < files; ++file) {
        std::string text;
        for (int word = 0; word < words; ++word)
            text += fmt::format("{:02}{:04}.", file, word);
        REQUIRE(lathe::writeFileAtomic(dir / fmt::format("f{:02}.txt", file), text));
    }
    auto folder = TextFolder::open(dir.path());
    REQUIRE(folder);
    return std::make_shared<const TextFolder>(std::move(*folder));
}

TextWindows windowsOf(const std::shared_ptr<const TextFolder>& folder, Part part, std::int64_t context) {
    auto windows = TextWindows::make(folder, part, 0.2, context);
    REQUIRE(windows);
    return std::move(*windows);
}

Loader loaderOf(TextWindows windows, std::uint64_t seed) {
    LoaderConfig config;
    config.seed = seed;
    return {std::make_shared<const ByteText>(std::move(windows)), config};
}

// How often each numbered word stands whole in the windows of one epoch.
std::map<std::string, int> wordsOf(const TextWindows& windows, std::uint64_t phase) {
    std::map<std::string, int> words;
    std::string window(static_cast<std::size_t>(windows.context()) + 1, ' ');
    for (std::uint64_t i = 0; i < windows.size(); ++i) {
        REQUIRE(windows.read(i, phase, window));
        for (auto dot = window.find('.'); dot != std::string::npos; dot = window.find('.', dot + 1))
            if (dot >= 6 && window.find_first_not_of("0123456789", dot - 6) == dot)
                ++words[window.substr(dot - 6, 6)];
    }
    return words;
}

}  // namespace

TEST_CASE("training and validation share no byte and together hold the text") {
    const TempDir dir;
    const auto folder = numbered(dir, 10, 2000);
    const auto training = windowsOf(folder, Part::Train, 70),
               validation = windowsOf(folder, Part::Validation, 70);
    const auto trained = wordsOf(training, 3), validated = wordsOf(validation, 3);
    for (const auto& [word, count] : validated)
        CHECK(trained.count(word) == 0);
    // Words cut by a window's or a chunk's edge are missing: at most two of the ten in each window.
    CHECK(trained.size() + validated.size() > 20000 * 8 / 10);
    const double share = static_cast<double>(validation.bytes()) / static_cast<double>(folder->bytes());
    CHECK(share > 0.1);
    CHECK(share < 0.3);
}

TEST_CASE("the split of a file depends on no other file") {
    const TempDir dir;
    const auto words = wordsOf(windowsOf(numbered(dir, 10, 30), Part::Validation, 70), 0);
    const TempDir larger;
    const auto more = wordsOf(windowsOf(numbered(larger, 12, 30), Part::Validation, 70), 0);
    for (const auto& [word, count] : words)
        CHECK(more.count(word) == 1);
}

TEST_CASE("sample i is the same alone, in a batch, and in ranks' parts of a batch") {
    const TempDir dir;
    const auto windows = windowsOf(numbered(dir, 4, 200), Part::Train, 32);
    const Loader loader = loaderOf(windows, 7);
    const std::uint64_t first = windows.size() * 2 - 5;  // across the end of an epoch
    const auto whole = loader.read(first, 11);
    REQUIRE(whole);
    CHECK(whole->rows == 11);
    CHECK(whole->shape == std::vector<std::int64_t>{32});
    for (const int ranks : {1, 2, 3, 11}) {
        std::vector<std::int32_t> inputs, targets;
        for (int rank = 0; rank < ranks; ++rank) {
            const int begin = 11 * rank / ranks, end = 11 * (rank + 1) / ranks;
            const auto part = loader.read(first + static_cast<std::uint64_t>(begin), end - begin);
            REQUIRE(part);
            inputs.insert(inputs.end(), part->tokens.begin(), part->tokens.end());
            targets.insert(targets.end(), part->targets.begin(), part->targets.end());
        }
        CHECK(inputs == whole->tokens);
        CHECK(targets == whole->targets);
    }
    for (std::size_t i = 0; i + 1 < 32; ++i)
        CHECK(whole->tokens[i + 1] == whole->targets[i]);
}

TEST_CASE("an epoch takes each window once, in another order than the next") {
    const TempDir dir;
    const auto windows = windowsOf(numbered(dir, 4, 200), Part::Train, 32);
    const Loader loader = loaderOf(windows, 7);
    const auto count = static_cast<std::int64_t>(windows.size());
    const auto one = loader.read(0, count), two = loader.read(windows.size(), count);
    REQUIRE((one && two));
    CHECK(one->tokens != two->tokens);
    std::map<std::vector<std::int32_t>, int> seen;
    for (auto row = one->tokens.begin(); row != one->tokens.end(); row += 32)
        CHECK(++seen[std::vector<std::int32_t>(row, row + 32)] == 1);
    CHECK(loaderOf(windows, 8).read(0, count)->tokens != one->tokens);
}

TEST_CASE("too little text is an error that says how much is needed") {
    const TempDir dir;
    REQUIRE(lathe::writeFileAtomic(dir / "a.txt", "short"));
    const auto folder = std::make_shared<const TextFolder>(*TextFolder::open(dir.path()));
    const auto windows = TextWindows::make(folder, Part::Train, 0, 128);
    REQUIRE(!windows);
    CHECK(windows.error().text().find("129") != std::string::npos);
    CHECK(TextWindows::make(folder, Part::Train, 0, 5));
}

TEST_CASE("batches read ahead by threads are those that are read when asked") {
    const TempDir dir;
    const auto loader =
        std::make_shared<const Loader>(loaderOf(windowsOf(numbered(dir, 4, 200), Part::Train, 32), 7));
    for (const int threads : {0, 1, 3}) {
        std::uint64_t next = 3;
        lathe::data::Prefetcher ahead(
            loader,
            [&]() -> std::optional<BatchRequest> {
                if (next >= 43)
                    return std::nullopt;
                next += 4;
                return BatchRequest{.first = next - 4, .count = 4, .length = next % 8 == 3 ? 16 : 0};
            },
            threads, 3);
        double waited = 0;
        for (std::uint64_t first = 3; first < 43; first += 4) {
            const auto batch = ahead.next(waited);
            REQUIRE(batch);
            const std::int64_t length = (first + 4) % 8 == 3 ? 16 : 0;
            const auto expected = loader->read({.first = first, .count = 4, .length = length});
            CHECK(batch->tokens == expected->tokens);
            CHECK(batch->targets == expected->targets);
        }
        CHECK(!ahead.next(waited));
        CHECK(waited > 0);
    }
}
