// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "data/image.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lathe::data {

// What the samples of a data set are.
struct DatasetInfo {
    enum class Input { Tokens, Image, Numbers };
    Input input = Input::Numbers;
    std::int64_t vocabulary = 0;                       // Tokens
    std::int64_t context = 0;                          // Tokens: one sample holds context + 1 of them
    std::int64_t channels = 0, height = 0, width = 0;  // Image; height 0: they differ
    std::int64_t features = 0;                         // Numbers
    std::int64_t classes = 0;                          // above 0: a sample has a label below it
    std::int64_t outputs = 0;                          // above 0: a sample has so many numbers to predict
    std::vector<std::string> classNames;               // classes of them, or none
};

// One sample, as it is stored. Reused between reads, so that its memory is.
struct Sample {
    std::vector<std::int32_t> tokens;  // context + 1
    Image image;
    std::vector<float> numbers;  // features
    std::int32_t label = -1;
    std::vector<float> values;  // outputs
};

// Samples by index. Everything in it is const after it was opened, and read() is thread-safe.
class Dataset {
public:
    virtual ~Dataset() = default;

    virtual const DatasetInfo& info() const = 0;
    virtual std::uint64_t size() const = 0;  // samples of one epoch, above 0
    // `phase` shifts where samples begin from epoch to epoch, where that means something (text).
    virtual Result<> read(std::uint64_t index, std::uint64_t phase, Sample& sample) const = 0;
    // The index at `position` of an epoch's order under `key`: a permutation. Data on pages keeps to a few of
    // them at a time.
    virtual std::uint64_t orderOf(std::uint64_t position, std::uint64_t key) const;
    // For a line on the console: "10 000 images of 28×28, 10 classes".
    virtual std::string text() const;
};

// Some samples of another set, by index.
class Subset final : public Dataset {
public:
    Subset(std::shared_ptr<const Dataset> whole, std::vector<std::uint32_t> indices)
        : m_whole(std::move(whole)), m_indices(std::move(indices)) {}

    const DatasetInfo& info() const override { return m_whole->info(); }
    std::uint64_t size() const override { return m_indices.size(); }
    Result<> read(std::uint64_t index, std::uint64_t phase, Sample& sample) const override {
        return m_whole->read(m_indices[index], phase, sample);
    }

private:
    std::shared_ptr<const Dataset> m_whole;
    std::vector<std::uint32_t> m_indices;
};

}  // namespace lathe::data
