// SPDX-License-Identifier: Apache-2.0
#include "nn/lstm.h"

#include <cmath>
#include <fmt/format.h>

namespace lathe::nn {
namespace {

Init inverseRoot(std::int64_t width) {
    return Init::uniform(1 / std::sqrt(static_cast<double>(width)));
}

class Recurrence final : public Module {
public:
    explicit Recurrence(std::int64_t width)
        : m_weight(addParameter("weight", {4 * width, width}, inverseRoot(width), true)) {}
    Var forward(Tape& tape, const Var& gates) {
        return tape.lstm(gates, tape.parameter(m_weight.leaf)).output;
    }

private:
    Parameter& m_weight;
};

}  // namespace

class LstmModel::Front final : public BlockModule {
public:
    explicit Front(const LstmConfig& c) : m_tokens(c.vocab, c.width, Init::normal(0.1)) {
        addChild("embedding", m_tokens);
    }
    Var forward(Tape& tape, const Var& ids) override { return m_tokens.forward(tape, ids); }

private:
    Embedding m_tokens;
};

class LstmModel::Layer final : public BlockModule {
public:
    explicit Layer(const LstmConfig& c)
        : m_dropout(c.dropout), m_input(c.width, 4 * c.width, inverseRoot(c.width), inverseRoot(c.width)),
          m_recurrence(c.width) {
        addChild("input", m_input);
        addChild("recurrent", m_recurrence);
    }
    Var forward(Tape& tape, const Var& x) override {
        return m_recurrence.forward(tape, m_input.forward(tape, tape.dropout(x, m_dropout)));
    }

private:
    double m_dropout;
    Linear m_input;
    Recurrence m_recurrence;
};

class LstmModel::Head final : public BlockModule {
public:
    explicit Head(const LstmConfig& c)
        : m_dropout(c.dropout), m_head(c.width, c.vocab, inverseRoot(c.width), inverseRoot(c.width)) {
        addChild("head", m_head);
    }
    Var forward(Tape& tape, const Var& x) override {
        return m_head.forward(tape, tape.dropout(x, m_dropout));
    }

private:
    double m_dropout;
    Linear m_head;
};

Result<std::unique_ptr<LstmModel>> LstmModel::create(const LstmConfig& c) {
    for (const std::int64_t size : {c.layers, c.width, c.context, c.vocab})
        if (size < 1)
            return fail(ErrorCode::Invalid, "layers, width, context and vocab must be at least 1", "lstm");
    if (!(c.dropout >= 0 && c.dropout < 1))
        return fail(ErrorCode::Invalid, "dropout must be in [0, 1)", "lstm");
    return std::unique_ptr<LstmModel>(new LstmModel(c));
}

LstmModel::LstmModel(const LstmConfig& config) : m_config(config), m_front(std::make_unique<Front>(config)) {
    addChild("", *m_front);
    m_row.push_back(m_front.get());
    for (std::int64_t i = 0; i < config.layers; ++i) {
        m_layers.push_back(std::make_unique<Layer>(config));
        addChild(fmt::format("layers.{}", i), *m_layers.back());
        m_row.push_back(m_layers.back().get());
    }
    m_head = std::make_unique<Head>(config);
    addChild("", *m_head);
    m_row.push_back(m_head.get());
}

LstmModel::~LstmModel() = default;

double LstmModel::flopsPerItem() const {
    const LstmConfig& c = m_config;
    return 6.0 * static_cast<double>(c.layers * 8 * c.width * c.width + c.vocab * c.width);
}

}  // namespace lathe::nn
