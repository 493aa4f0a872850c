// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/store.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::interop {

enum class ImportFormat { TensorBoard, Mlflow, MlflowDb, Wandb, Csv, JsonLines };
std::optional<ImportFormat>
importFormatFromName(std::string_view name);  // "tensorboard", "mlflow", "wandb" …

struct ImportRequest {
    std::vector<std::string> paths;      // files, or folders that are searched
    std::optional<ImportFormat> format;  // none: each path is looked at
    std::string experiment;              // empty: as the peer calls it, else the folder's name
};

struct ImportOutcome {
    int made = 0;   // runs that were not in the store
    int grown = 0;  // runs that were, and got more
    int same = 0;   // runs that were, and had nothing new
    bool cancelled = false;
    std::vector<std::string> runs;      // ids, in the order they were read
    std::vector<std::string> problems;  // what could not be read, or was damaged; the rest is there
};

// Reads what other tools have recorded into the store. The same run read again, from the same place, is one
// run, and only what is new in it is added; each point comes once, its value bit for bit. The peers' files
// are only read.
//   TensorBoard  each folder of event files is a run; folders below it, and "train", "val" beside each other,
//   belong to it Mlflow       a folder mlruns (the file store); MlflowDb its SQLite file Wandb        folders
//   run-… and offline-run-…, or .wandb files Csv, JsonLines   each file is a run, named after its folder
// `progress(done, total, name)` before each run; `goOn` saying false ends it between two pieces, and what was
// read stays. Fails with NotFound if the paths hold nothing to import.
Result<ImportOutcome> importRuns(record::Store& store, const ImportRequest& request,
                                 const std::function<void(int, int, const std::string&)>& progress,
                                 const std::function<bool()>& goOn);

}  // namespace lathe::interop
