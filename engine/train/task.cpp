// SPDX-License-Identifier: Apache-2.0
#include "train/task.h"

#include <algorithm>

namespace lathe::train {

using tensor::Shape;
using tensor::Tensor;

namespace {

Result<Tensor> upload(const auto& values, const Shape& shape, tensor::Device device) {
    return Tensor::of(std::span(values), shape, tensor::MemoryClass::Activations, device);
}

}  // namespace

Result<DeviceBatch> toDevice(const data::HostBatch& host, tensor::Device device) {
    Shape shape{host.rows};
    for (const std::int64_t extent : host.shape)
        shape.append(extent);
    DeviceBatch made{.share = host.share};
    if (!host.tokens.empty()) {
        LATHE_TRY_ASSIGN(made.batch.inputs, upload(host.tokens, shape, device));
        LATHE_TRY_ASSIGN(made.batch.targets, upload(host.targets, shape, device));
        made.items = shape.elements();
        return made;
    }
    made.items = host.rows;
    LATHE_TRY_ASSIGN(made.batch.inputs, upload(host.numbers, shape, device));
    if (host.targets.empty()) {
        const auto outputs = static_cast<std::int64_t>(host.values.size()) / host.rows;
        LATHE_TRY_ASSIGN(made.batch.targets, upload(host.values, Shape{host.rows, outputs}, device));
        return made;
    }
    LATHE_TRY_ASSIGN(made.batch.targets, upload(host.targets, Shape{host.rows}, device));
    if (!host.otherTargets.empty()) {
        LATHE_TRY_ASSIGN(made.otherTargets, upload(host.otherTargets, Shape{host.rows}, device));
    }
    return made;
}

Result<nn::Batch> zeroBatch(const ModelRecipe& recipe, const ModelInput& input, std::int64_t rows) {
    using tensor::DType;
    nn::Batch batch;
    if (input.kind == ModelInputKind::Tokens) {
        LATHE_TRY_ASSIGN(batch.inputs, Tensor::zeros({rows, recipe.integer("context")}, DType::I32));
        LATHE_TRY_ASSIGN(batch.targets, Tensor::zeros({rows, recipe.integer("context")}, DType::I32));
        return batch;
    }
    const Shape shape = input.kind == ModelInputKind::Images
                            ? Shape{rows, input.channels, input.side, input.side}
                            : Shape{rows, input.features};
    LATHE_TRY_ASSIGN(batch.inputs, Tensor::zeros(shape));
    LATHE_TRY_ASSIGN(batch.targets, input.classify ? Tensor::zeros({rows}, DType::I32)
                                                   : Tensor::zeros({rows, input.outputs}));
    return batch;
}

nn::Var trainingLoss(nn::Tape& tape, nn::Model& model, const DeviceBatch& batch, const LossForm& form) {
    const nn::Var logits = model.logits(tape, batch.batch.inputs, form.recompute);
    nn::Var targets = tape.constant(batch.batch.targets);
    if (!form.classify) {
        if (logits.defined() && logits.value().dtype() != targets.value().dtype())
            targets = tape.convert(targets, logits.value().dtype());
        const auto outputs = static_cast<double>(batch.batch.targets.shape().back());
        return tape.meanSquares(logits, targets, form.denominator * outputs);
    }
    const auto crossEntropy = [&](const nn::Var& labels, double share) {
        return tape.crossEntropy(logits, labels, form.denominator / share, form.smoothing);
    };
    if (!batch.otherTargets.defined() || batch.share >= 1)
        return crossEntropy(targets, 1);
    const nn::Var other = tape.constant(batch.otherTargets);
    return batch.share <= 0
               ? crossEntropy(other, 1)
               : tape.add(crossEntropy(targets, batch.share), crossEntropy(other, 1 - batch.share));
}

Result<> addScore(nn::Model& model, const DeviceBatch& batch, const ModelInput& input, Score& score,
                  std::vector<float>* logits) {
    nn::Tape tape(autograd::Mode::Inference);
    const nn::Var outputs = model.logits(tape, batch.batch.inputs);
    nn::Var truth = tape.constant(batch.batch.targets);
    if (!input.classify && outputs.defined() && outputs.value().dtype() != truth.value().dtype())
        truth = tape.convert(truth, outputs.value().dtype());
    const nn::Var loss =
        input.classify
            ? tape.crossEntropy(outputs, truth, 1.0)
            : tape.meanSquares(outputs, truth, static_cast<double>(batch.batch.targets.shape().back()));
    LATHE_TRY(tape.status());
    LATHE_TRY_ASSIGN(const double value, loss.value().item());
    score.loss += value;
    score.items += static_cast<double>(batch.items);
    if (input.kind == ModelInputKind::Tokens || !input.classify)
        return {};

    LATHE_TRY_ASSIGN(const Tensor single, outputs.value().to(tensor::DType::F32));
    LATHE_TRY_ASSIGN(std::vector<float> values, single.toVector<float>());
    LATHE_TRY_ASSIGN(const auto targets, batch.batch.targets.toVector<std::int32_t>());
    const auto classes = static_cast<std::size_t>(outputs.value().shape().back());
    const bool confused = static_cast<std::int64_t>(classes) <= Score::kMostConfused;
    if (confused)
        score.confusion.resize(classes * classes);
    for (std::size_t row = 0; row < targets.size(); ++row) {
        const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * classes);
        const auto best = static_cast<std::size_t>(
            std::max_element(begin, begin + static_cast<std::ptrdiff_t>(classes)) - begin);
        const auto label = static_cast<std::size_t>(targets[row]);
        score.correct += best == label ? 1 : 0;
        if (confused)
            score.confusion[label * classes + best] += 1;
    }
    if (logits)
        *logits = std::move(values);
    return {};
}

}  // namespace lathe::train
