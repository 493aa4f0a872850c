// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tensor/backend_abi.h"
#include "tensor/cpu/call.h"
#include "tensor/threads.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace lathe::tensor::cpu {

// N tensors of one shape, walked in lines: their dimensions are put into the order in which the last of them
// lies, and joined where all of them allow it. So dense tensors are one line, whatever their layout.
template <std::size_t N> class Lines {
public:
    using Offsets = std::array<std::int64_t, N>;

    explicit Lines(const std::array<const LatheTensor*, N>& tensors) {
        const LatheTensor& lead = *tensors[N - 1];
        std::array<int, LATHE_MAX_RANK> order{};
        int rank = 0;
        for (int d = 0; d < lead.rank; ++d)
            if (lead.shape[d] != 1)
                order[static_cast<std::size_t>(rank++)] = d;
        std::stable_sort(order.begin(), order.begin() + rank,
                         [&](int a, int b) { return lead.stride[a] > lead.stride[b]; });
        for (int i = 0; i < rank; ++i) {
            const int d = order[static_cast<std::size_t>(i)];
            Dim dim{lead.shape[d], {}};
            for (std::size_t t = 0; t < N; ++t)
                dim.stride[t] = tensors[t]->stride[d];
            bool joins = m_rank > 0;
            for (std::size_t t = 0; t < N && joins; ++t)
                joins = m_dims[last()].stride[t] == dim.stride[t] * dim.extent;
            if (joins) {
                dim.extent *= m_dims[last()].extent;
                m_dims[last()] = dim;
            } else {
                m_dims[static_cast<std::size_t>(m_rank++)] = dim;
            }
        }
        if (m_rank == 0)
            m_dims[static_cast<std::size_t>(m_rank++)] = {elementsOf(lead), {}};
    }

    const Offsets& stride() const { return m_dims[last()].stride; }  // along a line
    // Whether elements of all tensors follow each other densely in a line.
    bool dense() const {
        return std::all_of(stride().begin(), stride().end(), [](std::int64_t s) { return s == 1; });
    }

    // visit(offsets, count) for stretches of lines, on the pool; none overlaps another. A dense whole is cut
    // at multiples of 64.
    template <class Visit> void run(Visit visit) const {
        constexpr std::int64_t smallest = 16384;  // elements worth a thread's attention
        const std::int64_t length = m_dims[last()].extent;
        std::int64_t lines = 1;
        for (int i = 0; i + 1 < m_rank; ++i)
            lines *= m_dims[static_cast<std::size_t>(i)].extent;
        if (length == 0 || lines == 0)
            return;
        if (lines == 1) {
            const std::int64_t pieces = pieceCount(length, smallest);
            parallelFor(pieces, [&](std::int64_t p) {
                const auto [begin, end] = pieceOf(length, pieces, p, 64);
                if (end > begin)
                    visit(at(0, begin), end - begin);
            });
            return;
        }
        const std::int64_t pieces = pieceCount(lines, std::max<std::int64_t>(1, smallest / length));
        parallelFor(pieces, [&](std::int64_t p) {
            const auto [begin, end] = pieceOf(lines, pieces, p);
            for (std::int64_t line = begin; line < end; ++line)
                visit(at(line, 0), length);
        });
    }

private:
    struct Dim {
        std::int64_t extent;
        Offsets stride;
    };
    std::size_t last() const { return static_cast<std::size_t>(m_rank - 1); }
    Offsets at(std::int64_t line, std::int64_t begin) const {
        Offsets offsets{};
        for (std::size_t t = 0; t < N; ++t)
            offsets[t] = begin * stride()[t];
        for (int i = m_rank - 2; i >= 0; --i) {
            const Dim& dim = m_dims[static_cast<std::size_t>(i)];
            for (std::size_t t = 0; t < N; ++t)
                offsets[t] += line % dim.extent * dim.stride[t];
            line /= dim.extent;
        }
        return offsets;
    }

    std::array<Dim, LATHE_MAX_RANK> m_dims{};
    int m_rank = 0;
};

}  // namespace lathe::tensor::cpu
