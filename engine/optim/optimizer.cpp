// SPDX-License-Identifier: Apache-2.0
#include "optim/optimizer.h"

#include "optim/adamw.h"
#include "optim/lion.h"
#include "optim/muon.h"
#include "optim/sgd.h"

#include <algorithm>
#include <fmt/format.h>

namespace lathe::optim {

using nn::Parameter;
using tensor::Shape;
using tensor::Tensor;

namespace {

// Optimisers are made as values, so that tests hold them so; the trainer holds them by their interface.
template <class T> Result<std::unique_ptr<Optimizer>> boxed(Result<T> made) {
    if (!made)
        return std::unexpected(made.error());
    return std::make_unique<T>(std::move(*made));
}

}  // namespace

std::optional<OptimizerKind> optimizerFromName(std::string_view name) {
    constexpr std::pair<std::string_view, OptimizerKind> names[] = {{"sgd", OptimizerKind::Sgd},
                                                                    {"adam", OptimizerKind::Adam},
                                                                    {"adamw", OptimizerKind::AdamW},
                                                                    {"lion", OptimizerKind::Lion},
                                                                    {"muon", OptimizerKind::Muon}};
    for (const auto& [known, kind] : names)
        if (known == name)
            return kind;
    return {};
}

int momentsOf(OptimizerKind kind, double momentum) {
    switch (kind) {
    case OptimizerKind::Sgd: return momentum > 0 ? 1 : 0;
    case OptimizerKind::Adam:
    case OptimizerKind::AdamW: return 2;
    case OptimizerKind::Lion: return 1;
    case OptimizerKind::Muon: return 2;  // at most: one for the matrices that it orthogonalises
    }
    return 2;
}

Box Box::whole(const Shape& shape) {
    Shape offset = shape;
    for (int i = 0; i < offset.rank(); ++i)
        offset[i] = 0;
    return {offset, shape};
}

Result<FlatRange> FlatRange::of(const nn::ParameterStore& store, std::int64_t begin, std::int64_t end,
                                std::string_view on) {
    if (begin < 0 || begin > end || end > store.elements())
        return fail(ErrorCode::Invalid,
                    fmt::format("shard [{}, {}) of {} elements", begin, end, store.elements()),
                    std::string(on));
    const Shape shape{end - begin};
    constexpr std::int64_t stretch = nn::ParameterStore::decayStretch;
    const bool half = !store.masters().sharesStorage(store.values());
    const std::int64_t first = begin / stretch, last = (end + stretch - 1) / stretch;
    return FlatRange{.parameters = {store.parameters().begin(), store.parameters().end()},
                     .begin = begin,
                     .end = end,
                     .values = store.masters().window(begin, shape),
                     .grads = store.grads().window(begin, shape),
                     .decay = store.decayMask().window(first, {last - first}),
                     .low = half ? store.values().window(begin, shape) : Tensor{}};
}

Result<Tensor> FlatRange::zeros() const {
    return Tensor::zeros({end - begin}, values.dtype(), tensor::MemoryClass::Optimizer, values.device());
}

void FlatRange::appendState(std::vector<NamedShard>& shards, const std::string& prefix,
                            const Tensor& flat) const {
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

std::vector<NamedShard> parameterState(const nn::ParameterStore& store) {
    std::vector<NamedShard> shards;
    FlatRange{.parameters = {store.parameters().begin(), store.parameters().end()},
              .begin = 0,
              .end = store.elements()}
        .appendState(shards, "", store.masters());
    for (const nn::Buffer* buffer : store.buffers())
        shards.push_back({buffer->name, buffer->shape, Box::whole(buffer->shape), 0, buffer->shape.elements(),
                          buffer->value.reshape({buffer->shape.elements()})});
    return shards;
}

std::set<const Parameter*> hiddenMatrices(nn::Model& model) {
    std::set<const Parameter*> hidden;
    const auto row = model.blocks();
    for (std::size_t i = 1; i + 1 < row.size(); ++i)
        for (const Parameter* parameter : row[i]->parameters())
            if (parameter->shape.rank() >= 2)
                hidden.insert(parameter);
    // Asking a block names its parameters from there on; asking the model gives them their full names again.
    (void)model.parameters();
    return hidden;
}

Result<std::unique_ptr<Optimizer>> makeOptimizer(const nn::ParameterStore& store,
                                                 const OptimizerConfig& config,
                                                 const std::set<const Parameter*>& hidden) {
    const AdamWConfig adam{.beta1 = config.beta1,
                           .beta2 = config.beta2,
                           .epsilon = config.epsilon,
                           .weightDecay = config.weightDecay,
                           .decoupled = config.kind != OptimizerKind::Adam};
    switch (config.kind) {
    case OptimizerKind::Sgd:
        return boxed(Sgd::create(
            store,
            {.momentum = config.momentum, .nesterov = config.nesterov, .weightDecay = config.weightDecay}));
    case OptimizerKind::Adam:
    case OptimizerKind::AdamW: return boxed(AdamW::create(store, adam));
    case OptimizerKind::Lion:
        return boxed(Lion::create(
            store, {.beta1 = config.beta1, .beta2 = config.beta2, .weightDecay = config.weightDecay}));
    case OptimizerKind::Muon:
        return boxed(Muon::create(store, hidden,
                                  {.momentum = config.momentum, .nesterov = config.nesterov, .rest = adam}));
    }
    return fail(ErrorCode::Internal, "an optimiser without a maker");
}

}  // namespace lathe::optim
