// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"
#include "tensor/storage.h"

#include <cassert>
#include <memory>
#include <span>
#include <vector>

namespace lathe::tensor {

// Storage plus a strided view of it. A handle: copies share the memory, and const does not reach it. No
// autograd and no mesh inside. Memory is freed with the last handle. Views never copy.
class Tensor {
public:
    Tensor() = default;  // undefined

    // Contiguous, not initialised. Fails with Full when memory is out.
    static Result<Tensor> empty(const Shape& shape, DType type = DType::F32,
                                MemoryClass memoryClass = MemoryClass::Activations, Device device = {});
    // The same, laid out as `like` is where that is channels-last.
    static Result<Tensor> emptyAs(const Tensor& like, const Shape& shape, DType type,
                                  MemoryClass memoryClass = MemoryClass::Activations);
    static Result<Tensor> zeros(const Shape& shape, DType type = DType::F32,
                                MemoryClass memoryClass = MemoryClass::Activations, Device device = {});
    // A copy of host values; their count must be shape.elements().
    template <class T>
    static Result<Tensor> of(std::span<const T> values, const Shape& shape,
                             MemoryClass memoryClass = MemoryClass::Activations, Device device = {}) {
        return fromHost(values.data(), values.size(), shape, dtypeOf<T>, memoryClass, device);
    }

    bool defined() const { return m_storage != nullptr; }
    const Shape& shape() const { return m_shape; }
    const Shape& strides() const { return m_strides; }  // in elements
    std::int64_t size(int dim) const { return m_shape[dim]; }
    int rank() const { return m_shape.rank(); }
    std::int64_t elements() const { return m_shape.elements(); }
    std::size_t bytes() const { return static_cast<std::size_t>(elements()) * sizeOf(m_dtype); }
    DType dtype() const { return m_dtype; }
    Device device() const { return m_storage ? m_storage->device() : Device{}; }
    MemoryClass memoryClass() const { return m_storage->memoryClass(); }
    bool isContiguous() const;
    // [B, C, H, W] (or [B, C, W]) whose elements lie as [B, H, W, C].
    bool isChannelsLast() const;
    // No other handle or view of the storage lives: it may be overwritten.
    bool isSole() const { return m_storage.use_count() == 1; }
    bool sharesStorage(const Tensor& other) const { return m_storage == other.m_storage; }

    void* raw() const;
    template <class T> T* data() const {
        assert(m_dtype == dtypeOf<T>);
        return static_cast<T*>(raw());
    }

    // Views. Wrong arguments are programming errors (assertions).
    // Another shape of the same elements in the same order; canReshape says if the strides allow it.
    Tensor reshape(const Shape& shape) const;
    bool canReshape(const Shape& shape) const;
    Result<Tensor> reshaped(const Shape& shape) const;  // a view, or a dense copy where that cannot be
    Tensor slice(int dim, std::int64_t begin, std::int64_t end) const;
    Tensor select(int dim, std::int64_t index) const;  // drops the dimension
    Tensor transpose(int a, int b) const;
    // Dimension i of the view is order[i] of this one.
    Tensor permute(std::span<const int> order) const;
    Tensor permute(std::initializer_list<int> order) const {
        return permute(std::span(order.begin(), order.size()));
    }
    // Extents of 1 repeated (stride 0); new leading dimensions likewise.
    Tensor expand(const Shape& shape) const;
    // `shape` elements from element `offset` of a contiguous tensor on.
    Tensor window(std::int64_t offset, const Shape& shape) const;

    Result<Tensor> contiguous() const;    // itself if it is
    Result<Tensor> channelsLast() const;  // the same; of four dimensions
    Result<Tensor> clone(MemoryClass memoryClass) const;
    Result<Tensor> to(DType type) const;
    Result<> copyFrom(const Tensor& source) const;  // same shape; converts dtypes; devices may differ
    Result<> fill(double value) const;

    // Host copy in row-major order; T must be the dtype.
    template <class T> Result<std::vector<T>> toVector() const {
        std::vector<T> values(static_cast<std::size_t>(elements()));
        LATHE_TRY(toHost(values.data(), dtypeOf<T>));
        return values;
    }
    Result<double> item() const;  // of one element, any dtype

    std::string text() const;  // "fp32 [8, 256, 384] on cpu", for messages
    LatheTensor abi() const;

private:
    static Result<Tensor> fromHost(const void* values, std::size_t count, const Shape& shape, DType type,
                                   MemoryClass memoryClass, Device device);
    Result<> toHost(void* values, DType type) const;

    std::shared_ptr<Storage> m_storage;
    Shape m_shape;
    Shape m_strides;
    std::int64_t m_offset = 0;  // elements
    DType m_dtype = DType::F32;
};

}  // namespace lathe::tensor
