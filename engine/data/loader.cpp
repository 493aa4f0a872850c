// SPDX-License-Identifier: Apache-2.0
#include "data/loader.h"

#include "data/hash.h"
#include "data/sample_rng.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numbers>

namespace lathe::data {

namespace {

double normal(SampleRng& rng) {
    return std::sqrt(-2 * std::log(1 - rng.uniform())) * std::cos(2 * std::numbers::pi * rng.uniform());
}

// Marsaglia and Tsang 2000; for shapes below 1 by their boost.
double gamma(double shape, SampleRng& rng) {
    if (shape < 1)
        return gamma(shape + 1, rng) * std::pow(1 - rng.uniform(), 1 / shape);
    const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
    while (true) {
        const double x = normal(rng), root = 1 + c * x;
        if (root <= 0)
            continue;
        const double v = root * root * root;
        if (std::log(1 - rng.uniform()) < 0.5 * x * x + d - d * v + d * std::log(v))
            return d * v;
    }
}

double beta(double alpha, SampleRng& rng) {
    const double a = gamma(alpha, rng), b = gamma(alpha, rng);
    return a + b > 0 ? a / (a + b) : 0.5;
}

}  // namespace

std::uint64_t Loader::indexOf(std::uint64_t sample) const {
    const std::uint64_t size = m_dataset->size();
    return m_dataset->orderOf(sample % size, mixBits(m_config.seed, sample / size));
}

Result<> Loader::readSample(std::uint64_t sample, Sample& into) const {
    const std::uint64_t epoch = sample / m_dataset->size();
    return m_dataset->read(indexOf(sample), mixBits(m_config.seed, epoch) >> 1, into);
}

Result<> Loader::readImage(const BatchRequest& request, std::uint64_t sample, Sample& scratch,
                           float* out) const {
    LATHE_TRY(readSample(sample, scratch));
    augment(scratch.image, m_config.image, request.size, SampleRng(m_config.seed ^ 0xa46e7, sample), out);
    return {};
}

Result<HostBatch> Loader::read(const BatchRequest& request) const {
    const DatasetInfo& info = m_dataset->info();
    HostBatch batch;
    batch.rows = request.count;
    Sample sample;
    const auto rows = static_cast<std::size_t>(request.count);
    if (info.input == DatasetInfo::Input::Tokens) {
        const std::int64_t length =
            request.length > 0 ? std::min(request.length, info.context) : info.context;
        batch.shape = {length};
        batch.tokens.reserve(rows * static_cast<std::size_t>(length));
        batch.targets.reserve(rows * static_cast<std::size_t>(length));
        for (std::int64_t row = 0; row < request.count; ++row) {
            LATHE_TRY(readSample(request.first + static_cast<std::uint64_t>(row), sample));
            const auto begin = sample.tokens.begin();
            batch.tokens.insert(batch.tokens.end(), begin, begin + length);
            batch.targets.insert(batch.targets.end(), begin + 1, begin + length + 1);
        }
        return batch;
    }
    std::size_t stride = 0;
    if (info.input == DatasetInfo::Input::Image) {
        const std::int64_t side = sideOf(m_config.image, info.height, request.size);
        batch.shape = {m_config.image.channels, side, side};
        stride = static_cast<std::size_t>(m_config.image.channels * side * side);
    } else {
        batch.shape = {info.features};
        stride = static_cast<std::size_t>(info.features);
    }
    batch.numbers.resize(rows * stride);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::uint64_t index = request.first + row;
        if (info.input == DatasetInfo::Input::Image) {
            LATHE_TRY(readImage(request, index, sample, batch.numbers.data() + row * stride));
        } else {
            LATHE_TRY(readSample(index, sample));
            std::ranges::copy(sample.numbers,
                              batch.numbers.begin() + static_cast<std::ptrdiff_t>(row * stride));
        }
        if (info.classes > 0) {
            if (sample.label < 0 || sample.label >= info.classes)
                return fail(ErrorCode::Invalid,
                            fmt::format("sample {} has the label {}, but there are {} classes",
                                        indexOf(index), sample.label, info.classes),
                            "data.path", "number the classes from 0");
            batch.targets.push_back(sample.label);
        } else {
            batch.values.insert(batch.values.end(), sample.values.begin(), sample.values.end());
        }
    }
    if (info.classes > 0 && request.batch > 1 && (m_config.mixup > 0 || m_config.cutmix > 0))
        LATHE_TRY(mix(request, batch));
    return batch;
}

Result<> Loader::mix(const BatchRequest& request, HostBatch& batch) const {
    SampleRng rng(m_config.seed ^ 0x3141, request.batchFirst);
    const bool image = batch.shape.size() == 3;
    const bool cut = m_config.cutmix > 0 && image && (m_config.mixup <= 0 || rng.chance(0.5));
    if (!cut && m_config.mixup <= 0)
        return {};
    batch.share = beta(cut ? m_config.cutmix : m_config.mixup, rng);
    const std::int64_t shift = 1 + rng.below(request.batch - 1);
    std::int64_t top = 0, left = 0, bottom = 0, right = 0;
    if (cut) {
        const std::int64_t height = batch.shape[1], width = batch.shape[2];
        const double side = std::sqrt(1 - batch.share);
        const std::int64_t halfHeight = std::lround(side * static_cast<double>(height) / 2),
                           halfWidth = std::lround(side * static_cast<double>(width) / 2);
        const std::int64_t y = rng.below(height), x = rng.below(width);
        top = std::max<std::int64_t>(0, y - halfHeight);
        bottom = std::min(height, y + halfHeight);
        left = std::max<std::int64_t>(0, x - halfWidth);
        right = std::min(width, x + halfWidth);
        batch.share =
            1 - static_cast<double>((bottom - top) * (right - left)) / static_cast<double>(height * width);
    }
    const std::size_t stride = batch.numbers.size() / static_cast<std::size_t>(batch.rows);
    std::vector<float> other(stride);
    Sample sample;
    const auto a = static_cast<float>(batch.share);
    for (std::int64_t row = 0; row < batch.rows; ++row) {
        const auto within = static_cast<std::int64_t>(request.first - request.batchFirst) + row;
        const std::uint64_t partner =
            request.batchFirst + static_cast<std::uint64_t>((within + shift) % request.batch);
        if (image) {
            LATHE_TRY(readImage(request, partner, sample, other.data()));
        } else {
            LATHE_TRY(readSample(partner, sample));
            std::ranges::copy(sample.numbers, other.begin());
        }
        batch.otherTargets.push_back(sample.label);
        float* mine = batch.numbers.data() + static_cast<std::size_t>(row) * stride;
        if (!cut) {
            for (std::size_t i = 0; i < stride; ++i)
                mine[i] = a * mine[i] + (1 - a) * other[i];
            continue;
        }
        for (std::int64_t k = 0; k < batch.shape[0]; ++k)
            for (std::int64_t y = top; y < bottom; ++y) {
                const std::int64_t line = (k * batch.shape[1] + y) * batch.shape[2];
                std::copy(other.begin() + line + left, other.begin() + line + right, mine + line + left);
            }
    }
    return {};
}

}  // namespace lathe::data
