// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "autograd/tape.h"
#include "core/result.h"
#include "tensor/tensor.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::nn {

using autograd::Tape;
using autograd::Var;
using tensor::Device;
using tensor::DType;
using tensor::Shape;
using tensor::Tensor;

struct Init {
    enum class Kind { Zeros, Ones, Normal, Uniform };
    Kind kind = Kind::Zeros;
    double scale = 0;  // Normal: deviation; Uniform: half width

    static Init zeros() { return {Kind::Zeros, 0}; }
    static Init ones() { return {Kind::Ones, 0}; }
    static Init normal(double deviation) { return {Kind::Normal, deviation}; }
    static Init uniform(double halfWidth) { return {Kind::Uniform, halfWidth}; }
};

// How a parameter lies over the tensor-parallel ranks: whole on each, or cut along one dimension.
struct Placement {
    enum class Kind { Replicated, Sharded };
    Kind kind = Kind::Replicated;
    int dim = 0;
};

// A trained tensor. value and grad are windows of the flat buffers of its ParameterStore.
struct Parameter {
    autograd::Leaf leaf;  // name ("h.0.attn.qkv.weight"), value, grad
    Shape shape;          // global
    Init init;
    bool decay = true;  // weight decay applies
    Placement placement;
    std::int64_t offset = 0;  // of its first element in the flat buffers

    const std::string& name() const { return leaf.name; }
    Tensor& value() { return leaf.value; }
    Tensor& grad() { return leaf.grad; }
    std::int64_t elements() const { return shape.elements(); }
};

// What a module keeps between steps without training it (running means). fp32, fp64 beside fp64. Belongs into
// checkpoints. Its memory comes from the ParameterStore.
struct Buffer {
    std::string name;  // "layer1.0.bn1.running_mean"
    Shape shape;
    Init init;
    Tensor value;
};

// A tree of named parts. Parameters exist from construction on; their memory comes from a ParameterStore.
class Module {
public:
    virtual ~Module() = default;
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;

    // Own and nested parameters with dotted names, in order of construction (which is order of use in
    // forward).
    std::vector<Parameter*> parameters();
    std::vector<Buffer*> buffers();

protected:
    Module() = default;
    Parameter& addParameter(std::string name, Shape shape, Init init, bool decay);
    Buffer& addBuffer(std::string name, Shape shape, Init init);
    void addChild(std::string name, Module& child);  // child is a member of the derived class

private:
    struct Child {
        std::string name;
        Module* module;
    };
    // visit(module, prefix), itself first.
    template <class Visit> void walk(const std::string& prefix, Visit visit);

    std::vector<std::unique_ptr<Parameter>> m_parameters;
    std::vector<std::string> m_localNames;
    std::vector<std::unique_ptr<Buffer>> m_buffers;
    std::vector<std::string> m_bufferNames;
    std::vector<Child> m_children;
};

// The memory of a model: one flat buffer of values and one of gradients, in which parameters follow each
// other in forward order, each from a multiple of 16 elements (64 bytes) on; gaps are zero and stay zero. So
// an optimiser is one pass, and a communication bucket is a window. Must outlive the tapes and optimisers
// that use it.
class ParameterStore {
public:
    // Allocates for all parameters and buffers of `root` and initialises from (seed, name, element index),
    // independent of ranks. Of a half `type` the gradients are fp32, and fp32 masters of the values are kept:
    // small updates would be lost in the halves.
    static Result<ParameterStore> create(Module& root, std::uint64_t seed, DType type = DType::F32,
                                         Device device = {});

    std::span<Parameter* const> parameters() const { return m_parameters; }
    Parameter* find(std::string_view name) const;
    Parameter* of(const autograd::Leaf& leaf) const;
    std::int64_t count() const { return m_count; }                 // trained numbers
    std::int64_t elements() const { return m_values.elements(); }  // with gaps
    const Tensor& values() const { return m_values; }              // 1-D
    // What optimisers and checkpoints work on: fp32 or fp64; values() itself unless that is half. An
    // optimiser writes the rounded copy to values() as it goes (`low` of backend_abi.h); others call
    // roundValues().
    const Tensor& masters() const { return m_masters; }
    Result<> roundValues() const;
    std::span<Buffer* const> buffers() const { return m_buffers; }
    const Tensor& grads() const { return m_grads; }  // 1-D
    // 1 where weight decay applies; u8, one a stretch of 16 elements of the flat buffers, as the optimisers
    // of backend_abi.h want it.
    static constexpr std::int64_t decayStretch = 16;
    const Tensor& decayMask() const { return m_decay; }
    Result<> zeroGrads() const;

private:
    ParameterStore() = default;

    std::vector<Parameter*> m_parameters;
    std::vector<Buffer*> m_buffers;
    Tensor m_values;
    Tensor m_masters;
    Tensor m_grads;
    Tensor m_decay;
    std::int64_t m_count = 0;
};

}  // namespace lathe::nn
