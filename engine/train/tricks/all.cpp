// SPDX-License-Identifier: Apache-2.0
#include "train/trick.h"

namespace lathe::train {

std::vector<std::unique_ptr<Trick>> makeTricks(const Recipe& recipe) {
    std::vector<std::unique_ptr<Trick>> tricks;
    for (const auto make :
         {makeCropAndFlip, makeRandomAugment, makeCutout, makeMixup, makeCutmix, makeProgressiveResizing,
          makeLengthWarmup, makeLayerFreezing, makeSharpnessAware, makeMovingAverage})
        if (auto trick = make(recipe))
            tricks.push_back(std::move(trick));
    return tricks;
}

}  // namespace lathe::train
