// SPDX-License-Identifier: Apache-2.0
// Fill, copy and conversion: every dtype, every layout.
#include "tensor/cpu/call.h"
#include "tensor/cpu/kernels.h"
#include "tensor/cpu/lines.h"
#include "tensor/threads.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>

namespace lathe::tensor::cpu {

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

// Written without branches, so that copies vectorise.
std::uint16_t toBfloat(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    return static_cast<std::uint16_t>(value == value ? rounded : (bits >> 16) | 0x40);
}

namespace {

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

template <class From, class To, class Convert>
void convertLines(const LatheTensor& from, const LatheTensor& to, Convert convert) {
    const Lines<2> lines({&from, &to});
    const auto* source = static_cast<const From*>(from.data);
    auto* target = static_cast<To*>(to.data);
    const auto [fromStride, toStride] = lines.stride();
    lines.run([&](const auto& at, std::int64_t n) {
        const From* s = source + at[0];
        To* t = target + at[1];
        if (fromStride == 1 && toStride == 1) {
            for (std::int64_t i = 0; i < n; ++i)
                t[i] = convert(s[i]);
        } else {
            for (std::int64_t i = 0; i < n; ++i)
                t[i * toStride] = convert(s[i * fromStride]);
        }
    });
}

template <class T> void copyLines(const LatheTensor& from, const LatheTensor& to) {
    convertLines<T, T>(from, to, [](T x) { return x; });
}

}  // namespace

int fill(const LatheCall* call) {
    const Call c(call);
    const LatheTensor& x = *c.tensor(0);
    const Lines<1> lines({&x});
    const std::int64_t stride = lines.stride()[0];
    const double value = c.number(0);
    if (x.dtype == LATHE_F32 && lines.dense()) {
        lines.run([&](const auto& at, std::int64_t n) {
            kernels().fill(static_cast<float*>(x.data) + at[0], static_cast<float>(value), n);
        });
        return LATHE_OK;
    }
    const auto size = static_cast<std::int64_t>(sizeOfType(x.dtype));
    std::array<std::byte, 8> pattern{};
    writeNumber(pattern.data(), x.dtype, value);
    lines.run([&](const auto& at, std::int64_t n) {
        auto* bytes = static_cast<std::byte*>(x.data) + at[0] * size;
        if (size == 1 && stride == 1)
            std::memset(bytes, std::to_integer<int>(pattern[0]), static_cast<std::size_t>(n));
        else
            for (std::int64_t i = 0; i < n; ++i)
                std::memcpy(bytes + i * stride * size, pattern.data(), static_cast<std::size_t>(size));
    });
    return LATHE_OK;
}

int copy(const LatheCall* call) {
    const Call c(call);
    const LatheTensor &from = *c.tensor(0), &to = *c.tensor(1);
    if (from.dtype == to.dtype) {
        switch (sizeOfType(from.dtype)) {
        case 1: copyLines<std::uint8_t>(from, to); break;
        case 2: copyLines<std::uint16_t>(from, to); break;
        case 4: copyLines<std::uint32_t>(from, to); break;
        default: copyLines<std::uint64_t>(from, to); break;
        }
    } else if (from.dtype == LATHE_F32 && to.dtype == LATHE_BF16) {
        convertLines<float, std::uint16_t>(from, to, [](float x) { return toBfloat(x); });
    } else if (from.dtype == LATHE_BF16 && to.dtype == LATHE_F32) {
        convertLines<std::uint16_t, float>(
            from, to, [](std::uint16_t x) { return std::bit_cast<float>(std::uint32_t{x} << 16); });
    } else if (from.dtype == LATHE_U8 && to.dtype == LATHE_F32) {
        convertLines<std::uint8_t, float>(from, to, [](std::uint8_t x) { return static_cast<float>(x); });
    } else {
        const auto* source = static_cast<const std::byte*>(from.data);
        auto* target = static_cast<std::byte*>(to.data);
        const auto fromSize = static_cast<std::int64_t>(sizeOfType(from.dtype));
        const auto toSize = static_cast<std::int64_t>(sizeOfType(to.dtype));
        const Lines<2> lines({&from, &to});
        const auto [fromStride, toStride] = lines.stride();
        lines.run([&](const auto& at, std::int64_t n) {
            for (std::int64_t i = 0; i < n; ++i)
                writeNumber(target + (at[1] + i * toStride) * toSize, to.dtype,
                            readNumber(source + (at[0] + i * fromStride) * fromSize, from.dtype));
        });
    }
    return LATHE_OK;
}

}  // namespace lathe::tensor::cpu
