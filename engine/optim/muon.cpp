// SPDX-License-Identifier: Apache-2.0
#include "optim/muon.h"

#include "optim/clip.h"

#include <algorithm>
#include <cmath>

namespace lathe::optim {

using tensor::MemoryClass;
using tensor::Shape;
using tensor::Tensor;

namespace {

// Coefficients of the published iteration.
constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;
constexpr int kIterations = 5;

Result<Tensor> emptyLike(const Shape& shape, const Tensor& like) {
    return Tensor::empty(shape, like.dtype(), MemoryClass::Workspace, like.device());
}

Shape matrixShape(const Shape& shape) {
    return {shape[0], shape.elements() / shape[0]};
}

}  // namespace

Result<Tensor> orthogonalised(const Tensor& x) {
    // The short side first, so that the products are small.
    const bool tall = x.size(0) > x.size(1);
    Tensor now;
    if (tall) {
        LATHE_TRY_ASSIGN(now, x.transpose(0, 1).contiguous());
    } else {
        LATHE_TRY_ASSIGN(now, x.clone(MemoryClass::Workspace));
    }
    LATHE_TRY_ASSIGN(const double squares, sumOfSquares(now.reshape({now.elements()})));
    LATHE_TRY(tensor::runKernel(LATHE_OP_SCALE, {now, now}, {1.0 / (std::sqrt(squares) + 1e-7)}));
    const std::int64_t rows = now.size(0), columns = now.size(1);
    LATHE_TRY_ASSIGN(Tensor gram, emptyLike({rows, rows}, now));
    LATHE_TRY_ASSIGN(Tensor square, emptyLike({rows, rows}, now));
    LATHE_TRY_ASSIGN(Tensor product, emptyLike({rows, columns}, now));
    for (int i = 0; i < kIterations; ++i) {
        // x ← a·x + (b·xxᵀ + c·(xxᵀ)²)·x; the Gram matrix is its own transpose, as LINEAR's w wants.
        LATHE_TRY(tensor::runKernel(LATHE_OP_LINEAR, {now, now, {}, {}, gram, {}}, {}, {LATHE_ACT_NONE}));
        LATHE_TRY(tensor::runKernel(LATHE_OP_LINEAR, {gram, gram, {}, {}, square, {}}, {}, {LATHE_ACT_NONE}));
        LATHE_TRY(tensor::runKernel(LATHE_OP_BLEND, {gram, square}, {kB, kC}));
        // The gradient of a linear layer's input is dy·w, a plain product.
        LATHE_TRY(tensor::runKernel(LATHE_OP_LINEAR_BACKWARD, {square, now, now, {}, product, {}, {}, {}}, {},
                                    {LATHE_ACT_NONE, 0}));
        LATHE_TRY(tensor::runKernel(LATHE_OP_BLEND, {product, now}, {1.0, kA}));
    }
    return tall ? now.transpose(0, 1).contiguous() : Result<Tensor>(now);
}

Result<Muon> Muon::create(const nn::ParameterStore& store, const std::set<const nn::Parameter*>& hidden,
                          const MuonConfig& config) {
    if (!(config.momentum >= 0 && config.momentum < 1))
        return fail(ErrorCode::Invalid, "momentum must be in [0, 1)", "muon");
    Muon made;
    made.m_config = config;
    made.m_store = &store;
    std::int64_t begin = 0;
    const auto restUntil = [&](std::int64_t end) -> Result<> {
        if (begin < end) {
            LATHE_TRY_ASSIGN(AdamW rest, AdamW::create(store, config.rest, begin, end));
            made.m_rest.push_back(std::move(rest));
        }
        return {};
    };
    for (nn::Parameter* parameter : store.parameters()) {
        if (!hidden.contains(parameter))
            continue;
        LATHE_TRY(restUntil(parameter->offset));
        begin = parameter->offset + parameter->elements();
        LATHE_TRY_ASSIGN(Tensor momentum,
                         Tensor::zeros(matrixShape(parameter->shape), store.masters().dtype(),
                                       MemoryClass::Optimizer, parameter->value().device()));
        made.m_matrices.push_back({parameter,
                                   store.masters().window(parameter->offset, matrixShape(parameter->shape)),
                                   std::move(momentum)});
    }
    LATHE_TRY(restUntil(store.elements()));
    return made;
}

Result<> Muon::update(const Matrix& matrix, double learningRate, double gradScale) {
    const Shape shape = matrix.momentum.shape();
    const Tensor value = matrix.value, grad = matrix.parameter->grad().reshape(shape);
    LATHE_TRY(tensor::runKernel(LATHE_OP_BLEND, {grad, matrix.momentum}, {gradScale, m_config.momentum}));
    LATHE_TRY_ASSIGN(const Tensor direction, matrix.momentum.clone(MemoryClass::Workspace));
    if (m_config.nesterov)
        LATHE_TRY(tensor::runKernel(LATHE_OP_BLEND, {grad, direction}, {gradScale, m_config.momentum}));
    LATHE_TRY_ASSIGN(const Tensor step, orthogonalised(direction));
    const double size = 0.2 * std::sqrt(static_cast<double>(std::max(shape[0], shape[1])));
    const double decay = matrix.parameter->decay ? m_config.rest.weightDecay : 0;
    return tensor::runKernel(LATHE_OP_BLEND, {step, value}, {-learningRate * size, 1 - learningRate * decay});
}

Result<> Muon::step(double learningRate, double gradScale) {
    for (const Matrix& matrix : m_matrices)
        LATHE_TRY(update(matrix, learningRate, gradScale));
    for (AdamW& rest : m_rest)
        LATHE_TRY(rest.step(learningRate, gradScale));
    ++m_steps;
    return m_store->roundValues();
}

void Muon::setSteps(std::int64_t steps) {
    m_steps = steps;
    for (AdamW& rest : m_rest)
        rest.setSteps(steps);
}

std::vector<NamedShard> Muon::state() const {
    std::vector<NamedShard> shards;
    for (const Matrix& matrix : m_matrices)
        shards.push_back({"muon.m/" + matrix.parameter->name(), matrix.parameter->shape,
                          Box::whole(matrix.parameter->shape), 0, matrix.parameter->elements(),
                          matrix.momentum.reshape({matrix.parameter->elements()})});
    for (const AdamW& rest : m_rest)
        for (NamedShard& shard : rest.state())
            shards.push_back(std::move(shard));
    return shards;
}

}  // namespace lathe::optim
