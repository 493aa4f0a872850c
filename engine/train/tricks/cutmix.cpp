// SPDX-License-Identifier: Apache-2.0
#include "train/trick.h"

namespace lathe::train {

namespace {

// A part of one image is pasted into another (Yun et al. 2019, arXiv:1905.04899).
class Cutmix final : public Trick {
public:
    explicit Cutmix(const AugmentRecipe& recipe) : m_recipe(recipe) {}
    std::string_view name() const override { return "cutmix"; }
    void configureLoader(data::LoaderConfig& config) override { config.cutmix = m_recipe.cutmix; }

private:
    AugmentRecipe m_recipe;
};

}  // namespace

std::unique_ptr<Trick> makeCutmix(const Recipe& recipe) {
    if (recipe.augment.cutmix <= 0)
        return nullptr;
    return std::make_unique<Cutmix>(recipe.augment);
}

}  // namespace lathe::train
