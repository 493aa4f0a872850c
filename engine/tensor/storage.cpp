// SPDX-License-Identifier: Apache-2.0
#include "tensor/storage.h"

namespace lathe::tensor {

Result<std::shared_ptr<Storage>> Storage::allocate(std::size_t bytes, MemoryClass memoryClass,
                                                   Device device) {
    LATHE_TRY_ASSIGN(void* data, allocator(device).allocate(bytes, memoryClass));
    return std::shared_ptr<Storage>(new Storage(data, bytes, memoryClass, device));
}

Storage::~Storage() {
    allocator(m_device).release(m_data, m_bytes, m_class);
}

}  // namespace lathe::tensor
