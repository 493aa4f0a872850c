// SPDX-License-Identifier: Apache-2.0
#include "tensor/tensor.h"

#include <fmt/format.h>

namespace lathe::tensor {

Result<Tensor> Tensor::empty(const Shape& shape, DType type, MemoryClass memoryClass, Device device) {
    Tensor made;
    made.m_shape = shape;
    made.m_strides = shape.contiguousStrides();
    made.m_dtype = type;
    LATHE_TRY_ASSIGN(made.m_storage, Storage::allocate(made.bytes(), memoryClass, device));
    return made;
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
    const LatheBackendV1& table = backendTable(device);
    if (table.copy(device.index, nullptr, made.raw(), values, made.bytes(), LATHE_TO_DEVICE) != LATHE_OK)
        return fail(ErrorCode::Unavailable, table.lastError(), deviceName(device));
    return made;
}

Result<> Tensor::toHost(void* values, DType type) const {
    if (type != m_dtype)
        return fail(ErrorCode::Invalid, fmt::format("read as {}", nameOf(type)), text());
    LATHE_TRY_ASSIGN(Tensor dense, contiguous());
    const LatheBackendV1& table = backendTable(device());
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

void* Tensor::raw() const {
    return static_cast<std::byte*>(m_storage->data()) + m_offset * static_cast<std::int64_t>(sizeOf(m_dtype));
}

Tensor Tensor::reshape(const Shape& shape) const {
    assert(isContiguous() && shape.elements() == elements());
    Tensor view = *this;
    view.m_shape = shape;
    view.m_strides = shape.contiguousStrides();
    return view;
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
    const LatheBackendV1& table = backendTable(there);
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
