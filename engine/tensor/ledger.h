// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace lathe::tensor {

// What memory is for, as the memory plan and an out-of-memory report list it.
enum class MemoryClass : std::uint8_t {
    Parameters,
    Gradients,
    Optimizer,
    Activations,
    Communication,
    Workspace
};
inline constexpr int memoryClasses = 6;
std::string_view nameOf(MemoryClass memoryClass);  // "parameters", "gradients", …

struct MemoryCount {
    std::int64_t current = 0;  // bytes
    std::int64_t peak = 0;
};

// Bytes in use on one device, by class. Counts what tensors hold, rounded as it was allocated; what the
// allocator keeps for reuse is Allocator::cachedBytes(). Thread-safe.
class MemoryLedger {
public:
    void add(MemoryClass memoryClass, std::int64_t bytes);
    void remove(MemoryClass memoryClass, std::int64_t bytes);
    MemoryCount count(MemoryClass memoryClass) const;
    MemoryCount total() const;  // its peak is the peak of the sum, not the sum of the peaks
    void resetPeaks();

private:
    struct Counter {
        std::atomic<std::int64_t> current{0};
        std::atomic<std::int64_t> peak{0};
        void add(std::int64_t bytes);
    };
    std::array<Counter, memoryClasses> m_classes;
    Counter m_total;
};

}  // namespace lathe::tensor
