// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"
#include "optim/state.h"
#include "train/safetensors.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lathe::train {

// All of a training but its tensors. Random numbers need no state: they are functions of the seed, in the
// recipe, and of `step` and `sample`.
struct CheckpointInfo {
    std::int64_t step = 0;            // steps done
    std::uint64_t sample = 0;         // next global sample: the state of the loader
    std::int64_t optimizerSteps = 0;  // updates that the moments have seen
    std::uint64_t text = 0;           // fingerprint of the training text
    Json recipe = Json::object();     // resolved
    Json input = Json::object();      // what the model reads (ModelInput)
    Json data = Json::object();       // facts of the data: classes, normalisation, tokenizer
    Json counters = Json::object();   // of tricks and guards, by name
    std::optional<double> valLoss;    // last measured before
};

// Layout of a checkpoint folder, step_N:
//   model-R.safetensors       parameters by name, as rank R holds them
//   optimizer-R.safetensors   moments, "adamw.m/NAME", and what tricks keep, "ema/NAME"
//   checkpoint.json           CheckpointInfo and the files with their sizes; its presence says that all is
//   there
// A tensor that a rank holds in part is stored flat, and "lathe.piece:NAME" in its file's metadata says which
// part: {global, offset, extent, begin, end}, elements [begin, end) of the box at offset, row-major. So any
// plan can load what any plan wrote.
//
// Written as .step_N.tmp, synced, marked and renamed: what is called step_N is whole. Returns its path.
Result<std::string> writeCheckpoint(const std::string& folder, const CheckpointInfo& info,
                                    std::span<const optim::NamedShard> parameters,
                                    std::span<const optim::NamedShard> optimizer);

// The checkpoint that `path` means: itself, or the last one of a run folder or of a folder of checkpoints.
// NotFound if there is no complete one.
Result<std::string> findCheckpoint(const std::string& path);

// Steps of the complete checkpoints in a folder of them.
Result<std::vector<std::int64_t>> completeSteps(const std::string& folder);
// Takes its mark away first, so that a part of it is never taken for a whole.
Result<> removeCheckpoint(const std::string& path);

class Checkpoint {
public:
    // Corrupt if a file is missing, truncated or damaged.
    static Result<Checkpoint> open(const std::string& path);

    const CheckpointInfo& info() const { return m_info; }
    const std::string& path() const { return m_path; }

    // Fills `parameters` from the checkpoint. Invalid, naming both shapes, where the checkpoint holds another
    // shape; or if it lacks a tensor or holds one more.
    Result<> readParameters(std::span<const optim::NamedShard> parameters) const;
    Result<> readOptimizer(std::span<const optim::NamedShard> state) const;

private:
    struct Piece {
        std::size_t file = 0;
        SafetensorsFile::Entry entry;
        optim::NamedShard place;  // its local is undefined
    };
    using Pieces = std::multimap<std::string, Piece, std::less<>>;

    Result<> addFile(const std::string& name, std::uint64_t size);
    Result<> read(const Pieces& pieces, std::span<const optim::NamedShard> wanted) const;
    Result<std::int64_t> copyOverlap(const Piece& piece, const optim::NamedShard& wanted) const;

    std::string m_path;
    CheckpointInfo m_info;
    std::vector<SafetensorsFile> m_files;
    Pieces m_parameters;
    Pieces m_optimizer;
};

}  // namespace lathe::train
