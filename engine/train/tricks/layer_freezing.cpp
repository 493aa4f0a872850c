// SPDX-License-Identifier: Apache-2.0
#include "core/text.h"
#include "train/trick.h"

#include <fmt/format.h>

namespace lathe::train {

namespace {

// Parameters that no update moves. Their gradients are zeroed and their decay is switched off, so that every
// optimiser here leaves them as they are, bit by bit.
class LayerFreezing final : public Trick {
public:
    explicit LayerFreezing(const TricksRecipe& recipe) : m_until(recipe.freezeSteps) {
        for (const std::string& part : split(recipe.freeze, ','))
            if (!trim(part).empty())
                m_beginnings.emplace_back(trim(part));
    }
    std::string_view name() const override { return "layer freezing"; }

    Result<> started(nn::Model&, nn::ParameterStore& store, std::int64_t step) override {
        m_store = &store;
        for (const std::string& beginning : m_beginnings) {
            const std::size_t before = m_frozen.size();
            for (nn::Parameter* parameter : store.parameters())
                if (parameter->name().starts_with(beginning))
                    m_frozen.push_back(parameter);
            if (m_frozen.size() == before)
                return fail(ErrorCode::Invalid,
                            fmt::format("no parameter begins with `{}`", escapedForDisplay(beginning, 80)),
                            "tricks.freeze",
                            fmt::format("the first is called {}", store.parameters().front()->name()));
        }
        return setDecay(frozenAt(step) ? 0 : 1);
    }
    Result<> beforeStep(std::int64_t step) override {
        if (m_on && !frozenAt(step))
            LATHE_TRY(setDecay(1));
        return {};
    }
    Result<> beforeUpdate() override {
        if (m_on)
            for (nn::Parameter* parameter : m_frozen)
                LATHE_TRY(parameter->grad().fill(0));
        return {};
    }

private:
    bool frozenAt(std::int64_t step) const { return m_until == 0 || step < m_until; }
    Result<> setDecay(int value) {
        m_on = value == 0;
        constexpr std::int64_t stretch = nn::ParameterStore::decayStretch;
        for (nn::Parameter* parameter : m_frozen)
            if (parameter->decay)
                LATHE_TRY(m_store->decayMask()
                              .window(parameter->offset / stretch,
                                      {(parameter->elements() + stretch - 1) / stretch})
                              .fill(value));
        return {};
    }

    std::vector<std::string> m_beginnings;
    std::int64_t m_until;
    nn::ParameterStore* m_store = nullptr;
    std::vector<nn::Parameter*> m_frozen;
    bool m_on = false;
};

}  // namespace

std::unique_ptr<Trick> makeLayerFreezing(const Recipe& recipe) {
    if (trim(recipe.tricks.freeze).empty())
        return nullptr;
    return std::make_unique<LayerFreezing>(recipe.tricks);
}

}  // namespace lathe::train
