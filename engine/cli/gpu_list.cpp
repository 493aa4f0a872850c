// SPDX-License-Identifier: Apache-2.0
#include "cli/gpu_list.h"

#include <dlfcn.h>
#include <memory>

namespace lathe::cli {
namespace {

// The few declarations of nvml.h that are needed; the header is not packaged everywhere.
using NvmlReturn = int;
using NvmlDevice = struct NvmlDeviceOpaque*;
struct NvmlMemory {
    unsigned long long total, free, used;
};
constexpr NvmlReturn kSuccess = 0;
constexpr unsigned kNameBytes = 96;

class Nvml {
public:
    Nvml() : m_library(::dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL), [](void* held) {
        if (held)
            ::dlclose(held);
    }) {}

    bool loaded() const { return m_library != nullptr; }

    template <class... Args> NvmlReturn call(const char* name, Args... args) const {
        auto* function = reinterpret_cast<NvmlReturn (*)(Args...)>(::dlsym(m_library.get(), name));
        return function ? function(args...) : -1;
    }

private:
    std::unique_ptr<void, void (*)(void*)> m_library;
};

}  // namespace

Result<GpuList> listGpus() {
    const Nvml nvml;
    if (!nvml.loaded())
        return fail(ErrorCode::Unavailable, "no NVIDIA driver is installed", "libnvidia-ml.so.1");
    if (const NvmlReturn code = nvml.call("nvmlInit_v2"); code != kSuccess)
        return fail(ErrorCode::Unavailable, "the NVIDIA driver does not answer (NVML code " + std::to_string(code) + ")",
                    "libnvidia-ml.so.1", "nvidia-smi may tell more");
    GpuList list;
    char text[kNameBytes] = {};
    if (nvml.call("nvmlSystemGetDriverVersion", static_cast<char*>(text), kNameBytes) == kSuccess)
        list.driver = text;
    nvml.call("nvmlSystemGetCudaDriverVersion_v2", &list.cudaVersion);
    unsigned count = 0;
    nvml.call("nvmlDeviceGetCount_v2", &count);
    for (unsigned index = 0; index < count; ++index) {
        NvmlDevice device = nullptr;
        if (nvml.call("nvmlDeviceGetHandleByIndex_v2", index, &device) != kSuccess)
            continue;
        Gpu gpu;
        if (nvml.call("nvmlDeviceGetName", device, static_cast<char*>(text), kNameBytes) == kSuccess)
            gpu.name = text;
        if (nvml.call("nvmlDeviceGetUUID", device, static_cast<char*>(text), kNameBytes) == kSuccess)
            gpu.uuid = text;
        NvmlMemory memory{};
        if (nvml.call("nvmlDeviceGetMemoryInfo", device, &memory) == kSuccess) {
            gpu.memoryBytes = memory.total;
            gpu.freeBytes = memory.free;
        }
        list.gpus.push_back(std::move(gpu));
    }
    nvml.call("nvmlShutdown");
    return list;
}

}  // namespace lathe::cli
