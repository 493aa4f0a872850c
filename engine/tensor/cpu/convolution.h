// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstdint>
#include <memory>
#include <string>

namespace lathe::tensor::cpu {

// One pass of one convolution of `batch` images in fp32, as oneDNN prepares it. Thread-safe; runs on the
// calling thread alone.
struct ConvolutionKey {
    enum class Pass : std::uint8_t { Forward, Data, Weights };
    Pass pass = Pass::Forward;
    bool channelsLast = false;
    bool bias = false;
    bool accumulate = false;  // Data: add to what dx holds
    std::int64_t batch = 0, channels = 0, height = 0, width = 0;
    std::int64_t outputs = 0, outHeight = 0, outWidth = 0, kernelH = 0, kernelW = 0;
    std::int64_t strideH = 1, strideW = 1, padH = 0, padW = 0, dilationH = 1, dilationW = 1, groups = 1;
    auto operator<=>(const ConvolutionKey&) const = default;
};

class Convolution {
public:
    virtual ~Convolution() = default;

    // From a cache, or made now. Fails with Unsupported and the library's words.
    static Result<std::shared_ptr<const Convolution>> of(const ConvolutionKey& key);

    // Weights in the library's own order: made once a call by packWeights, shared by the pieces.
    virtual std::int64_t packedWeights() const = 0;  // floats
    virtual Result<> packWeights(const float* weights, float* packed) const = 0;
    // Forward: x, packed weights, bias? → y. Data: dy, packed weights → dx. Weights: x, dy → packed gradient.
    virtual Result<> run(const float* first, const float* second, const float* bias, float* out) const = 0;
    // dw += the packed gradients, of which there are `count` one after the other.
    virtual Result<> addWeights(float* packed, std::int64_t count, float* dw) const = 0;
    virtual std::string implementation() const = 0;  // the library's name of what it chose
};

}  // namespace lathe::tensor::cpu
