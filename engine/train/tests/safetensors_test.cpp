// SPDX-License-Identifier: Apache-2.0
#include "train/safetensors.h"

#include "core/file.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

using namespace lathe;
using namespace lathe::train;
using tensor::Tensor;

namespace {

std::vector<NamedTensor> twoTensors() {
    const std::vector<float> weights = {1, 2, 3, 4, 5, 6};
    const std::vector<std::int32_t> ids = {-7, 8};
    return {{"h.0.weight", {2, 3}, *Tensor::of<float>(weights, {2, 3})},
            {"ids", {2}, *Tensor::of<std::int32_t>(ids, {2})}};
}

// A file with this header, and as many zero bytes behind it.
std::string withHeader(const std::string& header, std::size_t bytes) {
    std::string file(8, '\0');
    for (std::size_t i = 0; i < 8; ++i)
        file[i] = static_cast<char>(header.size() >> (8 * i));
    return file + header + std::string(bytes, '\0');
}

}  // namespace

TEST_CASE("tensors come back as they were written, whole and in part") {
    const TempDir dir;
    REQUIRE(writeSafetensors(dir / "a.safetensors", twoTensors(), {{"format", "pt"}}));
    const auto file = SafetensorsFile::open(dir / "a.safetensors");
    REQUIRE(file);
    CHECK(file->metadata()["format"] == "pt");
    REQUIRE(file->entries().size() == 2);
    const auto& weight = file->entries().at("h.0.weight");
    CHECK(weight.shape == tensor::Shape{2, 3});
    const auto whole = Tensor::empty({2, 3});
    REQUIRE(file->read(weight, 0, *whole));
    CHECK(*whole->toVector<float>() == std::vector<float>{1, 2, 3, 4, 5, 6});
    const auto part = Tensor::empty({2});
    REQUIRE(file->read(weight, 3, *part));
    CHECK(*part->toVector<float>() == std::vector<float>{4, 5});
    const auto ids = Tensor::empty({2}, tensor::DType::I32);
    REQUIRE(file->read(file->entries().at("ids"), 0, *ids));
    CHECK(*ids->toVector<std::int32_t>() == std::vector<std::int32_t>{-7, 8});
}

TEST_CASE("the bytes are those of the format") {
    const TempDir dir;
    REQUIRE(writeSafetensors(dir / "a", twoTensors(), Json::object()));
    const std::string bytes = *readFile(dir / "a");
    const std::string header = R"({"h.0.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
                               R"("ids":{"dtype":"I32","shape":[2],"data_offsets":[24,32]}})";
    const std::size_t padded = (header.size() + 7) / 8 * 8;
    CHECK(bytes.size() == 8 + padded + 32);
    CHECK(bytes.substr(8, header.size()) == header);
    CHECK(static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])) == padded);
}

TEST_CASE("a file cut anywhere is an error, never a crash") {
    const TempDir dir;
    REQUIRE(writeSafetensors(dir / "a", twoTensors(), {{"format", "pt"}}));
    const std::string bytes = *readFile(dir / "a");
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        REQUIRE(writeFileAtomic(dir / "cut", bytes.substr(0, length)));
        const auto file = SafetensorsFile::open(dir / "cut");
        CAPTURE(length);
        CHECK(!file);
    }
}

TEST_CASE("a header that lies is an error") {
    const TempDir dir;
    const auto rejected = [&](const std::string& header, std::string_view reason) {
        REQUIRE(writeFileAtomic(dir / "bad", withHeader(header, 64)));
        const auto file = SafetensorsFile::open(dir / "bad");
        CAPTURE(header);
        REQUIRE(!file);
        CAPTURE(file.error().what);
        CHECK(file.error().code == ErrorCode::Corrupt);
        CHECK(file.error().what.find(reason) != std::string::npos);
    };
    rejected(R"([1])", "no object");
    rejected(R"({"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}})", "unknown type");
    rejected(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", "no proper shape");
    rejected(R"({"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}})", "no proper shape");
    rejected(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})",
             "no proper shape");
    rejected(R"({"a":{"dtype":"F32","shape":[1]}})", "no proper shape");
    rejected(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", "does not fill");
    rejected(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}})", "no proper place");
    rejected(R"({"a":{"dtype":"F32","shape":[32],"data_offsets":[0,128]}})", "truncated");
    rejected(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
             R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
             "overlap");
    rejected(R"({"a":)", "");
    CHECK(SafetensorsFile::open(dir / "missing").error().code == ErrorCode::NotFound);
}
