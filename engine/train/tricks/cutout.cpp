// SPDX-License-Identifier: Apache-2.0
#include "train/trick.h"

namespace lathe::train {

namespace {

// A square of each image is blanked (DeVries and Taylor 2017, arXiv:1708.04552).
class Cutout final : public Trick {
public:
    explicit Cutout(const AugmentRecipe& recipe) : m_recipe(recipe) {}
    std::string_view name() const override { return "cutout"; }
    void configureLoader(data::LoaderConfig& config) override { config.image.cutout = m_recipe.cutout; }

private:
    AugmentRecipe m_recipe;
};

}  // namespace

std::unique_ptr<Trick> makeCutout(const Recipe& recipe) {
    if (recipe.augment.cutout <= 0)
        return nullptr;
    return std::make_unique<Cutout>(recipe.augment);
}

}  // namespace lathe::train
