// SPDX-License-Identifier: Apache-2.0
// fp64 forms of convolution and LSTM; see plain.cpp.
#include "tensor/cpu/call.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lathe::tensor::cpu::plain {
namespace {

using Int = std::int64_t;

double at(const Call& c, int i, Int a, Int b, Int d, Int e) {
    const LatheTensor& t = *c.tensor(i);
    return c.data<double>(i)[a * t.stride[0] + b * t.stride[1] + d * t.stride[2] + e * t.stride[3]];
}
double& place(const Call& c, int i, Int a, Int b, Int d, Int e) {
    const LatheTensor& t = *c.tensor(i);
    return c.data<double>(i)[a * t.stride[0] + b * t.stride[1] + d * t.stride[2] + e * t.stride[3]];
}

// visit(b, o, oh, ow, i, kh, kw, ih, iw, input channel) for each product of a convolution y = x ∗ w.
template <class Visit>
void overProducts(const Call& c, const LatheTensor& y, const LatheTensor& x, const LatheTensor& w,
                  Visit visit) {
    const Int strideH = c.integer(0), strideW = c.integer(1), padH = c.integer(2), padW = c.integer(3),
              dilationH = c.integer(4), dilationW = c.integer(5), groups = c.integer(6);
    const Int each = w.shape[1], outEach = w.shape[0] / groups;
    for (Int b = 0; b < y.shape[0]; ++b)
        for (Int o = 0; o < y.shape[1]; ++o)
            for (Int oh = 0; oh < y.shape[2]; ++oh)
                for (Int ow = 0; ow < y.shape[3]; ++ow)
                    for (Int i = 0; i < each; ++i)
                        for (Int kh = 0; kh < w.shape[2]; ++kh)
                            for (Int kw = 0; kw < w.shape[3]; ++kw) {
                                const Int ih = oh * strideH - padH + kh * dilationH,
                                          iw = ow * strideW - padW + kw * dilationW;
                                if (ih >= 0 && ih < x.shape[2] && iw >= 0 && iw < x.shape[3])
                                    visit(b, o, oh, ow, i, kh, kw, ih, iw, o / outEach * each + i);
                            }
}

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}

}  // namespace

int conv2d(const Call& c) {
    for (Int b = 0; b < c.size(3, 0); ++b)
        for (Int o = 0; o < c.size(3, 1); ++o)
            for (Int h = 0; h < c.size(3, 2); ++h)
                for (Int w = 0; w < c.size(3, 3); ++w)
                    place(c, 3, b, o, h, w) = c.has(2) ? c.data<double>(2)[o] : 0;
    overProducts(c, *c.tensor(3), *c.tensor(0), *c.tensor(1),
                 [&](Int b, Int o, Int oh, Int ow, Int i, Int kh, Int kw, Int ih, Int iw, Int channel) {
                     place(c, 3, b, o, oh, ow) += at(c, 0, b, channel, ih, iw) * at(c, 1, o, i, kh, kw);
                 });
    return LATHE_OK;
}

int conv2dBackward(const Call& c) {
    if (c.has(3) && c.integer(7) == 0)
        std::fill_n(c.data<double>(3), c.elements(3), 0.0);
    if (c.has(5))
        for (Int b = 0; b < c.size(0, 0); ++b)
            for (Int o = 0; o < c.size(0, 1); ++o)
                for (Int h = 0; h < c.size(0, 2); ++h)
                    for (Int w = 0; w < c.size(0, 3); ++w)
                        c.data<double>(5)[o] += at(c, 0, b, o, h, w);
    const LatheTensor* x = c.has(1) ? c.tensor(1) : c.tensor(3);
    const LatheTensor* weights = c.has(2) ? c.tensor(2) : c.tensor(4);
    if (!x || !weights)
        return LATHE_OK;
    overProducts(c, *c.tensor(0), *x, *weights,
                 [&](Int b, Int o, Int oh, Int ow, Int i, Int kh, Int kw, Int ih, Int iw, Int channel) {
                     const double g = at(c, 0, b, o, oh, ow);
                     if (c.has(3))
                         place(c, 3, b, channel, ih, iw) += g * at(c, 2, o, i, kh, kw);
                     if (c.has(4))
                         place(c, 4, o, i, kh, kw) += g * at(c, 1, b, channel, ih, iw);
                 });
    return LATHE_OK;
}

int lstm(const Call& c) {
    const Int batch = c.size(0, 0), time = c.size(0, 1), width = c.size(1, 1);
    const double* w = c.data<double>(1);
    for (Int b = 0; b < batch; ++b)
        for (Int t = 0; t < time; ++t) {
            const Int row = b * time + t;
            const double* h = t > 0      ? c.data<double>(4) + (row - 1) * width
                              : c.has(2) ? c.data<double>(2) + b * width
                                         : nullptr;
            const double* before = t > 0      ? c.data<double>(5) + (row - 1) * width
                                   : c.has(3) ? c.data<double>(3) + b * width
                                              : nullptr;
            double* act = c.data<double>(6) + row * 4 * width;
            for (Int j = 0; j < 4 * width; ++j) {
                double sum = c.data<double>(0)[row * 4 * width + j];
                for (Int k = 0; h && k < width; ++k)
                    sum += h[k] * w[j * width + k];
                act[j] = j / width == 2 ? std::tanh(sum) : sigmoid(sum);
            }
            for (Int j = 0; j < width; ++j) {
                const double cell = act[j] * act[2 * width + j] + (before ? act[width + j] * before[j] : 0);
                c.data<double>(5)[row * width + j] = cell;
                c.data<double>(4)[row * width + j] = act[3 * width + j] * std::tanh(cell);
            }
        }
    return LATHE_OK;
}

int lstmBackward(const Call& c) {
    const Int batch = c.size(0, 0), time = c.size(0, 1), width = c.size(3, 1);
    const double *w = c.data<double>(3), *y = c.data<double>(4), *cells = c.data<double>(5);
    for (Int b = 0; b < batch; ++b) {
        std::vector<double> dh(static_cast<std::size_t>(width)), dc(dh);
        if (c.has(1))
            std::copy_n(c.data<double>(1) + b * width, width, dc.begin());
        for (Int t = time - 1; t >= 0; --t) {
            const Int row = b * time + t;
            const double* act = c.data<double>(2) + row * 4 * width;
            const double* h = t > 0      ? y + (row - 1) * width
                              : c.has(6) ? c.data<double>(6) + b * width
                                         : nullptr;
            const double* before = t > 0      ? cells + (row - 1) * width
                                   : c.has(7) ? c.data<double>(7) + b * width
                                              : nullptr;
            double* dgates = c.data<double>(8) + row * 4 * width;
            for (Int j = 0; j < width; ++j) {
                const double i = act[j], f = act[width + j], g = act[2 * width + j], o = act[3 * width + j];
                const double out = dh[static_cast<std::size_t>(j)] + c.data<double>(0)[row * width + j];
                const double tanh = std::tanh(cells[row * width + j]);
                double& cell = dc[static_cast<std::size_t>(j)];
                cell += out * o * (1 - tanh * tanh);
                dgates[j] = cell * g * i * (1 - i);
                dgates[width + j] = before ? cell * before[j] * f * (1 - f) : 0;
                dgates[2 * width + j] = cell * i * (1 - g * g);
                dgates[3 * width + j] = out * tanh * o * (1 - o);
                cell *= f;
            }
            for (Int k = 0; k < width; ++k) {
                double sum = 0;
                for (Int j = 0; j < 4 * width; ++j) {
                    sum += dgates[j] * w[j * width + k];
                    if (c.has(9) && h)
                        c.data<double>(9)[j * width + k] += dgates[j] * h[k];
                }
                dh[static_cast<std::size_t>(k)] = sum;
            }
        }
        if (c.has(10))
            std::copy_n(dh.begin(), width, c.data<double>(10) + b * width);
        if (c.has(11))
            std::copy_n(dc.begin(), width, c.data<double>(11) + b * width);
    }
    return LATHE_OK;
}

}  // namespace lathe::tensor::cpu::plain
