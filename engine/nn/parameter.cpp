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

void Module::collect(const std::string& prefix, std::vector<Parameter*>& found) {
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        m_parameters[i]->leaf.name = prefix + m_localNames[i];
        found.push_back(m_parameters[i].get());
    }
    for (const Child& child : m_children)
        child.module->collect(child.name.empty() ? prefix : prefix + child.name + ".", found);
}

std::vector<Parameter*> Module::parameters() {
    std::vector<Parameter*> found;
    collect("", found);
    return found;
}

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
    LATHE_TRY_ASSIGN(store.m_values, Tensor::zeros({total}, type, MemoryClass::Parameters, device));
    LATHE_TRY_ASSIGN(store.m_grads, Tensor::zeros({total}, type, MemoryClass::Gradients, device));
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
        const auto stream = static_cast<std::int64_t>(tensor::streamOf("init/" + parameter->name()));
        const auto key = static_cast<std::int64_t>(seed);
        const Init& init = parameter->init;
        switch (init.kind) {
        case Init::Kind::Zeros: break;
        case Init::Kind::Ones: LATHE_TRY(parameter->value().fill(1)); break;
        case Init::Kind::Normal:
            LATHE_TRY(tensor::runKernel(LATHE_OP_RANDOM_NORMAL, {parameter->value()}, {0, init.scale},
                                        {key, stream, 0}));
            break;
        case Init::Kind::Uniform:
            LATHE_TRY(tensor::runKernel(LATHE_OP_RANDOM_UNIFORM, {parameter->value()},
                                        {-init.scale, init.scale}, {key, stream, 0}));
            break;
        }
    }
    return store;
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
