// SPDX-License-Identifier: Apache-2.0
#include "train/trick.h"

namespace lathe::train {

namespace {

// A few random operations on each image (Cubuk et al. 2019, arXiv:1909.13719).
class RandomAugment final : public Trick {
public:
    explicit RandomAugment(const AugmentRecipe& recipe) : m_recipe(recipe) {}
    std::string_view name() const override { return "random augment"; }
    void configureLoader(data::LoaderConfig& config) override {
        config.image.randomOps = m_recipe.randomOps;
        config.image.randomMagnitude = m_recipe.magnitude;
    }

private:
    AugmentRecipe m_recipe;
};

}  // namespace

std::unique_ptr<Trick> makeRandomAugment(const Recipe& recipe) {
    if (recipe.augment.randomOps <= 0)
        return nullptr;
    return std::make_unique<RandomAugment>(recipe.augment);
}

}  // namespace lathe::train
