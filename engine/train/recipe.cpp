// SPDX-License-Identifier: Apache-2.0
#include "train/recipe.h"

#include "core/file.h"
#include "core/text.h"
#include "nn/registry.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>
#include <type_traits>

namespace lathe::train {

namespace {

std::string place(std::string_view on, const YAML::Mark& mark) {
    if (mark.is_null())
        return std::string(on);
    return fmt::format("{}:{}:{}", on, mark.line + 1, mark.column + 1);
}

Result<std::string> expandEnvironment(std::string_view text, const std::string& on) {
    std::string expanded;
    while (true) {
        const auto begin = text.find("${");
        if (begin == std::string_view::npos)
            return expanded += text;
        const auto end = text.find('}', begin);
        if (end == std::string_view::npos)
            return fail(ErrorCode::Invalid, "`${` without its `}`", on);
        const std::string variable(text.substr(begin + 2, end - begin - 2));
        const char* value = std::getenv(variable.c_str());
        if (!value)
            return fail(ErrorCode::Invalid, fmt::format("the environment variable {} is not set", variable),
                        on, "set it before the run, or write the value into the recipe");
        expanded += text.substr(0, begin);
        expanded += value;
        text.remove_prefix(end + 1);
    }
}

template <class T> bool parseNumber(std::string_view text, T& value) {
    if (text.starts_with('+'))
        text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

// People write 1_000_000 and 1e6 for counts.
bool parseInteger(std::string text, std::int64_t& value) {
    std::erase(text, '_');
    if (parseNumber(text, value))
        return true;
    double real = 0;
    if (!parseNumber(text, real) || real != std::floor(real) || std::abs(real) > 9e15)
        return false;
    value = static_cast<std::int64_t>(real);
    return true;
}

std::optional<bool> truthOf(std::string_view text) {
    if (text == "true" || text == "yes" || text == "on")
        return true;
    if (text == "false" || text == "no" || text == "off")
        return false;
    return {};
}

// In the field's type and range, or nothing.
std::optional<Json> modelValue(const ModelField& field, const std::string& text) {
    if (field.type.is_boolean()) {
        const auto truth = truthOf(text);
        return truth ? std::optional<Json>(*truth) : std::nullopt;
    }
    if (field.type.is_string()) {
        const bool known =
            field.choices.empty() || std::ranges::find(field.choices, text) != field.choices.end();
        return known ? std::optional<Json>(text) : std::nullopt;
    }
    std::int64_t whole = 0;
    double real = 0;
    const bool wantsReal = field.type.is_number_float();
    if (wantsReal ? !parseNumber(text, real) : !parseInteger(text, whole))
        return {};
    const double value = wantsReal ? real : static_cast<double>(whole);
    if (!(value >= field.least && value <= field.most))
        return {};
    return wantsReal ? Json(real) : Json(whole);
}

Result<> assign(Recipe& recipe, const RecipeKey& key, const std::string& raw, const std::string& on) {
    LATHE_TRY_ASSIGN(const std::string text, expandEnvironment(raw, on));
    const auto wrong = [&] {
        std::string hint;
        if (const auto* field = std::get_if<TextField>(&key.field)) {
            if (auto nearest = nearestName(text, field->choices))
                hint = fmt::format("did you mean `{}`?", *nearest);
        }
        return fail(
            ErrorCode::Invalid,
            fmt::format("{} is `{}`, but must be {}", key.name, escapedForDisplay(text, 80), key.rangeText()),
            on, hint);
    };
    if (const auto* field = std::get_if<TextField>(&key.field)) {
        if (!field->choices.empty() && std::ranges::find(field->choices, text) == field->choices.end())
            return wrong();
        field->of(recipe) = text;
    } else if (const auto* field = std::get_if<FlagField>(&key.field)) {
        const auto truth = truthOf(text);
        if (!truth)
            return wrong();
        field->of(recipe) = *truth;
    } else if (const auto* field = std::get_if<IntegerField>(&key.field)) {
        std::int64_t value = 0;
        if (!parseInteger(text, value) || value < field->least || value > field->most)
            return wrong();
        field->of(recipe) = value;
    } else if (const auto* field = std::get_if<ModelField>(&key.field)) {
        const std::string name = key.name.substr(key.name.find('.') + 1);
        const auto value = modelValue(*field, text);
        if (!value)
            return wrong();
        recipe.model.values[name] = *value;
    } else {
        const auto& real = std::get<RealField>(key.field);
        double value = 0;
        if (!parseNumber(text, value) || !(value >= real.least) || !(value <= real.most) ||
            (real.leastExcluded && value == real.least))
            return wrong();
        real.of(recipe) = value;
    }
    return {};
}

const RecipeKey* findKey(std::string_view name) {
    for (const RecipeKey& key : recipeKeys())
        if (key.name == name)
            return &key;
    return nullptr;
}

bool isSection(std::string_view name) {
    const std::string prefix = std::string(name) + ".";
    return std::ranges::any_of(recipeKeys(),
                               [&](const RecipeKey& key) { return key.name.starts_with(prefix); });
}

std::unexpected<Error> unknownKey(std::string_view name, const std::string& on) {
    std::vector<std::string> known;
    std::vector<std::string> sameLastPart;
    const std::string last(name.substr(name.rfind('.') + 1));
    for (const RecipeKey& key : recipeKeys()) {
        known.push_back(key.name);
        if (key.name.substr(key.name.rfind('.') + 1) == last)
            sameLastPart.push_back(key.name);
    }
    auto nearest = nearestName(name, known);
    if (!nearest && !sameLastPart.empty())
        nearest = sameLastPart.front();
    return fail(ErrorCode::Invalid, fmt::format("unknown key `{}`", escapedForDisplay(name, 80)), on,
                nearest ? fmt::format("did you mean `{}`?", *nearest)
                        : std::string("`lathe-train keys` lists what a recipe may say"));
}

Result<> assignNode(Recipe& recipe, const std::string& name, const YAML::Node& node,
                    const YAML::Mark& keyMark, std::string_view on, std::set<std::string>& seen);

Result<> assignMap(Recipe& recipe, const std::string& prefix, const YAML::Node& map, std::string_view on,
                   std::set<std::string>& seen) {
    for (const auto& entry : map) {
        if (!entry.first.IsScalar())
            return fail(ErrorCode::Invalid, "a key must be a word", place(on, entry.first.Mark()));
        const std::string name = prefix.empty() ? entry.first.Scalar() : prefix + "." + entry.first.Scalar();
        LATHE_TRY(assignNode(recipe, name, entry.second, entry.first.Mark(), on, seen));
    }
    return {};
}

Result<> assignNode(Recipe& recipe, const std::string& name, const YAML::Node& node,
                    const YAML::Mark& keyMark, std::string_view on, std::set<std::string>& seen) {
    if (isSection(name)) {
        if (node.IsMap())
            return assignMap(recipe, name, node, on, seen);
        if (node.IsNull())
            return {};
        return fail(ErrorCode::Invalid, fmt::format("`{}` is a section and needs keys below it", name),
                    place(on, keyMark));
    }
    const RecipeKey* key = findKey(name);
    if (!key)
        return unknownKey(name, place(on, keyMark));
    if (!seen.insert(name).second)
        return fail(ErrorCode::Invalid, fmt::format("`{}` is given twice", name), place(on, keyMark));
    if (node.IsNull())
        return {};
    if (!node.IsScalar())
        return fail(ErrorCode::Invalid, fmt::format("{} must be {}", name, key->rangeText()),
                    place(on, node.Mark()));
    return assign(recipe, *key, node.Scalar(), place(on, node.Mark()));
}

Result<> assignSet(Recipe& recipe, const std::string& set) {
    const auto equals = set.find('=');
    if (equals == std::string::npos || equals == 0)
        return fail(ErrorCode::Invalid, "not of the form key=value", "--set " + set,
                    "such as --set optim.lr=3e-4");
    const std::string name(trim(std::string_view(set).substr(0, equals)));
    const std::string on = "--set " + name;
    const RecipeKey* key = findKey(name);
    if (!key)
        return unknownKey(name, on);
    return assign(recipe, *key, std::string(trim(std::string_view(set).substr(equals + 1))), on);
}

Result<> checkTogether(const Recipe& recipe, std::string_view on) {
    const auto contradiction = [&](std::string what, std::string hint) {
        return fail(ErrorCode::Invalid, std::move(what), std::string(on), std::move(hint));
    };
    const auto& [name, experiment, model, data, augment, optim, tricks, train, parallel] = recipe;
    const std::int64_t width = model.integer("width"), heads = model.integer("heads"),
                       context = model.integer("context");
    if (heads > 0 && width % heads != 0)
        return contradiction(
            fmt::format("model.width is {}, which {} heads cannot share evenly", width, heads),
            "make model.width a multiple of model.heads");
    if (train.batch < parallel.data)
        return contradiction(
            fmt::format("train.batch is {}, but each of the {} ranks of parallel.data needs at least "
                        "one sequence",
                        train.batch, parallel.data),
            "raise train.batch or use fewer ranks");
    if (context > 0 && tricks.lengthFrom > context)
        return contradiction(fmt::format("tricks.length_from is {}, more than model.context, which is {}",
                                         tricks.lengthFrom, context),
                             "lower tricks.length_from");
    if (train.microBatch > train.batch)
        return contradiction(fmt::format("train.micro_batch is {}, more than train.batch, which is {}",
                                         train.microBatch, train.batch),
                             "lower train.micro_batch, or leave it at 0");
    return {};
}

}  // namespace

Result<Recipe> parseRecipe(std::string_view text, std::string_view on, const std::vector<std::string>& sets) {
    Recipe recipe;
    try {
        const YAML::Node root = YAML::Load(std::string(text));
        if (!root.IsNull() && !root.IsMap())
            return fail(ErrorCode::Invalid, "a recipe is a list of `key: value` lines",
                        place(on, root.Mark()), "start from `lathe-train keys` or a sample recipe");
        std::set<std::string> seen;
        if (root.IsMap())
            LATHE_TRY(assignMap(recipe, "", root, on, seen));
    } catch (const YAML::Exception& error) {
        return fail(ErrorCode::Invalid, "the YAML does not parse: " + error.msg, place(on, error.mark),
                    "check the indentation and the quotes of this line and of the one before it");
    }
    for (const std::string& set : sets)
        LATHE_TRY(assignSet(recipe, set));
    LATHE_TRY_ASSIGN(const nn::ModelKind* kind, nn::ModelRegistry::instance().find(recipe.model.kind));
    auto values = nn::ModelRegistry::complete(*kind, recipe.model.values);
    if (!values) {
        Error error = values.error();
        error.on = std::string(on) + ": " + error.on;
        return std::unexpected(error);
    }
    recipe.model.values = std::move(*values);
    LATHE_TRY(checkTogether(recipe, on));
    return recipe;
}

Result<Recipe> readRecipe(const std::string& path, const std::vector<std::string>& sets) {
    if (!exists(path))
        return fail(ErrorCode::NotFound, "no such recipe", path, "check the path");
    if (isDirectory(path))
        return fail(ErrorCode::Invalid, "this is a folder; a recipe is a YAML file", path);
    LATHE_TRY_ASSIGN(const std::string text, readFile(path, 1 << 20));
    return parseRecipe(text, path, sets);
}

Json recipeJson(const Recipe& recipe) {
    Json json = Json::object();
    Recipe copy = recipe;
    for (const RecipeKey& key : recipeKeys()) {
        Json* parent = &json;
        std::string_view name = key.name;
        for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
            parent = &(*parent)[std::string(name.substr(0, dot))];
            name.remove_prefix(dot + 1);
        }
        const auto write = [&]<class Field>(const Field& field) {
            if constexpr (!std::is_same_v<Field, ModelField>)
                (*parent)[std::string(name)] = field.of(copy);
            else if (recipe.model.values.contains(std::string(name)))
                (*parent)[std::string(name)] = recipe.model.values[std::string(name)];
        };
        std::visit(write, key.field);
    }
    return json;
}

Result<Recipe> recipeFromJson(const Json& json, std::string_view on) {
    // JSON is YAML: one reader serves both, with the same checks.
    return parseRecipe(dumpJson(json), on);
}

}  // namespace lathe::train
