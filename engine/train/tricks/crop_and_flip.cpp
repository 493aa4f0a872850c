// SPDX-License-Identifier: Apache-2.0
#include "train/trick.h"

namespace lathe::train {

namespace {

// Random crops from padded images, and mirror images.
class CropAndFlip final : public Trick {
public:
    explicit CropAndFlip(const AugmentRecipe& recipe) : m_recipe(recipe) {}
    std::string_view name() const override { return "crop and flip"; }
    void configureLoader(data::LoaderConfig& config) override {
        config.image.crop = m_recipe.crop;
        config.image.flip = m_recipe.flip;
    }

private:
    AugmentRecipe m_recipe;
};

}  // namespace

std::unique_ptr<Trick> makeCropAndFlip(const Recipe& recipe) {
    if (recipe.augment.crop <= 0 && !recipe.augment.flip)
        return nullptr;
    return std::make_unique<CropAndFlip>(recipe.augment);
}

}  // namespace lathe::train
