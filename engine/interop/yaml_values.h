// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"

#include <string_view>

namespace lathe::interop {

// The values of a YAML document (hparams.yaml, params.yaml, MLflow's meta.yaml) as JSON: plain words become
// numbers, booleans and nulls as YAML 1.2's core schema says, quoted ones stay text. Tags and objects of
// Python are passed over. Fails with Corrupt on what is no YAML, or holds more than 10,000 values or 32
// levels (an alias may stand for a thousand values).
Result<Json> yamlValues(std::string_view text);

}  // namespace lathe::interop
