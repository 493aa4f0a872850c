// SPDX-License-Identifier: Apache-2.0
#include "nn/registry.h"
#include "train/recipe.h"

#include <limits>

namespace lathe::train {

namespace {

// "warmup_steps" → "Warmup steps", for the label of a form's field.
std::string titleOf(std::string_view name) {
    std::string title(name.substr(name.rfind('.') + 1));
    for (char& c : title)
        c = c == '_' ? ' ' : c;
    title[0] = title[0] >= 'a' && title[0] <= 'z' ? static_cast<char>(title[0] - 'a' + 'A') : title[0];
    return title;
}

Json emptyObject(std::string_view title) {
    return {{"type", "object"},
            {"title", titleOf(title)},
            {"additionalProperties", false},
            {"properties", Json::object()}};
}

// What a kind falls back on differs; which kinds have the key, and with what, goes into x-kinds for forms.
void describeModel(const RecipeKey& key, const ModelField& field, Json& schema) {
    schema["type"] = field.type.is_boolean()        ? "boolean"
                     : field.type.is_string()       ? "string"
                     : field.type.is_number_float() ? "number"
                                                    : "integer";
    if (field.type.is_number()) {
        schema["minimum"] = field.least;
        schema["maximum"] = field.most;
    }
    if (!field.choices.empty())
        schema["enum"] = field.choices;
    Json kinds = Json::object();
    for (const nn::ModelKind* kind : nn::ModelRegistry::instance().kinds())
        for (const nn::ModelParameter& parameter : kind->parameters)
            if ("model." + parameter.name == key.name)
                kinds[kind->name] = parameter.fallback;
    schema["default"] = kinds.front();
    schema["x-kinds"] = std::move(kinds);
}

Json describe(const RecipeKey& key, Recipe& defaults) {
    Json schema = {{"title", titleOf(key.name)}, {"description", key.doc}};
    if (const auto* text = std::get_if<TextField>(&key.field)) {
        schema["type"] = "string";
        schema["default"] = text->of(defaults);
        if (!text->choices.empty())
            schema["enum"] = text->choices;
    } else if (const auto* flag = std::get_if<FlagField>(&key.field)) {
        schema["type"] = "boolean";
        schema["default"] = flag->of(defaults);
    } else if (const auto* model = std::get_if<ModelField>(&key.field)) {
        describeModel(key, *model, schema);
    } else if (const auto* integer = std::get_if<IntegerField>(&key.field)) {
        schema["type"] = "integer";
        schema["default"] = integer->of(defaults);
        schema["minimum"] = integer->least;
        if (integer->most < std::numeric_limits<std::int64_t>::max())
            schema["maximum"] = integer->most;
    } else {
        const auto& real = std::get<RealField>(key.field);
        schema["type"] = "number";
        schema["default"] = real.of(defaults);
        schema[real.leastExcluded ? "exclusiveMinimum" : "minimum"] = real.least;
        schema["maximum"] = real.most;
    }
    return schema;
}

}  // namespace

Json recipeSchema() {
    Json schema = emptyObject("Recipe");
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    schema["title"] = "Recipe of a Lathe training";
    Recipe defaults;
    for (const RecipeKey& key : recipeKeys()) {
        Json* parent = &schema;
        std::string_view name = key.name;
        for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
            const std::string section(name.substr(0, dot));
            Json& sections = (*parent)["properties"];
            if (!sections.contains(section))
                sections[section] = emptyObject(section);
            parent = &sections[section];
            name.remove_prefix(dot + 1);
        }
        (*parent)["properties"][std::string(name)] = describe(key, defaults);
    }
    return schema;
}

}  // namespace lathe::train
