// SPDX-License-Identifier: Apache-2.0
#include "train/trick.h"

namespace lathe::train {

namespace {

// Pairs of samples are blended, and so is their loss (Zhang et al. 2018, arXiv:1710.09412).
class Mixup final : public Trick {
public:
    explicit Mixup(const AugmentRecipe& recipe) : m_recipe(recipe) {}
    std::string_view name() const override { return "mixup"; }
    void configureLoader(data::LoaderConfig& config) override { config.mixup = m_recipe.mixup; }

private:
    AugmentRecipe m_recipe;
};

}  // namespace

std::unique_ptr<Trick> makeMixup(const Recipe& recipe) {
    if (recipe.augment.mixup <= 0)
        return nullptr;
    return std::make_unique<Mixup>(recipe.augment);
}

}  // namespace lathe::train
