// SPDX-License-Identifier: Apache-2.0
#include "tensor/cpu/cpu_backend.h"

#include "core/clock.h"
#include "core/log.h"
#include "tensor/backend.h"
#include "tensor/cpu/call.h"
#include "tensor/cpu/gemm.h"
#include "tensor/cpu/kernels.h"
#include "tensor/threads.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <unistd.h>

namespace lathe::tensor::cpu {
namespace {

thread_local std::string whyRefused;

std::vector<const Kernels*> usableKernels() {
    std::vector<const Kernels*> usable{baselineKernels()};
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (avx2Kernels() && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        usable.push_back(avx2Kernels());
    if (avx512Kernels() && usable.size() == 2 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        usable.push_back(avx512Kernels());
#endif
    return usable;
}

const Kernels* kernelsNamed(std::string_view name) {
    const auto usable = usableKernels();
    const auto found =
        std::find_if(usable.begin(), usable.end(), [&](const Kernels* k) { return k->isa == name; });
    return found == usable.end() ? nullptr : *found;
}

const Kernels* firstChoice() {
    if (const char* wanted = std::getenv("LATHE_CPU_ISA")) {
        if (const Kernels* named = kernelsNamed(wanted))
            return named;
        logWarn("tensor", "LATHE_CPU_ISA={} is not one of {}: taking the best", wanted,
                fmt::join(availableIsas(), ", "));
    }
    return usableKernels().back();
}

std::atomic<const Kernels*>& chosen() {
    static std::atomic<const Kernels*> kernels{firstChoice()};
    return kernels;
}

constexpr std::size_t hugePage = std::size_t{2} << 20;

int deviceCount() {
    return 1;
}

int deviceInfo(int, LatheDeviceInfo* info) {
    *info = {};
    info->memoryBytes = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                        static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    info->computeUnits = threadCount();
    const std::string detail = fmt::format("{} loops, {}", currentIsa(), gemmKernelName());
    std::strncpy(info->name, "CPU", sizeof info->name - 1);
    std::strncpy(info->detail, detail.c_str(), sizeof info->detail - 1);
    return LATHE_OK;
}

int allocate(int, std::size_t bytes, void** memory) {
    const bool large = bytes >= 2 * hugePage;
    if (posix_memalign(memory, large ? hugePage : 64, bytes) != 0)
        return refuse(LATHE_OUT_OF_MEMORY, fmt::format("the system gave no {} bytes", bytes));
    if (large)
        madvise(*memory, bytes,
                MADV_HUGEPAGE);  // fewer page faults and TLB misses; refused where not offered
    return LATHE_OK;
}

void release(int, void* memory, std::size_t) {
    std::free(memory);
}

int copyBytes(int, void*, void* target, const void* source, std::size_t bytes, int) {
    if (bytes > 0)
        std::memcpy(target, source, bytes);
    return LATHE_OK;
}

// The CPU has one stream, on which calls finish before they return.
int createNothing(int, void** made) {
    *made = nullptr;
    return LATHE_OK;
}
void destroyNothing(int, void*) {}
int nothingToWaitFor(int, void*) {
    return LATHE_OK;
}
int nothingToOrder(int, void*, void*) {
    return LATHE_OK;
}

int supports(int op, int dtype, int layout) {
    switch (op) {
    case LATHE_OP_FILL:
    case LATHE_OP_COPY: return 1;
    case LATHE_OP_ADD:
    case LATHE_OP_MUL:
    case LATHE_OP_SCALE:
    case LATHE_OP_SUM:
    case LATHE_OP_MATMUL:
    case LATHE_OP_ROPE:
    case LATHE_OP_ATTENTION:
    case LATHE_OP_ATTENTION_BACKWARD: return dtype == LATHE_F32 || dtype == LATHE_F64;
    case LATHE_OP_GROUP_NORM:
    case LATHE_OP_GROUP_NORM_BACKWARD:
    case LATHE_OP_BATCH_NORM:
    case LATHE_OP_BATCH_NORM_BACKWARD:
    case LATHE_OP_CONV2D:
    case LATHE_OP_CONV2D_BACKWARD:
    case LATHE_OP_POOL2D:
    case LATHE_OP_POOL2D_BACKWARD:
        return (dtype == LATHE_F32 || dtype == LATHE_F64) && layout != LATHE_STRIDED;
    default:
        return op >= 0 && op < LATHE_OP_COUNT && (dtype == LATHE_F32 || dtype == LATHE_F64) &&
               layout == LATHE_CONTIGUOUS;
    }
}

const char* lastError() {
    return whyRefused.c_str();
}

constexpr std::array<LatheKernel, LATHE_OP_COUNT> kernelTable = [] {
    std::array<LatheKernel, LATHE_OP_COUNT> k{};
    k[LATHE_OP_FILL] = fill;
    k[LATHE_OP_COPY] = copy;
    k[LATHE_OP_ADD] = add;
    k[LATHE_OP_MUL] = multiply;
    k[LATHE_OP_SCALE] = scale;
    k[LATHE_OP_BLEND] = blend;
    k[LATHE_OP_SUM] = sum;
    k[LATHE_OP_LINEAR] = linear;
    k[LATHE_OP_LINEAR_BACKWARD] = linearBackward;
    k[LATHE_OP_LAYER_NORM] = layerNorm;
    k[LATHE_OP_LAYER_NORM_BACKWARD] = layerNormBackward;
    k[LATHE_OP_ACTIVATION] = activation;
    k[LATHE_OP_ACTIVATION_BACKWARD] = activationBackward;
    k[LATHE_OP_ATTENTION] = attention;
    k[LATHE_OP_ATTENTION_BACKWARD] = attentionBackward;
    k[LATHE_OP_ROPE] = rope;
    k[LATHE_OP_EMBEDDING] = embedding;
    k[LATHE_OP_EMBEDDING_BACKWARD] = embeddingBackward;
    k[LATHE_OP_CROSS_ENTROPY] = crossEntropy;
    k[LATHE_OP_CROSS_ENTROPY_BACKWARD] = crossEntropyBackward;
    k[LATHE_OP_SUM_SQUARES] = sumSquares;
    k[LATHE_OP_ADAMW] = adamw;
    k[LATHE_OP_SGD] = sgd;
    k[LATHE_OP_LION] = lion;
    k[LATHE_OP_RANDOM_NORMAL] = randomNormal;
    k[LATHE_OP_RANDOM_UNIFORM] = randomUniform;
    k[LATHE_OP_MATMUL] = matmul;
    k[LATHE_OP_SWIGLU] = swiglu;
    k[LATHE_OP_SWIGLU_BACKWARD] = swigluBackward;
    k[LATHE_OP_DROPOUT] = dropout;
    k[LATHE_OP_RMS_NORM] = rmsNorm;
    k[LATHE_OP_RMS_NORM_BACKWARD] = rmsNormBackward;
    k[LATHE_OP_GROUP_NORM] = groupNorm;
    k[LATHE_OP_GROUP_NORM_BACKWARD] = groupNormBackward;
    k[LATHE_OP_BATCH_NORM] = batchNorm;
    k[LATHE_OP_BATCH_NORM_BACKWARD] = batchNormBackward;
    k[LATHE_OP_CONV2D] = conv2d;
    k[LATHE_OP_CONV2D_BACKWARD] = conv2dBackward;
    k[LATHE_OP_POOL2D] = pool2d;
    k[LATHE_OP_POOL2D_BACKWARD] = pool2dBackward;
    k[LATHE_OP_MSE] = meanSquaredError;
    k[LATHE_OP_MSE_BACKWARD] = meanSquaredErrorBackward;
    k[LATHE_OP_BCE] = binaryCrossEntropy;
    k[LATHE_OP_BCE_BACKWARD] = binaryCrossEntropyBackward;
    k[LATHE_OP_LSTM] = lstm;
    k[LATHE_OP_LSTM_BACKWARD] = lstmBackward;
    return k;
}();

constexpr LatheBackend backend{
    .abi = LATHE_BACKEND_ABI,
    .size = sizeof(LatheBackend),
    .name = "cpu",
    .deviceCount = deviceCount,
    .deviceInfo = deviceInfo,
    .allocate = allocate,
    .release = release,
    .copy = copyBytes,
    .streamCreate = createNothing,
    .streamDestroy = destroyNothing,
    .streamSynchronize = nothingToWaitFor,
    .eventCreate = createNothing,
    .eventDestroy = destroyNothing,
    .eventRecord = nothingToOrder,
    .streamWaitEvent = nothingToOrder,
    .supports = supports,
    .kernels = kernelTable.data(),
    .kernelCount = LATHE_OP_COUNT,
    .lastError = lastError,
};

class ScratchBuffer {
public:
    ~ScratchBuffer() { drop(); }
    float* atLeast(std::size_t bytes) {
        if (bytes > m_bytes) {
            drop();
            auto made = allocator({}).allocate(bytes, MemoryClass::Workspace);
            if (!made)
                return nullptr;
            m_memory = *made;
            m_bytes = bytes;
        }
        return static_cast<float*>(m_memory);
    }

private:
    void drop() {
        if (m_memory)
            allocator({}).release(m_memory, m_bytes, MemoryClass::Workspace);
        m_memory = nullptr;
        m_bytes = 0;
    }
    void* m_memory = nullptr;
    std::size_t m_bytes = 0;
};

}  // namespace

int refuse(LatheStatus status, std::string why) {
    whyRefused = std::move(why);
    return status;
}

bool isContiguous(const LatheTensor& tensor) {
    std::int64_t stride = 1;
    for (int i = tensor.rank - 1; i >= 0; --i) {
        if (tensor.shape[i] != 1 && tensor.stride[i] != stride)
            return false;
        stride *= tensor.shape[i];
    }
    return true;
}

std::int64_t elementsOf(const LatheTensor& tensor) {
    std::int64_t product = 1;
    for (int i = 0; i < tensor.rank; ++i)
        product *= tensor.shape[i];
    return product;
}

std::int64_t Call::elements(int i) const {
    return elementsOf(*tensor(i));
}

bool isChannelsLast(const LatheTensor& tensor) {
    std::int64_t stride = 1;
    for (const int dim : {1, 3, 2, 0}) {
        if (tensor.shape[dim] != 1 && tensor.stride[dim] != stride)
            return false;
        stride *= tensor.shape[dim];
    }
    return true;
}

int Call::checkTypes(LatheDType* type, int exempt) const {
    int found = -1;
    for (int i = 0; i < m_call.tensorCount; ++i) {
        if (!has(i) || i == exempt || tensor(i)->dtype > LATHE_BF16)
            continue;
        const int dtype = tensor(i)->dtype;
        if (dtype > LATHE_F64)
            return refuse(LATHE_UNSUPPORTED, "arithmetic on the CPU is in fp32 and fp64");
        if (found >= 0 && found != dtype)
            return refuse(LATHE_INVALID, "fp32 and fp64 mixed");
        found = dtype;
    }
    *type = found == LATHE_F64 ? LATHE_F64 : LATHE_F32;
    return LATHE_OK;
}

int Call::check(LatheDType* type) const {
    for (int i = 0; i < m_call.tensorCount; ++i)
        if (has(i) && !isContiguous(*tensor(i)))
            return refuse(LATHE_UNSUPPORTED, "a strided tensor, where the kernel wants a contiguous one");
    return checkTypes(type);
}

int Call::checkImages(LatheDType* type, bool* channelsLast, unsigned weights) const {
    bool contiguous = true, last = true;
    for (int i = 0; i < m_call.tensorCount; ++i) {
        if (!has(i))
            continue;
        const bool dense = isContiguous(*tensor(i));
        contiguous = contiguous && dense;
        last = last && (tensor(i)->rank == 4 && !((weights >> i) & 1u) ? isChannelsLast(*tensor(i)) : dense);
    }
    if (!contiguous && !last)
        return refuse(LATHE_UNSUPPORTED,
                      "images of mixed or other layouts than contiguous and channels-last");
    *channelsLast = !contiguous;
    return checkTypes(type);
}

float* scratch(int slot, std::int64_t floats) {
    thread_local std::array<ScratchBuffer, 4> buffers;
    return buffers[static_cast<std::size_t>(slot)].atLeast(static_cast<std::size_t>(floats) * sizeof(float));
}

const Kernels& kernels() {
    return *chosen().load(std::memory_order_relaxed);
}

const LatheBackend* backendTable() {
    return &backend;
}

std::vector<std::string> availableIsas() {
    std::vector<std::string> names;
    for (const Kernels* k : usableKernels())
        names.emplace_back(k->isa);
    return names;
}

std::string_view currentIsa() {
    return kernels().isa;
}

Result<> useIsa(std::string_view name) {
    const Kernels* named = kernelsNamed(name);
    if (!named)
        return fail(ErrorCode::Unsupported, "this machine or build lacks the instruction set",
                    std::string(name), fmt::format("one of {}", fmt::join(availableIsas(), ", ")));
    chosen() = named;
    return {};
}

GemmCheck checkGemm(double seconds) {
    constexpr std::int64_t n = 768;
    const std::vector<float> a(n * n, 0.5f), b(n * n, 0.25f);
    std::vector<float> c(n * n);
    const std::int64_t pieces = pieceCount(n, 64);
    GemmCheck check{0, gemmKernelName(), threadCount()};
    const double end = monotonicSeconds() + seconds;
    // The first round makes the library compile its kernel and the pool wake.
    for (int round = 0; round < 2 || monotonicSeconds() < end; ++round) {
        const double start = monotonicSeconds();
        parallelFor(pieces, [&](std::int64_t i) {
            const auto [from, to] = pieceOf(n, pieces, i, 16);
            if (to > from)
                gemm(Trans::No, Trans::Yes, to - from, n, n, 1, &a[static_cast<std::size_t>(from * n)], n,
                     b.data(), n, 0, &c[static_cast<std::size_t>(from * n)], n);
        });
        if (round > 0)
            check.gflops = std::max(check.gflops, 2e-9 * n * n * n / (monotonicSeconds() - start));
    }
    return check;
}

}  // namespace lathe::tensor::cpu
