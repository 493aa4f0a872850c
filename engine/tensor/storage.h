// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "tensor/backend.h"

#include <memory>

namespace lathe::tensor {

// A block of device memory, returned to its allocator with the last reference.
class Storage {
public:
    static Result<std::shared_ptr<Storage>> allocate(std::size_t bytes, MemoryClass memoryClass,
                                                     Device device);
    ~Storage();
    Storage(const Storage&) = delete;
    Storage& operator=(const Storage&) = delete;

    void* data() const { return m_data; }
    std::size_t bytes() const { return m_bytes; }
    Device device() const { return m_device; }
    MemoryClass memoryClass() const { return m_class; }

private:
    Storage(void* data, std::size_t bytes, MemoryClass memoryClass, Device device)
        : m_data(data), m_bytes(bytes), m_class(memoryClass), m_device(device) {}

    void* m_data;
    std::size_t m_bytes;
    MemoryClass m_class;
    Device m_device;
};

}  // namespace lathe::tensor
