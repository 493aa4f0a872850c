// SPDX-License-Identifier: Apache-2.0
#include "train/trick.h"

namespace lathe::train {

namespace {

// Short sequences first, which steadies the beginning (Li et al. 2022, arXiv:2108.06084).
class LengthWarmup final : public Trick {
public:
    explicit LengthWarmup(const Recipe& recipe)
        : m_from(recipe.tricks.lengthFrom), m_to(recipe.model.integer("context")),
          m_steps(recipe.tricks.lengthSteps > 0 ? recipe.tricks.lengthSteps : recipe.train.steps / 4) {}
    std::string_view name() const override { return "sequence-length warm-up"; }
    void shapeBatch(std::int64_t step, data::BatchRequest& request) const override {
        if (step >= m_steps)
            return;
        // Multiples of eight, so that few shapes come up.
        const std::int64_t grown = (m_to - m_from) * step / m_steps;
        request.length = std::min(m_to, (m_from + grown + 7) / 8 * 8);
    }

private:
    std::int64_t m_from, m_to, m_steps;
};

}  // namespace

std::unique_ptr<Trick> makeLengthWarmup(const Recipe& recipe) {
    if (recipe.tricks.lengthFrom <= 0)
        return nullptr;
    return std::make_unique<LengthWarmup>(recipe);
}

}  // namespace lathe::train
