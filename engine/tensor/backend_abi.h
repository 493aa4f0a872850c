/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LATHE_BACKEND_ABI_H
#define LATHE_BACKEND_ABI_H

/* What a compute backend is: one table of C functions behind one exported symbol, so that a plugin built by
 * another compiler (nvcc) can be loaded at run time and Lathe starts without it. The CPU backend answers to
 * the same table.
 *
 * Version rule: `abi` must equal LATHE_BACKEND_ABI. A field is only ever appended; `size` is sizeof the table
 * as its builder knew it, so a reader treats what lies beyond as absent. New operations are appended too.
 *
 * Errors: every function that can fail returns 0 or a LatheStatus, and lastError() of the same thread then
 * says why. Threads: all functions may be called from any thread; calls on one stream run in order. A kernel
 * of a device queues its work and returns; what goes wrong on the device later (an id out of range, say) is
 * returned by the next streamSynchronize. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LATHE_BACKEND_ABI 2u
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

/* A strided view of device memory; strides count elements, 0 repeats one element (broadcasting). The memory
 * is borrowed for the call. */
typedef struct LatheTensor {
    void* data;
    int32_t dtype;
    int32_t rank;
    int64_t shape[LATHE_MAX_RANK];
    int64_t stride[LATHE_MAX_RANK];
} LatheTensor;

/* Of all tensors of a call together. Channels-last: [B, C, H, W] whose elements lie as [B, H, W, C]. */
typedef enum LatheLayout { LATHE_CONTIGUOUS = 0, LATHE_STRIDED = 1, LATHE_CHANNELS_LAST = 2 } LatheLayout;

/* Operations. Tensor arguments in call order; "?" may be NULL; "→" marks what is written, "+=" what is
 * accumulated into, "↔" what is read and written. "numbers" are doubles, "integers" int64, in the order
 * named. N counts rows: all dimensions but the last, multiplied.
 *
 * Dtypes: floating tensors are all of one type T; those marked S (statistics and losses) and those marked +=
 * (gradients) are fp32, or fp64 where T is fp64; += may also be T. Arithmetic is in fp32 or wider. Each
 * backend computes T = fp32; the CPU also fp64, in plain loops: the reference form of every operation.
 * Layout: contiguous, unless "strided" (any strides) or "images" (all [B,C,H,W] of a call contiguous, or all
 * channels-last) is said. Lathe asks supports() and converts what a backend does not take, so a kernel sees
 * only what its backend claims. */
typedef enum LatheOp {
    LATHE_OP_FILL = 0, /* → x (strided, any dtype); numbers: value */
    LATHE_OP_COPY,     /* source, → target (strided, any dtypes, one shape); converts, nearest even */
    LATHE_OP_ADD,      /* a, b, → c of one shape; a and b strided, c dense; c may be a or b; c = a + b */
    LATHE_OP_MUL,      /* a, b, → c as ADD; c = a · b */
    LATHE_OP_SCALE,    /* x, → y; x strided, y dense; y may be x; y = factor · x; numbers: factor */
    LATHE_OP_BLEND,    /* x, ↔ y; y = alpha · x + beta · y (moving averages); numbers: alpha, beta */
    LATHE_OP_SUM,      /* x (strided), → y of x's rank, extent 1 where summed; y = factor · Σx (+ y);
                          numbers: factor; integers: add to y (0 or 1) */
    LATHE_OP_MATMUL,   /* a[..,M,K], b[..,K,N], ↔ c[..,M,N] of equal leading extents, at most 2 of them; c
                          dense,   a and b with unit stride in one of the last two dimensions; c = alpha · a b +
                          beta · c;   numbers: alpha, beta (0: c is not read) */
    LATHE_OP_LINEAR, /* x[N,I], w[O,I], b[O]?, residual[N,O]?, → y[N,O], → pre[N,O]?; integers: activation.
                        y = act(x wᵀ + b) + residual; pre gets what went into act */
    LATHE_OP_LINEAR_BACKWARD, /* dy[N,O], x[N,I]?, w[O,I]?, pre[N,O]?, ↔ dx[N,I]?, dw[O,I] += ?, db[O] += ?,
                                 → dpre[N,O]? (may be dy; there when there is an activation);
                                 integers: activation, add to dx (0 or 1) */
    LATHE_OP_ACTIVATION,      /* x, → y; y may be x; integers: activation */
    LATHE_OP_ACTIVATION_BACKWARD, /* dy, x, → dx; dx may be dy; integers: activation */
    LATHE_OP_SWIGLU,              /* x[N,2C], → y[N,C]; y = silu(x[:, :C]) · x[:, C:] */
    LATHE_OP_SWIGLU_BACKWARD,     /* dy[N,C], x[N,2C], → dx[N,2C] (may be x) */
    LATHE_OP_DROPOUT, /* x, counter[1] (i64)?, → y (may be x); element i lives if bits(first + counter + i /
                         group) ≥ p·2³² (tensor/random.h, CounterRng(seed, stream)) and is divided by 1 − p,
                         else 0. Its own backward; numbers: p; integers: seed, stream, first, group */
    LATHE_OP_LAYER_NORM, /* x[N,C], w[C], b[C]?, → y[N,C], → mean[N]? S, → rstd[N]? S; numbers: epsilon */
    LATHE_OP_LAYER_NORM_BACKWARD, /* dy[N,C], x[N,C], w[C], mean[N] S, rstd[N] S, ↔ dx[N,C]?, dw[C] += ?,
                                     db[C] += ?; integers: add to dx */
    LATHE_OP_RMS_NORM, /* x[N,C], w[C], → y[N,C], → rstd[N]? S; y = x·rstd·w; numbers: epsilon */
    LATHE_OP_RMS_NORM_BACKWARD,   /* dy[N,C], x[N,C], w[C], rstd[N] S, ↔ dx[N,C]?, dw[C] += ?;
                                     integers: add to dx */
    LATHE_OP_GROUP_NORM,          /* x[B,C,…], w[C], b[C], → y, → mean[B,G] S, → rstd[B,G] S; images;
                                     numbers: epsilon; integers: groups */
    LATHE_OP_GROUP_NORM_BACKWARD, /* dy, x, w[C], mean[B,G] S, rstd[B,G] S, → dx?, dw[C] += ?, db[C] += ?;
                                     images; integers: groups */
    LATHE_OP_BATCH_NORM, /* x[B,C,…], w[C], b[C], residual?, ↔ running mean[C]? S, ↔ running variance[C]? S, →
                            y, → mean[C]? S, → rstd[C]? S; images; y = act((x − m)·r·w + b + residual) with m,
                            r of this batch when training, else of the running values (which are then only
                            read); running = (1 − momentum)·running + momentum·(this batch's; variance
                            unbiased); numbers: epsilon, momentum; integers: training (0 or 1), activation
                            (none or relu) */
    LATHE_OP_BATCH_NORM_BACKWARD, /* dy, x, w[C], y? (with relu), mean[C] S, rstd[C] S, → dx?, dw[C] += ?,
                                     db[C] += ?, → dresidual? (dy where act let it through; may be dy);
                                     images; integers: training (0: mean and rstd are constants), activation
                                   */
    LATHE_OP_CONV2D, /* x[B,C,H,W], w[O,C/g,kh,kw], b[O]?, → y[B,O,H',W']; images, w always contiguous; cross
                        correlation, zero padding; integers: stride h, w, padding h, w, dilation h, w, groups
                      */
    LATHE_OP_CONV2D_BACKWARD, /* dy, x?, w?, ↔ dx?, dw += ?, db += ?; images; integers: as CONV2D, then
                                 add to dx (0 or 1) */
    LATHE_OP_POOL2D, /* x[B,C,H,W], → y[B,C,H',W'], → at (i32, y's shape; max only)?; images; at = h·W + w of
                        the first largest; averages divide by the whole kernel (padding counts) if told so,
                        else by what lies inside; integers: kind (LathePool), kernel h, w, stride h, w,
                        padding h, w */
    LATHE_OP_POOL2D_BACKWARD, /* dy, at (max)?, → dx[B,C,H,W]; images; integers: as POOL2D */
    LATHE_OP_ROPE, /* x[B,T,H,D], table[≥T,D/2,2] S (cosine, sine), → y (may be x); strided, last stride 1.
                      The first `turned` heads: (a, b) = (x[i], x[i + D/2]) becomes (a·cos − b·sin, b·cos +
                      a·sin); the others are copied; integers: turned, inverse (0 or 1; 1 is the backward),
                      first row */
    LATHE_OP_ATTENTION, /* q[B,T,H,D], k[B,S,K,D], v[B,S,K,D], → y[B,T,H,D], → lse[B,H,T]? S; q, k, v strided
                           with last stride 1 (parts of one tensor); H is a multiple of K, head h reads h·K/H;
                           y = softmax(scale·q kᵀ) v; causal: t sees s ≤ t + S − T; lse = log Σ exp of the
                           scores; numbers: scale; integers: causal (0 or 1) */
    LATHE_OP_ATTENTION_BACKWARD, /* dy[B,T,H,D], q, k, v, y, lse S, → dq, → dk, → dv; q, k, v, dq, dk, dv
                                    strided with last stride 1; numbers: scale; integers: causal */
    LATHE_OP_EMBEDDING,          /* ids[B,T] (i32), table[V,C], positions[P,C]?, → y[B,T,C];
                                    integers: position of the first column (default 0) */
    LATHE_OP_EMBEDDING_BACKWARD, /* dy[B,T,C], ids, dtable[V,C] += ?, dpositions[P,C] += ?; integers as above
                                  */
    LATHE_OP_CROSS_ENTROPY, /* logits[N,V], targets[N] (i32, below 0: ignored) or probabilities[N,V] (S), →
                               loss[1] S, → lse[N] S; the target becomes (1 − s)·target + s/V; numbers:
                               denominator (0: the targets that count), smoothing s (default 0) */
    LATHE_OP_CROSS_ENTROPY_BACKWARD, /* dloss[1] S, logits, targets, lse S, → dlogits (may be logits);
                                        numbers: as above */
    LATHE_OP_MSE, /* x, target, → loss[1] S; Σ(x − target)² / denominator; numbers: denominator */
    LATHE_OP_MSE_BACKWARD, /* dloss[1] S, x, target, → dx (may be x); numbers: denominator */
    LATHE_OP_BCE, /* logits, target (same shape, in [0, 1]), → loss[1] S; Σ(softplus(x) − x·target) /
                     denominator; numbers: denominator */
    LATHE_OP_BCE_BACKWARD, /* dloss[1] S, logits, target, → dx (may be logits); numbers: denominator */
    LATHE_OP_LSTM,         /* gates[B,T,4H] (input, forget, cell, output: x's part with both biases), w[4H,H],
                              h0[B,H]?,         c0[B,H]?, → y[B,T,H], → c[B,T,H], → act[B,T,4H] (gates after their
                              sigmoid or         tanh; may be         gates) */
    LATHE_OP_LSTM_BACKWARD, /* dy[B,T,H], dc[B,H]? (of the last cell state), act, w[4H,H], y, c, h0?, c0?,
                               → dgates[B,T,4H] (may be act), dw[4H,H] += ?, → dh0[B,H]?, → dc0[B,H]? */
    LATHE_OP_SUM_SQUARES,   /* x, → total[1] (f64); order of summation fixed by the length alone */
    LATHE_OP_ADAMW, /* ↔ value[n] S, grad[n], ↔ m[n] S, ↔ v[n] S, decay (u8)?, → low[n] (bf16 or fp16 copy of
                       value)?, dynamic[3] (f32: lr, gradient scale, step; instead of those given here)?;
                       value[0] is element `first` of a flat buffer in which each stretch of 16 decays or not:
                       decay[k] is that of stretch first/16 + k (absent: all do); numbers: lr, beta1, beta2,
                       epsilon, weight decay, gradient scale; integers: step (from 1), first, rounding of low
                       (0 nearest; 1 stochastic: bits(first + i) >> 16 of CounterRng(seed, step) added to the
                       fp32 bits before they are cut), seed */
    LATHE_OP_SGD,  /* ↔ value[n] S, grad[n], ↔ momentum[n] S?, decay?, → low?, dynamic? as ADAMW; g =
                      scale·grad +  wd·value; m = mu·m + g (step 1: m = g); value −= lr·(nesterov ? g + mu·m :
                      m); numbers: lr, mu,  weight decay, gradient scale; integers: step, first, rounding,
                      seed,  nesterov (0 or 1) */
    LATHE_OP_LION, /* ↔ value[n] S, grad[n], ↔ m[n] S, decay?, → low?, dynamic? as ADAMW; value = (1 −
                      lr·wd)·value − lr·sign(beta1·m + (1 − beta1)·g); m = beta2·m + (1 − beta2)·g; numbers:
                      lr, beta1, beta2, weight decay, gradient scale; integers: step, first, rounding, seed */
    LATHE_OP_RANDOM_NORMAL,  /* → x; numbers: mean, deviation; integers: seed, stream, first index */
    LATHE_OP_RANDOM_UNIFORM, /* → x; numbers: low, high; integers: seed, stream, first index */
    LATHE_OP_COUNT
} LatheOp;

typedef enum LatheActivation {
    LATHE_ACT_NONE = 0,
    LATHE_ACT_GELU = 1, /* the tanh form */
    LATHE_ACT_RELU = 2,
    LATHE_ACT_GELU_EXACT = 3, /* with erf */
    LATHE_ACT_SILU = 4,
    LATHE_ACT_SIGMOID = 5,
    LATHE_ACT_TANH = 6
} LatheActivation;

typedef enum LathePool {
    LATHE_POOL_MAX = 0,
    LATHE_POOL_AVERAGE = 1,
    LATHE_POOL_AVERAGE_INSIDE = 2
} LathePool;

typedef struct LatheCall {
    int32_t device;
    void* stream;                      /* NULL: the device's default stream */
    const LatheTensor* const* tensors; /* NULL entries are absent, as are those beyond the count */
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

typedef struct LatheBackend {
    uint32_t abi;
    uint32_t size;
    const char* name; /* "cpu", "cuda" */

    int (*deviceCount)(void);
    int (*deviceInfo)(int device, LatheDeviceInfo* info);

    /* Raw memory, aligned to 64 bytes at least; the caching and the ledger are on Lathe's side. A block is
     * given out again as soon as its last tensor is gone: streams of one device that use it must be ordered
     * by events. */
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

    /* 1 if the kernel of `op` takes this T and layout. */
    int (*supports)(int op, int dtype, int layout);
    const LatheKernel* kernels; /* in the order of LatheOp; NULL where absent */
    int32_t kernelCount;

    const char* (*lastError)(void);

    /* Host memory that copies to and from the device run fastest with (pinned). NULL: any memory is. */
    int (*hostAllocate)(size_t bytes, void** memory);
    void (*hostRelease)(void* memory);

    /* What is called on `stream` between begin and end becomes a graph, to be launched again and again with
     * the same memory; nothing runs while it is recorded. NULL: graphs are not offered. */
    int (*graphBegin)(int device, void* stream);
    int (*graphEnd)(int device, void* stream, void** graph);
    int (*graphLaunch)(int device, void* graph, void* stream);
    void (*graphDestroy)(int device, void* graph);

    /* A named stretch of work for a profiler, of the calling thread. NULL: none listens. */
    void (*rangePush)(const char* name);
    void (*rangePop)(void);
} LatheBackend;

/* The one symbol a backend exports; the table lives as long as the library. */
typedef const LatheBackend* (*LatheBackendEntry)(void);
#define LATHE_BACKEND_SYMBOL "lathe_backend"

#ifdef __cplusplus
}
#endif
#endif
