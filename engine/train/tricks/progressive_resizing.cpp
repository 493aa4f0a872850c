// SPDX-License-Identifier: Apache-2.0
#include "train/trick.h"

#include <algorithm>

namespace lathe::train {

namespace {

// Small images first: early steps cost less and learn as much (Howard 2018; Composer's progressive resizing).
class ProgressiveResizing final : public Trick {
public:
    explicit ProgressiveResizing(const Recipe& recipe)
        : m_from(recipe.tricks.resizeFrom),
          m_steps(recipe.tricks.resizeSteps > 0 ? recipe.tricks.resizeSteps : recipe.train.steps / 2) {}
    std::string_view name() const override { return "progressive resizing"; }
    void configureLoader(data::LoaderConfig& config) override { m_to = config.image.size; }
    void shapeBatch(std::int64_t step, data::BatchRequest& request) const override {
        if (m_to <= m_from || step >= m_steps)
            return;
        // Steps of four pixels, so that few shapes come up.
        const std::int64_t grown = (m_to - m_from) * step / m_steps / 4 * 4;
        request.size = m_from + grown;
    }

private:
    std::int64_t m_from, m_steps, m_to = 0;
};

}  // namespace

std::unique_ptr<Trick> makeProgressiveResizing(const Recipe& recipe) {
    if (recipe.tricks.resizeFrom <= 0)
        return nullptr;
    return std::make_unique<ProgressiveResizing>(recipe);
}

}  // namespace lathe::train
