// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"
#include "nn/model.h"

#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::nn {

// What a model is fed and asked for, as the data says it.
struct ModelInput {
    enum class Kind { Tokens, Images, Flat };  // Flat: rows of numbers, or images taken as such
    Kind kind = Kind::Tokens;
    std::int64_t vocabulary = 256;
    std::int64_t channels = 3, side = 32;  // Images
    std::int64_t features = 0;             // Flat
    std::int64_t outputs = 10;             // classes, or numbers to predict
};

// One value that a model is made from: what the recipe's model.NAME may be.
struct ModelParameter {
    std::string name;  // "layers"
    Json fallback;     // an integer, a real, a truth value or a text; its type is the parameter's
    std::string doc;   // one sentence
    double least = -std::numeric_limits<double>::infinity(), most = std::numeric_limits<double>::infinity();
    std::vector<std::string> choices = {};  // of a text; empty: any
};

// A family of models by name.
struct ModelKind {
    std::string name;  // "resnet18"
    ModelInput::Kind input = ModelInput::Kind::Tokens;
    std::string doc;  // one sentence
    std::vector<ModelParameter> parameters;
    // `values` holds every parameter, in its type and range.
    std::function<Result<std::unique_ptr<Model>>(const Json& values, const ModelInput& input)> make;
    std::string source = {};  // the plugin's path; empty: built in
};

// The models that this process knows. Filled at start, then only read: not thread-safe while models are
// added.
class ModelRegistry {
public:
    static ModelRegistry& instance();

    // Invalid if the name is taken or not of [a-z0-9_-].
    Result<> add(ModelKind kind);
    // Loads the models of a shared library; see nn/plugin.h. Unavailable (dlopen's words) or Unsupported.
    Result<> load(const std::string& libraryPath);
    // All libraries of a folder, in the order of their names; a folder that is not there holds none. A bad one
    // does not keep the others out; the first failure is returned.
    Result<> loadFolder(const std::string& folder);

    std::vector<const ModelKind*> kinds() const;  // in the order in which they came
    // NotFound, with the nearest name.
    Result<const ModelKind*> find(std::string_view name) const;
    // Every parameter of the kind: `values` checked, the others' fallbacks. Invalid names the parameter.
    static Result<Json> complete(const ModelKind& kind, const Json& values);
    // Without memory for its parameters yet (ParameterStore).
    Result<std::unique_ptr<Model>> make(std::string_view name, const Json& values,
                                        const ModelInput& input) const;

private:
    ModelRegistry();
    std::vector<std::unique_ptr<ModelKind>> m_kinds;
    std::string m_loading;
};

}  // namespace lathe::nn
