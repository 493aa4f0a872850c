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

Var Model::loss(Tape& tape, const Batch& batch, double denominator, bool recompute) {
    return tape.crossEntropy(logits(tape, batch.inputs, recompute), tape.constant(batch.targets),
                             denominator);
}

}  // namespace lathe::nn
