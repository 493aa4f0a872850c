/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LATHE_BACKEND_ABI_H
#define LATHE_BACKEND_ABI_H

/* What a compute backend is: one table of C functions behind one exported symbol, so that a plugin built by
 * another compiler (nvcc) can be loaded at run time and Lathe starts without it. The CPU backend answers to
 * the same table.
 *
 * Version rule: `abi` must equal LATHE_BACKEND_ABI. A field is only ever appended; `size` is sizeof the table
 * as its builder knew it, so a reader treats what lies beyond as absent.
 *
 * Errors: every function that can fail returns 0 or a LatheStatus, and lastError() of the same thread then
 * says why. Threads: all functions may be called from any thread; calls on one stream run in order. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LATHE_BACKEND_ABI 1u
#define LATHE_MAX_RANK 8

typedef enum LatheDType {
    LATHE_F32 = 0,
    LATHE_F64 = 1,
    LATHE_F16 = 2,
    LATHE_BF16 = 3,
    LATHE_I32 = 4,
    LATHE_I64 = 5,
    LATHE_U8 = 6,
    LATHE_BOOL = 7
} LatheDType;

typedef enum LatheStatus {
    LATHE_OK = 0,
    LATHE_INVALID = 1, /* shapes, types or values do not fit the operation */
    LATHE_OUT_OF_MEMORY = 2,
    LATHE_UNSUPPORTED = 3, /* this backend lacks the operation for this dtype or layout */
    LATHE_DEVICE_FAILED = 4
} LatheStatus;

/* A strided view of device memory; strides count elements. The memory is borrowed for the call. */
typedef struct LatheTensor {
    void* data;
    int32_t dtype;
    int32_t rank;
    int64_t shape[LATHE_MAX_RANK];
    int64_t stride[LATHE_MAX_RANK];
} LatheTensor;

typedef enum LatheLayout { LATHE_CONTIGUOUS = 0, LATHE_STRIDED = 1 } LatheLayout;

/* Operations. Tensor arguments in call order; "?" may be NULL; "→" marks what is written, "+=" what is
 * accumulated into. Matrices are row-major; N counts rows (batch times time). "numbers" are doubles,
 * "integers" int64. */
typedef enum LatheOp {
    LATHE_OP_FILL = 0, /* → x; numbers: value */
    LATHE_OP_COPY,     /* source, → target of the same shape; converts between dtypes; any strides */
    LATHE_OP_ADD,      /* a, b, → c; contiguous; c may be a or b */
    LATHE_OP_SCALE,    /* x, → y; numbers: factor; y may be x */
    LATHE_OP_LINEAR, /* x[N,I], w[O,I], b[O]?, residual[N,O]?, → y[N,O], → pre[N,O]?; integers: activation.
                        y = act(x wᵀ + b) + residual; pre gets what went into act; rows may be strided */
    LATHE_OP_LINEAR_BACKWARD, /* dy[N,O], x[N,I], w[O,I], pre[N,O]?, → dx[N,I]?, dw[O,I] += ?, db[O] += ?,
                                 → dpre[N,O]? (may be dy; wanted when there is an activation);
                                 integers: activation, accumulate into dx (0 or 1) */
    LATHE_OP_LAYER_NORM, /* x[N,C], w[C], b[C]?, → y[N,C], → mean[N], → rstd[N]; numbers: epsilon */
    LATHE_OP_LAYER_NORM_BACKWARD, /* dy[N,C], x[N,C], w[C], mean[N], rstd[N], → dx[N,C]?, dw[C] += ?, db[C] +=
                                     ?; integers: accumulate into dx */
    LATHE_OP_ACTIVATION,          /* x, → y; integers: activation */
    LATHE_OP_ACTIVATION_BACKWARD, /* dy, x, → dx; integers: activation; dx may be dy */
    LATHE_OP_ATTENTION, /* qkv[B,T,3,H,D], → y[B,T,H,D], → lse[B,H,T]; causal, scaled by 1/√D */
    LATHE_OP_ATTENTION_BACKWARD, /* dy[B,T,H,D], qkv, y, lse, → dqkv[B,T,3,H,D] */
    LATHE_OP_EMBEDDING,          /* ids[B,T] (i32), table[V,C], positions[P,C]?, → y[B,T,C] */
    LATHE_OP_EMBEDDING_BACKWARD, /* dy[B,T,C], ids, dtable[V,C] += ?, dpositions[P,C] += ? */
    LATHE_OP_CROSS_ENTROPY,      /* logits[N,V], targets[N] (i32, below 0: ignored), → loss[1], → lse[N];
                                    numbers: denominator (0: the targets that count) */
    LATHE_OP_CROSS_ENTROPY_BACKWARD, /* dloss[1], logits, targets, lse, → dlogits (may be logits); numbers: as
                                        above */
    LATHE_OP_SUM_SQUARES,            /* x, → total[1] (f64); order of summation fixed by the length alone */
    LATHE_OP_ADAMW, /* value[n], grad[n], m[n], v[n], decay[n] (u8 mask), all but grad and decay updated;
                       numbers: lr, beta1, beta2, epsilon, weight decay, gradient scale;
                       integers: step, from 1 */
    LATHE_OP_RANDOM_NORMAL, /* → x (contiguous); numbers: mean, deviation; integers: seed, stream, first index
                             */
    LATHE_OP_RANDOM_UNIFORM, /* → x; numbers: low, high; integers: seed, stream, first index */
    LATHE_OP_COUNT
} LatheOp;

typedef enum LatheActivation { LATHE_ACT_NONE = 0, LATHE_ACT_GELU = 1, LATHE_ACT_RELU = 2 } LatheActivation;

typedef struct LatheCall {
    int32_t device;
    void* stream;                      /* NULL: the device's default stream */
    const LatheTensor* const* tensors; /* NULL entries are absent */
    int32_t tensorCount;
    const double* numbers;
    int32_t numberCount;
    const int64_t* integers;
    int32_t integerCount;
} LatheCall;

typedef int (*LatheKernel)(const LatheCall* call);

typedef struct LatheDeviceInfo {
    char name[128];
    uint64_t memoryBytes;
    int32_t computeUnits; /* cores or multiprocessors in use */
    char detail[256];     /* instruction set or compute capability, library versions */
} LatheDeviceInfo;

typedef enum LatheCopyKind { LATHE_TO_DEVICE = 0, LATHE_TO_HOST = 1, LATHE_ON_DEVICE = 2 } LatheCopyKind;

typedef struct LatheBackendV1 {
    uint32_t abi;
    uint32_t size;
    const char* name; /* "cpu", "cuda" */

    int (*deviceCount)(void);
    int (*deviceInfo)(int device, LatheDeviceInfo* info);

    /* Raw memory, aligned to 64 bytes at least; the caching and the ledger are on Lathe's side. */
    int (*allocate)(int device, size_t bytes, void** memory);
    void (*release)(int device, void* memory, size_t bytes);
    int (*copy)(int device, void* stream, void* target, const void* source, size_t bytes, int kind);

    int (*streamCreate)(int device, void** stream);
    void (*streamDestroy)(int device, void* stream);
    int (*streamSynchronize)(int device, void* stream);
    int (*eventCreate)(int device, void** event);
    void (*eventDestroy)(int device, void* event);
    int (*eventRecord)(int device, void* event, void* stream);
    int (*streamWaitEvent)(int device, void* stream, void* event);

    /* 1 if the kernel of `op` takes this dtype and layout. */
    int (*supports)(int op, int dtype, int layout);
    const LatheKernel* kernels; /* LATHE_OP_COUNT as the builder knew it; NULL where absent */
    int32_t kernelCount;

    const char* (*lastError)(void);
} LatheBackendV1;

/* The one symbol a backend exports; the table lives as long as the library. */
typedef const LatheBackendV1* (*LatheBackendEntry)(void);
#define LATHE_BACKEND_SYMBOL "lathe_backend_v1"

#ifdef __cplusplus
}
#endif
#endif
