// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::data {

// Eight-bit pixels, row after row, channels together: [height][width][channels].
struct Image {
    std::int64_t height = 0, width = 0, channels = 0;
    std::vector<std::uint8_t> pixels;

    std::int64_t bytes() const { return height * width * channels; }
    const std::uint8_t* at(std::int64_t y, std::int64_t x) const {
        return pixels.data() + (y * width + x) * channels;
    }
    std::uint8_t* at(std::int64_t y, std::int64_t x) { return pixels.data() + (y * width + x) * channels; }
};

// Decodes PNG (libpng) or JPEG (libjpeg), told apart by their first bytes, to 1 or 3 channels: 3 if the file
// has colour, alpha laid over black. A JPEG may be decoded smaller, but with no side below `least` (0: full
// size), which costs a fraction of the time. `on` names the file in errors. Errors: Corrupt for what is
// truncated, damaged or larger than 2^27 pixels, Unsupported for other formats.
Result<> decodeImage(std::string_view bytes, std::int64_t least, Image& image, std::string_view on);
// Its size alone, from the head of the file.
struct ImageSize {
    std::int64_t height = 0, width = 0, channels = 0;
};
Result<ImageSize> imageSize(std::string_view bytes, std::string_view on);
bool looksLikeImage(std::string_view bytes);

// PNG of 1 or 3 channels.
Result<std::string> encodePng(const Image& image);
// Baseline JPEG, `quality` from 1 to 100.
Result<std::string> encodeJpeg(const Image& image, int quality);

}  // namespace lathe::data
