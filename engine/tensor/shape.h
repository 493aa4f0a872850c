// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tensor/backend_abi.h"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace lathe::tensor {

inline constexpr int maxRank = LATHE_MAX_RANK;

// Extents (or strides, or offsets) of at most maxRank dimensions; a value, no allocation. Rank 0 is a scalar.
class Shape {
public:
    Shape() = default;
    Shape(std::initializer_list<std::int64_t> extents);
    explicit Shape(std::span<const std::int64_t> extents);

    int rank() const { return m_rank; }
    std::int64_t operator[](int dim) const { return m_extents[static_cast<std::size_t>(dim)]; }
    std::int64_t& operator[](int dim) { return m_extents[static_cast<std::size_t>(dim)]; }
    std::int64_t back() const { return m_extents[static_cast<std::size_t>(m_rank - 1)]; }
    std::int64_t elements() const;
    std::span<const std::int64_t> extents() const {
        return {m_extents.data(), static_cast<std::size_t>(m_rank)};
    }

    void append(std::int64_t extent);
    Shape without(int dim) const;
    // Element strides of a row-major tensor of this shape.
    Shape contiguousStrides() const;

    bool operator==(const Shape& other) const;
    std::string text() const;  // "[8, 256, 384]"

private:
    std::array<std::int64_t, maxRank> m_extents{};
    int m_rank = 0;
};

}  // namespace lathe::tensor
