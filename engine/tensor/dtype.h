// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tensor/backend_abi.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lathe::tensor {

// F16, BF16, U8 and Bool can be stored, viewed and copied; arithmetic on CPU is in F32 and F64.
enum class DType : std::int32_t {
    F32 = LATHE_F32,
    F64 = LATHE_F64,
    F16 = LATHE_F16,
    BF16 = LATHE_BF16,
    I32 = LATHE_I32,
    I64 = LATHE_I64,
    U8 = LATHE_U8,
    Bool = LATHE_BOOL,
};

std::size_t sizeOf(DType type);
std::string_view nameOf(DType type);  // "fp32", "bf16", "i64", …
std::optional<DType> dtypeFromName(std::string_view name);
bool isFloating(DType type);

template <class T> struct DTypeOf;
template <> struct DTypeOf<float> { static constexpr DType value = DType::F32; };
template <> struct DTypeOf<double> { static constexpr DType value = DType::F64; };
template <> struct DTypeOf<std::int32_t> { static constexpr DType value = DType::I32; };
template <> struct DTypeOf<std::int64_t> { static constexpr DType value = DType::I64; };
template <> struct DTypeOf<std::uint8_t> { static constexpr DType value = DType::U8; };
template <> struct DTypeOf<bool> { static constexpr DType value = DType::Bool; };
template <class T> inline constexpr DType dtypeOf = DTypeOf<T>::value;

}  // namespace lathe::tensor
