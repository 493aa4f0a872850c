// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/augment.h"
#include "data/dataset.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace lathe::data {

// Samples [first, first + count) of the endless sequence, and how they are wanted.
struct BatchRequest {
    std::uint64_t first = 0;
    std::int64_t count = 0;
    std::int64_t length = 0;  // tokens of a row; 0: the whole context
    std::int64_t size = 0;    // side of images; 0: as configured
    // The whole batch that these are a part of: mixed samples find their partners in it.
    std::uint64_t batchFirst = 0;
    std::int64_t batch = 0;
};

// Rows of a batch on the host, row after row.
struct HostBatch {
    std::int64_t rows = 0;
    std::vector<std::int64_t> shape;    // of one row: {T}, {C, H, W} or {F}
    std::vector<std::int32_t> tokens;   // rows × T
    std::vector<float> numbers;         // rows × C × H × W or rows × F
    std::vector<std::int32_t> targets;  // rows × T, token t + 1 of each; or a label a row
    std::vector<float> values;          // rows × outputs
    // Mixed batches: the second label of each row, and the share of the first.
    std::vector<std::int32_t> otherTargets;
    double share = 1;
};

struct LoaderConfig {
    std::uint64_t seed = 0;
    AugmentConfig image;
    double mixup = 0;   // alpha of Zhang et al. 2018, arXiv:1710.09412; 0: off
    double cutmix = 0;  // alpha of Yun et al. 2019, arXiv:1905.04899; 0: off
};

// The endless sequence of samples of a data set, shuffled anew each epoch. Sample i is a pure function of
// (seed, i): ranks and micro-batches that together read [a, b) read exactly what one rank reads, and the
// state of a training's data is one integer, the next i. Mixing, too, depends on the whole batch alone.
// Thread-safe, as nothing in it changes.
class Loader {
public:
    Loader(std::shared_ptr<const Dataset> dataset, LoaderConfig config)
        : m_dataset(std::move(dataset)), m_config(std::move(config)) {}

    Result<HostBatch> read(const BatchRequest& request) const;
    Result<HostBatch> read(std::uint64_t first, std::int64_t count) const {
        return read(BatchRequest{.first = first, .count = count, .batchFirst = first, .batch = count});
    }

    const Dataset& dataset() const { return *m_dataset; }
    const LoaderConfig& config() const { return m_config; }
    // Where sample i lies in the data set.
    std::uint64_t indexOf(std::uint64_t sample) const;

private:
    Result<> readSample(std::uint64_t sample, Sample& into) const;
    Result<> readImage(const BatchRequest& request, std::uint64_t sample, Sample& scratch, float* out) const;
    Result<> mix(const BatchRequest& request, HostBatch& batch) const;

    std::shared_ptr<const Dataset> m_dataset;
    LoaderConfig m_config;
};

}  // namespace lathe::data
