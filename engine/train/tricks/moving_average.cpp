// SPDX-License-Identifier: Apache-2.0
#include "optim/ema.h"
#include "train/trick.h"

#include <optional>

namespace lathe::train {

namespace {

// Validation sees the moving average of the weights (optim/ema.h) instead of the last ones.
class MovingAverage final : public Trick {
public:
    explicit MovingAverage(double decay) : m_decay(decay) {}
    std::string_view name() const override { return "moving average"; }
    Result<> started(nn::Model&, nn::ParameterStore& store, std::int64_t) override {
        LATHE_TRY_ASSIGN(auto ema, optim::Ema::create(store, m_decay));
        m_ema.emplace(std::move(ema));
        return {};
    }
    Result<> afterUpdate() override { return m_ema->update(); }
    Result<> beforeValidation() override { return m_ema->swap(); }
    Result<> afterValidation() override { return m_ema->swap(); }
    std::vector<optim::NamedShard> state() const override { return m_ema->state(); }
    Json counters() const override { return {{"updates", m_ema->updates()}}; }
    bool setCounters(const Json& counters) override {
        if (!counters.is_object() || !counters.contains("updates"))
            return false;
        m_ema->setUpdates(getInt(counters, "updates"));
        return true;
    }

private:
    double m_decay;
    std::optional<optim::Ema> m_ema;
};

}  // namespace

std::unique_ptr<Trick> makeMovingAverage(const Recipe& recipe) {
    if (recipe.tricks.ema <= 0)
        return nullptr;
    return std::make_unique<MovingAverage>(recipe.tricks.ema);
}

}  // namespace lathe::train
