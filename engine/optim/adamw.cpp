// SPDX-License-Identifier: Apache-2.0
#include "optim/adamw.h"

#include <algorithm>
#include <fmt/format.h>

namespace lathe::optim {
namespace {

using nn::Parameter;
using tensor::Shape;
using tensor::Tensor;

// The parts of `parameters` that lie in elements [begin, end) of the flat buffers, as views of `flat`, which
// holds that range.
void appendShards(std::vector<NamedShard>& shards, const std::string& prefix,
                  const std::vector<Parameter*>& parameters, const Tensor& flat, std::int64_t begin,
                  std::int64_t end) {
    for (Parameter* parameter : parameters) {
        const std::int64_t first = std::max(begin, parameter->offset);
        const std::int64_t last = std::min(end, parameter->offset + parameter->elements());
        if (first >= last)
            continue;
        shards.push_back({prefix + parameter->name(), parameter->shape, Box::whole(parameter->shape),
                          first - parameter->offset, last - parameter->offset,
                          flat.window(first - begin, {last - first})});
    }
}

}  // namespace

Box Box::whole(const Shape& shape) {
    Shape offset = shape;
    for (int i = 0; i < offset.rank(); ++i)
        offset[i] = 0;
    return {offset, shape};
}

Result<AdamW> AdamW::create(const nn::ParameterStore& store, const AdamWConfig& config) {
    return create(store, config, 0, store.elements());
}

Result<AdamW> AdamW::create(const nn::ParameterStore& store, const AdamWConfig& config, std::int64_t begin,
                            std::int64_t end) {
    if (begin < 0 || begin > end || end > store.elements())
        return fail(ErrorCode::Invalid,
                    fmt::format("shard [{}, {}) of {} elements", begin, end, store.elements()), "adamw");
    if (!(config.beta1 >= 0 && config.beta1 < 1 && config.beta2 >= 0 && config.beta2 < 1 &&
          config.epsilon > 0 && config.weightDecay >= 0))
        return fail(ErrorCode::Invalid, "betas must be in [0, 1), epsilon above 0, weight decay 0 or more",
                    "adamw");
    AdamW made;
    made.m_config = config;
    made.m_begin = begin;
    made.m_end = end;
    made.m_parameters.assign(store.parameters().begin(), store.parameters().end());
    const Shape shape{end - begin};
    made.m_values = store.values().window(begin, shape);
    made.m_grads = store.grads().window(begin, shape);
    constexpr std::int64_t stretch = nn::ParameterStore::decayStretch;
    const std::int64_t first = begin / stretch, last = (end + stretch - 1) / stretch;
    made.m_decay = store.decayMask().window(first, {last - first});
    const auto device = store.values().device();
    const auto type = store.values().dtype();
    LATHE_TRY_ASSIGN(made.m_first, Tensor::zeros(shape, type, tensor::MemoryClass::Optimizer, device));
    LATHE_TRY_ASSIGN(made.m_second, Tensor::zeros(shape, type, tensor::MemoryClass::Optimizer, device));
    return made;
}

Result<> AdamW::step(double learningRate, double gradScale) {
    LATHE_TRY(tensor::runKernel(
        LATHE_OP_ADAMW, {m_values, m_grads, m_first, m_second, m_decay},
        {learningRate, m_config.beta1, m_config.beta2, m_config.epsilon, m_config.weightDecay, gradScale},
        {m_steps + 1, m_begin}));
    ++m_steps;
    return {};
}

std::vector<NamedShard> AdamW::state() const {
    std::vector<NamedShard> shards;
    appendShards(shards, "adamw.m/", m_parameters, m_first, m_begin, m_end);
    appendShards(shards, "adamw.v/", m_parameters, m_second, m_begin, m_end);
    return shards;
}

std::vector<NamedShard> parameterState(const nn::ParameterStore& store) {
    std::vector<NamedShard> shards;
    const std::vector<Parameter*> parameters(store.parameters().begin(), store.parameters().end());
    appendShards(shards, "", parameters, store.values(), 0, store.elements());
    return shards;
}

}  // namespace lathe::optim
