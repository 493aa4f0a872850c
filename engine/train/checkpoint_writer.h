// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/checkpoint.h"

#include <future>
#include <optional>
#include <string>
#include <vector>

namespace lathe::train {

// Which checkpoints of a run stay. Those of others are never touched: only step_N folders that are complete.
struct KeepPolicy {
    std::int64_t last = 0;  // the newest ones; 0: all
    bool best = true;       // and that of the lowest val/loss
};
// Removes what the policy does not keep.
Result<> applyPolicy(const std::string& folder, const KeepPolicy& policy);

// Writes checkpoints beside the training: start() copies the tensors, a thread writes the copies. One at a
// time. Its memory is one copy of what is written, for as long as that takes.
class CheckpointWriter {
public:
    struct Done {
        std::int64_t step = 0;
        Result<std::string> path;  // or why there is none
    };

    CheckpointWriter(std::string folder, KeepPolicy policy) : m_folder(std::move(folder)), m_policy(policy) {}
    ~CheckpointWriter();
    CheckpointWriter(const CheckpointWriter&) = delete;
    CheckpointWriter& operator=(const CheckpointWriter&) = delete;

    // Without memory for copies it writes at once, on this thread. Not while another is unfinished.
    void start(const CheckpointInfo& info, const std::vector<optim::NamedShard>& parameters,
               const std::vector<optim::NamedShard>& optimizer);
    // What was finished since the last call, if anything; waits for it if asked.
    std::optional<Done> finished(bool wait);

private:
    std::string m_folder;
    KeepPolicy m_policy;
    std::optional<std::future<Done>> m_running;
};

}  // namespace lathe::train
