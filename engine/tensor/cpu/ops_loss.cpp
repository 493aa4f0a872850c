// SPDX-License-Identifier: Apache-2.0
#include "tensor/cpu/call.h"
#include "tensor/cpu/kernels.h"
#include "tensor/threads.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <vector>

namespace lathe::tensor::cpu {
namespace {

template <class Task> void overRows(std::int64_t rows, Task task) {
    const std::int64_t pieces = pieceCount(rows, 32);
    parallelFor(pieces, [&](std::int64_t i) {
        const auto [begin, end] = pieceOf(rows, pieces, i);
        task(begin, end - begin);
    });
}

bool isHard(const Call& c, int targets) {
    return c.tensor(targets)->dtype == LATHE_I32;
}

// What the sum of the losses is divided by, or −1 with the error set: targets that are no class, or none that
// counts.
double denominatorOf(const Call& c, int targets, std::int64_t classes) {
    double counted = static_cast<double>(c.rows(targets));
    if (isHard(c, targets)) {
        const auto* target = c.data<std::int32_t>(targets);
        std::int64_t count = 0;
        for (std::int64_t n = 0; n < c.elements(targets); ++n) {
            if (target[n] >= classes) {
                refuse(LATHE_INVALID, fmt::format("target {} at row {} is out of range: there are {} classes",
                                                  target[n], n, classes));
                return -1;
            }
            count += target[n] >= 0;
        }
        counted = static_cast<double>(count);
    }
    if (counted == 0) {
        refuse(LATHE_INVALID, "no target counts: all are negative");
        return -1;
    }
    return c.number(0) > 0 ? c.number(0) : counted;
}

// Σ over the elements of `term`, in pieces of fixed length: the sum must not depend on the threads.
template <class Term> double sumOf(std::int64_t n, Term term) {
    constexpr std::int64_t piece = 16384;
    const std::int64_t pieces = (n + piece - 1) / piece;
    std::vector<double> partial(static_cast<std::size_t>(pieces));
    parallelFor(pieces, [&](std::int64_t i) {
        double total = 0;
        for (std::int64_t k = i * piece; k < std::min(n, (i + 1) * piece); ++k)
            total += term(k);
        partial[static_cast<std::size_t>(i)] = total;
    });
    double total = 0;
    for (const double part : partial)
        total += part;
    return total;
}

// loss[1] = Σ term(x, target) / denominator, or dx = factor · derivative(x, target).
template <class T, class Term> void reduce(const Call& c, Term term) {
    const T *x = c.data<T>(0), *target = c.data<T>(1);
    const double total = sumOf(c.elements(0), [&](std::int64_t i) {
        return term(static_cast<double>(x[i]), static_cast<double>(target[i]));
    });
    *c.data<T>(2) = static_cast<T>(total / c.number(0));
}

template <class T, class Derivative> void differentiate(const Call& c, Derivative derivative) {
    const T *x = c.data<T>(1), *target = c.data<T>(2);
    T* dx = c.data<T>(3);
    const double factor = static_cast<double>(*c.data<T>(0)) / c.number(0);
    overRows(c.elements(1), [&](std::int64_t begin, std::int64_t count) {
        for (std::int64_t i = begin; i < begin + count; ++i)
            dx[i] = static_cast<T>(factor *
                                   derivative(static_cast<double>(x[i]), static_cast<double>(target[i])));
    });
}

template <class Term> int lossOf(const LatheCall* call, Term term) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    type == LATHE_F64 ? reduce<double>(c, term) : reduce<float>(c, term);
    return LATHE_OK;
}

template <class Derivative> int lossBackwardOf(const LatheCall* call, Derivative derivative) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    type == LATHE_F64 ? differentiate<double>(c, derivative) : differentiate<float>(c, derivative);
    return LATHE_OK;
}

}  // namespace

int crossEntropy(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    const std::int64_t classes = c.last(0), rows = c.rows(0);
    const double denominator = denominatorOf(c, 1, classes);
    if (denominator < 0)
        return LATHE_INVALID;
    if (type == LATHE_F64)
        return plain::crossEntropy(c, denominator);
    const bool hard = isHard(c, 1);
    std::vector<double> losses(static_cast<std::size_t>(rows));
    overRows(rows, [&](std::int64_t begin, std::int64_t count) {
        kernels().crossEntropy(c.data(0) + begin * classes, hard ? c.data<std::int32_t>(1) + begin : nullptr,
                               hard ? nullptr : c.data(1) + begin * classes, c.single(1),
                               losses.data() + begin, c.data(3) + begin, count, classes);
    });
    double total = 0;
    for (const double loss : losses)
        total += loss;
    *c.data(2) = static_cast<float>(total / denominator);
    return LATHE_OK;
}

int crossEntropyBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    const std::int64_t classes = c.last(1);
    const double denominator = denominatorOf(c, 2, classes);
    if (denominator < 0)
        return LATHE_INVALID;
    if (type == LATHE_F64)
        return plain::crossEntropyBackward(c, denominator);
    const bool hard = isHard(c, 2);
    const auto factor = static_cast<float>(static_cast<double>(*c.data(0)) / denominator);
    overRows(c.rows(1), [&](std::int64_t begin, std::int64_t count) {
        kernels().crossEntropyBackward(
            c.data(1) + begin * classes, hard ? c.data<std::int32_t>(2) + begin : nullptr,
            hard ? nullptr : c.data(2) + begin * classes, c.single(1), c.data(3) + begin, factor,
            c.data(4) + begin * classes, count, classes);
    });
    return LATHE_OK;
}

int meanSquaredError(const LatheCall* call) {
    return lossOf(call, [](double x, double target) { return (x - target) * (x - target); });
}

int meanSquaredErrorBackward(const LatheCall* call) {
    return lossBackwardOf(call, [](double x, double target) { return 2 * (x - target); });
}

int binaryCrossEntropy(const LatheCall* call) {
    // softplus(x) = max(x, 0) + ln(1 + e^−|x|)
    return lossOf(call, [](double x, double target) {
        return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))) - x * target;
    });
}

int binaryCrossEntropyBackward(const LatheCall* call) {
    return lossBackwardOf(call, [](double x, double target) { return 1 / (1 + std::exp(-x)) - target; });
}

}  // namespace lathe::tensor::cpu
