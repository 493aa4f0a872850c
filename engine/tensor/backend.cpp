// SPDX-License-Identifier: Apache-2.0
#include "tensor/backend.h"

#include "core/text.h"
#include "tensor/cpu/cpu_backend.h"
#include "tensor/tensor.h"

#include <array>
#include <bit>
#include <deque>
#include <dlfcn.h>
#include <fmt/format.h>

namespace lathe::tensor {
namespace {

struct Registered {
    const LatheBackend* table;
    std::deque<Allocator> allocators;  // by device index
};

class Registry {
public:
    Registry() { add(cpu::backendTable()); }

    Result<Device> add(const LatheBackend* table) {
        if (!table || table->abi != LATHE_BACKEND_ABI || table->size < sizeof(LatheBackend))
            return fail(ErrorCode::Unsupported,
                        fmt::format("the backend speaks version {} of the interface, this program version {}",
                                    table ? table->abi : 0, LATHE_BACKEND_ABI),
                        {}, "install the plugin that came with this program");
        const int devices = table->deviceCount();
        if (devices < 1)
            return fail(ErrorCode::Unsupported, fmt::format("no device: {}", table->lastError()),
                        table->name);
        std::lock_guard lock(m_mutex);
        auto& made = m_backends.emplace_back();
        made.table = table;
        for (int i = 0; i < devices; ++i)
            made.allocators.emplace_back(table, i);
        return Device{static_cast<std::int16_t>(m_backends.size() - 1), 0};
    }

    Registered& at(Device device) {
        if (device.backend == 0)  // never moves: the hot path takes no lock
            return m_backends.front();
        std::lock_guard lock(m_mutex);
        return m_backends[static_cast<std::size_t>(device.backend)];
    }

    Result<Device> find(std::string_view name) {
        std::lock_guard lock(m_mutex);
        for (std::size_t b = 0; b < m_backends.size(); ++b)
            for (std::size_t i = 0; i < m_backends[b].allocators.size(); ++i) {
                const std::string base = m_backends[b].table->name;
                if (name == fmt::format("{}:{}", base, i) || (i == 0 && name == base))
                    return Device{static_cast<std::int16_t>(b), static_cast<std::int16_t>(i)};
            }
        return fail(ErrorCode::NotFound, "no such device", std::string(name),
                    "`lathe doctor` lists the devices of this machine");
    }

private:
    std::mutex m_mutex;
    std::deque<Registered> m_backends;
};

Registry& registry() {
    // Never destroyed: tensors with static lifetime may outlast any order of destruction.
    static Registry* const instance = new Registry;
    return *instance;
}

}  // namespace

std::size_t Allocator::roundedSize(std::size_t bytes) {
    if (bytes <= 64)
        return 64;
    // Eight steps between powers of two: at most an eighth is wasted, and nearly equal sizes share blocks.
    const std::size_t step = std::max<std::size_t>(64, std::bit_floor(bytes) / 8);
    return (bytes + step - 1) / step * step;
}

Allocator::~Allocator() {
    trim();
}

Result<void*> Allocator::allocate(std::size_t bytes, MemoryClass memoryClass) {
    const std::size_t size = roundedSize(bytes);
    void* memory = nullptr;
    {
        std::lock_guard lock(m_mutex);
        if (auto found = m_free.find(size); found != m_free.end() && !found->second.empty()) {
            memory = found->second.back();
            found->second.pop_back();
            m_cached -= size;
        }
    }
    if (!memory && m_table->allocate(m_device, size, &memory) != LATHE_OK) {
        trim();
        if (m_table->allocate(m_device, size, &memory) != LATHE_OK) {
            std::string held;
            for (int i = 0; i < memoryClasses; ++i) {
                const auto memoryKind = static_cast<MemoryClass>(i);
                held +=
                    fmt::format("{}{} {}", i ? ", " : "", nameOf(memoryKind),
                                bytesText(static_cast<std::uint64_t>(m_ledger.count(memoryKind).current)));
            }
            return fail(ErrorCode::Full,
                        fmt::format("out of memory: {} more for {} wanted; held: {}", bytesText(size),
                                    nameOf(memoryClass), held),
                        m_table->name, "use a smaller batch, a shorter context, or recompute");
        }
    }
    m_ledger.add(memoryClass, static_cast<std::int64_t>(size));
    return memory;
}

void Allocator::release(void* memory, std::size_t bytes, MemoryClass memoryClass) {
    const std::size_t size = roundedSize(bytes);
    m_ledger.remove(memoryClass, static_cast<std::int64_t>(size));
    std::lock_guard lock(m_mutex);
    m_free[size].push_back(memory);
    m_cached += size;
}

void Allocator::trim() {
    std::lock_guard lock(m_mutex);
    for (auto& [size, blocks] : m_free)
        for (void* block : blocks)
            m_table->release(m_device, block, size);
    m_free.clear();
    m_cached = 0;
}

std::size_t Allocator::cachedBytes() const {
    std::lock_guard lock(m_mutex);
    return m_cached;
}

const LatheBackend& backendTable(Device device) {
    return *registry().at(device).table;
}

Allocator& allocator(Device device) {
    return registry().at(device).allocators[static_cast<std::size_t>(device.index)];
}

MemoryLedger& memoryLedger(Device device) {
    return allocator(device).ledger();
}

std::string deviceName(Device device) {
    const LatheBackend& table = backendTable(device);
    return table.deviceCount() == 1 ? table.name : fmt::format("{}:{}", table.name, device.index);
}

Result<Device> registerBackend(const LatheBackend* table) {
    return registry().add(table);
}

Result<Device> loadBackend(const std::string& libraryPath) {
    void* library = dlopen(libraryPath.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return fail(ErrorCode::Unavailable, fmt::format("cannot load the backend: {}", dlerror()),
                    libraryPath);
    const auto entry = reinterpret_cast<LatheBackendEntry>(dlsym(library, LATHE_BACKEND_SYMBOL));
    auto device =
        entry ? registry().add(entry())
              : Result<Device>(fail(ErrorCode::Unsupported,
                                    "this library is no backend of Lathe: it lacks " LATHE_BACKEND_SYMBOL));
    if (!device) {
        dlclose(library);
        Error error = std::move(device).error();
        error.on = libraryPath;
        return std::unexpected(std::move(error));
    }
    return device;
}

Result<Device> findDevice(std::string_view name) {
    return registry().find(name);
}

}  // namespace lathe::tensor
