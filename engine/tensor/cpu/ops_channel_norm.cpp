// SPDX-License-Identifier: Apache-2.0
// Batch norm (Ioffe and Szegedy 2015, arXiv:1502.03167) with what follows it in residual networks, and group
// norm (Wu and He 2018, arXiv:1803.08494). fp32 and fp64 by the same loops.
#include "tensor/cpu/call.h"
#include "tensor/cpu/kernels.h"
#include "tensor/threads.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lathe::tensor::cpu {
namespace {

using Int = std::int64_t;
using Sums = std::vector<double>;

std::size_t index(Int i) {
    return static_cast<std::size_t>(i);
}

struct Images {
    Int batch, channels, plane;  // values of one channel of one image
    bool channelsLast;
    Int rows() const { return batch * plane; }
    Int image() const { return channels * plane; }
};

Images imagesOf(const Call& c, int i, bool channelsLast) {
    const Int batch = c.size(i, 0), channels = c.size(i, 1);
    return {batch, channels, batch * channels == 0 ? 0 : c.elements(i) / (batch * channels), channelsLast};
}

// Adds up sums[0..C) and sums[C..2C) over the whole: `rows(from row, count, sums)` where channels lie last,
// `plane(image, channel, sums)` where they do not. The same order whatever the threads do.
template <class Rows, class Plane> Sums overAll(const Images& s, Rows rows, Plane plane) {
    Sums total(index(2 * s.channels));
    if (s.channelsLast) {
        const Int pieces = pieceCount(s.rows(), 64);
        std::vector<Sums> partial(index(pieces), Sums(index(2 * s.channels)));
        parallelFor(pieces, [&](Int p) {
            const auto [begin, end] = pieceOf(s.rows(), pieces, p);
            rows(begin, end - begin, partial[index(p)].data());
        });
        for (const Sums& part : partial)
            for (std::size_t i = 0; i < total.size(); ++i)
                total[i] += part[i];
    } else {
        parallelFor(s.channels, [&](Int c) {
            for (Int b = 0; b < s.batch; ++b)
                plane(b, c, total.data());
        });
    }
    return total;
}

// The same without sums.
template <class Rows, class Plane> void visitAll(const Images& s, Rows rows, Plane plane) {
    if (s.channelsLast) {
        const Int pieces = pieceCount(s.rows(), 64);
        parallelFor(pieces, [&](Int p) {
            const auto [begin, end] = pieceOf(s.rows(), pieces, p);
            rows(begin, end - begin);
        });
    } else {
        parallelFor(s.batch * s.channels, [&](Int i) { plane(i / s.channels, i % s.channels); });
    }
}

template <class T> int batchNormOf(const Call& c, bool channelsLast) {
    const auto& loops = loopsOf<T>(kernels());
    const Images s = imagesOf(c, 0, channelsLast);
    const bool training = c.integer(0) == 1, relu = c.activation(1) == LATHE_ACT_RELU;
    const T *x = c.data<T>(0), *w = c.data<T>(1), *b = c.data<T>(2), *residual = c.data<T>(3);
    T *runningMean = c.data<T>(4), *runningVariance = c.data<T>(5), *y = c.data<T>(6);
    const auto at = [&](Int image, Int channel) { return image * s.image() + channel * s.plane; };

    std::vector<T> slope(index(s.channels)), offset(index(s.channels));
    if (training) {
        if (s.rows() == 0)
            return refuse(LATHE_INVALID, "no value to take the mean of");
        // Relative to one value of each channel, so that squares of a large mean do not swallow the variance.
        std::vector<T> shift(index(s.channels));
        for (Int i = 0; i < s.channels; ++i)
            shift[index(i)] = x[channelsLast ? i : i * s.plane];
        const Sums sums = overAll(
            s,
            [&](Int row, Int count, double* to) {
                loops.momentsOfRows(x + row * s.channels, shift.data(), count, s.channels, to,
                                    to + s.channels);
            },
            [&](Int image, Int i, double* to) {
                loops.momentsOfPlane(x + at(image, i), shift[index(i)], s.plane, to + i, to + s.channels + i);
            });
        const auto n = static_cast<double>(s.rows());
        for (Int i = 0; i < s.channels; ++i) {
            const double distance = sums[index(i)] / n;
            const double mean = static_cast<double>(shift[index(i)]) + distance;
            const double variance = std::max(sums[index(s.channels + i)] / n - distance * distance, 0.0);
            const double rstd = 1 / std::sqrt(variance + c.number(0));
            if (c.has(7)) {
                c.data<T>(7)[i] = static_cast<T>(mean);
                c.data<T>(8)[i] = static_cast<T>(rstd);
            }
            if (runningMean) {
                const auto m = static_cast<T>(c.number(1));
                const double unbiased = n > 1 ? variance * n / (n - 1) : variance;
                runningMean[i] = (1 - m) * runningMean[i] + m * static_cast<T>(mean);
                runningVariance[i] = (1 - m) * runningVariance[i] + m * static_cast<T>(unbiased);
            }
            slope[index(i)] = static_cast<T>(rstd * static_cast<double>(w[i]));
            offset[index(i)] =
                static_cast<T>(static_cast<double>(b[i]) - mean * rstd * static_cast<double>(w[i]));
        }
    } else {
        if (!runningMean || !runningVariance)
            return refuse(LATHE_INVALID, "no running mean and variance to evaluate with");
        for (Int i = 0; i < s.channels; ++i) {
            const double rstd = 1 / std::sqrt(static_cast<double>(runningVariance[i]) + c.number(0));
            if (c.has(7)) {
                c.data<T>(7)[i] = runningMean[i];
                c.data<T>(8)[i] = static_cast<T>(rstd);
            }
            slope[index(i)] = static_cast<T>(rstd * static_cast<double>(w[i]));
            offset[index(i)] =
                static_cast<T>(static_cast<double>(b[i]) -
                               static_cast<double>(runningMean[i]) * rstd * static_cast<double>(w[i]));
        }
    }
    visitAll(
        s,
        [&](Int row, Int count) {
            const Int from = row * s.channels;
            loops.applyRows(x + from, slope.data(), offset.data(), residual ? residual + from : nullptr,
                            y + from, count, s.channels, relu);
        },
        [&](Int image, Int i) {
            const Int from = at(image, i);
            loops.applyPlane(x + from, slope[index(i)], offset[index(i)],
                             residual ? residual + from : nullptr, y + from, s.plane, relu);
        });
    return LATHE_OK;
}

template <class T> int batchNormBackwardOf(const Call& c, bool channelsLast) {
    const auto& loops = loopsOf<T>(kernels());
    const Images s = imagesOf(c, 1, channelsLast);
    const bool training = c.integer(0) == 1, relu = c.activation(1) == LATHE_ACT_RELU;
    const T *dy = c.data<T>(0), *x = c.data<T>(1), *w = c.data<T>(2), *mean = c.data<T>(4),
            *rstd = c.data<T>(5);
    const T* y = relu ? c.data<T>(3) : nullptr;
    T *dx = c.data<T>(6), *masked = c.data<T>(9);
    if (relu && !y)
        return refuse(LATHE_INVALID, "the result is needed to see where relu let through");
    const auto at = [&](Int image, Int channel) { return image * s.image() + channel * s.plane; };
    const auto offset = [](auto* p, Int from) { return p ? p + from : p; };
    const Sums sums = overAll(
        s,
        [&](Int row, Int count, double* to) {
            const Int from = row * s.channels;
            loops.gradientMomentsOfRows(dy + from, x + from, offset(y, from), mean, offset(masked, from),
                                        count, s.channels, to, to + s.channels);
        },
        [&](Int image, Int i, double* to) {
            const Int from = at(image, i);
            loops.gradientMomentsOfPlane(dy + from, x + from, offset(y, from), mean[i], offset(masked, from),
                                         s.plane, to + i, to + s.channels + i);
        });
    if (masked) {  // what passed the relu is there already
        dy = masked;
        y = nullptr;
    }
    const auto n = static_cast<double>(s.rows());
    std::vector<T> a(index(s.channels)), b(index(s.channels)), d(index(s.channels));
    for (Int i = 0; i < s.channels; ++i) {
        const auto r = static_cast<double>(rstd[i]), slope = r * static_cast<double>(w[i]);
        const double bias = sums[index(i)], weight = sums[index(s.channels + i)] * r;
        if (c.has(7))
            c.data<T>(7)[i] += static_cast<T>(weight);
        if (c.has(8))
            c.data<T>(8)[i] += static_cast<T>(bias);
        a[index(i)] = static_cast<T>(slope);
        b[index(i)] = training ? static_cast<T>(-slope * r * weight / n) : T(0);
        d[index(i)] = training ? static_cast<T>(-slope * bias / n) : T(0);
    }
    if (!dx)
        return LATHE_OK;
    visitAll(
        s,
        [&](Int row, Int count) {
            const Int from = row * s.channels;
            loops.gradientRows(dy + from, x + from, offset(y, from), mean, a.data(), b.data(), d.data(),
                               dx + from, count, s.channels);
        },
        [&](Int image, Int i) {
            const Int from = at(image, i);
            loops.gradientPlane(dy + from, x + from, offset(y, from), mean[i], a[index(i)], b[index(i)],
                                d[index(i)], dx + from, s.plane);
        });
    return LATHE_OK;
}

// Sums of one image, [0..C) and [C..2C).
template <class T, class Rows, class Plane>
void overImage(const Images& s, Int image, double* to, Rows rows, Plane plane) {
    if (s.channelsLast)
        rows(image * s.image(), to);
    else
        for (Int i = 0; i < s.channels; ++i)
            plane(image * s.image() + i * s.plane, i, to);
}

template <class T> int groupNormOf(const Call& c, bool channelsLast) {
    const auto& loops = loopsOf<T>(kernels());
    const Images s = imagesOf(c, 0, channelsLast);
    const Int groups = c.integer(0), each = s.channels / std::max<Int>(groups, 1);
    if (groups < 1 || s.channels % groups != 0)
        return refuse(LATHE_INVALID, "the groups do not divide the channels");
    const T *x = c.data<T>(0), *w = c.data<T>(1), *b = c.data<T>(2);
    T* y = c.data<T>(3);
    const auto n = static_cast<double>(each * s.plane);
    parallelFor(s.batch, [&](Int image) {
        const std::vector<T> shift(index(s.channels), x[image * s.image()]);
        Sums sums(index(2 * s.channels));
        overImage<T>(
            s, image, sums.data(),
            [&](Int from, double* to) {
                loops.momentsOfRows(x + from, shift.data(), s.plane, s.channels, to, to + s.channels);
            },
            [&](Int from, Int i, double* to) {
                loops.momentsOfPlane(x + from, shift[0], s.plane, to + i, to + s.channels + i);
            });
        std::vector<T> slope(index(s.channels)), offset(index(s.channels));
        for (Int g = 0; g < groups; ++g) {
            double sum = 0, squares = 0;
            for (Int i = g * each; i < (g + 1) * each; ++i) {
                sum += sums[index(i)];
                squares += sums[index(s.channels + i)];
            }
            const double mean = static_cast<double>(shift[0]) + sum / n;
            const double rstd = 1 / std::sqrt(std::max(squares / n - sum / n * sum / n, 0.0) + c.number(0));
            c.data<T>(4)[image * groups + g] = static_cast<T>(mean);
            c.data<T>(5)[image * groups + g] = static_cast<T>(rstd);
            for (Int i = g * each; i < (g + 1) * each; ++i) {
                slope[index(i)] = static_cast<T>(rstd * static_cast<double>(w[i]));
                offset[index(i)] =
                    static_cast<T>(static_cast<double>(b[i]) - mean * rstd * static_cast<double>(w[i]));
            }
        }
        overImage<T>(
            s, image, nullptr,
            [&](Int from, double*) {
                loops.applyRows(x + from, slope.data(), offset.data(), nullptr, y + from, s.plane, s.channels,
                                false);
            },
            [&](Int from, Int i, double*) {
                loops.applyPlane(x + from, slope[index(i)], offset[index(i)], nullptr, y + from, s.plane,
                                 false);
            });
    });
    return LATHE_OK;
}

template <class T> int groupNormBackwardOf(const Call& c, bool channelsLast) {
    const auto& loops = loopsOf<T>(kernels());
    const Images s = imagesOf(c, 1, channelsLast);
    const Int groups = c.integer(0), each = s.channels / groups;
    const T *dy = c.data<T>(0), *x = c.data<T>(1), *w = c.data<T>(2);
    T* dx = c.data<T>(5);
    const auto n = static_cast<double>(each * s.plane);
    std::vector<Sums> all(index(s.batch), Sums(index(2 * s.channels)));
    parallelFor(s.batch, [&](Int image) {
        std::vector<T> mean(index(s.channels)), a(index(s.channels)), b(index(s.channels)),
            d(index(s.channels));
        const auto rstdOf = [&](Int i) {
            return static_cast<double>(c.data<T>(4)[image * groups + i / each]);
        };
        for (Int i = 0; i < s.channels; ++i)
            mean[index(i)] = c.data<T>(3)[image * groups + i / each];
        Sums& sums = all[index(image)];
        overImage<T>(
            s, image, sums.data(),
            [&](Int from, double* to) {
                loops.gradientMomentsOfRows(dy + from, x + from, nullptr, mean.data(), nullptr, s.plane,
                                            s.channels, to, to + s.channels);
            },
            [&](Int from, Int i, double* to) {
                loops.gradientMomentsOfPlane(dy + from, x + from, nullptr, mean[index(i)], nullptr, s.plane,
                                             to + i, to + s.channels + i);
            });
        for (Int g = 0; g < groups; ++g) {
            double bias = 0, weight = 0;
            for (Int i = g * each; i < (g + 1) * each; ++i) {
                sums[index(s.channels + i)] *= rstdOf(i);
                bias += sums[index(i)] * static_cast<double>(w[i]);
                weight += sums[index(s.channels + i)] * static_cast<double>(w[i]);
            }
            for (Int i = g * each; i < (g + 1) * each; ++i) {
                const double r = rstdOf(i);
                a[index(i)] = static_cast<T>(r * static_cast<double>(w[i]));
                b[index(i)] = static_cast<T>(-r * r * weight / n);
                d[index(i)] = static_cast<T>(-r * bias / n);
            }
        }
        if (!dx)
            return;
        overImage<T>(
            s, image, nullptr,
            [&](Int from, double*) {
                loops.gradientRows(dy + from, x + from, nullptr, mean.data(), a.data(), b.data(), d.data(),
                                   dx + from, s.plane, s.channels);
            },
            [&](Int from, Int i, double*) {
                loops.gradientPlane(dy + from, x + from, nullptr, mean[index(i)], a[index(i)], b[index(i)],
                                    d[index(i)], dx + from, s.plane);
            });
    });
    for (const Sums& sums : all)
        for (Int i = 0; i < s.channels; ++i) {
            if (c.has(6))
                c.data<T>(6)[i] += static_cast<T>(sums[index(s.channels + i)]);
            if (c.has(7))
                c.data<T>(7)[i] += static_cast<T>(sums[index(i)]);
        }
    return LATHE_OK;
}

}  // namespace

int batchNorm(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    bool last;
    if (const int bad = c.checkImages(&type, &last))
        return bad;
    return type == LATHE_F64 ? batchNormOf<double>(c, last) : batchNormOf<float>(c, last);
}

int batchNormBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    bool last;
    if (const int bad = c.checkImages(&type, &last))
        return bad;
    return type == LATHE_F64 ? batchNormBackwardOf<double>(c, last) : batchNormBackwardOf<float>(c, last);
}

int groupNorm(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    bool last;
    if (const int bad = c.checkImages(&type, &last))
        return bad;
    return type == LATHE_F64 ? groupNormOf<double>(c, last) : groupNormOf<float>(c, last);
}

int groupNormBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    bool last;
    if (const int bad = c.checkImages(&type, &last))
        return bad;
    return type == LATHE_F64 ? groupNormBackwardOf<double>(c, last) : groupNormBackwardOf<float>(c, last);
}

}  // namespace lathe::tensor::cpu
