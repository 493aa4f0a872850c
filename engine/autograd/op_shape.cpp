// SPDX-License-Identifier: Apache-2.0
// What changes shape, order, type or extent. Slices and permutations are views.
#include "autograd/op_rows.h"
#include "autograd/reference.h"

namespace lathe::autograd::rows {
namespace {

// --- sum over dimensions, which keep an extent of 1

Result<Specs> sumShapes(Inputs in, const Attributes& a, bool) {
    Shape out = in[0].shape();
    if (a.dims >> out.rank() != 0)
        return mismatch("sum: a dimension that is not there", in[0]);
    for (int i = 0; i < out.rank(); ++i)
        if ((a.dims >> i) & 1u)
            out[i] = 1;
    return Specs{{out, in[0].dtype()}};
}

Result<> sumForward(OpContext& c) {
    return runKernel(LATHE_OP_SUM, {c.inputs[0], c.outputs[0]}, {c.attributes.factor}, {0});
}

Result<> sumBackward(BackwardContext& c) {
    const Tensor& dy = c.outputGrads[0];
    LATHE_TRY_ASSIGN(Tensor dx, made(dy, *c.inputGrads[0].shape));
    LATHE_TRY(runKernel(LATHE_OP_SCALE, {dy.expand(dx.shape()), dx}, {c.attributes.factor}));
    return give(c.inputGrads[0], dx);
}

// --- slice

Result<Specs> sliceShapes(Inputs in, const Attributes& a, bool) {
    Shape out = in[0].shape();
    if (a.dim < 0 || a.dim >= out.rank() || a.begin < 0 || a.begin > a.end || a.end > out[a.dim])
        return mismatch("slice [" + std::to_string(a.begin) + ", " + std::to_string(a.end) +
                            ") of dimension " + std::to_string(a.dim) + " is out of range",
                        in[0]);
    out[a.dim] = a.end - a.begin;
    return Specs{{out, in[0].dtype(), false}};
}

Result<> sliceForward(OpContext& c) {
    const Attributes& a = c.attributes;
    c.outputs[0] = c.inputs[0].slice(a.dim, a.begin, a.end);
    return {};
}

Result<> sliceBackward(BackwardContext& c) {
    const Attributes& a = c.attributes;
    const Tensor& dy = c.outputGrads[0];
    LATHE_TRY_ASSIGN(Tensor dx, addingTarget(c.inputGrads[0], dy));
    const Tensor part = dx.slice(a.dim, a.begin, a.end);
    return runKernel(LATHE_OP_ADD, {part, dy, part});
}

// --- concat

Result<Specs> concatShapes(Inputs in, const Attributes& a, bool) {
    Shape out = in[0].shape();
    if (a.dim < 0 || a.dim >= out.rank())
        return mismatch("concat: no such dimension", in[0]);
    out[a.dim] = 0;
    for (const Tensor& part : in) {
        if (part.rank() != out.rank() || part.dtype() != in[0].dtype() ||
            !(part.shape().without(a.dim) == out.without(a.dim)))
            return mismatch("concat: parts of other shapes or types: " + in[0].text(), part);
        out[a.dim] += part.size(a.dim);
    }
    return Specs{{out, in[0].dtype()}};
}

Result<> concatForward(OpContext& c) {
    std::int64_t at = 0;
    const int dim = c.attributes.dim;
    for (const Tensor& part : c.inputs) {
        LATHE_TRY(c.outputs[0].slice(dim, at, at + part.size(dim)).copyFrom(part));
        at += part.size(dim);
    }
    return {};
}

Result<> concatBackward(BackwardContext& c) {
    std::int64_t at = 0;
    const int dim = c.attributes.dim;
    const Tensor& dy = c.outputGrads[0];
    for (InputGrad& grad : c.inputGrads) {
        const std::int64_t extent = (*grad.shape)[dim];
        const Tensor part = dy.slice(dim, at, at + extent);
        at += extent;
        if (!grad.wanted)
            continue;
        if (grad.accumulate) {
            LATHE_TRY(runKernel(LATHE_OP_ADD, {grad.place, part, grad.place}));
        } else {
            LATHE_TRY_ASSIGN(grad.result, made(dy, *grad.shape));
            LATHE_TRY(grad.result.copyFrom(part));
        }
    }
    return {};
}

// --- permute

Result<Specs> permuteShapes(Inputs in, const Attributes& a, bool) {
    const Shape& shape = in[0].shape();
    Shape out = shape;
    std::uint32_t seen = 0;
    for (int i = 0; i < shape.rank(); ++i) {
        const int from = a.order[static_cast<std::size_t>(i)];
        if (from < 0 || from >= shape.rank())
            return mismatch("permute: a dimension that is not there", in[0]);
        seen |= 1u << from;
        out[i] = shape[from];
    }
    if (seen != (1u << shape.rank()) - 1)
        return mismatch("permute: a dimension is named twice", in[0]);
    return Specs{{out, in[0].dtype(), false}};
}

Result<> permuteForward(OpContext& c) {
    c.outputs[0] = c.inputs[0].permute(
        std::span(c.attributes.order.data(), static_cast<std::size_t>(c.inputs[0].rank())));
    return {};
}

Result<> permuteBackward(BackwardContext& c) {
    const Tensor& dy = c.outputGrads[0];
    std::array<int, tensor::maxRank> back{};
    for (int i = 0; i < dy.rank(); ++i)
        back[static_cast<std::size_t>(c.attributes.order[static_cast<std::size_t>(i)])] = i;
    return give(c.inputGrads[0], dy.permute(std::span(back.data(), static_cast<std::size_t>(dy.rank()))));
}

// --- type and layout

Result<Specs> convertShapes(Inputs in, const Attributes& a, bool) {
    if (a.channelsLast && in[0].rank() != 4)
        return mismatch("channels-last: [B, C, H, W] wanted", in[0]);
    return Specs{{in[0].shape(), a.dtype, false}};
}

Result<> convertForward(OpContext& c) {
    const Tensor& x = c.inputs[0];
    const Attributes& a = c.attributes;
    if (x.dtype() == a.dtype && (a.channelsLast ? x.isChannelsLast() : x.isContiguous())) {
        c.outputs[0] = x;
        return {};
    }
    const Shape s = x.shape();
    const Shape lying = a.channelsLast ? Shape{s[0], s[2], s[3], s[1]} : s;
    LATHE_TRY_ASSIGN(Tensor out, Tensor::empty(lying, a.dtype, MemoryClass::Activations, x.device()));
    c.outputs[0] = a.channelsLast ? out.permute({0, 3, 1, 2}) : out;
    return c.outputs[0].copyFrom(x);
}

Result<> convertBackward(BackwardContext& c) {
    const Tensor& dy = c.outputGrads[0];
    InputGrad& grad = c.inputGrads[0];
    if (dy.dtype() == grad.dtype)
        return give(grad, dy);
    LATHE_TRY_ASSIGN(Tensor dx, Tensor::emptyAs(dy, *grad.shape, grad.dtype));
    LATHE_TRY(dx.copyFrom(dy));
    return give(grad, dx);
}

}  // namespace

const OpRow sum{Op::Sum, "sum", 1, 1, sumShapes, sumForward, sumBackward, 0, 0, reference::sum};
const OpRow slice{Op::Slice, "slice", 1, 1, sliceShapes, sliceForward, sliceBackward, 0, 0, reference::slice};
const OpRow concat{Op::Concat,    "concat",       -1, 1, concatShapes,
                   concatForward, concatBackward, 0,  0, reference::concat};
const OpRow permute{Op::Permute,    "permute",       1, 1, permuteShapes,
                    permuteForward, permuteBackward, 0, 0, reference::permute};
const OpRow convert{Op::Convert,    "convert",       1, 1, convertShapes,
                    convertForward, convertBackward, 0, 0, reference::convert};

}  // namespace lathe::autograd::rows
