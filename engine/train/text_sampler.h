// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "data/tokenizer.h"
#include "nn/model.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace lathe::train {

struct TextSample {
    std::int64_t length = 200;  // tokens to make, after the prompt
    double temperature = 0.8;   // 0: always the likeliest token
    std::uint64_t seed = 1;
    std::uint64_t stream = 0;  // another number, another sample
    std::string prompt;        // empty: the start of a file
};

// Text from a model that sees at most `context` tokens at once; the prompt is part of it. It may end within a
// UTF-8 character. A function of the model and of `sample` alone.
Result<std::string> sampleText(nn::Model& model, const data::Tokenizer& tokenizer, std::int64_t context,
                               const TextSample& sample, tensor::Device device = {});

}  // namespace lathe::train
