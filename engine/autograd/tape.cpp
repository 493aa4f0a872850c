// SPDX-License-Identifier: Apache-2.0
#include "autograd/tape.h"

#include "core/clock.h"
#include "tensor/backend.h"

#include <algorithm>

namespace lathe::autograd {

// Where the gradient of one value gathers; shared by the node that made the value and those that use it.
struct GradSlot {
    Shape shape;
    Tensor grad;
    Leaf* leaf = nullptr;
    int pendingUses = 0;
};

struct Tape::Node {
    const OpRow* row = nullptr;  // null: a recomputed block
    Attributes attributes;
    std::vector<Tensor> inputs;  // what the row saves, others undefined
    std::vector<Tensor> outputs;
    std::vector<Shape> inputShapes;
    std::vector<DType> inputTypes;
    std::vector<std::shared_ptr<GradSlot>> inputSlots;  // null where no gradient flows
    std::vector<std::shared_ptr<GradSlot>> outputSlots;
    Block block;
    std::int64_t draws = 0;  // of a block: dropouts before it
};

Tape::Tape(Mode mode, const Randomness& randomness)
    : m_mode(mode), m_training(mode == Mode::Train), m_randomness(randomness) {}
Tape::~Tape() = default;

Var Var::reshape(const Shape& shape) const {
    Var view = *this;
    if (defined())
        view.m_value = m_value.reshape(shape);
    return view;
}

Var Tape::constant(Tensor value) {
    Var var;
    var.m_value = std::move(value);
    return var;
}

Var Tape::input(Tensor value) {
    Var var;
    var.m_slot = std::make_shared<GradSlot>();
    var.m_slot->shape = value.shape();
    var.m_value = std::move(value);
    return var;
}

std::shared_ptr<GradSlot> Tape::leafSlot(Leaf& leaf) {
    auto found =
        std::find_if(m_leaves.begin(), m_leaves.end(), [&](const auto& s) { return s->leaf == &leaf; });
    if (found != m_leaves.end())
        return *found;
    auto slot = std::make_shared<GradSlot>();
    slot->shape = leaf.value.shape();
    slot->leaf = &leaf;
    m_leaves.push_back(slot);
    return slot;
}

Var Tape::parameter(Leaf& leaf) {
    Var var;
    var.m_value = leaf.value;
    var.m_slot = leafSlot(leaf);
    return var;
}

Result<> Tape::status() const {
    if (m_error)
        return std::unexpected(*m_error);
    return {};
}

Var Tape::failed(Error error) {
    if (!m_error)
        m_error = std::move(error);
    return {};
}

std::vector<Var> Tape::apply(Op op, std::span<const Var> inputs, const Attributes& attributes) {
    const OpRow& row = opRow(op);
    std::vector<Var> results(static_cast<std::size_t>(row.outputs));
    if (m_error)
        return results;

    bool differentiable = false;
    OpContext context;
    context.attributes = attributes;
    for (const Var& input : inputs) {
        context.inputs.push_back(input.m_value);
        differentiable = differentiable || (input.m_slot && input.defined());
    }
    const bool training = recording() && differentiable;
    auto specs = row.shapes(context.inputs, attributes, training);
    if (!specs) {
        m_error = std::move(specs).error();
        return results;
    }
    for (const TensorSpec& spec : *specs) {
        Tensor made;
        if (spec.wanted) {
            auto allocated = Tensor::emptyAs(context.inputs.front(), spec.shape, spec.dtype);
            if (!allocated) {
                m_error = std::move(allocated).error();
                return results;
            }
            made = std::move(*allocated);
        }
        context.outputs.push_back(std::move(made));
    }
    const double begin = m_opHook ? monotonicSeconds() : 0;
    if (auto done = row.forward(context); !done) {
        m_error = std::move(done).error();
        return results;
    }
    if (m_opHook) {
        const auto trained = std::find_if(inputs.begin(), inputs.end(), [](const Var& input) {
            return input.m_slot && input.m_slot->leaf;
        });
        m_opHook({.op = op,
                  .name = row.name,
                  .begin = begin,
                  .end = monotonicSeconds(),
                  .leaf = trained == inputs.end() ? nullptr : trained->m_slot->leaf,
                  .attributes = &attributes,
                  .inputs = context.inputs,
                  .outputs = std::span(context.outputs).first(static_cast<std::size_t>(row.outputs))});
    }
    for (std::size_t i = 0; i < results.size(); ++i)
        results[i].m_value = context.outputs[i];
    if (!training)
        return results;

    auto node = std::make_unique<Node>();
    node->row = &row;
    node->attributes = attributes;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        node->inputShapes.push_back(context.inputs[i].shape());
        node->inputTypes.push_back(context.inputs[i].dtype());
        node->inputSlots.push_back(inputs[i].defined() ? inputs[i].m_slot : nullptr);
        node->inputs.push_back((row.savedInputs >> i) & 1u ? context.inputs[i] : Tensor{});
        if (node->inputSlots.back())
            ++node->inputSlots.back()->pendingUses;
    }
    for (std::size_t i = 0; i < context.outputs.size(); ++i)
        node->outputs.push_back((row.savedOutputs >> i) & 1u && (*specs)[i].kept ? context.outputs[i]
                                                                                 : Tensor{});
    for (Var& result : results) {
        result.m_slot = std::make_shared<GradSlot>();
        result.m_slot->shape = result.m_value.shape();
        node->outputSlots.push_back(result.m_slot);
    }
    m_nodes.push_back(std::move(node));
    return results;
}

Var Tape::applyOne(Op op, std::initializer_list<Var> inputs, const Attributes& attributes) {
    return apply(op, {inputs.begin(), inputs.size()}, attributes).front();
}

Var Tape::linear(const Var& x, const Var& weight, const Var& bias, Activation activation,
                 const Var& residual) {
    return applyOne(Op::Linear, {x, weight, bias, residual}, {.activation = activation});
}

Var Tape::recompute(Block block, const Var& x) {
    if (m_error || !recording())
        return m_error ? Var{} : block(*this, x);
    Tape silent(Mode::Inference, m_randomness);
    silent.m_training = true;
    silent.m_draws = m_draws;
    Var result = block(silent, silent.constant(x.m_value));
    if (silent.m_error) {
        m_error = std::move(silent.m_error);
        return {};
    }
    auto node = std::make_unique<Node>();
    node->draws = m_draws;
    m_draws = silent.m_draws;
    node->block = std::move(block);
    node->inputs.push_back(x.m_value);
    node->inputShapes.push_back(x.m_value.shape());
    node->inputSlots.push_back(x.m_slot);
    // The leaves of the block count as used here, so that their hooks wait for the second run's gradients.
    for (const auto& slot : silent.m_leaves)
        node->inputSlots.push_back(leafSlot(*slot->leaf));
    for (const auto& slot : node->inputSlots)
        if (slot)
            ++slot->pendingUses;
    result.m_slot = std::make_shared<GradSlot>();
    result.m_slot->shape = result.m_value.shape();
    node->outputSlots.push_back(result.m_slot);
    m_nodes.push_back(std::move(node));
    return result;
}

Result<> Tape::backward(const Var& output, double seed) {
    LATHE_TRY(status());
    if (output.value().elements() != 1)
        return fail(ErrorCode::Invalid, "backward needs a single number, or a gradient of its shape",
                    output.value().text());
    LATHE_TRY_ASSIGN(Tensor gradient,
                     Tensor::empty(output.value().shape(), output.value().dtype(),
                                   tensor::MemoryClass::Activations, output.value().device()));
    LATHE_TRY(gradient.fill(seed));
    return backwardFrom(output, std::move(gradient));
}

Result<> Tape::backwardFrom(const Var& output, Tensor gradient) {
    LATHE_TRY(status());
    if (m_done)
        return fail(ErrorCode::Internal, "this tape was walked back already");
    if (!output.m_slot)
        return fail(ErrorCode::Invalid, "nothing to differentiate: no parameter leads to this value");
    if (!(gradient.shape() == output.value().shape()))
        return fail(ErrorCode::Invalid, "the gradient has another shape than its value",
                    gradient.text() + " for " + output.value().text());
    m_done = true;
    LATHE_TRY_ASSIGN(output.m_slot->grad, gradient.reshaped(output.m_slot->shape));
    gradient = {};
    return runBackward();
}

Result<> Tape::runBackward() {
    while (!m_nodes.empty()) {
        std::unique_ptr<Node> node = std::move(m_nodes.back());
        m_nodes.pop_back();
        const bool reached = std::any_of(node->outputSlots.begin(), node->outputSlots.end(),
                                         [](const auto& slot) { return slot->grad.defined(); });
        if (reached)
            LATHE_TRY(node->row ? backwardNode(*node) : backwardBlock(*node));
        for (const auto& slot : node->outputSlots)
            slot->grad = {};
        for (const auto& slot : node->inputSlots)
            if (slot && --slot->pendingUses == 0 && slot->leaf && m_hook)
                m_hook(*slot->leaf);
    }
    return {};
}

Result<> Tape::backwardNode(Node& node) {
    std::vector<Tensor> outputGrads;
    for (const auto& slot : node.outputSlots)
        outputGrads.push_back(std::move(slot->grad));

    std::vector<BackwardContext::InputGrad> inputGrads(node.inputSlots.size());
    for (std::size_t i = 0; i < inputGrads.size(); ++i) {
        const auto& slot = node.inputSlots[i];
        auto& grad = inputGrads[i];
        grad.shape = &node.inputShapes[i];
        grad.dtype = node.inputTypes[i];
        grad.wanted = slot != nullptr;
        if (!slot)
            continue;
        if (slot->leaf) {
            grad.place = slot->leaf->grad;
        } else if (slot->grad.defined()) {
            grad.place = std::move(slot->grad);
            // Another value's gradient may be the same memory (both terms of a sum get one tensor).
            if (!grad.place.isSole()) {
                LATHE_TRY_ASSIGN(grad.place, grad.place.clone(tensor::MemoryClass::Activations));
            }
        }
        if (grad.place.defined()) {
            grad.accumulate = true;
            LATHE_TRY_ASSIGN(grad.place, grad.place.reshaped(*grad.shape));
        }
    }

    BackwardContext context{node.attributes, node.inputs, node.outputs, outputGrads, inputGrads};
    const double begin = m_opHook ? monotonicSeconds() : 0;
    LATHE_TRY(node.row->backward(context));
    if (m_opHook) {
        const auto trained = std::find_if(node.inputSlots.begin(), node.inputSlots.end(),
                                          [](const auto& slot) { return slot && slot->leaf; });
        m_opHook({.op = node.row->op,
                  .name = node.row->name,
                  .backward = true,
                  .begin = begin,
                  .end = monotonicSeconds(),
                  .leaf = trained == node.inputSlots.end() ? nullptr : (*trained)->leaf,
                  .inputs = {},
                  .outputs = {}});
    }
    outputGrads.clear();

    for (std::size_t i = 0; i < inputGrads.size(); ++i) {
        const auto& slot = node.inputSlots[i];
        if (!slot || slot->leaf)
            continue;
        auto& grad = inputGrads[i];
        LATHE_TRY_ASSIGN(Tensor arrived, (grad.accumulate ? grad.place : grad.result).reshaped(slot->shape));
        grad = {};
        if (slot->grad.defined()) {  // the value came in twice
            LATHE_TRY_ASSIGN(Tensor sum, Tensor::emptyAs(arrived, slot->shape, arrived.dtype()));
            LATHE_TRY(tensor::runKernel(LATHE_OP_ADD, {slot->grad, arrived, sum}));
            arrived = std::move(sum);
        }
        slot->grad = std::move(arrived);
    }
    return {};
}

Result<> Tape::backwardBlock(Node& node) {
    Tape again(Mode::Train, m_randomness);
    again.m_replay = true;
    again.m_draws = node.draws;
    again.m_opHook = m_opHook;
    const Var x = again.input(node.inputs.front());
    const Var y = node.block(again, x);
    LATHE_TRY(again.status());
    LATHE_TRY(again.backwardFrom(y, std::move(node.outputSlots.front()->grad)));
    const auto& slot = node.inputSlots.front();
    Tensor arrived = again.gradient(x);
    if (!slot || !arrived.defined())
        return {};
    LATHE_TRY_ASSIGN(arrived, arrived.reshaped(slot->shape));
    if (slot->grad.defined()) {
        LATHE_TRY_ASSIGN(Tensor sum, Tensor::emptyAs(arrived, slot->shape, arrived.dtype()));
        LATHE_TRY(tensor::runKernel(LATHE_OP_ADD, {slot->grad, arrived, sum}));
        arrived = std::move(sum);
    }
    slot->grad = std::move(arrived);
    return {};
}

Tensor Tape::gradient(const Var& input) const {
    if (!input.m_slot || !input.m_slot->grad.defined())
        return {};
    const auto shaped = input.m_slot->grad.reshaped(input.m_value.shape());
    return shaped ? *shaped : Tensor{};
}

}  // namespace lathe::autograd
