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

Result<std::string> sampleText(nn::Model& model, const data::Tokenizer& tokenizer, std::int64_t context,
                               const TextSample& sample, tensor::Device device) {
    const tensor::CounterRng random(sample.seed, tensor::streamOf("sample"));
    // Documents are told apart by this token in training, so one of them means: a document begins.
    std::vector<std::int32_t> tokens = {tokenizer.endOfText()};
    tokenizer.encode(sample.prompt, tokens);
    for (std::int64_t i = 0; i < sample.length; ++i) {
        const auto seen = std::span(tokens).last(std::min(tokens.size(), static_cast<std::size_t>(context)));
        const auto count = static_cast<std::int64_t>(seen.size());
        LATHE_TRY_ASSIGN(const auto inputs, tensor::Tensor::of<std::int32_t>(
                                                seen, {1, count}, tensor::MemoryClass::Activations, device));
        nn::Tape tape(autograd::Mode::Inference);
        const nn::Var logits = model.logits(tape, inputs);
        LATHE_TRY(tape.status());
        const std::int64_t vocabulary = logits.value().shape().back();
        const auto flat = logits.value().reshape({count, vocabulary});
        LATHE_TRY_ASSIGN(const auto single, flat.select(0, count - 1).to(tensor::DType::F32));
        LATHE_TRY_ASSIGN(const auto last, single.toVector<float>());
        const double uniform = random.uniform((sample.stream << 24) + static_cast<std::uint64_t>(i));
        tokens.push_back(static_cast<std::int32_t>(pick(last, sample.temperature, uniform)));
    }
    // Where a document ends, a line does.
    std::string text;
    for (auto begin = tokens.begin() + 1; begin != tokens.end();) {
        const auto end = std::find(begin, tokens.end(), tokenizer.endOfText());
        text += tokenizer.decode(std::span(begin, end));
        begin = end;
        if (begin != tokens.end()) {
            text += '\n';
            ++begin;
        }
    }
    return text;
}

}  // namespace lathe::train
