// SPDX-License-Identifier: Apache-2.0
#include "nn/resnet.h"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace lathe::nn {
namespace {

// He et al. 2015, arXiv:1502.01852, by what goes out: torchvision's choice.
Init heInit(std::int64_t outputs, std::int64_t kernel) {
    return Init::normal(std::sqrt(2.0 / static_cast<double>(outputs * kernel * kernel)));
}

ConvForm form(std::int64_t kernel, std::int64_t stride) {
    return {.kernel = {kernel, kernel}, .stride = {stride, stride}, .padding = {kernel / 2, kernel / 2}};
}

std::array<int, 4> stageLengths(int depth) {
    return depth == 18 ? std::array{2, 2, 2, 2} : std::array{3, 4, 6, 3};
}

// A convolution and the norm behind it.
class ConvNorm {
public:
    ConvNorm(std::int64_t inputs, std::int64_t outputs, std::int64_t kernel, std::int64_t stride,
             bool zero = false)
        : conv(inputs, outputs, form(kernel, stride), heInit(outputs, kernel)), norm(outputs, zero),
          products(static_cast<double>(inputs * outputs * kernel * kernel)), stride(stride) {}
    Var forward(Tape& tape, const Var& x, Activation activation = Activation::None,
                const Var& residual = {}) {
        return norm.forward(tape, conv.forward(tape, x), activation, residual);
    }
    // Multiplications for an image of this side, which becomes that of the result.
    double count(std::int64_t& side) const {
        side = (side + stride - 1) / stride;
        return products * static_cast<double>(side * side);
    }

    Conv2d conv;
    BatchNorm norm;
    double products;
    std::int64_t stride;
};

}  // namespace

class Resnet::Stem final : public BlockModule {
public:
    explicit Stem(const ResnetConfig& c)
        : m_small(c.smallStem), m_channelsLast(c.channelsLast),
          m_first(c.channels, c.width, c.smallStem ? 3 : 7, c.smallStem ? 1 : 2) {
        addChild("conv1", m_first.conv);
        addChild("bn1", m_first.norm);
    }
    Var forward(Tape& tape, const Var& images) override {
        if (images.defined() && images.value().rank() != 4)
            return tape.failed({ErrorCode::Invalid,
                                "a residual network reads images [B, C, H, W]",
                                images.value().text(),
                                {}});
        const Var x = matching(tape, images, m_first.conv.weight());
        const Var y = m_first.forward(tape, m_channelsLast ? tape.channelsLast(x) : x, Activation::Relu);
        return m_small ? y : tape.pool2d(y, autograd::Pool::Max, {3, 3}, {2, 2}, {1, 1});
    }
    double count(std::int64_t& side) const {
        const double products = m_first.count(side);
        if (!m_small)
            side = (side + 1) / 2;
        return products;
    }

private:
    bool m_small;
    bool m_channelsLast;
    ConvNorm m_first;
};

class Resnet::Residual final : public BlockModule {
public:
    Residual(std::int64_t inputs, std::int64_t width, std::int64_t stride, bool bottleneck, bool zeroLast,
             double drop)
        : m_drop(drop) {
        const std::int64_t outputs = bottleneck ? 4 * width : width;
        if (bottleneck) {
            m_parts.push_back(std::make_unique<ConvNorm>(inputs, width, 1, 1));
            m_parts.push_back(std::make_unique<ConvNorm>(width, width, 3, stride));
            m_parts.push_back(std::make_unique<ConvNorm>(width, outputs, 1, 1, zeroLast));
        } else {
            m_parts.push_back(std::make_unique<ConvNorm>(inputs, width, 3, stride));
            m_parts.push_back(std::make_unique<ConvNorm>(width, width, 3, 1, zeroLast));
        }
        for (std::size_t i = 0; i < m_parts.size(); ++i) {
            addChild(fmt::format("conv{}", i + 1), m_parts[i]->conv);
            addChild(fmt::format("bn{}", i + 1), m_parts[i]->norm);
        }
        if (stride != 1 || inputs != outputs) {
            m_shortcut = std::make_unique<ConvNorm>(inputs, outputs, 1, stride);
            addChild("downsample.0", m_shortcut->conv);
            addChild("downsample.1", m_shortcut->norm);
        }
    }
    Var forward(Tape& tape, const Var& x) override {
        const Var residual = m_shortcut ? m_shortcut->forward(tape, x) : x;
        Var y = x;
        for (std::size_t i = 0; i + 1 < m_parts.size(); ++i)
            y = m_parts[i]->forward(tape, y, Activation::Relu);
        if (m_drop <= 0 || !tape.training())
            return m_parts.back()->forward(tape, y, Activation::Relu, residual);
        y = tape.dropout(m_parts.back()->forward(tape, y), m_drop, true);
        return tape.activation(tape.add(y, residual), Activation::Relu);
    }
    double count(std::int64_t& side) const {
        std::int64_t shortcutSide = side;
        double products = m_shortcut ? m_shortcut->count(shortcutSide) : 0;
        for (const auto& part : m_parts)
            products += part->count(side);
        return products;
    }

private:
    double m_drop;
    std::vector<std::unique_ptr<ConvNorm>> m_parts;
    std::unique_ptr<ConvNorm> m_shortcut;
};

class Resnet::Head final : public BlockModule {
public:
    Head(std::int64_t inputs, std::int64_t classes)
        : m_fc(inputs, classes, Init::uniform(1 / std::sqrt(static_cast<double>(inputs))),
               Init::uniform(1 / std::sqrt(static_cast<double>(inputs)))) {
        addChild("fc", m_fc);
    }
    Var forward(Tape& tape, const Var& x) override { return m_fc.forward(tape, tape.globalAverage(x)); }

private:
    Linear m_fc;
};

Result<std::unique_ptr<Resnet>> Resnet::create(const ResnetConfig& c) {
    if (c.depth != 18 && c.depth != 34 && c.depth != 50)
        return fail(ErrorCode::Invalid, fmt::format("there is no residual network of depth {}", c.depth),
                    "resnet", "18, 34 or 50");
    for (const std::int64_t size : {c.classes, c.channels, c.side, c.width})
        if (size < 1)
            return fail(ErrorCode::Invalid, "classes, channels, side and width must be at least 1", "resnet");
    if (!(c.depthDrop >= 0 && c.depthDrop < 1))
        return fail(ErrorCode::Invalid, "the chance to leave out a block must be in [0, 1)", "resnet");
    return std::unique_ptr<Resnet>(new Resnet(c));
}

Resnet::Resnet(const ResnetConfig& config) : m_config(config), m_stem(std::make_unique<Stem>(config)) {
    addChild("", *m_stem);
    m_row.push_back(m_stem.get());
    const bool bottleneck = config.depth == 50;
    const auto lengths = stageLengths(config.depth);
    int total = 0, done = 0;
    for (const int length : lengths)
        total += length;
    std::int64_t side = config.side, inputs = config.width;
    double products = m_stem->count(side);
    for (std::size_t stage = 0; stage < lengths.size(); ++stage)
        for (int i = 0; i < lengths[stage]; ++i) {
            const std::int64_t width = config.width << stage;
            ++done;
            const double drop = config.depthDrop * static_cast<double>(done) / static_cast<double>(total);
            m_residuals.push_back(std::make_unique<Residual>(inputs, width, stage > 0 && i == 0 ? 2 : 1,
                                                             bottleneck, config.zeroLast, drop));
            addChild(fmt::format("layer{}.{}", stage + 1, i), *m_residuals.back());
            m_row.push_back(m_residuals.back().get());
            products += m_residuals.back()->count(side);
            inputs = bottleneck ? 4 * width : width;
        }
    m_head = std::make_unique<Head>(inputs, config.classes);
    addChild("", *m_head);
    m_row.push_back(m_head.get());
    // Forward, and twice as much backward; two operations a product.
    m_flops = 6 * (products + static_cast<double>(inputs * config.classes));
}

Resnet::~Resnet() = default;

}  // namespace lathe::nn
