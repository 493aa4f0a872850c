// SPDX-License-Identifier: Apache-2.0
#include "train/text_sampler.h"

#include "tensor/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

namespace lathe::train {

namespace {

std::size_t pick(std::span<const float> logits, double temperature, double uniform) {
    const auto likeliest = std::ranges::max_element(logits);
    if (temperature <= 0)
        return static_cast<std::size_t>(likeliest - logits.begin());
    std::vector<double> weights(logits.size());
    std::ranges::transform(logits, weights.begin(),
                           [&](float logit) { return std::exp((logit - *likeliest) / temperature); });
    double left = uniform * std::accumulate(weights.begin(), weights.end(), 0.0);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        left -= weights[i];
        if (left < 0)
            return i;
    }
    return static_cast<std::size_t>(likeliest - logits.begin());
}

}  // namespace

Result<std::string> sampleText(nn::Model& model, std::int64_t context, const TextSample& sample) {
    const tensor::CounterRng random(sample.seed, tensor::streamOf("sample"));
    // Files are told apart by a NUL in training (data/text_windows.h), so one NUL means: a file begins.
    std::string text = '\0' + sample.prompt;
    for (std::int64_t i = 0; i < sample.length; ++i) {
        const std::string_view seen = std::string_view(text).substr(
            text.size() - std::min(text.size(), static_cast<std::size_t>(context)));
        std::vector<std::int32_t> ids(seen.size());
        std::ranges::transform(seen, ids.begin(), [](char byte) { return static_cast<unsigned char>(byte); });
        const auto count = static_cast<std::int64_t>(ids.size());
        LATHE_TRY_ASSIGN(const auto inputs, tensor::Tensor::of<std::int32_t>(ids, {1, count}));

        nn::Tape tape(autograd::Mode::Inference);
        const nn::Var logits = model.logits(tape, inputs);
        LATHE_TRY(tape.status());
        const std::int64_t vocabulary = logits.value().shape().back();
        const auto flat = logits.value().reshape({count, vocabulary});
        LATHE_TRY_ASSIGN(const auto last, flat.select(0, count - 1).toVector<float>());
        const double uniform = random.uniform((sample.stream << 24) + static_cast<std::uint64_t>(i));
        text.push_back(static_cast<char>(pick(last, sample.temperature, uniform)));
    }
    text.erase(0, 1);
    std::ranges::replace(text, '\0', '\n');
    return text;
}

}  // namespace lathe::train
