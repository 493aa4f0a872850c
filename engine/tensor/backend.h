// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "tensor/backend_abi.h"
#include "tensor/ledger.h"

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lathe::tensor {

class Tensor;

// A device of a registered backend. The default one is the CPU.
struct Device {
    std::int16_t backend = 0;  // index in the registry; 0 is always the CPU
    std::int16_t index = 0;
    bool operator==(const Device&) const = default;
};

// Keeps released blocks by size and hands them out again, since a training step asks for the same sizes each
// time. Blocks are aligned to 64 bytes. Thread-safe.
class Allocator {
public:
    Allocator(const LatheBackend* table, int device) : m_table(table), m_device(device) {}
    ~Allocator();
    Allocator(const Allocator&) = delete;
    Allocator& operator=(const Allocator&) = delete;

    // The size really set aside for `bytes`.
    static std::size_t roundedSize(std::size_t bytes);
    // Fails with Full, naming the ledger's classes, after having given cached blocks back to the system.
    Result<void*> allocate(std::size_t bytes, MemoryClass memoryClass);
    void release(void* memory, std::size_t bytes, MemoryClass memoryClass);
    void trim();  // gives cached blocks back
    std::size_t cachedBytes() const;
    MemoryLedger& ledger() { return m_ledger; }

private:
    const LatheBackend* m_table;
    int m_device;
    MemoryLedger m_ledger;
    mutable std::mutex m_mutex;
    std::unordered_map<std::size_t, std::vector<void*>> m_free;
    std::size_t m_cached = 0;
};

// Backends live until the process ends. Thread-safe.
const LatheBackend& backendTable(Device device);
Allocator& allocator(Device device);
MemoryLedger& memoryLedger(Device device = {});
std::string deviceName(Device device);  // "cpu", "cuda:1"

// Loads a backend plugin and checks its version; returns its first device. Fails with Unavailable (dlopen's
// own words) or Unsupported (another ABI version, no device).
Result<Device> loadBackend(const std::string& libraryPath);
// Adds a table that is linked in (and those that tests make).
Result<Device> registerBackend(const LatheBackend* table);
// "cpu", "cuda", "cuda:1" among what is registered.
Result<Device> findDevice(std::string_view name);

// The stream on which this thread's kernels for a device run; null, the default one, unless a StreamScope
// lives.
void* currentStream(Device device);

// Runs one kernel on the device of the first tensor present; undefined tensors are passed as absent. What the
// backend does not take as it lies (supports()) is made dense, and fp16 or bf16 becomes fp32, in workspace
// memory for the call; so every operation takes every layout and floating dtype. Fails with Invalid (shapes,
// values, two devices), Unsupported (no such kernel) or Full.
Result<> runKernel(LatheOp op, std::initializer_list<Tensor> tensors,
                   std::initializer_list<double> numbers = {},
                   std::initializer_list<std::int64_t> integers = {});

}  // namespace lathe::tensor
