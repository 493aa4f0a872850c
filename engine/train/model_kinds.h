// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace lathe::train {

enum class ModelInputKind { Tokens, Images, Flat };  // Flat: images or rows of numbers

struct ModelKind {
    std::string_view name;  // model.kind
    ModelInputKind input;
    std::string_view doc;
};
// In the order in which `lathe-train models` lists them.
std::span<const ModelKind> modelKinds();
const ModelKind* findModelKind(std::string_view name);
bool readsText(std::string_view kind);

}  // namespace lathe::train
