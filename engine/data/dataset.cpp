// SPDX-License-Identifier: Apache-2.0
#include "data/dataset.h"

#include "core/text.h"
#include "data/shuffle.h"

#include <fmt/format.h>

namespace lathe::data {

std::uint64_t Dataset::orderOf(std::uint64_t position, std::uint64_t key) const {
    return Shuffle(size(), key)[position];
}

std::string Dataset::text() const {
    const DatasetInfo& what = info();
    const std::string count = groupedText(static_cast<std::int64_t>(size()));
    std::string shape;
    switch (what.input) {
    case DatasetInfo::Input::Tokens:
        return fmt::format("{} sequences of {} tokens, vocabulary {}", count, what.context,
                           groupedText(what.vocabulary));
    case DatasetInfo::Input::Image:
        shape = what.height > 0 ? fmt::format("{} images of {}×{}", count, what.width, what.height)
                                : fmt::format("{} images", count);
        break;
    case DatasetInfo::Input::Numbers:
        shape = fmt::format("{} rows of {} numbers", count, what.features);
        break;
    }
    return what.classes > 0 ? fmt::format("{}, {} classes", shape, what.classes)
                            : fmt::format("{}, {} to predict", shape, what.outputs);
}

}  // namespace lathe::data
