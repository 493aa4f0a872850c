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

// Records operations in the order in which they run and walks them back once. One tape is one forward and
// backward of one micro-batch. Not thread-safe; kernels under it use the thread pool.
//
// Errors are sticky: after the first failure every operation does nothing and returns an undefined Var;
// status() and backward() return that failure. So model code reads as arithmetic.
class Tape {
public:
    explicit Tape(Mode mode = Mode::Train);
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
    Var add(const Var& a, const Var& b);
    Var activation(const Var& x, Activation activation);
    // Over the last dimension (Ba et al. 2016, arXiv:1607.06450). bias may be undefined.
    Var layerNorm(const Var& x, const Var& weight, const Var& bias, double epsilon = 1e-5);
    // qkv [B, T, 3·H·D] as one linear layer gives it → [B, T, H·D]. Blocked, keeps the log-sum-exp of each
    // row instead of the probabilities (Dao et al. 2022, arXiv:2205.14135).
    Var causalAttention(const Var& qkv, std::int64_t heads);
    // ids [B, T] (i32) in [0, V), table [V, C], positions [≥T, C] or undefined → [B, T, C].
    Var embedding(const Var& ids, const Var& table, const Var& positions = {});
    // Mean cross entropy in nats over the targets (i32, one a row) that are not negative. A `denominator`
    // above 0 replaces their count, so that parts of a batch add up to the whole.
    Var crossEntropy(const Var& logits, const Var& targets, double denominator = 0);

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
    bool recording() const { return m_mode == Mode::Train; }

private:
    struct Node;
    std::shared_ptr<GradSlot> leafSlot(Leaf& leaf);
    Var applyOne(Op op, std::initializer_list<Var> inputs, const Attributes& attributes);
    Result<> runBackward();
    Result<> backwardNode(Node& node);
    Result<> backwardBlock(Node& node);

    Mode m_mode;
    bool m_done = false;
    std::vector<std::unique_ptr<Node>> m_nodes;
    std::vector<std::shared_ptr<GradSlot>> m_leaves;
    LeafHook m_hook;
    OpHook m_opHook;
    std::optional<Error> m_error;
};

}  // namespace lathe::autograd
