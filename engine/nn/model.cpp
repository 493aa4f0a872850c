// SPDX-License-Identifier: Apache-2.0
#include "nn/model.h"

namespace lathe::nn {

Var Model::logits(Tape& tape, const Tensor& inputs, bool recompute) {
    Var x = tape.constant(inputs);
    const auto row = blocks();
    for (std::size_t i = 0; i < row.size(); ++i) {
        BlockModule* block = row[i];
        // The first block starts from data and the last one ends in the loss: running them twice saves
        // nothing.
        const bool again = recompute && i > 0 && i + 1 < row.size();
        x = again
                ? tape.recompute([block](Tape& inner, const Var& in) { return block->forward(inner, in); }, x)
                : block->forward(tape, x);
    }
    return x;
}

Var Model::loss(Tape& tape, const Batch& batch, const LossOptions& options) {
    const Var outputs = logits(tape, batch.inputs, options.recompute);
    Var targets = tape.constant(batch.targets);
    switch (options.kind) {
    case Loss::CrossEntropy:
        return tape.crossEntropy(outputs, targets, options.denominator, options.smoothing);
    case Loss::MeanSquares:
    case Loss::BinaryCrossEntropy: break;
    }
    if (outputs.defined() && targets.value().dtype() != outputs.value().dtype())
        targets = tape.convert(targets, outputs.value().dtype());
    return options.kind == Loss::MeanSquares ? tape.meanSquares(outputs, targets, options.denominator)
                                             : tape.binaryCrossEntropy(outputs, targets, options.denominator);
}

}  // namespace lathe::nn
