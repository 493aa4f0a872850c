// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/image.h"
#include "data/sample_rng.h"

#include <cstdint>
#include <vector>

namespace lathe::data {

// How an image becomes a model's input. Training draws; validation does the same work without a draw.
struct AugmentConfig {
    std::int64_t size = 0;      // side of the square that comes out; 0: the stored size, which must be one
    std::int64_t channels = 3;  // grey is repeated, colour becomes grey
    std::vector<float> mean, deviation;  // of the training images, a channel, in 0…1
    bool training = false;
    std::int64_t crop = 0;    // pixels of padding around before a crop of the size is taken from it
    double leastArea = 0.35;  // images of differing sizes: least share of the area that a crop keeps
    bool flip = false;        // left and right
    std::int64_t cutout = 0;  // side of a square that is blanked (DeVries and Taylor 2017, arXiv:1708.04552)
    std::int64_t randomOps = 0;  // how many of RandAugment's operations (Cubuk et al. 2019, arXiv:1909.13719)
    double randomMagnitude = 9;  // 0 to 30
    bool fixedSize = true;       // all stored images have one size
};

// Images are resized with a triangle filter that widens when it shrinks, as Pillow's does.
void resizeImage(const Image& from, std::int64_t height, std::int64_t width, Image& to);
// The part [top, top + height) × [left, left + width); what lies outside is black.
void cropImage(const Image& from, std::int64_t top, std::int64_t left, std::int64_t height,
               std::int64_t width, Image& to);
void flipImage(Image& image);
// One of RandAugment's operations, drawn from `rng`.
void randomOperation(Image& image, double magnitude, SampleRng& rng);

// Writes [channels][size][size] into `out`, normalised. `image` is used up. `size` overrides config.size if
// above 0 (progressive resizing).
void augment(Image& image, const AugmentConfig& config, std::int64_t size, SampleRng rng, float* out);

// The side that augment() gives.
std::int64_t sideOf(const AugmentConfig& config, std::int64_t storedHeight, std::int64_t size);

}  // namespace lathe::data
