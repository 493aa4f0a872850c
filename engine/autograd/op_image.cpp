// SPDX-License-Identifier: Apache-2.0
#include "autograd/op_rows.h"
#include "autograd/reference.h"

namespace lathe::autograd::rows {
namespace {

std::int64_t outExtent(std::int64_t in, std::int64_t kernel, std::int64_t stride, std::int64_t padding,
                       std::int64_t dilation) {
    return (in + 2 * padding - (kernel - 1) * dilation - 1) / stride + 1;
}

Result<Specs> conv2dShapes(Inputs in, const Attributes& a, bool) {
    const Tensor &x = in[0], &w = in[1], &b = in[2];
    const bool fits = x.rank() == 4 && w.rank() == 4 && a.groups >= 1 && w.size(0) % a.groups == 0 &&
                      x.size(1) == w.size(1) * a.groups;
    if (!fits)
        return mismatch("convolution: weight " + w.text() + " in " + std::to_string(a.groups) +
                            " groups does not fit x",
                        x);
    if (b.defined() && !(b.shape() == Shape{w.size(0)}))
        return mismatch("convolution: bias does not fit weight " + w.text(), b);
    Shape out{x.size(0), w.size(0), 0, 0};
    for (const int i : {0, 1}) {
        const auto k = static_cast<std::size_t>(i);
        if (a.stride[k] < 1 || a.dilation[k] < 1 || a.padding[k] < 0)
            return mismatch("convolution: stride and dilation must be 1 or more, padding 0 or more", x);
        out[2 + i] = outExtent(x.size(2 + i), w.size(2 + i), a.stride[k], a.padding[k], a.dilation[k]);
        if (x.size(2 + i) + 2 * a.padding[k] < (w.size(2 + i) - 1) * a.dilation[k] + 1)
            return mismatch("convolution: the image is smaller than the kernel " + w.text(), x);
    }
    return Specs{{out, x.dtype()}};
}

Result<> conv2dForward(OpContext& c) {
    const Attributes& a = c.attributes;
    return runKernel(
        LATHE_OP_CONV2D, {c.inputs[0], c.inputs[1], c.inputs[2], c.outputs[0]}, {},
        {a.stride[0], a.stride[1], a.padding[0], a.padding[1], a.dilation[0], a.dilation[1], a.groups});
}

Result<> conv2dBackward(BackwardContext& c) {
    const Attributes& a = c.attributes;
    const Tensor& dy = c.outputGrads[0];
    LATHE_TRY_ASSIGN(Tensor dx, target(c.inputGrads[0], c.inputs[0]));
    LATHE_TRY_ASSIGN(Tensor dw, addingTarget(c.inputGrads[1], c.inputs[1]));
    LATHE_TRY_ASSIGN(Tensor db, addingTarget(c.inputGrads[2], c.inputs[1]));
    return runKernel(LATHE_OP_CONV2D_BACKWARD, {dy, c.inputs[0], c.inputs[1], dx, dw, db}, {},
                     {a.stride[0], a.stride[1], a.padding[0], a.padding[1], a.dilation[0], a.dilation[1],
                      a.groups, flag(c.inputGrads[0].accumulate)});
}

Result<Specs> pool2dShapes(Inputs in, const Attributes& a, bool training) {
    const Tensor& x = in[0];
    if (x.rank() != 4)
        return mismatch("pooling: [B, C, H, W] wanted", x);
    Shape out = x.shape();
    for (const int i : {0, 1}) {
        const auto k = static_cast<std::size_t>(i);
        if (a.kernel[k] < 1 || a.stride[k] < 1 || a.padding[k] < 0 || 2 * a.padding[k] > a.kernel[k] ||
            x.size(2 + i) + 2 * a.padding[k] < a.kernel[k])
            return mismatch("pooling: kernel " + std::to_string(a.kernel[k]) + ", stride " +
                                std::to_string(a.stride[k]) + " and padding " + std::to_string(a.padding[k]) +
                                " do not fit",
                            x);
        out[2 + i] = outExtent(x.size(2 + i), a.kernel[k], a.stride[k], a.padding[k], 1);
    }
    return Specs{{out, x.dtype()}, {out, DType::I32, training && a.pool == Pool::Max}};
}

Result<> pool2dForward(OpContext& c) {
    const Attributes& a = c.attributes;
    return runKernel(LATHE_OP_POOL2D, {c.inputs[0], c.outputs[0], c.outputs[1]}, {},
                     {static_cast<std::int64_t>(a.pool), a.kernel[0], a.kernel[1], a.stride[0], a.stride[1],
                      a.padding[0], a.padding[1]});
}

Result<> pool2dBackward(BackwardContext& c) {
    const Attributes& a = c.attributes;
    const Tensor& dy = c.outputGrads[0];
    LATHE_TRY_ASSIGN(Tensor dx, made(dy, *c.inputGrads[0].shape));
    LATHE_TRY(runKernel(LATHE_OP_POOL2D_BACKWARD, {dy, c.outputs[1], dx}, {},
                        {static_cast<std::int64_t>(a.pool), a.kernel[0], a.kernel[1], a.stride[0],
                         a.stride[1], a.padding[0], a.padding[1]}));
    return give(c.inputGrads[0], dx);
}

}  // namespace

const OpRow conv2d{Op::Conv2d,    "convolution",  3,     1, conv2dShapes,
                   conv2dForward, conv2dBackward, 0b011, 0, reference::conv2d};
const OpRow pool2d{Op::Pool2d,    "pooling",      1, 1,    pool2dShapes,
                   pool2dForward, pool2dBackward, 0, 0b10, reference::pool2d};

}  // namespace lathe::autograd::rows
