// SPDX-License-Identifier: Apache-2.0
// A model of one's own in a page: a language model that mixes each token with the mean of what came before it
// in place of attention. Build it with CMake's lathe_model_plugin (CONTRIBUTING.md); `lathe-train models`
// then lists "mixer", and a recipe asks for it with `model: {kind: mixer, width: 128}`.
#include "nn/plugin.h"

#include <fmt/format.h>

using namespace lathe;
using namespace lathe::nn;

namespace {

const Init start = Init::normal(0.02);

class Tokens final : public BlockModule {
public:
    Tokens(std::int64_t vocabulary, std::int64_t width) : m_table(vocabulary, width, start) {
        addChild("tokens", m_table);
    }
    Var forward(Tape& tape, const Var& ids) override { return m_table.forward(tape, ids); }

private:
    Embedding m_table;
};

class Layer final : public BlockModule {
public:
    explicit Layer(std::int64_t width)
        : m_width(width), m_norm(width), m_value(width, width, start), m_mlp(width, 4 * width, start, start) {
        addChild("norm", m_norm);
        addChild("value", m_value);
        addChild("mlp", m_mlp);
    }
    Var forward(Tape& tape, const Var& x) override {
        const Var values = m_value.forward(tape, m_norm.forward(tape, x));
        if (!values.defined())
            return values;
        // Causal attention with queries and keys of zero weighs everything before it alike: their mean.
        const auto& v = values.value();
        auto zeros = Tensor::zeros({v.size(0), v.size(1), 2 * m_width}, v.dtype(),
                                   tensor::MemoryClass::Activations, v.device());
        if (!zeros)
            return tape.failed(std::move(zeros).error());
        const Var parts[] = {tape.constant(std::move(*zeros)), values};
        const Var mixed = tape.add(x, tape.attention(tape.concat(parts, 2), 1));
        return m_mlp.forward(tape, mixed, mixed);
    }

private:
    std::int64_t m_width;
    LayerNorm m_norm;
    Linear m_value;
    Mlp m_mlp;
};

class Head final : public BlockModule {
public:
    Head(std::int64_t width, std::int64_t vocabulary) : m_norm(width), m_head(width, vocabulary, start) {
        addChild("norm_f", m_norm);
        addChild("head", m_head);
    }
    Var forward(Tape& tape, const Var& x) override { return m_head.forward(tape, m_norm.forward(tape, x)); }

private:
    LayerNorm m_norm;
    Linear m_head;
};

class Mixer final : public Model {
public:
    Mixer(std::int64_t layers, std::int64_t width, std::int64_t context, std::int64_t vocabulary)
        : m_context(context) {
        add("", std::make_unique<Tokens>(vocabulary, width));
        for (std::int64_t i = 0; i < layers; ++i)
            add(fmt::format("layers.{}", i), std::make_unique<Layer>(width));
        add("", std::make_unique<Head>(width, vocabulary));
        for (const Parameter* parameter : parameters())
            m_count += parameter->elements();
    }
    std::span<BlockModule* const> blocks() const override { return m_row; }
    double flopsPerItem() const override { return 6 * static_cast<double>(m_count); }
    std::int64_t itemsPerRow() const override { return m_context; }

private:
    void add(std::string name, std::unique_ptr<BlockModule> block) {
        addChild(std::move(name), *block);
        m_row.push_back(block.get());
        m_blocks.push_back(std::move(block));
    }

    std::int64_t m_context;
    std::int64_t m_count = 0;
    std::vector<std::unique_ptr<BlockModule>> m_blocks;
    std::vector<BlockModule*> m_row;
};

}  // namespace

LATHE_MODELS(registry) {
    return registry.add(
        {.name = "mixer",
         .input = ModelInput::Kind::Tokens,
         .doc = "Example of a plugin: each token is mixed with the mean of those before it.",
         .parameters =
             {{.name = "layers", .fallback = 4, .doc = "Layers.", .least = 1, .most = 512},
              {.name = "width", .fallback = 128, .doc = "Width of the residual.", .least = 1, .most = 65536},
              {.name = "context",
               .fallback = 128,
               .doc = "Tokens of a training sequence.",
               .least = 1,
               .most = 65536}},
         .make = [](const Json& values, const ModelInput& input) -> Result<std::unique_ptr<Model>> {
             return std::make_unique<Mixer>(getInt(values, "layers"), getInt(values, "width"),
                                            getInt(values, "context"), input.vocabulary);
         }});
}
