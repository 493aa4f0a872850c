// SPDX-License-Identifier: Apache-2.0
#include "tensor/dtype.h"

#include <array>

namespace lathe::tensor {
namespace {

struct Row {
    DType type;
    std::size_t size;
    std::string_view name;
};
constexpr std::array<Row, 8> rows{{{DType::F32, 4, "fp32"},
                                   {DType::F64, 8, "fp64"},
                                   {DType::F16, 2, "fp16"},
                                   {DType::BF16, 2, "bf16"},
                                   {DType::I32, 4, "i32"},
                                   {DType::I64, 8, "i64"},
                                   {DType::U8, 1, "u8"},
                                   {DType::Bool, 1, "bool"}}};
static_assert(sizeof(bool) == 1);

const Row& rowOf(DType type) {
    return rows[static_cast<std::size_t>(type)];
}

}  // namespace

std::size_t sizeOf(DType type) {
    return rowOf(type).size;
}
std::string_view nameOf(DType type) {
    return rowOf(type).name;
}

std::optional<DType> dtypeFromName(std::string_view name) {
    for (const Row& row : rows)
        if (row.name == name)
            return row.type;
    return {};
}

bool isFloating(DType type) {
    return static_cast<int>(type) <= LATHE_BF16;
}

}  // namespace lathe::tensor
