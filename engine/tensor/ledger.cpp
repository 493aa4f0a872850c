// SPDX-License-Identifier: Apache-2.0
#include "tensor/ledger.h"

namespace lathe::tensor {

std::string_view nameOf(MemoryClass memoryClass) {
    constexpr std::array<std::string_view, memoryClasses> names{"parameters",  "gradients",     "optimizer",
                                                                "activations", "communication", "workspace"};
    return names[static_cast<std::size_t>(memoryClass)];
}

void MemoryLedger::Counter::add(std::int64_t bytes) {
    const std::int64_t now = current.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    std::int64_t seen = peak.load(std::memory_order_relaxed);
    while (now > seen && !peak.compare_exchange_weak(seen, now, std::memory_order_relaxed)) {
    }
}

void MemoryLedger::add(MemoryClass memoryClass, std::int64_t bytes) {
    m_classes[static_cast<std::size_t>(memoryClass)].add(bytes);
    m_total.add(bytes);
}

void MemoryLedger::remove(MemoryClass memoryClass, std::int64_t bytes) {
    add(memoryClass, -bytes);
}

MemoryCount MemoryLedger::count(MemoryClass memoryClass) const {
    const Counter& counter = m_classes[static_cast<std::size_t>(memoryClass)];
    return {counter.current.load(), counter.peak.load()};
}

MemoryCount MemoryLedger::total() const {
    return {m_total.current.load(), m_total.peak.load()};
}

void MemoryLedger::resetPeaks() {
    for (Counter& counter : m_classes)
        counter.peak = counter.current.load();
    m_total.peak = m_total.current.load();
}

}  // namespace lathe::tensor
