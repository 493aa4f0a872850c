// SPDX-License-Identifier: Apache-2.0
#include "nn/vit.h"

#include <fmt/format.h>

namespace lathe::nn {
namespace {

const Init base = Init::normal(0.02);

std::int64_t patchesOf(const VitConfig& c) {
    return (c.side / c.patch) * (c.side / c.patch);
}

}  // namespace

class Vit::Front final : public BlockModule {
public:
    explicit Front(const VitConfig& c)
        : m_config(c), m_class(addParameter("cls_token", {1, 1, c.width}, base, false)),
          m_positions(addParameter("pos_embed", {1, patchesOf(c) + 1, c.width}, base, false)),
          m_patches(c.channels, c.width,
                    {.kernel = {c.patch, c.patch}, .stride = {c.patch, c.patch}, .bias = true}, base) {
        addChild("patch_embed.proj", m_patches);
    }
    Var forward(Tape& tape, const Var& images) override {
        const VitConfig& c = m_config;
        if (images.defined() && (images.value().rank() != 4 || images.value().size(2) != c.side ||
                                 images.value().size(3) != c.side))
            return tape.failed({ErrorCode::Invalid,
                                fmt::format("images [B, {}, {}, {}] wanted", c.channels, c.side, c.side),
                                images.value().text(), "set model.side to the images' side"});
        const Var x = m_patches.forward(tape, tape.channelsLast(matching(tape, images, m_class)));
        if (!x.defined())
            return x;
        const std::int64_t batch = x.value().size(0);
        const Var rows = tape.reshape(tape.permute(x, {0, 2, 3, 1}), {batch, patchesOf(c), c.width});
        // One class token for each image: added to zeros, so that its gradient gathers over the batch.
        auto zeros = Tensor::zeros({batch, 1, c.width}, x.value().dtype(), tensor::MemoryClass::Activations,
                                   x.value().device());
        if (!zeros)
            return tape.failed(std::move(zeros).error());
        const Var parts[] = {tape.add(tape.constant(std::move(*zeros)), tape.parameter(m_class.leaf)), rows};
        return tape.dropout(tape.add(tape.concat(parts, 1), tape.parameter(m_positions.leaf)), c.dropout);
    }

private:
    VitConfig m_config;
    Parameter& m_class;
    Parameter& m_positions;
    Conv2d m_patches;
};

class Vit::Layer final : public BlockModule {
public:
    Layer(const VitConfig& c, double drop)
        : m_drop(drop), m_norm1(c.width, 1e-6),
          m_attention(
              {.width = c.width, .heads = c.heads, .causal = false, .dropout = c.dropout, .out = "proj"},
              base, base),
          m_norm2(c.width, 1e-6),
          m_mlp(c.width, c.hidden, base, base, Activation::GeluExact, c.dropout, "fc1", "fc2") {
        addChild("norm1", m_norm1);
        addChild("attn", m_attention);
        addChild("norm2", m_norm2);
        addChild("mlp", m_mlp);
    }
    Var forward(Tape& tape, const Var& x) override {
        const bool drops = m_drop > 0 && tape.training();
        const auto add = [&](const Var& residual, const auto& part) {
            return drops ? tape.add(residual, tape.dropout(part(Var{}), m_drop, true)) : part(residual);
        };
        const Var attended = add(x, [&](const Var& residual) {
            return m_attention.forward(tape, m_norm1.forward(tape, x), residual);
        });
        return add(attended, [&](const Var& residual) {
            return m_mlp.forward(tape, m_norm2.forward(tape, attended), residual);
        });
    }

private:
    double m_drop;
    LayerNorm m_norm1;
    SelfAttention m_attention;
    LayerNorm m_norm2;
    Mlp m_mlp;
};

class Vit::Head final : public BlockModule {
public:
    explicit Head(const VitConfig& c)
        : m_width(c.width), m_norm(c.width, 1e-6), m_head(c.width, c.classes, base) {
        addChild("norm", m_norm);
        addChild("head", m_head);
    }
    Var forward(Tape& tape, const Var& x) override {
        if (!x.defined())
            return x;
        // Only the class token goes on, and norms know no neighbours: so it is taken first.
        const Var token = tape.reshape(tape.slice(x, 1, 0, 1), {x.value().size(0), m_width});
        return m_head.forward(tape, m_norm.forward(tape, token));
    }

private:
    std::int64_t m_width;
    LayerNorm m_norm;
    Linear m_head;
};

Result<std::unique_ptr<Vit>> Vit::create(const VitConfig& given) {
    VitConfig c = given;
    if (c.hidden == 0)
        c.hidden = 4 * c.width;
    for (const std::int64_t size :
         {c.layers, c.width, c.heads, c.hidden, c.patch, c.side, c.channels, c.classes})
        if (size < 1)
            return fail(ErrorCode::Invalid,
                        "layers, width, heads, hidden, patch, side, channels and classes must be at least 1",
                        "vit");
    if (c.width % c.heads != 0)
        return fail(ErrorCode::Invalid,
                    fmt::format("a width of {} cannot be shared by {} heads", c.width, c.heads), "vit",
                    "choose a width that is a multiple of the heads");
    if (c.side % c.patch != 0)
        return fail(ErrorCode::Invalid,
                    fmt::format("images of {} pixels cannot be cut into patches of {}", c.side, c.patch),
                    "vit", "choose a patch that divides the side");
    if (!(c.dropout >= 0 && c.dropout < 1 && c.depthDrop >= 0 && c.depthDrop < 1))
        return fail(ErrorCode::Invalid, "dropout and the chance to leave out a block must be in [0, 1)",
                    "vit");
    return std::unique_ptr<Vit>(new Vit(c));
}

Vit::Vit(const VitConfig& config) : m_config(config), m_front(std::make_unique<Front>(config)) {
    addChild("", *m_front);
    m_row.push_back(m_front.get());
    for (std::int64_t i = 0; i < config.layers; ++i) {
        const double drop =
            config.depthDrop * static_cast<double>(i + 1) / static_cast<double>(config.layers);
        m_layers.push_back(std::make_unique<Layer>(config, drop));
        addChild(fmt::format("blocks.{}", i), *m_layers.back());
        m_row.push_back(m_layers.back().get());
    }
    m_head = std::make_unique<Head>(config);
    addChild("", *m_head);
    m_row.push_back(m_head.get());
}

Vit::~Vit() = default;

double Vit::flopsPerItem() const {
    const VitConfig& c = m_config;
    const auto tokens = static_cast<double>(patchesOf(c) + 1), width = static_cast<double>(c.width);
    const double layer = tokens * (4 * width * width + 2 * width * static_cast<double>(c.hidden)) +
                         2 * tokens * tokens * width;
    const double patches = tokens * width * static_cast<double>(c.channels * c.patch * c.patch);
    return 6 * (static_cast<double>(c.layers) * layer + patches + width * static_cast<double>(c.classes));
}

}  // namespace lathe::nn
