// SPDX-License-Identifier: Apache-2.0
#include "nn/mlp_classifier.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace lathe::nn {

class MlpClassifier::Layer final : public BlockModule {
public:
    Layer(std::int64_t inputs, std::int64_t outputs, Activation activation)
        : m_inputs(inputs), m_activation(activation),
          m_linear(inputs, outputs, Init::uniform(std::sqrt(6.0 / static_cast<double>(inputs)))) {
        addChild("", m_linear);
    }
    Var forward(Tape& tape, const Var& x) override {
        if (!x.defined())
            return x;
        // Images come with their own dimensions; a row is what the layer sees.
        const std::int64_t rows = x.value().size(0);
        const bool flatten = x.value().rank() > 2 && x.value().elements() == rows * m_inputs;
        return m_linear.forward(tape, flatten ? x.reshape({rows, m_inputs}) : x, m_activation);
    }

private:
    std::int64_t m_inputs;
    Activation m_activation;
    Linear m_linear;
};

Result<std::unique_ptr<MlpClassifier>> MlpClassifier::create(const MlpConfig& config) {
    if (config.widths.size() < 2 ||
        std::any_of(config.widths.begin(), config.widths.end(), [](auto w) { return w < 1; }))
        return fail(ErrorCode::Invalid, "widths must name features and classes at least, each 1 or more",
                    "mlp");
    return std::unique_ptr<MlpClassifier>(new MlpClassifier(config));
}

MlpClassifier::MlpClassifier(const MlpConfig& config) : m_config(config) {
    for (std::size_t i = 0; i + 1 < config.widths.size(); ++i) {
        const bool last = i + 2 == config.widths.size();
        m_layers.push_back(std::make_unique<Layer>(config.widths[i], config.widths[i + 1],
                                                   last ? Activation::None : config.activation));
        addChild(fmt::format("layers.{}", i), *m_layers.back());
        m_row.push_back(m_layers.back().get());
    }
}

MlpClassifier::~MlpClassifier() = default;

double MlpClassifier::flopsPerItem() const {
    double weights = 0;
    for (std::size_t i = 0; i + 1 < m_config.widths.size(); ++i)
        weights += static_cast<double>(m_config.widths[i] * m_config.widths[i + 1]);
    return 6 * weights;
}

}  // namespace lathe::nn
