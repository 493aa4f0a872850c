// SPDX-License-Identifier: Apache-2.0
#include "optim/sam.h"
#include "train/trick.h"

#include <cmath>
#include <optional>

namespace lathe::train {

namespace {

// The gradient is taken at the worst point nearby (optim/sam.h), which costs a second run of the batch.
class SharpnessAware final : public Trick {
public:
    explicit SharpnessAware(double rho) : m_rho(rho) {}
    std::string_view name() const override { return "sharpness-aware minimisation"; }
    Result<> started(nn::Model&, nn::ParameterStore& store, std::int64_t) override {
        LATHE_TRY_ASSIGN(auto sam, optim::Sam::create(store, m_rho));
        m_sam.emplace(std::move(sam));
        return {};
    }
    Result<bool> afterBackward(double gradNorm) override {
        // What is not finite is the divergence check's to report, at the weights where they are.
        if (!std::isfinite(gradNorm))
            return false;
        LATHE_TRY(m_sam->climb(gradNorm));
        m_climbed = true;
        return true;
    }
    Result<> beforeUpdate() override {
        if (std::exchange(m_climbed, false))
            LATHE_TRY(m_sam->descend());
        return {};
    }

private:
    double m_rho;
    std::optional<optim::Sam> m_sam;
    bool m_climbed = false;
};

}  // namespace

std::unique_ptr<Trick> makeSharpnessAware(const Recipe& recipe) {
    if (recipe.tricks.sam <= 0)
        return nullptr;
    return std::make_unique<SharpnessAware>(recipe.tricks.sam);
}

}  // namespace lathe::train
