// SPDX-License-Identifier: Apache-2.0
#include "nn/parameter.h"

#include "tensor/random.h"

#include <algorithm>

namespace lathe::nn {

Parameter& Module::addParameter(std::string name, Shape shape, Init init, bool decay) {
    auto parameter = std::make_unique<Parameter>();
    parameter->leaf.name = name;
    parameter->shape = shape;
    parameter->init = init;
    parameter->decay = decay;
    m_localNames.push_back(std::move(name));
    m_parameters.push_back(std::move(parameter));
    return *m_parameters.back();
}

void Module::addChild(std::string name, Module& child) {
    m_children.push_back({std::move(name), &child});
}

Buffer& Module::addBuffer(std::string name, Shape shape, Init init) {
    m_buffers.push_back(std::make_unique<Buffer>(Buffer{name, shape, init, {}}));
    m_bufferNames.push_back(std::move(name));
    return *m_buffers.back();
}

template <class Visit> void Module::walk(const std::string& prefix, Visit visit) {
    visit(*this, prefix);
    for (const Child& child : m_children)
        child.module->walk(child.name.empty() ? prefix : prefix + child.name + ".", visit);
}

std::vector<Parameter*> Module::parameters() {
    std::vector<Parameter*> found;
    walk("", [&](Module& module, const std::string& prefix) {
        for (std::size_t i = 0; i < module.m_parameters.size(); ++i) {
            module.m_parameters[i]->leaf.name = prefix + module.m_localNames[i];
            found.push_back(module.m_parameters[i].get());
        }
    });
    return found;
}

std::vector<Buffer*> Module::buffers() {
    std::vector<Buffer*> found;
    walk("", [&](Module& module, const std::string& prefix) {
        for (std::size_t i = 0; i < module.m_buffers.size(); ++i) {
            module.m_buffers[i]->name = prefix + module.m_bufferNames[i];
            found.push_back(module.m_buffers[i].get());
        }
    });
    return found;
}

namespace {

Result<> initialise(const Tensor& value, const Init& init, const std::string& name, std::uint64_t seed) {
    const auto stream = static_cast<std::int64_t>(tensor::streamOf("init/" + name));
    const auto key = static_cast<std::int64_t>(seed);
    switch (init.kind) {
    case Init::Kind::Zeros: break;
    case Init::Kind::Ones: return value.fill(1);
    case Init::Kind::Normal:
        return tensor::runKernel(LATHE_OP_RANDOM_NORMAL, {value}, {0, init.scale}, {key, stream, 0});
    case Init::Kind::Uniform:
        return tensor::runKernel(LATHE_OP_RANDOM_UNIFORM, {value}, {-init.scale, init.scale},
                                 {key, stream, 0});
    }
    return {};
}

}  // namespace

Result<ParameterStore> ParameterStore::create(Module& root, std::uint64_t seed, DType type, Device device) {
    constexpr std::int64_t alignment = decayStretch;
    ParameterStore store;
    store.m_parameters = root.parameters();
    std::int64_t total = 0;
    for (Parameter* parameter : store.m_parameters) {
        parameter->offset = total;
        store.m_count += parameter->elements();
        total += (parameter->elements() + alignment - 1) / alignment * alignment;
    }
    using tensor::MemoryClass;
    const bool half = type == DType::BF16 || type == DType::F16;
    const DType wide = half ? DType::F32 : type;
    LATHE_TRY_ASSIGN(store.m_values, Tensor::zeros({total}, type, MemoryClass::Parameters, device));
    store.m_masters = store.m_values;
    if (half) {
        LATHE_TRY_ASSIGN(store.m_masters, Tensor::zeros({total}, wide, MemoryClass::Optimizer, device));
    }
    LATHE_TRY_ASSIGN(store.m_grads, Tensor::zeros({total}, wide, MemoryClass::Gradients, device));
    LATHE_TRY_ASSIGN(store.m_decay,
                     Tensor::zeros({total / decayStretch}, DType::U8, MemoryClass::Optimizer, device));
    for (Parameter* parameter : store.m_parameters) {
        parameter->leaf.value = store.m_values.window(parameter->offset, parameter->shape);
        parameter->leaf.grad = store.m_grads.window(parameter->offset, parameter->shape);
        if (parameter->decay)
            LATHE_TRY(store.m_decay
                          .window(parameter->offset / decayStretch,
                                  {(parameter->elements() + decayStretch - 1) / decayStretch})
                          .fill(1));
        LATHE_TRY(initialise(store.m_masters.window(parameter->offset, parameter->shape), parameter->init,
                             parameter->name(), seed));
    }
    LATHE_TRY(store.roundValues());
    store.m_buffers = root.buffers();
    for (Buffer* buffer : store.m_buffers) {
        LATHE_TRY_ASSIGN(buffer->value, Tensor::zeros(buffer->shape, wide, MemoryClass::Parameters, device));
        LATHE_TRY(initialise(buffer->value, buffer->init, buffer->name, seed));
    }
    return store;
}

Result<> ParameterStore::roundValues() const {
    return m_masters.sharesStorage(m_values) ? Result<>{} : m_values.copyFrom(m_masters);
}

Parameter* ParameterStore::find(std::string_view name) const {
    auto found = std::find_if(m_parameters.begin(), m_parameters.end(),
                              [&](Parameter* p) { return p->name() == name; });
    return found == m_parameters.end() ? nullptr : *found;
}

Parameter* ParameterStore::of(const autograd::Leaf& leaf) const {
    auto found = std::find_if(m_parameters.begin(), m_parameters.end(),
                              [&](Parameter* p) { return &p->leaf == &leaf; });
    return found == m_parameters.end() ? nullptr : *found;
}

Result<> ParameterStore::zeroGrads() const {
    return m_grads.fill(0);
}

}  // namespace lathe::nn
