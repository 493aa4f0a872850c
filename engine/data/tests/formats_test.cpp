// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "data/array.h"
#include "data/gzip.h"
#include "data/table.h"
#include "data/tests/mutate.h"

#include <cstring>
#include <doctest/doctest.h>
#include <zlib.h>

using namespace lathe;
using namespace lathe::data;
using namespace std::string_literals;

namespace {

std::string idx(std::initializer_list<int> shape, const std::string& bytes) {
    std::string text = "\0\0\x08"s + static_cast<char>(shape.size());
    for (const int extent : shape)
        text += std::string{'\0', '\0', static_cast<char>(extent >> 8), static_cast<char>(extent)};
    return text + bytes;
}

std::string npy(const std::string& descr, const std::string& shape, const std::string& data,
                const std::string& order = "False") {
    std::string header =
        "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
    header.resize((header.size() + 10) / 64 * 64 + 54, ' ');
    const auto length = static_cast<std::uint16_t>(header.size());
    return "\x93NUMPY\x01\x00"s + static_cast<char>(length) + static_cast<char>(length >> 8) + header + data;
}

template <class T> std::string bytesOf(std::initializer_list<T> values) {
    return {reinterpret_cast<const char*>(std::data(values)), values.size() * sizeof(T)};
}

std::string little(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i)
        text += static_cast<char>(value >> (8 * i));
    return text;
}

// A zip archive of one member, stored.
std::string zip(const std::string& name, const std::string& content) {
    const std::string sizes = little(0, 4) + little(content.size(), 4) + little(content.size(), 4);
    const std::string local = "PK\x03\x04"s + little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) +
                              sizes + little(name.size(), 2) + little(0, 2) + name + content;
    const std::string central = "PK\x01\x02"s + little(20, 2) + little(20, 2) + little(0, 2) + little(0, 2) +
                                little(0, 4) + sizes + little(name.size(), 2) + little(0, 12) + little(0, 4) +
                                name;
    return local + central + "PK\x05\x06"s + little(0, 4) + little(1, 2) + little(1, 2) +
           little(central.size(), 4) + little(local.size(), 4) + little(0, 2);
}

std::string what(const auto& result) {
    return result ? std::string("no error") : result.error().text();
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("IDX: shape and bytes, and every lie about them is found") {
    const auto array = parseIdx(idx({2, 3}, "abcdef"), "f");
    REQUIRE(array);
    CHECK(array->shape == std::vector<std::int64_t>{2, 3});
    CHECK(array->at(4) == 'e');
    CHECK(has(what(parseIdx(idx({2, 3}, "abcde"), "f")), "truncated"));
    CHECK(has(what(parseIdx(idx({2, 3}, "abcdefg"), "f")), "too long"));
    CHECK(has(what(parseIdx("hello", "f")), "not an IDX"));
    CHECK(!parseIdx("\0\0\x08\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s, "f"));
    readDamaged(idx({3, 2, 2}, "abcdefghijkl"), 500,
                [](const std::string& bad) { (void)parseIdx(bad, "f"); });
}

TEST_CASE(".npy: types and shapes") {
    const auto floats = parseNpy(npy("<f4", "(2, 2)", bytesOf({1.0f, 2.5f, -3.0f, 4.0f})), "f");
    REQUIRE(floats);
    CHECK(floats->at(1) == 2.5);
    CHECK(floats->shapeText() == "[2, 2]");
    CHECK(parseNpy(npy("<i8", "(1,)", bytesOf<std::int64_t>({-7})), "f")->at(0) == -7);
    CHECK(parseNpy(npy("|b1", "(2,)", "\x01\x00"s), "f")->at(0) == 1);
    CHECK(has(what(parseNpy(npy(">f4", "(1,)", "abcd"), "f")), ">f4"));
    CHECK(has(what(parseNpy(npy("<f4", "(1, 1)", "abcd", "True"), "f")), "Fortran"));
    CHECK(has(what(parseNpy(npy("<f4", "(3,)", "abcd"), "f")), "truncated"));
    CHECK(!parseNpy(npy("<f4", "(99999999999, 99999999999)", "abcd"), "f"));
    CHECK(!parseNpy(npy("<f4", "(-1,)", "abcd"), "f"));
    readDamaged(npy("<f4", "(2,)", "abcdefgh"), 2000,
                [](const std::string& bad) { (void)parseNpy(bad, "f"); });
}

TEST_CASE(".npz: members of the archive, damaged or not") {
    const std::string good = zip("x.npy", npy("<i4", "(2,)", bytesOf<std::int32_t>({5, 6})));
    const auto arrays = parseNpz(good, "f");
    REQUIRE(arrays);
    CHECK(arrays->at("x").at(1) == 6);
    CHECK(has(what(parseNpz("PK nothing", "f")), "no zip"));
    readDamaged(good, 3000, [](const std::string& bad) { (void)parseNpz(bad, "f"); });
}

TEST_CASE("gzip is unpacked, and a truncated file is an error") {
    const TempDir dir;
    const std::string path = dir / "a.gz", text(100'000, 'x');
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    CHECK(readPlainOrGzip(path).value() == text);
    const std::string packed = readFile(path).value();
    REQUIRE(writeFileAtomic(dir / "b.gz", packed.substr(0, packed.size() / 2)));
    CHECK(readPlainOrGzip(dir / "b.gz").error().code == ErrorCode::Corrupt);
    CHECK(readPlainOrGzip(path, 1000).error().code == ErrorCode::Invalid);
    REQUIRE(writeFileAtomic(dir / "two.gz", packed + packed));
    CHECK(readPlainOrGzip(dir / "two.gz").value() == text + text);
}

TEST_CASE("tables: heads, quotes, text columns, missing cells, what is predicted") {
    const auto cells =
        parseTable("a,kind,y\n1,\"red, dark\",yes\n,\"a \"\"b\"\"\",no\r\n3,red,yes\n", ',', "t");
    REQUIRE(cells);
    CHECK(cells->rows.size() == 3);
    CHECK(cells->rows[1][1] == "a \"b\"");
    const auto table = NumberTable::fromCells(*cells, "", TableTask::Auto, "t");
    REQUIRE(table);
    CHECK((*table)->info().features == 4);  // a, and three kinds
    CHECK((*table)->info().classNames == std::vector<std::string>{"no", "yes"});
    Sample sample;
    REQUIRE((*table)->read(1, 0, sample));
    CHECK(sample.numbers == std::vector<float>{2, 1, 0, 0});
    CHECK(sample.label == 0);
    CHECK(has(what(NumberTable::fromCells(*cells, "knd", TableTask::Auto, "t")), "`kind`"));

    const auto numbers = parseTable("1\t2.5\n3\t4.5\n5\t-1\n", '\t', "t");
    REQUIRE(numbers);
    const auto regression = NumberTable::fromCells(*numbers, "1", TableTask::Auto, "t");
    REQUIRE(regression);
    CHECK((*regression)->info().outputs == 1);
    (*regression)->standardise({0, 1, 2});
    REQUIRE((*regression)->read(2, 0, sample));
    CHECK(sample.numbers[0] == doctest::Approx(1.224745));

    CHECK(has(what(parseTable("a,b\n1,2\n1,2,3\n", ',', "t")), "line 3"));
    CHECK(has(what(parseTable("a,b\n\"1,2\n", ',', "t")), "quote"));
    CHECK(has(what(parseTable("", ',', "t")), "empty"));
    CHECK(has(what(parseTable("a,b\n", ',', "t")), "no rows"));
    // scikit-learn's head: rows, features, classes.
    const auto named = parseTable("2,1,bad,good\n0.5,0\n0.7,1\n", ',', "t");
    REQUIRE(named);
    CHECK(named->classNames == std::vector<std::string>{"bad", "good"});
    const auto negative = parseTable("1,-1\n2,0\n", ',', "t");
    CHECK(has(what(NumberTable::fromCells(*negative, "", TableTask::Classify, "t")), "out of range"));
    readDamaged("a,\"b\",c\n1,2,3\n4,\"5\",6\n", 2000, [](const std::string& bad) {
        if (const auto read = parseTable(bad, ',', "t"))
            (void)NumberTable::fromCells(*read, "", TableTask::Auto, "t");
    });
}
