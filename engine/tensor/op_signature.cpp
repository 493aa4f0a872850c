// SPDX-License-Identifier: Apache-2.0
#include "tensor/op_signature.h"

#include <array>

namespace lathe::tensor {
namespace {

constexpr std::array<OpSignature, LATHE_OP_COUNT> signatures{{
    {LATHE_OP_FILL, "fill", "O"},
    {LATHE_OP_COPY, "copy", "IO"},
    {LATHE_OP_ADD, "add", "iio"},
    {LATHE_OP_MUL, "multiply", "iio"},
    {LATHE_OP_SCALE, "scale", "io"},
    {LATHE_OP_BLEND, "blend", "ix"},
    {LATHE_OP_SUM, "sum", "ix"},
    {LATHE_OP_MATMUL, "matrix product", "iix"},
    {LATHE_OP_LINEAR, "linear", "iiiioo"},
    {LATHE_OP_LINEAR_BACKWARD, "linear backward", "iiiixxxo"},
    {LATHE_OP_ACTIVATION, "activation", "io"},
    {LATHE_OP_ACTIVATION_BACKWARD, "activation backward", "iio"},
    {LATHE_OP_SWIGLU, "swiglu", "io"},
    {LATHE_OP_SWIGLU_BACKWARD, "swiglu backward", "iio"},
    {LATHE_OP_DROPOUT, "dropout", "iio"},
    {LATHE_OP_LAYER_NORM, "layer norm", "iiiooo"},
    {LATHE_OP_LAYER_NORM_BACKWARD, "layer norm backward", "iiiiixxx"},
    {LATHE_OP_RMS_NORM, "RMS norm", "iioo"},
    {LATHE_OP_RMS_NORM_BACKWARD, "RMS norm backward", "iiiixx"},
    {LATHE_OP_GROUP_NORM, "group norm", "iiiooo", true},
    {LATHE_OP_GROUP_NORM_BACKWARD, "group norm backward", "iiiiioxx", true},
    {LATHE_OP_BATCH_NORM, "batch norm", "iiiixxooo", true},
    {LATHE_OP_BATCH_NORM_BACKWARD, "batch norm backward", "iiiiiioxxo", true},
    {LATHE_OP_CONV2D, "convolution", "iwio", true},
    {LATHE_OP_CONV2D_BACKWARD, "convolution backward", "iiwxyx", true},
    {LATHE_OP_POOL2D, "pooling", "ioo", true},
    {LATHE_OP_POOL2D_BACKWARD, "pooling backward", "iio", true},
    {LATHE_OP_ROPE, "rotary embedding", "iio"},
    {LATHE_OP_ATTENTION, "attention", "iiioo"},
    {LATHE_OP_ATTENTION_BACKWARD, "attention backward", "iiiiiiooo"},
    {LATHE_OP_EMBEDDING, "embedding", "iiio"},
    {LATHE_OP_EMBEDDING_BACKWARD, "embedding backward", "iixx"},
    {LATHE_OP_CROSS_ENTROPY, "cross entropy", "iioo"},
    {LATHE_OP_CROSS_ENTROPY_BACKWARD, "cross entropy backward", "iiiio"},
    {LATHE_OP_MSE, "mean squared error", "iio"},
    {LATHE_OP_MSE_BACKWARD, "mean squared error backward", "iiio"},
    {LATHE_OP_BCE, "binary cross entropy", "iio"},
    {LATHE_OP_BCE_BACKWARD, "binary cross entropy backward", "iiio"},
    {LATHE_OP_LSTM, "LSTM", "iiiiooo"},
    {LATHE_OP_LSTM_BACKWARD, "LSTM backward", "iiiiiiiioxoo"},
    {LATHE_OP_SUM_SQUARES, "sum of squares", "io"},
    {LATHE_OP_ADAMW, "adamw", "xixxiOi"},
    {LATHE_OP_SGD, "sgd", "xixiOi"},
    {LATHE_OP_LION, "lion", "xixiOi"},
    {LATHE_OP_RANDOM_NORMAL, "random normal", "o"},
    {LATHE_OP_RANDOM_UNIFORM, "random uniform", "o"},
}};

constexpr bool inOrder() {
    for (std::size_t i = 0; i < signatures.size(); ++i)
        if (signatures[i].op != static_cast<LatheOp>(i))
            return false;
    return true;
}
static_assert(inOrder());

}  // namespace

const OpSignature& signatureOf(LatheOp op) {
    return signatures[static_cast<std::size_t>(op)];
}

std::string_view nameOf(LatheOp op) {
    return signatureOf(op).name;
}

}  // namespace lathe::tensor
