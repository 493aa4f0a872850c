// SPDX-License-Identifier: Apache-2.0
// A backend that computes nothing: it notes what it is asked for. Built as a plugin, it shows that plugins
// load, that other versions are refused, and what is launched on which stream. Its "device memory" is host
// memory. It takes fp32 and bf16, contiguous alone, so that all else must come converted.
#include "tensor/backend_abi.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#ifndef LATHE_RECORDING_ABI
#define LATHE_RECORDING_ABI LATHE_BACKEND_ABI
#endif

namespace {

std::string text;  // one line a call
thread_local std::string error;

void note(const std::string& line) {
    text += line + "\n";
}

bool contiguous(const LatheTensor& t) {
    std::int64_t stride = 1;
    for (int i = t.rank - 1; i >= 0; --i) {
        if (t.shape[i] != 1 && t.stride[i] != stride)
            return false;
        stride *= t.shape[i];
    }
    return true;
}

int create(int device, void** made, const char* what) {
    static std::intptr_t next = 0x1000;
    *made = reinterpret_cast<void*>(++next);
    note(std::string(what) + " " + std::to_string(next & 0xfff) + " on " + std::to_string(device));
    return LATHE_OK;
}
std::string number(const void* handle) {
    return handle ? std::to_string(reinterpret_cast<std::intptr_t>(handle) & 0xfff) : "default";
}

// What was not claimed must never arrive.
template <int Op> int kernel(const LatheCall* call) {
    std::string line = "op " + std::to_string(Op) + " device " + std::to_string(call->device) + " stream " +
                       number(call->stream);
    for (int i = 0; i < call->tensorCount; ++i) {
        const LatheTensor* t = call->tensors[i];
        if (!t)
            continue;
        const bool half = t->dtype == LATHE_F16;
        if (Op != LATHE_OP_COPY && Op != LATHE_OP_FILL && (half || !contiguous(*t))) {
            error = "a tensor that was not claimed";
            note("refused op " + std::to_string(Op));
            return LATHE_UNSUPPORTED;
        }
    }
    if constexpr (Op == LATHE_OP_COPY) {  // conversions between the two kinds it has are not needed here
        const LatheTensor &from = *call->tensors[0], &to = *call->tensors[1];
        if (from.dtype == to.dtype && contiguous(from) && contiguous(to)) {
            std::int64_t n = from.dtype == LATHE_BF16 ? 2 : 4;
            for (int i = 0; i < from.rank; ++i)
                n *= from.shape[i];
            std::memcpy(to.data, from.data, static_cast<std::size_t>(n));
        }
    }
    note(line);
    return LATHE_OK;
}

template <int... Ops> struct Table {
    static constexpr LatheKernel rows[] = {kernel<Ops>...};
};
template <int N, int... Ops> struct Upto : Upto<N - 1, N - 1, Ops...> {};
template <int... Ops> struct Upto<0, Ops...> : Table<Ops...> {};

const LatheBackend table{
    .abi = LATHE_RECORDING_ABI,
    .size = sizeof(LatheBackend),
    .name = "recording",
    .deviceCount = [] { return 2; },
    .deviceInfo = [](int, LatheDeviceInfo* info) -> int {
        *info = {};
        std::strcpy(info->name, "Recorder");
        return LATHE_OK;
    },
    .allocate = [](int, std::size_t bytes, void** memory) -> int {
        *memory = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
        if (*memory)
            std::memset(*memory, 0, bytes);
        return *memory ? LATHE_OK : LATHE_OUT_OF_MEMORY;
    },
    .release = [](int, void* memory, std::size_t) { std::free(memory); },
    .copy = [](int, void*, void* target, const void* source, std::size_t bytes, int kind) -> int {
        note("copy " + std::to_string(bytes) + " kind " + std::to_string(kind));
        std::memcpy(target, source, bytes);
        return LATHE_OK;
    },
    .streamCreate = [](int device, void** made) { return create(device, made, "stream"); },
    .streamDestroy = [](int, void* stream) { note("end of stream " + number(stream)); },
    .streamSynchronize = [](int, void* stream) -> int {
        note("wait for stream " + number(stream));
        return LATHE_OK;
    },
    .eventCreate = [](int device, void** made) { return create(device, made, "event"); },
    .eventDestroy = [](int, void* event) { note("end of event " + number(event)); },
    .eventRecord = [](int, void* event, void* stream) -> int {
        note("event " + number(event) + " in stream " + number(stream));
        return LATHE_OK;
    },
    .streamWaitEvent = [](int, void* stream, void* event) -> int {
        note("stream " + number(stream) + " waits for event " + number(event));
        return LATHE_OK;
    },
    .supports = [](int op, int dtype, int layout) -> int {
        if (op == LATHE_OP_COPY || op == LATHE_OP_FILL)
            return 1;
        return (dtype == LATHE_F32 || dtype == LATHE_BF16) && layout == LATHE_CONTIGUOUS;
    },
    .kernels = Upto<LATHE_OP_COUNT>::rows,
    .kernelCount = LATHE_OP_COUNT,
    .lastError = [] { return error.c_str(); },
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const LatheBackend* lathe_backend() {
    return &table;
}

// What was noted since the last call; valid until the next one.
extern "C" __attribute__((visibility("default"))) const char* lathe_recording() {
    static std::string taken;
    taken.swap(text);
    text.clear();
    return taken.c_str();
}
