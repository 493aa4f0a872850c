// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/run.h"
#include "record/store.h"

#include <string>
#include <vector>

namespace lathe::cli {

// What of a run cannot be matched here and now, one line each: code, packages, GPUs, driver, machine,
// redacted variables, referred data. `folder` is where it would run now. Asks git, the interpreter and the
// driver, so it may take a second.
std::vector<std::string> mismatches(record::Store& store, const record::RunSummary& run,
                                    const std::string& folder);

// "key=value" put where the command line has that key: `--key value`, `--key=value`, `-key value` or
// `key=value`. Invalid where it has none.
Result<> setArgument(std::vector<std::string>& argv, const std::string& setting);

// The settings that a recipe run was started with.
std::vector<std::string> recipeSettings(const record::RunSpec& spec);

}  // namespace lathe::cli
