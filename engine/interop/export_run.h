// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/store.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lathe::interop {

enum class ExportFormat { TensorBoard, Mlflow, Wandb, Csv, JsonLines };
std::optional<ExportFormat> exportFormatFromName(std::string_view name);  // "tensorboard", "mlflow", …

struct ExportedRun {
    std::string path;  // what to give to the peer
    std::uint64_t points = 0;
    bool cancelled = false;
};

// Writes a run as the peer's own files below `out`, which is made if it is missing. Every point is written,
// each value bit for bit; times as finely as the peer has them.
//   TensorBoard  out/<run>/events.out.tfevents.…   scalars, texts, histograms, images, hyperparameters
//   Mlflow       out/<experiment>/<run>/           `mlflow ui --backend-store-uri out`
//   Wandb        out/offline-run-…/run-….wandb     `wandb sync` takes it
//   Csv          out/<run>/metrics.csv, hparams.yaml    one row for each line that was logged
//   JsonLines    out/<run>/metrics.jsonl, params.json
// Fails with Exists if the run was exported there before. On failure and cancel (`goOn` says false) what was
// written of this run is taken away again.
Result<ExportedRun> exportRun(record::Store& store, const record::RunSummary& run, ExportFormat format,
                              const std::string& out, const std::function<bool()>& goOn);

}  // namespace lathe::interop
