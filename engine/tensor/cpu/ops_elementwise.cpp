// SPDX-License-Identifier: Apache-2.0
// Sums, products and blends of tensors element by element, and sums over dimensions.
#include "tensor/cpu/call.h"
#include "tensor/cpu/lines.h"

#include <array>

namespace lathe::tensor::cpu {
namespace {

template <class T, class Combine> int combine(const Call& c, Combine f) {
    const Lines<3> lines({c.tensor(0), c.tensor(1), c.tensor(2)});
    const auto [sa, sb, sc] = lines.stride();
    lines.run([&](const auto& at, std::int64_t n) {
        const T *a = c.data<T>(0) + at[0], *b = c.data<T>(1) + at[1];
        T* out = c.data<T>(2) + at[2];
        if (sa == 1 && sb == 1 && sc == 1)
            for (std::int64_t i = 0; i < n; ++i)
                out[i] = f(a[i], b[i]);
        else if (sa == 1 && sb == 0 && sc == 1)
            for (std::int64_t i = 0; i < n; ++i)
                out[i] = f(a[i], *b);
        else
            for (std::int64_t i = 0; i < n; ++i)
                out[i * sc] = f(a[i * sa], b[i * sb]);
    });
    return LATHE_OK;
}

template <class Combine> int combine(const LatheCall* call, Combine f) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.checkTypes(&type))
        return bad;
    return type == LATHE_F64 ? combine<double>(c, f) : combine<float>(c, f);
}

template <class T> void scaleLines(const Call& c) {
    const Lines<2> lines({c.tensor(0), c.tensor(1)});
    const auto [sx, sy] = lines.stride();
    const T factor = static_cast<T>(c.number(0));
    lines.run([&](const auto& at, std::int64_t n) {
        const T* x = c.data<T>(0) + at[0];
        T* y = c.data<T>(1) + at[1];
        if (sx == 1 && sy == 1)
            for (std::int64_t i = 0; i < n; ++i)
                y[i] = x[i] * factor;
        else
            for (std::int64_t i = 0; i < n; ++i)
                y[i * sy] = x[i * sx] * factor;
    });
}

template <class T> void blendLines(const Call& c) {
    const Lines<2> lines({c.tensor(0), c.tensor(1)});
    const T alpha = static_cast<T>(c.number(0)), beta = static_cast<T>(c.number(1));
    lines.run([&](const auto& at, std::int64_t n) {
        const T* x = c.data<T>(0) + at[0];
        T* y = c.data<T>(1) + at[1];
        for (std::int64_t i = 0; i < n; ++i)
            y[i] = alpha * x[i] + beta * y[i];
    });
}

// The part of `x` whose elements add up to one of y, and where each such part begins.
struct Parts {
    LatheTensor kept, summed;  // views of x: y's dimensions, and the rest

    Parts(const LatheTensor& x, const LatheTensor& y) : kept(x), summed(x) {
        for (int d = 0; d < x.rank; ++d) {
            const bool all = y.shape[d] == 1;
            (all ? kept : summed).shape[d] = 1;
        }
    }
};

template <class T> void sumLines(const Call& c) {
    const LatheTensor &x = *c.tensor(0), &y = *c.tensor(1);
    const Parts parts(x, y);
    const std::int64_t each = elementsOf(parts.summed);
    const double factor = c.number(0);
    const bool add = c.integer(0) == 1;
    std::array<std::int64_t, LATHE_MAX_RANK> extent{}, stride{};
    std::size_t rank = 0;
    for (int d = 0; d < x.rank; ++d)
        if (parts.summed.shape[d] != 1) {
            extent[rank] = x.shape[d];
            stride[rank++] = x.stride[d];
        }
    // Rows beneath each other: whole lines are added up, so that memory is read as it lies.
    const auto finish = [&](T& to, double sum) {
        to = static_cast<T>(factor * sum + (add ? static_cast<double>(to) : 0));
    };
    const Lines<2> lines({&parts.kept, &y});
    const auto [sx, sy] = lines.stride();
    lines.run([&](const auto& at, std::int64_t n) {
        constexpr std::int64_t stretch = 64;
        for (std::int64_t begin = 0; begin < n; begin += stretch) {
            const std::int64_t count = std::min(stretch, n - begin);
            std::array<double, stretch> sums{};
            const T* from = c.data<T>(0) + at[0] + begin * sx;
            if (count == 1 && rank > 0 && stride[rank - 1] == 1) {
                const std::int64_t inner = extent[rank - 1];
                for (std::int64_t i = 0; i < each; i += inner) {
                    std::int64_t offset = 0, rest = i / inner;
                    for (std::size_t d = rank - 1; d-- > 0;) {
                        offset += rest % extent[d] * stride[d];
                        rest /= extent[d];
                    }
                    std::array<double, 8> partial{};
                    std::int64_t k = 0;
                    for (; k + 8 <= inner; k += 8)
                        for (std::size_t lane = 0; lane < 8; ++lane)
                            partial[lane] +=
                                static_cast<double>(from[offset + k + static_cast<std::int64_t>(lane)]);
                    for (; k < inner; ++k)
                        partial[0] += static_cast<double>(from[offset + k]);
                    for (const double p : partial)
                        sums[0] += p;
                }
            } else {
                for (std::int64_t i = 0; i < each; ++i) {
                    std::int64_t offset = 0, rest = i;
                    for (std::size_t d = rank; d-- > 0;) {
                        offset += rest % extent[d] * stride[d];
                        rest /= extent[d];
                    }
                    for (std::int64_t k = 0; k < count; ++k)
                        sums[static_cast<std::size_t>(k)] += static_cast<double>(from[offset + k * sx]);
                }
            }
            T* to = c.data<T>(1) + at[1] + begin * sy;
            for (std::int64_t k = 0; k < count; ++k)
                finish(to[k * sy], sums[static_cast<std::size_t>(k)]);
        }
    });
}

}  // namespace

int add(const LatheCall* call) {
    return combine(call, [](auto a, auto b) { return a + b; });
}

int multiply(const LatheCall* call) {
    return combine(call, [](auto a, auto b) { return a * b; });
}

int scale(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.checkTypes(&type))
        return bad;
    type == LATHE_F64 ? scaleLines<double>(c) : scaleLines<float>(c);
    return LATHE_OK;
}

int blend(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    type == LATHE_F64 ? blendLines<double>(c) : blendLines<float>(c);
    return LATHE_OK;
}

int sum(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.checkTypes(&type))
        return bad;
    type == LATHE_F64 ? sumLines<double>(c) : sumLines<float>(c);
    return LATHE_OK;
}

}  // namespace lathe::tensor::cpu
