// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "autograd/op.h"
#include "core/result.h"
#include "tensor/tensor.h"

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::autograd {

using tensor::Tensor;

// Where gradients of a trained tensor go. Kept by the owner (nn::Parameter); must outlive the tapes that use
// it.
struct Leaf {
    std::string name;
    Tensor value;
    Tensor grad;  // same shape; backward accumulates into it
};

struct GradSlot;

// A value on a tape. Dropping the last Var of a value frees its memory unless a node saved it for its
// gradient. A Var of an operation that failed is undefined; using it is allowed and does nothing (see
// Tape::status).
class Var {
public:
    Var() = default;
    bool defined() const { return m_value.defined(); }
    const Tensor& value() const { return m_value; }
    // View of another shape of the same elements; the gradient follows.
    Var reshape(const tensor::Shape& shape) const;

private:
    friend class Tape;
    Tensor m_value;
    std::shared_ptr<GradSlot> m_slot;  // null: no gradient flows here
};

enum class Mode { Train, Inference };  // Inference records nothing and saves nothing

// What dropout draws from: numbers of (seed, step, place in the model, global index of the element), so that
// ranks and a recomputed block draw what one rank and the first run drew.
struct Randomness {
    std::uint64_t seed = 0;
    std::uint64_t step = 0;
    std::int64_t firstRow = 0;  // of this micro-batch in the global batch
};

// What a recurrent layer carries on.
struct LstmResult {
    Var output;    // [B, T, H]
    Tensor cells;  // [B, T, H]; no gradient comes back through these
};

// Records operations in the order in which they run and walks them back once. One tape is one forward and
// backward of one micro-batch. Not thread-safe; kernels under it use the thread pool.
//
// Errors are sticky: after the first failure every operation does nothing and returns an undefined Var;
// status() and backward() return that failure. So model code reads as arithmetic.
class Tape {
public:
    explicit Tape(Mode mode = Mode::Train, const Randomness& randomness = {});
    ~Tape();
    Tape(const Tape&) = delete;
    Tape& operator=(const Tape&) = delete;

    Var constant(Tensor value);
    // An input whose gradient is asked for (pipeline stage inputs, tests); read it with gradient() after
    // backward.
    Var input(Tensor value);
    Var parameter(Leaf& leaf);

    // y = act(x wᵀ + bias) + residual. x [..., I], weight [O, I], bias [O] or undefined, residual [..., O] or
    // undefined.
    Var linear(const Var& x, const Var& weight, const Var& bias = {},
               Activation activation = Activation::None, const Var& residual = {});
    // Extents of 1, and leading dimensions that one of them lacks, are repeated as in NumPy.
    Var add(const Var& a, const Var& b);
    Var multiply(const Var& a, const Var& b);
    Var scale(const Var& x, double factor);
    Var activation(const Var& x, Activation activation);
    // x [..., 2·C] → silu(first half) · second half (Shazeer 2020, arXiv:2002.05202).
    Var swiGlu(const Var& x);
    // Zeroes this share of the elements and scales the rest up, in training only. `perRow`: one draw for all
    // of a row of the first dimension (stochastic depth, Huang et al. 2016, arXiv:1603.09382).
    Var dropout(const Var& x, double share, bool perRow = false);

    // Over the last dimension (Ba et al. 2016, arXiv:1607.06450). bias may be undefined.
    Var layerNorm(const Var& x, const Var& weight, const Var& bias, double epsilon = 1e-5);
    // Over the last dimension (Zhang and Sennrich 2019, arXiv:1910.07467).
    Var rmsNorm(const Var& x, const Var& weight, double epsilon = 1e-5);
    // x [B, C, …]; over each group of channels of each image (Wu and He 2018, arXiv:1803.08494).
    Var groupNorm(const Var& x, const Var& weight, const Var& bias, std::int64_t groups,
                  double epsilon = 1e-5);
    struct Running {
        Tensor mean, variance;  // [C]; updated in training, read otherwise
    };
    // x [B, C, …] → act(norm(x) + residual); residual may be undefined; act is none or relu.
    Var batchNorm(const Var& x, const Var& weight, const Var& bias, const Running& running,
                  Activation activation = Activation::None, const Var& residual = {}, double momentum = 0.1,
                  double epsilon = 1e-5);

    struct Convolution {
        Pair stride{1, 1}, padding{0, 0}, dilation{1, 1};
        std::int64_t groups = 1;
    };
    // x [B, C, H, W], weight [O, C/groups, kh, kw], bias [O] or undefined. Images may lie channels-last; the
    // result then does too.
    Var conv2d(const Var& x, const Var& weight, const Var& bias, const Convolution& form);
    Var pool2d(const Var& x, Pool kind, Pair kernel, Pair stride, Pair padding = {0, 0});
    // [B, C, H, W] → [B, C]
    Var globalAverage(const Var& x);

    // x [B, T, (H + 2·K)·D]: H queries, K keys, K values of each position, as one linear layer gives them →
    // [B, T, H·D]. Blocked, keeps the log-sum-exp of each row instead of the probabilities (Dao et al. 2022,
    // arXiv:2205.14135). K = 0 stands for H.
    Var attention(const Var& x, std::int64_t heads, std::int64_t keyHeads = 0, bool causal = true);
    Var causalAttention(const Var& qkv, std::int64_t heads) { return attention(qkv, heads); }
    // Turns the first `turned` of x's heads [B, T, heads·D] by their position (Su et al. 2021,
    // arXiv:2104.09864); table [≥ first + T, D/2, 2] of cosines and sines in fp32 (fp64 beside fp64).
    Var rope(const Var& x, const Tensor& table, std::int64_t heads, std::int64_t turned,
             std::int64_t first = 0);
    // ids [B, T] (i32) in [0, V), table [V, C], positions [≥ first + T, C] or undefined → [B, T, C].
    Var embedding(const Var& ids, const Var& table, const Var& positions = {}, std::int64_t first = 0);
    // gates [B, T, 4·H]: x's part with both biases, in the order input, forget, cell, output; weight [4·H,
    // H]; h0 and c0 [B, H] or undefined.
    LstmResult lstm(const Var& gates, const Var& weight, const Var& h0 = {}, const Var& c0 = {});

    // Over these dimensions, which are dropped.
    Var mean(const Var& x, std::initializer_list<int> dims);
    Var sum(const Var& x, std::initializer_list<int> dims);
    Var slice(const Var& x, int dim, std::int64_t begin, std::int64_t end);  // a view
    Var concat(std::span<const Var> parts, int dim);
    Var permute(const Var& x, std::initializer_list<int> order);  // a view; order[i] becomes dimension i
    // Any shape of as many elements; a copy where the strides do not allow a view.
    Var reshape(const Var& x, const tensor::Shape& shape);
    Var convert(const Var& x, tensor::DType type);
    Var channelsLast(const Var& x);

    // Mean cross entropy in nats over the targets (i32, one a row) that are not negative; or targets of the
    // logits' shape: probabilities (fp32; fp64 beside fp64), as mixup makes them. A `denominator` above 0
    // replaces their count, so that parts of a batch add up to the whole. `smoothing` spreads that share of
    // the target evenly (Szegedy et al. 2015, arXiv:1512.00567).
    Var crossEntropy(const Var& logits, const Var& targets, double denominator = 0, double smoothing = 0);
    // Σ(x − target)² / denominator; 0 stands for the count of elements.
    Var meanSquares(const Var& x, const Var& target, double denominator = 0);
    // Of logits; targets in [0, 1].
    Var binaryCrossEntropy(const Var& logits, const Var& target, double denominator = 0);

    // Runs `block` without saving what is inside it and again at its backward (Chen et al. 2016,
    // arXiv:1604.06174).
    using Block = std::function<Var(Tape&, const Var&)>;
    Var recompute(Block block, const Var& x);

    // A row of the op table that has no method here.
    std::vector<Var> apply(Op op, std::span<const Var> inputs, const Attributes& attributes);

    // Called on this thread when the gradient of a leaf is final, while backward goes on to earlier
    // operations.
    using LeafHook = std::function<void(Leaf&)>;
    void onLeafFinal(LeafHook hook) { m_hook = std::move(hook); }

    // One operation that ran: for profilers, exporters, and those who look for the first number that is not
    // finite. `leaf` is the first trained tensor among its inputs, if any.
    struct OpEvent {
        Op op;
        std::string_view name;
        bool backward = false;
        double begin = 0, end = 0;  // core/clock.h, monotonicSeconds()
        const Leaf* leaf = nullptr;
        // Of forward alone:
        const Attributes* attributes = nullptr;
        std::span<const Tensor> inputs, outputs;
    };
    using OpHook = std::function<void(const OpEvent&)>;
    // Called on this thread after each operation of this tape. Blocks under recompute() pass it on in
    // backward.
    void onOp(OpHook hook) { m_opHook = std::move(hook); }

    // Adds d(seed · output)/d(leaf) to each leaf's grad, freeing saved tensors as it goes. `output` needs one
    // element, or `gradient` of its shape (pipeline stages). Once per tape.
    Result<> backward(const Var& output, double seed = 1.0);
    Result<> backwardFrom(const Var& output, Tensor gradient);
    // Of an input() Var, after backward; undefined if none reached it.
    Tensor gradient(const Var& input) const;

    Result<> status() const;
    // Takes a failure that came from outside (a model that cannot get its memory); returns an undefined Var.
    Var failed(Error error);
    bool recording() const { return m_mode == Mode::Train; }
    bool training() const { return m_training; }

private:
    struct Node;
    std::shared_ptr<GradSlot> leafSlot(Leaf& leaf);
    Var applyOne(Op op, std::initializer_list<Var> inputs, const Attributes& attributes);
    Var sumOver(const Var& x, std::initializer_list<int> dims, bool mean);
    Result<> runBackward();
    Result<> backwardNode(Node& node);
    Result<> backwardBlock(Node& node);

    Mode m_mode;
    bool m_training;        // dropout drops, batch norm learns: also while a block runs without saving
    bool m_replay = false;  // the second run of a block
    Randomness m_randomness;
    std::int64_t m_draws = 0;  // dropouts so far
    bool m_done = false;
    std::vector<std::unique_ptr<Node>> m_nodes;
    std::vector<std::shared_ptr<GradSlot>> m_leaves;
    LeafHook m_hook;
    OpHook m_opHook;
    std::optional<Error> m_error;
};

}  // namespace lathe::autograd
