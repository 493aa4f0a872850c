// SPDX-License-Identifier: Apache-2.0
// Fill, copy and conversion, sums, AdamW.
#include "tensor/cpu/call.h"
#include "tensor/cpu/kernels.h"
#include "tensor/threads.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <vector>

namespace lathe::tensor::cpu {
namespace {

constexpr std::int64_t smallest = 16384;  // elements worth a thread's attention

template <class Task> void overElements(std::int64_t n, Task task) {
    const std::int64_t pieces = pieceCount(n, smallest);
    parallelFor(pieces, [&](std::int64_t i) {
        const auto [begin, end] = pieceOf(n, pieces, i, 64);
        if (end > begin)
            task(begin, end - begin);
    });
}

std::size_t sizeOfType(int dtype) {
    constexpr std::array<std::size_t, 8> sizes{4, 8, 2, 2, 4, 8, 1, 1};
    return sizes[static_cast<std::size_t>(dtype)];
}

double fromHalf(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 31;
    const double fraction = bits & 1023;
    double value = 0;
    if (exponent == 0)
        value = std::ldexp(fraction, -24);
    else if (exponent == 31)
        value = fraction == 0 ? INFINITY : NAN;
    else
        value = std::ldexp(1024 + fraction, exponent - 25);
    return bits & 0x8000 ? -value : value;
}

std::uint16_t toHalf(double value) {
    const std::uint16_t sign = std::signbit(value) ? 0x8000 : 0;
    const double size = std::abs(value);
    if (std::isnan(value))
        return static_cast<std::uint16_t>(sign | 0x7e00);
    if (size >= 65520)  // rounds past the largest half
        return static_cast<std::uint16_t>(sign | 0x7c00);
    if (size < 0x1p-14)  // nearbyint rounds to even, as the format asks
        return static_cast<std::uint16_t>(sign | static_cast<int>(std::nearbyint(std::ldexp(size, 24))));
    int exponent = 0;
    std::frexp(size, &exponent);
    // A fraction that rounds up to 2048 carries into the exponent by itself.
    const int fraction = static_cast<int>(std::nearbyint(std::ldexp(size, 11 - exponent)));
    return static_cast<std::uint16_t>(sign | (((exponent + 13) << 10) + fraction));
}

std::uint16_t toBfloat(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (std::isnan(value))
        return static_cast<std::uint16_t>((bits >> 16) | 0x40);
    return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

double readNumber(const std::byte* p, int dtype) {
    const auto as = [p]<class T>(T value) {
        std::memcpy(&value, p, sizeof value);
        return value;
    };
    switch (dtype) {
    case LATHE_F32: return static_cast<double>(as(float{}));
    case LATHE_F64: return as(double{});
    case LATHE_F16: return fromHalf(as(std::uint16_t{}));
    case LATHE_BF16:
        return static_cast<double>(std::bit_cast<float>(std::uint32_t{as(std::uint16_t{})} << 16));
    case LATHE_I32: return as(std::int32_t{});
    case LATHE_I64: return static_cast<double>(as(std::int64_t{}));
    default: return static_cast<double>(std::to_integer<int>(*p));
    }
}

void writeNumber(std::byte* p, int dtype, double value) {
    const auto put = [p](auto converted) { std::memcpy(p, &converted, sizeof converted); };
    switch (dtype) {
    case LATHE_F32: put(static_cast<float>(value)); break;
    case LATHE_F64: put(value); break;
    case LATHE_F16: put(toHalf(value)); break;
    case LATHE_BF16: put(toBfloat(static_cast<float>(value))); break;
    case LATHE_I32: put(static_cast<std::int32_t>(value)); break;
    case LATHE_I64: put(static_cast<std::int64_t>(value)); break;
    case LATHE_BOOL: put(static_cast<std::uint8_t>(value != 0)); break;
    default: put(static_cast<std::uint8_t>(value)); break;
    }
}

// Visits the elements of two tensors of one shape in row-major order.
template <class Visit> void walk(const LatheTensor& a, const LatheTensor& b, Visit visit) {
    std::array<std::int64_t, LATHE_MAX_RANK> index{};
    std::int64_t atA = 0, atB = 0;
    for (std::int64_t n = elementsOf(a); n > 0; --n) {
        visit(atA, atB);
        for (int d = a.rank - 1; d >= 0; --d) {
            const auto i = static_cast<std::size_t>(d);
            atA += a.stride[d];
            atB += b.stride[d];
            if (++index[i] < a.shape[d])
                break;
            atA -= a.stride[d] * a.shape[d];
            atB -= b.stride[d] * b.shape[d];
            index[i] = 0;
        }
    }
}

}  // namespace

int fill(const LatheCall* call) {
    const Call c(call);
    const LatheTensor& x = *c.tensor(0);
    if (!isContiguous(x))
        return refuse(LATHE_UNSUPPORTED, "a strided tensor cannot be filled");
    const double value = c.number(0);
    const std::int64_t n = elementsOf(x);
    if (x.dtype == LATHE_F32) {
        overElements(n, [&](std::int64_t begin, std::int64_t count) {
            kernels().fill(static_cast<float*>(x.data) + begin, static_cast<float>(value), count);
        });
        return LATHE_OK;
    }
    const std::size_t size = sizeOfType(x.dtype);
    std::array<std::byte, 8> pattern{};
    writeNumber(pattern.data(), x.dtype, value);
    auto* bytes = static_cast<std::byte*>(x.data);
    overElements(n, [&](std::int64_t begin, std::int64_t count) {
        if (size == 1)
            std::memset(bytes + begin, std::to_integer<int>(pattern[0]), static_cast<std::size_t>(count));
        else
            for (std::int64_t i = begin; i < begin + count; ++i)
                std::memcpy(bytes + i * static_cast<std::int64_t>(size), pattern.data(), size);
    });
    return LATHE_OK;
}

int copy(const LatheCall* call) {
    const Call c(call);
    const LatheTensor &from = *c.tensor(0), &to = *c.tensor(1);
    const auto* source = static_cast<const std::byte*>(from.data);
    auto* target = static_cast<std::byte*>(to.data);
    const auto fromSize = static_cast<std::int64_t>(sizeOfType(from.dtype));
    const auto toSize = static_cast<std::int64_t>(sizeOfType(to.dtype));
    if (from.dtype == to.dtype && isContiguous(from) && isContiguous(to)) {
        overElements(elementsOf(from), [&](std::int64_t begin, std::int64_t count) {
            std::memmove(target + begin * toSize, source + begin * fromSize,
                         static_cast<std::size_t>(count * toSize));
        });
    } else if (from.dtype == to.dtype) {
        walk(from, to, [&](std::int64_t a, std::int64_t b) {
            std::memcpy(target + b * toSize, source + a * fromSize, static_cast<std::size_t>(toSize));
        });
    } else {
        walk(from, to, [&](std::int64_t a, std::int64_t b) {
            writeNumber(target + b * toSize, to.dtype, readNumber(source + a * fromSize, from.dtype));
        });
    }
    return LATHE_OK;
}

int add(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    overElements(c.elements(0), [&](std::int64_t begin, std::int64_t count) {
        if (type == LATHE_F32) {
            kernels().add(c.data(0) + begin, c.data(1) + begin, c.data(2) + begin, count);
        } else {
            for (std::int64_t i = begin; i < begin + count; ++i)
                c.data<double>(2)[i] = c.data<double>(0)[i] + c.data<double>(1)[i];
        }
    });
    return LATHE_OK;
}

int scale(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    overElements(c.elements(0), [&](std::int64_t begin, std::int64_t count) {
        if (type == LATHE_F32) {
            kernels().scale(c.data(0) + begin, c.single(0), c.data(1) + begin, count);
        } else {
            for (std::int64_t i = begin; i < begin + count; ++i)
                c.data<double>(1)[i] = c.data<double>(0)[i] * c.number(0);
        }
    });
    return LATHE_OK;
}

int sumSquares(const LatheCall* call) {
    const Call c(call);
    const LatheTensor& x = *c.tensor(0);
    if (!isContiguous(x) || (x.dtype != LATHE_F32 && x.dtype != LATHE_F64))
        return refuse(LATHE_UNSUPPORTED, "a contiguous tensor of fp32 or fp64 wanted");
    const std::int64_t n = elementsOf(x);
    constexpr std::int64_t piece = 65536;  // fixed: the sum must not depend on the threads
    const std::int64_t pieces = (n + piece - 1) / piece;
    std::vector<double> partial(static_cast<std::size_t>(pieces));
    parallelFor(pieces, [&](std::int64_t i) {
        const std::int64_t begin = i * piece, count = std::min(piece, n - begin);
        double sum = 0;
        if (x.dtype == LATHE_F32) {
            sum = kernels().sumSquares(c.data(0) + begin, count);
        } else {
            for (std::int64_t k = begin; k < begin + count; ++k)
                sum += c.data<double>(0)[k] * c.data<double>(0)[k];
        }
        partial[static_cast<std::size_t>(i)] = sum;
    });
    double total = 0;
    for (const double sum : partial)
        total += sum;
    *c.data<double>(1) = total;
    return LATHE_OK;
}

int adamw(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::adamw(c);
    const double lr = c.number(0), beta1 = c.number(1), beta2 = c.number(2);
    const auto step = static_cast<double>(c.integer(0));
    const Kernels::AdamW constants{.beta1 = c.single(1),
                                   .beta2 = c.single(2),
                                   .epsilon = c.single(3),
                                   .gradScale = c.single(5),
                                   .stepSize = static_cast<float>(lr / (1 - std::pow(beta1, step))),
                                   .inverseRootC2 =
                                       static_cast<float>(1 / std::sqrt(1 - std::pow(beta2, step))),
                                   .keep = static_cast<float>(1 - lr * c.number(4))};
    overElements(c.elements(0), [&](std::int64_t begin, std::int64_t count) {
        kernels().adamw(c.data(0) + begin, c.data(1) + begin, c.data(2) + begin, c.data(3) + begin,
                        c.data<std::uint8_t>(4) + begin, count, constants);
    });
    return LATHE_OK;
}

}  // namespace lathe::tensor::cpu
