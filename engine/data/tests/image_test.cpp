// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "data/augment.h"
#include "data/image.h"
#include "data/image_sets.h"
#include "data/loader.h"
#include "data/tests/mutate.h"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>

using namespace lathe;
using namespace lathe::data;

namespace {

Image gradient(std::int64_t height, std::int64_t width, std::int64_t channels) {
    Image image{height, width, channels, {}};
    image.pixels.resize(static_cast<std::size_t>(image.bytes()));
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x)
            for (std::int64_t k = 0; k < channels; ++k)
                image.at(y, x)[k] = static_cast<std::uint8_t>((y * 5 + x * 3 + k * 40) % 256);
    return image;
}

std::shared_ptr<const MemoryImages> someImages(int count) {
    std::string pixels;
    std::vector<std::int32_t> labels;
    for (int i = 0; i < count; ++i) {
        const Image one = gradient(8, 8, 1);
        for (const std::uint8_t p : one.pixels)
            pixels += static_cast<char>(p + i);
        labels.push_back(i % 3);
    }
    return std::make_shared<const MemoryImages>(
        DatasetInfo{.input = DatasetInfo::Input::Image, .channels = 1, .height = 8, .width = 8, .classes = 3},
        pixels, labels);
}

}  // namespace

TEST_CASE("PNG keeps every pixel, JPEG nearly") {
    for (const std::int64_t channels : {1, 3}) {
        const Image image = gradient(20, 33, channels);
        Image back;
        REQUIRE(decodeImage(encodePng(image).value(), 0, back, "f"));
        CHECK(back.channels == channels);
        CHECK(back.pixels == image.pixels);
        const Image smooth = [&] {
            Image flat = image;
            for (auto& p : flat.pixels)
                p = 90;
            return flat;
        }();
        REQUIRE(decodeImage(encodeJpeg(smooth, 95).value(), 0, back, "f"));
        CHECK(back.height == 20);
        CHECK(std::abs(back.pixels[100] - 90) < 4);
    }
    const std::string jpeg = encodeJpeg(gradient(256, 320, 3), 90).value();
    Image small;
    REQUIRE(decodeImage(jpeg, 60, small, "f"));
    CHECK(small.height == 64);
    CHECK(imageSize(jpeg, "f")->width == 320);
}

TEST_CASE("truncated and damaged images are errors, never crashes") {
    const std::string png = encodePng(gradient(20, 20, 3)).value(),
                      jpeg = encodeJpeg(gradient(40, 40, 3), 80).value();
    Image image;
    CHECK(decodeImage(std::string_view(png).substr(0, png.size() / 2), 0, image, "f").error().code ==
          ErrorCode::Corrupt);
    CHECK(decodeImage(std::string_view(jpeg).substr(0, jpeg.size() / 2), 0, image, "f").error().code ==
          ErrorCode::Corrupt);
    CHECK(decodeImage("GIF89a", 0, image, "f").error().code == ErrorCode::Unsupported);
    for (const std::string& good : {png, jpeg})
        readDamaged(good, 1500, [&](const std::string& bad) { (void)decodeImage(bad, 0, image, "f"); });
}

TEST_CASE("resizing keeps the mean, cropping the place, flipping twice everything") {
    Image flat = gradient(30, 30, 1), smaller;
    for (auto& p : flat.pixels)
        p = 77;
    for (const std::int64_t side : {7, 30, 64}) {
        resizeImage(flat, side, side, smaller);
        for (const std::uint8_t p : smaller.pixels)
            CHECK(p == 77);
    }
    const Image image = gradient(10, 12, 3);
    Image part;
    cropImage(image, 2, 3, 4, 5, part);
    CHECK(part.at(1, 1)[2] == image.at(3, 4)[2]);
    cropImage(image, -1, -1, 4, 4, part);
    CHECK(part.at(0, 2)[0] == 0);
    CHECK(part.at(1, 1)[0] == image.at(0, 0)[0]);
    Image twice = image;
    flipImage(twice);
    CHECK(twice.at(0, 0)[0] == image.at(0, 11)[0]);
    flipImage(twice);
    CHECK(twice.pixels == image.pixels);
}

TEST_CASE("augmentation is drawn by sample: the same for any rank, another for another sample") {
    AugmentConfig config{.size = 8, .channels = 1, .mean = {0.5f}, .deviation = {0.25f}};
    std::vector<float> plain(64), drawn(64), again(64), other(64);
    Image image = gradient(8, 8, 1);
    augment(image, config, 0, SampleRng(1, 1), plain.data());
    CHECK(plain[0] == doctest::Approx(-2));
    config.training = true;
    config.crop = 2;
    config.flip = true;
    config.cutout = 3;
    config.randomOps = 2;
    const auto draw = [&](std::uint64_t sample, std::vector<float>& out) {
        Image fresh = gradient(8, 8, 1);
        augment(fresh, config, 0, SampleRng(1, sample), out.data());
    };
    draw(5, drawn);
    draw(5, again);
    draw(6, other);
    CHECK(drawn == again);
    CHECK(drawn != other);
    CHECK(std::count(drawn.begin(), drawn.end(), 0.0f) >= 4);
    // Every operation, on every shape.
    for (std::uint64_t i = 0; i < 200; ++i) {
        Image any = gradient(9, 5, i % 2 == 0 ? 3 : 1);
        SampleRng rng(2, i);
        randomOperation(any, 30, rng);
        CHECK(any.bytes() == static_cast<std::int64_t>(any.pixels.size()));
    }
}

TEST_CASE("a mixed batch is the same however ranks share it") {
    LoaderConfig config;
    config.seed = 3;
    config.image = {.size = 8, .channels = 1};
    for (const bool cut : {false, true}) {
        config.mixup = cut ? 0 : 0.4;
        config.cutmix = cut ? 1.0 : 0;
        const Loader loader(someImages(20), config);
        const BatchRequest whole{.first = 40, .count = 6, .batchFirst = 40, .batch = 6};
        const auto all = loader.read(whole);
        REQUIRE(all);
        CHECK(all->share > 0);
        CHECK(all->share < 1);
        CHECK(all->otherTargets.size() == 6);
        BatchRequest half = whole;
        half.first = 43;
        half.count = 3;
        const auto part = loader.read(half);
        REQUIRE(part);
        CHECK(part->share == all->share);
        CHECK(std::vector<float>(all->numbers.begin() + 3 * 64, all->numbers.end()) == part->numbers);
        CHECK(std::vector<std::int32_t>(all->otherTargets.begin() + 3, all->otherTargets.end()) ==
              part->otherTargets);
    }
}
