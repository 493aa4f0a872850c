// SPDX-License-Identifier: Apache-2.0
#include "data/open_data.h"

#include "core/file.h"
#include "data/loader.h"
#include "data/paged_file.h"
#include "data/split.h"
#include "data/tests/mutate.h"
#include "data/text_dataset.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

using namespace lathe;
using namespace lathe::data;
using namespace std::string_literals;

namespace {

OpenedData opened(const DataConfig& config) {
    auto data = openData(config);
    if (!data)
        FAIL(data.error().text());
    return std::move(*data);
}

std::string problem(const DataConfig& config) {
    const auto data = openData(config);
    return data ? "no error" : data.error().text();
}

void writeImages(const TempDir& dir, const std::string& below, int count, std::int64_t side) {
    REQUIRE(makeDirs(dir / below));
    for (int i = 0; i < count; ++i) {
        Image image{side, side + i % 3, 3, {}};
        image.pixels.assign(static_cast<std::size_t>(image.bytes()), static_cast<std::uint8_t>(i * 9));
        REQUIRE(writeFileAtomic(dir / (below + fmt::format("/{}.png", i)), encodePng(image).value()));
    }
}

void writeMnist(const TempDir& dir, const std::string& prefix, int count) {
    std::string images = "\0\0\x08\x03\0\0"s + static_cast<char>(count >> 8) + static_cast<char>(count) +
                         "\0\0\0\x04\0\0\0\x04"s;
    std::string labels = "\0\0\x08\x01\0\0"s + static_cast<char>(count >> 8) + static_cast<char>(count);
    for (int i = 0; i < count; ++i) {
        images += std::string(16, static_cast<char>(i));
        labels += static_cast<char>(i % 10);
    }
    REQUIRE(writeFileAtomic(dir / (prefix + "-images-idx3-ubyte"), images));
    REQUIRE(writeFileAtomic(dir / (prefix + "-labels-idx1-ubyte"), labels));
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a split keeps its share, moves little, and shares no sample") {
    const Split split = splitByHash(1000, 0.1);
    CHECK(split.validation.size() == 100);
    CHECK(split.train.size() == 900);
    const Split more = splitByHash(1010, 0.1);
    const std::set<std::uint32_t> before(split.validation.begin(), split.validation.end());
    std::size_t stayed = 0;
    for (const std::uint32_t index : more.validation)
        stayed += before.count(index);
    CHECK(stayed > 90);
    CHECK(splitByHash(2, 0.01).validation.size() == 1);
    CHECK(splitByHash(1, 0.5).validation.empty());
    CHECK(splitByHash(10, 0).validation.empty());
}

TEST_CASE("MNIST files are split, or come in their two parts") {
    const TempDir dir;
    writeMnist(dir, "t10k", 100);
    const OpenedData one = opened({.path = dir.path()});
    CHECK(one.kind == "mnist");
    CHECK(one.train->size() == 90);
    CHECK(one.validation->size() == 10);
    CHECK(one.image.size == 4);
    writeMnist(dir, "train", 60);
    const OpenedData two = opened({.path = dir.path()});
    CHECK(two.train->size() == 60);
    CHECK(two.validation->size() == 100);
    CHECK(two.fingerprint != one.fingerprint);
    REQUIRE(writeFileAtomic(dir / "train-labels-idx1-ubyte", "\0\0\x08\x01\0\0\0\x02"s + "ab"));
    CHECK(has(problem({.path = dir.path()}), "do not belong together"));
}

TEST_CASE("a folder of images: classes by name, sizes may differ, a damaged file is named") {
    const TempDir dir;
    writeImages(dir, "cat", 12, 30);
    writeImages(dir, "dog", 9, 40);
    const OpenedData data = opened({.path = dir.path(), .validation = 0.2, .imageSize = 16});
    CHECK(data.kind == "images");
    CHECK(data.facts["class_names"] == Json{"cat", "dog"});
    CHECK(data.train->size() + data.validation->size() == 21);
    LoaderConfig config;
    config.image = data.image;
    const auto batch = Loader(data.train, config).read(0, 4);
    REQUIRE(batch);
    CHECK(batch->shape == std::vector<std::int64_t>{3, 16, 16});
    REQUIRE(writeFileAtomic(dir / "dog/0.png", "\x89PNG\r\n\x1a\nrubbish"));
    CHECK(has(problem({.path = dir.path(), .validation = 0}), "dog/0.png"));
    const TempDir empty;
    REQUIRE(makeDirs(empty / "cat"));
    CHECK(has(problem({.path = empty.path(), .kind = "images"}), "no class folder"));
    CHECK(has(problem({.path = empty / "nothing"}), "check data.path"));
    CHECK(has(problem({.path = empty.path()}), "no text"));
}

TEST_CASE("CIFAR records, whole and cut") {
    const TempDir dir;
    REQUIRE(writeFileAtomic(dir / "data_batch_1.bin", std::string(3073 * 5, '\x03')));
    const OpenedData data = opened({.path = dir.path(), .validation = 0.2});
    CHECK(data.kind == "cifar");
    CHECK(data.train->info().classes == 10);
    REQUIRE(writeFileAtomic(dir / "data_batch_1.bin", std::string(3073 * 5 - 1, '\x03')));
    CHECK(has(problem({.path = dir.path()}), "truncated"));
    REQUIRE(writeFileAtomic(dir / "data_batch_1.bin", std::string(3073 * 5, '\x0c')));
    CHECK(has(problem({.path = dir.path()}), "label 12"));
}

TEST_CASE("tables and a tokenizer that is learnt once and found again") {
    const TempDir dir;
    std::string csv = "x,y,label\n";
    for (int i = 0; i < 50; ++i)
        csv += fmt::format("{},{},{}\n", i, i * i % 7, i % 2 == 0 ? "even" : "odd");
    REQUIRE(writeFileAtomic(dir / "t.csv", csv));
    const OpenedData table = opened({.path = dir / "t.csv"});
    CHECK(table.train->size() == 45);
    CHECK(table.facts["table"]["features"] == Json{"x", "y"});

    std::string text;
    for (int i = 0; i < 400; ++i)
        text += fmt::format("line {} follows line {}\n", i, i + 1);
    REQUIRE(makeDirs(dir / "text"));
    REQUIRE(writeFileAtomic(dir / "text/a.txt", text));
    const DataConfig config{.path = dir / "text",
                            .context = 8,
                            .tokenizer = "bpe",
                            .vocabulary = 300,
                            .learntTokenizer = dir / "tokenizer"};
    const OpenedData first = opened(config), again = opened(config);
    CHECK(first.train->info().vocabulary == again.train->info().vocabulary);
    CHECK(exists(dir / "tokenizer/merges.txt"));
    const auto a = Loader(first.train, {}).read(0, 3), b = Loader(again.train, {}).read(0, 3);
    CHECK(a->tokens == b->tokens);
}

TEST_CASE("a pack holds the same samples, in pages, and a damaged one is an error") {
    const TempDir dir;
    writeMnist(dir, "t10k", 100);
    const OpenedData data = opened({.path = dir.path()});
    const std::string path = dir / "digits.lpk";
    const auto bytes =
        writePaged(path, *data.train, data.validation.get(), {.page = 4096, .facts = data.facts});
    if (!bytes)
        FAIL(bytes.error().text());
    const OpenedData packed = opened({.path = path});
    CHECK(packed.kind == "pack");
    CHECK(packed.train->size() == 90);
    CHECK(packed.validation->size() == 10);
    CHECK(packed.image.mean == data.image.mean);
    Sample one, other;
    for (std::uint64_t i = 0; i < 90; ++i) {
        REQUIRE(data.train->read(i, 0, one));
        REQUIRE(packed.train->read(i, 0, other));
        CHECK(one.image.pixels == other.image.pixels);
        CHECK(one.label == other.label);
    }
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < 90; ++i)
        seen.insert(packed.train->orderOf(i, 77));
    CHECK(seen.size() == 90);
    CHECK(*seen.rbegin() == 89);

    const std::string good = readFile(path).value();
    readDamaged(good, 300, [&](const std::string& bad) {
        REQUIRE(writeFileAtomic(dir / "bad.lpk", bad));
        if (const auto file = PagedFile::open(dir / "bad.lpk"))
            if (const auto part = PagedFile::part(*file, "train", 8, 0))
                for (std::uint64_t i = 0; i < (*part)->size(); ++i)
                    (void)(*part)->read(i, 0, other);
    });

    REQUIRE(writeFileAtomic(dir / "a.txt", std::string(5000, 'a') + std::string(5000, 'b')));
    const OpenedData text =
        opened({.path = dir / "a.txt", .context = 16, .tokenizer = "bpe", .vocabulary = 260});
    REQUIRE(writePaged(dir / "text.lpk", *text.train, nullptr, {.page = 4096}));
    const auto file = PagedFile::open(dir / "text.lpk");
    REQUIRE(file);
    const auto part = PagedFile::part(*file, "train", 16, 0);
    REQUIRE(part);
    REQUIRE((*part)->read(2, 5, one));
    REQUIRE(text.train->read(2, 5, other));
    CHECK(one.tokens == other.tokens);
}
