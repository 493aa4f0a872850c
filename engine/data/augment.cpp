// SPDX-License-Identifier: Apache-2.0
#include "data/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace lathe::data {

namespace {

std::uint8_t clampByte(double value) {
    return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

// Weights of the source pixels of one target pixel.
struct Taps {
    std::int64_t first = 0;
    std::vector<float> weights;
};

std::vector<Taps> tapsFor(std::int64_t from, std::int64_t to) {
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double reach = std::max(1.0, scale);
    std::vector<Taps> taps(static_cast<std::size_t>(to));
    for (std::int64_t i = 0; i < to; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) * scale;
        const auto first = std::max<std::int64_t>(0, static_cast<std::int64_t>(centre - reach + 0.5));
        const auto last = std::min(from, static_cast<std::int64_t>(centre + reach + 0.5));
        Taps& here = taps[static_cast<std::size_t>(i)];
        here.first = first;
        float total = 0;
        for (std::int64_t k = first; k < last; ++k) {
            const double distance = std::abs((static_cast<double>(k) + 0.5 - centre) / reach);
            here.weights.push_back(static_cast<float>(std::max(0.0, 1 - distance)));
            total += here.weights.back();
        }
        for (float& weight : here.weights)
            weight /= total;
    }
    return taps;
}

void pointwise(Image& image, const std::array<std::uint8_t, 256>& table) {
    for (std::uint8_t& pixel : image.pixels)
        pixel = table[pixel];
}

template <class F> void pointwise(Image& image, F map) {
    std::array<std::uint8_t, 256> table{};
    for (int i = 0; i < 256; ++i)
        table[static_cast<std::size_t>(i)] = clampByte(map(static_cast<double>(i)));
    pointwise(image, table);
}

// Each target pixel (x, y) takes the source at (a·x + b·y, c·x + d·y) about the centre, plus the shift; what
// comes from outside is grey.
void affine(Image& image, double a, double b, double c, double d, double shiftX, double shiftY) {
    const Image from = image;
    const double centreX = static_cast<double>(from.width - 1) / 2,
                 centreY = static_cast<double>(from.height - 1) / 2;
    for (std::int64_t y = 0; y < from.height; ++y)
        for (std::int64_t x = 0; x < from.width; ++x) {
            const double dx = static_cast<double>(x) - centreX, dy = static_cast<double>(y) - centreY;
            const auto sourceX = static_cast<std::int64_t>(std::lround(a * dx + b * dy + centreX + shiftX));
            const auto sourceY = static_cast<std::int64_t>(std::lround(c * dx + d * dy + centreY + shiftY));
            const bool inside = sourceX >= 0 && sourceX < from.width && sourceY >= 0 && sourceY < from.height;
            for (std::int64_t k = 0; k < from.channels; ++k)
                image.at(y, x)[k] = inside ? from.at(sourceY, sourceX)[k] : std::uint8_t{128};
        }
}

void autoContrast(Image& image) {
    for (std::int64_t k = 0; k < image.channels; ++k) {
        int low = 255, high = 0;
        for (std::size_t i = static_cast<std::size_t>(k); i < image.pixels.size();
             i += static_cast<std::size_t>(image.channels)) {
            low = std::min<int>(low, image.pixels[i]);
            high = std::max<int>(high, image.pixels[i]);
        }
        if (high <= low)
            continue;
        for (std::size_t i = static_cast<std::size_t>(k); i < image.pixels.size();
             i += static_cast<std::size_t>(image.channels))
            image.pixels[i] = clampByte(255.0 * (image.pixels[i] - low) / (high - low));
    }
}

double meanOf(const Image& image) {
    double total = 0;
    for (const std::uint8_t pixel : image.pixels)
        total += pixel;
    return total / static_cast<double>(image.pixels.size());
}

// Towards grey for factors below 1, away from it above.
void colour(Image& image, double factor) {
    if (image.channels != 3)
        return;
    for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
        std::uint8_t* p = image.pixels.data() + i;
        const double grey = 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
        for (int k = 0; k < 3; ++k)
            p[k] = clampByte(grey + factor * (p[k] - grey));
    }
}

void toChannels(Image& image, std::int64_t channels) {
    if (image.channels == channels)
        return;
    Image other{image.height, image.width, channels, {}};
    other.pixels.resize(static_cast<std::size_t>(other.bytes()));
    const std::int64_t count = image.height * image.width;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::uint8_t* from = image.pixels.data() + i * image.channels;
        std::uint8_t* to = other.pixels.data() + i * channels;
        if (channels == 1)
            *to = clampByte(0.299 * from[0] + 0.587 * from[1] + 0.114 * from[2]);
        else
            std::fill(to, to + channels, from[0]);
    }
    image = std::move(other);
}

// A crop of random area and shape, brought to size (Szegedy et al. 2015, arXiv:1409.4842).
void randomResizedCrop(Image& image, std::int64_t size, double leastArea, SampleRng& rng) {
    const auto height = static_cast<double>(image.height), width = static_cast<double>(image.width);
    const double area = rng.between(leastArea, 1) * height * width;
    const double ratio = std::exp(rng.between(std::log(3.0 / 4), std::log(4.0 / 3)));
    const auto cropHeight = std::clamp<std::int64_t>(std::lround(std::sqrt(area / ratio)), 1, image.height);
    const auto cropWidth = std::clamp<std::int64_t>(std::lround(std::sqrt(area * ratio)), 1, image.width);
    Image part, sized;
    cropImage(image, rng.below(image.height - cropHeight + 1), rng.below(image.width - cropWidth + 1),
              cropHeight, cropWidth, part);
    resizeImage(part, size, size, sized);
    image = std::move(sized);
}

// The middle of the image with its shorter side at 8/7 of the size.
void centreCrop(Image& image, std::int64_t size) {
    const std::int64_t shorter = std::min(image.height, image.width), target = size * 8 / 7;
    Image sized, part;
    resizeImage(image, std::max(size, image.height * target / shorter),
                std::max(size, image.width * target / shorter), sized);
    cropImage(sized, (sized.height - size) / 2, (sized.width - size) / 2, size, size, part);
    image = std::move(part);
}

}  // namespace

void resizeImage(const Image& from, std::int64_t height, std::int64_t width, Image& to) {
    if (from.height == height && from.width == width) {
        to = from;
        return;
    }
    const auto across = tapsFor(from.width, width), down = tapsFor(from.height, height);
    const std::int64_t channels = from.channels;
    std::vector<float> wide(static_cast<std::size_t>(from.height * width * channels));
    for (std::int64_t y = 0; y < from.height; ++y)
        for (std::int64_t x = 0; x < width; ++x) {
            const Taps& taps = across[static_cast<std::size_t>(x)];
            float* out = wide.data() + (y * width + x) * channels;
            const std::uint8_t* in = from.at(y, taps.first);
            for (const float weight : taps.weights) {
                for (std::int64_t k = 0; k < channels; ++k)
                    out[k] += weight * static_cast<float>(in[k]);
                in += channels;
            }
        }
    to.height = height;
    to.width = width;
    to.channels = channels;
    to.pixels.resize(static_cast<std::size_t>(to.bytes()));
    const std::int64_t row = width * channels;
    std::vector<float> sums(static_cast<std::size_t>(row));
    for (std::int64_t y = 0; y < height; ++y) {
        const Taps& taps = down[static_cast<std::size_t>(y)];
        std::ranges::fill(sums, 0.5f);
        for (std::size_t k = 0; k < taps.weights.size(); ++k) {
            const float weight = taps.weights[k];
            const float* in = wide.data() + (taps.first + static_cast<std::int64_t>(k)) * row;
            for (std::int64_t i = 0; i < row; ++i)
                sums[static_cast<std::size_t>(i)] += weight * in[i];
        }
        std::uint8_t* out = to.pixels.data() + y * row;
        for (std::int64_t i = 0; i < row; ++i)
            out[i] = static_cast<std::uint8_t>(std::min(sums[static_cast<std::size_t>(i)], 255.0f));
    }
}

void cropImage(const Image& from, std::int64_t top, std::int64_t left, std::int64_t height,
               std::int64_t width, Image& to) {
    to.height = height;
    to.width = width;
    to.channels = from.channels;
    to.pixels.assign(static_cast<std::size_t>(to.bytes()), 0);
    const std::int64_t firstX = std::max<std::int64_t>(0, -left), lastX = std::min(width, from.width - left);
    if (firstX >= lastX)
        return;
    for (std::int64_t y = std::max<std::int64_t>(0, -top); y < std::min(height, from.height - top); ++y)
        std::copy_n(from.at(top + y, left + firstX), (lastX - firstX) * from.channels, to.at(y, firstX));
}

void flipImage(Image& image) {
    for (std::int64_t y = 0; y < image.height; ++y)
        for (std::int64_t a = 0, b = image.width - 1; a < b; ++a, --b)
            std::swap_ranges(image.at(y, a), image.at(y, a) + image.channels, image.at(y, b));
}

void randomOperation(Image& image, double magnitude, SampleRng& rng) {
    const double strength = magnitude / 30;
    const double direction = rng.chance(0.5) ? 1 : -1;
    const double signedStrength = direction * strength;
    const double factor = 1 + 0.9 * signedStrength;
    switch (rng.below(13)) {
    case 0: break;  // as it is
    case 1: autoContrast(image); break;
    case 2: pointwise(image, [&](double v) { return v * factor; }); break;  // brightness
    case 3: {
        const double mean = meanOf(image);
        pointwise(image, [&](double v) { return mean + factor * (v - mean); });  // contrast
        break;
    }
    case 4: colour(image, factor); break;
    case 5: {
        const int kept = 8 - static_cast<int>(std::lround(4 * strength));
        pointwise(image,
                  [&](double v) { return static_cast<int>(v) >> (8 - kept) << (8 - kept); });  // posterise
        break;
    }
    case 6: {
        const double threshold = 256 * (1 - strength);
        pointwise(image, [&](double v) { return v < threshold ? v : 255 - v; });  // solarise
        break;
    }
    case 7: {
        const double angle = signedStrength * 30 * std::numbers::pi / 180;
        affine(image, std::cos(angle), std::sin(angle), -std::sin(angle), std::cos(angle), 0, 0);
        break;
    }
    case 8: affine(image, 1, 0.3 * signedStrength, 0, 1, 0, 0); break;
    case 9: affine(image, 1, 0, 0.3 * signedStrength, 1, 0, 0); break;
    case 10: affine(image, 1, 0, 0, 1, 0.33 * signedStrength * static_cast<double>(image.width), 0); break;
    case 11: affine(image, 1, 0, 0, 1, 0, 0.33 * signedStrength * static_cast<double>(image.height)); break;
    default: pointwise(image, [](double v) { return 255 - v; }); break;  // negative
    }
}

std::int64_t sideOf(const AugmentConfig& config, std::int64_t storedHeight, std::int64_t size) {
    return size > 0 ? size : config.size > 0 ? config.size : storedHeight;
}

void augment(Image& image, const AugmentConfig& config, std::int64_t size, SampleRng rng, float* out) {
    toChannels(image, config.channels);
    const std::int64_t side = sideOf(config, image.height, size);
    if (!config.fixedSize || image.height != image.width) {
        if (config.training)
            randomResizedCrop(image, side, config.leastArea, rng);
        else
            centreCrop(image, side);
    } else {
        Image other;
        if (image.height != side) {
            resizeImage(image, side, side, other);
            std::swap(image, other);
        }
        if (config.training && config.crop > 0) {
            const std::int64_t range = 2 * config.crop + 1;
            cropImage(image, rng.below(range) - config.crop, rng.below(range) - config.crop, side, side,
                      other);
            std::swap(image, other);
        }
    }
    if (config.training && config.flip && rng.chance(0.5))
        flipImage(image);
    if (config.training)
        for (std::int64_t i = 0; i < config.randomOps; ++i)
            randomOperation(image, config.randomMagnitude, rng);

    const std::int64_t pixels = side * side;
    for (std::int64_t k = 0; k < config.channels; ++k) {
        const auto channel = static_cast<std::size_t>(k);
        const float mean = channel < config.mean.size() ? config.mean[channel] : 0.0f;
        const float deviation = channel < config.deviation.size() ? config.deviation[channel] : 1.0f;
        const float factor = 1 / (255 * deviation), shift = -mean / deviation;
        float* plane = out + k * pixels;
        const std::uint8_t* in = image.pixels.data() + k;
        for (std::int64_t i = 0; i < pixels; ++i)
            plane[i] = static_cast<float>(in[i * config.channels]) * factor + shift;
    }
    if (config.training && config.cutout > 0) {
        const std::int64_t centreY = rng.below(side), centreX = rng.below(side), half = config.cutout / 2;
        for (std::int64_t k = 0; k < config.channels; ++k)
            for (std::int64_t y = std::max<std::int64_t>(0, centreY - half);
                 y < std::min(side, centreY - half + config.cutout); ++y)
                for (std::int64_t x = std::max<std::int64_t>(0, centreX - half);
                     x < std::min(side, centreX - half + config.cutout); ++x)
                    out[k * pixels + y * side + x] = 0;
    }
}

}  // namespace lathe::data
