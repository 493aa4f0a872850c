// SPDX-License-Identifier: Apache-2.0
#include "tensor/shape.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lathe::tensor {

Shape::Shape(std::initializer_list<std::int64_t> extents)
    : Shape(std::span(extents.begin(), extents.size())) {}

Shape::Shape(std::span<const std::int64_t> extents) : m_rank(static_cast<int>(extents.size())) {
    assert(extents.size() <= maxRank);
    std::copy(extents.begin(), extents.end(), m_extents.begin());
}

std::int64_t Shape::elements() const {
    std::int64_t product = 1;
    for (std::int64_t extent : extents())
        product *= extent;
    return product;
}

void Shape::append(std::int64_t extent) {
    assert(m_rank < maxRank);
    m_extents[static_cast<std::size_t>(m_rank++)] = extent;
}

Shape Shape::without(int dim) const {
    Shape result;
    for (int i = 0; i < m_rank; ++i)
        if (i != dim)
            result.append((*this)[i]);
    return result;
}

Shape Shape::contiguousStrides() const {
    Shape strides = *this;
    std::int64_t stride = 1;
    for (int i = m_rank - 1; i >= 0; --i) {
        strides[i] = stride;
        stride *= (*this)[i];
    }
    return strides;
}

bool Shape::operator==(const Shape& other) const {
    return std::ranges::equal(extents(), other.extents());
}

std::string Shape::text() const {
    return fmt::format("[{}]", fmt::join(extents(), ", "));
}

}  // namespace lathe::tensor
