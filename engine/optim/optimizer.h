// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/model.h"
#include "nn/parameter.h"
#include "optim/state.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::optim {

// An update rule over elements [begin, end) of a store's flat buffers: all of them, or a ZeRO shard.
class Optimizer {
public:
    virtual ~Optimizer() = default;

    // One update with this learning rate; gradients are read as gradScale · grad (clipping, loss scaling,
    // averaging).
    virtual Result<> step(double learningRate, double gradScale = 1.0) = 0;
    // What it keeps between updates, as views, one entry for each parameter that the shard touches.
    virtual std::vector<NamedShard> state() const = 0;

    std::int64_t steps() const { return m_steps; }
    virtual void setSteps(std::int64_t steps) { m_steps = steps; }  // on resume

protected:
    std::int64_t m_steps = 0;
};

enum class OptimizerKind { Sgd, Adam, AdamW, Lion, Muon };
std::optional<OptimizerKind> optimizerFromName(std::string_view name);  // "sgd", "adam", …
// Numbers of the size of the parameters that it keeps: 2 for AdamW.
int momentsOf(OptimizerKind kind, double momentum);

struct OptimizerConfig {
    OptimizerKind kind = OptimizerKind::AdamW;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weightDecay = 0.01;
    double momentum = 0.9;  // SGD and Muon
    bool nesterov = true;   // SGD and Muon
};

// `hidden`: the weight matrices that Muon orthogonalises, see hiddenMatrices(); others ignore it. The store
// must outlive the optimiser. Invalid for numbers out of range.
Result<std::unique_ptr<Optimizer>> makeOptimizer(const nn::ParameterStore& store,
                                                 const OptimizerConfig& config,
                                                 const std::set<const nn::Parameter*>& hidden = {});

// The weights of two and more dimensions of all blocks but the first and the last (embeddings and heads).
std::set<const nn::Parameter*> hiddenMatrices(nn::Model& model);

// A range of a store's flat buffers and its parameters: what every optimiser here works on.
struct FlatRange {
    std::vector<nn::Parameter*> parameters;
    std::int64_t begin = 0, end = 0;
    tensor::Tensor values, grads, decay;  // values: the masters
    tensor::Tensor low;                   // half-precision copies of the values; undefined if there are none

    static Result<FlatRange> of(const nn::ParameterStore& store, std::int64_t begin, std::int64_t end,
                                std::string_view on);
    Result<tensor::Tensor> zeros() const;
    // Its master values; it must lie whole in the range.
    tensor::Tensor master(const nn::Parameter& parameter) const {
        return values.window(parameter.offset - begin, parameter.shape);
    }
    // The parts of the parameters that lie in the range, as views of `flat`, which holds that range.
    void appendState(std::vector<NamedShard>& shards, const std::string& prefix,
                     const tensor::Tensor& flat) const;
};

// The values of a store's parameters and buffers in the same form, whole.
std::vector<NamedShard> parameterState(const nn::ParameterStore& store);

}  // namespace lathe::optim
