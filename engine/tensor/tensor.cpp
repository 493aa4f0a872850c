// SPDX-License-Identifier: Apache-2.0
#include "tensor/tensor.h"

#include <fmt/format.h>
#include <optional>

namespace lathe::tensor {

Result<Tensor> Tensor::empty(const Shape& shape, DType type, MemoryClass memoryClass, Device device) {
    Tensor made;
    made.m_shape = shape;
    made.m_strides = shape.contiguousStrides();
    made.m_dtype = type;
    LATHE_TRY_ASSIGN(made.m_storage, Storage::allocate(made.bytes(), memoryClass, device));
    return made;
}

Result<Tensor> Tensor::emptyAs(const Tensor& like, const Shape& shape, DType type, MemoryClass memoryClass) {
    if (shape.rank() != 4 || like.isContiguous() || !like.isChannelsLast())
        return empty(shape, type, memoryClass, like.device());
    LATHE_TRY_ASSIGN(Tensor lying,
                     empty({shape[0], shape[2], shape[3], shape[1]}, type, memoryClass, like.device()));
    return lying.permute({0, 3, 1, 2});
}

Result<Tensor> Tensor::zeros(const Shape& shape, DType type, MemoryClass memoryClass, Device device) {
    LATHE_TRY_ASSIGN(Tensor made, empty(shape, type, memoryClass, device));
    LATHE_TRY(made.fill(0));
    return made;
}

Result<Tensor> Tensor::fromHost(const void* values, std::size_t count, const Shape& shape, DType type,
                                MemoryClass memoryClass, Device device) {
    if (static_cast<std::int64_t>(count) != shape.elements())
        return fail(ErrorCode::Invalid,
                    fmt::format("{} values do not fill a tensor of {}", count, shape.text()));
    LATHE_TRY_ASSIGN(Tensor made, empty(shape, type, memoryClass, device));
    const LatheBackend& table = backendTable(device);
    if (table.copy(device.index, nullptr, made.raw(), values, made.bytes(), LATHE_TO_DEVICE) != LATHE_OK)
        return fail(ErrorCode::Unavailable, table.lastError(), deviceName(device));
    return made;
}

Result<> Tensor::toHost(void* values, DType type) const {
    if (type != m_dtype)
        return fail(ErrorCode::Invalid, fmt::format("read as {}", nameOf(type)), text());
    LATHE_TRY_ASSIGN(Tensor dense, contiguous());
    const LatheBackend& table = backendTable(device());
    if (table.copy(device().index, nullptr, values, dense.raw(), bytes(), LATHE_TO_HOST) != LATHE_OK ||
        table.streamSynchronize(device().index, nullptr) != LATHE_OK)
        return fail(ErrorCode::Unavailable, table.lastError(), deviceName(device()));
    return {};
}

bool Tensor::isContiguous() const {
    std::int64_t stride = 1;
    for (int i = rank() - 1; i >= 0; --i) {
        if (m_shape[i] != 1 && m_strides[i] != stride)
            return false;
        stride *= m_shape[i];
    }
    return true;
}

bool Tensor::isChannelsLast() const {
    if (rank() != 3 && rank() != 4)
        return false;
    std::int64_t stride = 1;
    const auto follows = [&](int dim) {
        if (m_shape[dim] != 1 && m_strides[dim] != stride)
            return false;
        stride *= m_shape[dim];
        return true;
    };
    if (!follows(1))
        return false;
    for (int dim = rank() - 1; dim > 1; --dim)
        if (!follows(dim))
            return false;
    return follows(0);
}

void* Tensor::raw() const {
    return static_cast<std::byte*>(m_storage->data()) + m_offset * static_cast<std::int64_t>(sizeOf(m_dtype));
}

namespace {

// Strides that show elements of (shape, strides) under another shape; nothing if a copy would be needed. Runs
// of dimensions that lie densely together are cut anew, each run by itself.
std::optional<Shape> reshapedStrides(const Shape& shape, const Shape& strides, const Shape& wanted) {
    if (shape.elements() != wanted.elements())
        return {};
    if (shape.elements() == 0)
        return wanted.contiguousStrides();
    Shape result = wanted;
    int to = wanted.rank() - 1;
    for (int from = shape.rank() - 1; from >= 0;) {
        if (shape[from] == 1) {
            --from;
            continue;
        }
        const std::int64_t innermost = strides[from];
        std::int64_t run = shape[from];
        for (--from; from >= 0 && (shape[from] == 1 || strides[from] == innermost * run); --from)
            run *= shape[from];
        std::int64_t covered = 1;
        for (; to >= 0 && (covered < run || wanted[to] == 1); --to) {
            result[to] = innermost * covered;
            covered *= wanted[to];
        }
        if (covered != run)
            return {};
    }
    for (; to >= 0; --to)
        result[to] = 1;
    return result;
}

}  // namespace

bool Tensor::canReshape(const Shape& shape) const {
    return reshapedStrides(m_shape, m_strides, shape).has_value();
}

Tensor Tensor::reshape(const Shape& shape) const {
    const auto strides = reshapedStrides(m_shape, m_strides, shape);
    assert(strides);
    Tensor view = *this;
    view.m_shape = shape;
    view.m_strides = *strides;
    return view;
}

Result<Tensor> Tensor::reshaped(const Shape& shape) const {
    if (canReshape(shape))
        return reshape(shape);
    LATHE_TRY_ASSIGN(const Tensor dense, contiguous());
    return dense.reshape(shape);
}

Tensor Tensor::slice(int dim, std::int64_t begin, std::int64_t end) const {
    assert(dim < rank() && 0 <= begin && begin <= end && end <= m_shape[dim]);
    Tensor view = *this;
    view.m_offset += begin * m_strides[dim];
    view.m_shape[dim] = end - begin;
    return view;
}

Tensor Tensor::select(int dim, std::int64_t index) const {
    Tensor view = slice(dim, index, index + 1);
    view.m_shape = m_shape.without(dim);
    view.m_strides = m_strides.without(dim);
    return view;
}

Tensor Tensor::transpose(int a, int b) const {
    Tensor view = *this;
    std::swap(view.m_shape[a], view.m_shape[b]);
    std::swap(view.m_strides[a], view.m_strides[b]);
    return view;
}

Tensor Tensor::permute(std::span<const int> order) const {
    assert(static_cast<int>(order.size()) == rank());
    Tensor view = *this;
    int to = 0;
    for (const int from : order) {
        view.m_shape[to] = m_shape[from];
        view.m_strides[to++] = m_strides[from];
    }
    return view;
}

Tensor Tensor::expand(const Shape& shape) const {
    const int added = shape.rank() - rank();
    assert(added >= 0);
    Tensor view = *this;
    view.m_shape = shape;
    view.m_strides = shape;
    for (int i = 0; i < shape.rank(); ++i) {
        const bool own = i >= added && m_shape[i - added] == shape[i];
        assert(own || i < added || m_shape[i - added] == 1);
        view.m_strides[i] = own ? m_strides[i - added] : 0;
    }
    return view;
}

Tensor Tensor::window(std::int64_t offset, const Shape& shape) const {
    assert(isContiguous() && offset >= 0 && offset + shape.elements() <= elements());
    Tensor view = *this;
    view.m_offset += offset;
    view.m_shape = shape;
    view.m_strides = shape.contiguousStrides();
    return view;
}

Result<Tensor> Tensor::contiguous() const {
    if (isContiguous())
        return *this;
    return clone(memoryClass());
}

Result<Tensor> Tensor::channelsLast() const {
    assert(rank() == 4);
    if (isChannelsLast())
        return *this;
    LATHE_TRY_ASSIGN(Tensor lying,
                     empty({size(0), size(2), size(3), size(1)}, m_dtype, memoryClass(), device()));
    const Tensor view = lying.permute({0, 3, 1, 2});
    LATHE_TRY(view.copyFrom(*this));
    return view;
}

Result<Tensor> Tensor::clone(MemoryClass memoryClass) const {
    LATHE_TRY_ASSIGN(Tensor copy, empty(m_shape, m_dtype, memoryClass, device()));
    LATHE_TRY(copy.copyFrom(*this));
    return copy;
}

Result<Tensor> Tensor::to(DType type) const {
    if (type == m_dtype)
        return *this;
    LATHE_TRY_ASSIGN(Tensor converted, empty(m_shape, type, memoryClass(), device()));
    LATHE_TRY(converted.copyFrom(*this));
    return converted;
}

Result<> Tensor::copyFrom(const Tensor& source) const {
    if (!(source.m_shape == m_shape))
        return fail(ErrorCode::Invalid, "copy between different shapes", source.text() + " to " + text());
    if (source.device() == device())
        return runKernel(LATHE_OP_COPY, {source, *this});
    if (source.device().backend != 0 && device().backend != 0)
        return fail(ErrorCode::Unsupported, "copy between two devices that are not the CPU",
                    source.text() + " to " + text());
    if (source.m_dtype != m_dtype || !isContiguous())
        return fail(ErrorCode::Unsupported, "copy between devices needs one dtype and a contiguous target",
                    source.text() + " to " + text());
    LATHE_TRY_ASSIGN(Tensor dense, source.contiguous());
    const Device there = device().backend != 0 ? device() : source.device();
    const LatheBackend& table = backendTable(there);
    const int kind = device().backend != 0 ? LATHE_TO_DEVICE : LATHE_TO_HOST;
    if (table.copy(there.index, nullptr, raw(), dense.raw(), bytes(), kind) != LATHE_OK ||
        table.streamSynchronize(there.index, nullptr) != LATHE_OK)
        return fail(ErrorCode::Unavailable, table.lastError(), deviceName(there));
    return {};
}

Result<> Tensor::fill(double value) const {
    return runKernel(LATHE_OP_FILL, {*this}, {value});
}

Result<double> Tensor::item() const {
    if (elements() != 1)
        return fail(ErrorCode::Invalid, "one element wanted", text());
    LATHE_TRY_ASSIGN(Tensor wide, to(DType::F64));
    LATHE_TRY_ASSIGN(std::vector<double> values, wide.toVector<double>());
    return values.front();
}

std::string Tensor::text() const {
    if (!defined())
        return "an undefined tensor";
    return fmt::format("{} {} on {}", nameOf(m_dtype), m_shape.text(), deviceName(device()));
}

LatheTensor Tensor::abi() const {
    LatheTensor view{};
    view.data = raw();
    view.dtype = static_cast<std::int32_t>(m_dtype);
    view.rank = rank();
    for (int i = 0; i < rank(); ++i) {
        view.shape[i] = m_shape[i];
        view.stride[i] = m_strides[i];
    }
    return view;
}

}  // namespace lathe::tensor
