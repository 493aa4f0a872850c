// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint_writer.h"

#include "core/file.h"
#include "core/log.h"
#include "core/paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace lathe::train {

namespace {

Result<std::vector<optim::NamedShard>> copies(const std::vector<optim::NamedShard>& shards) {
    std::vector<optim::NamedShard> copied = shards;
    for (optim::NamedShard& shard : copied) {
        // Device tensors come to the host here.
        LATHE_TRY_ASSIGN(const auto host, tensor::Tensor::empty(shard.local.shape(), shard.local.dtype(),
                                                                tensor::MemoryClass::Workspace));
        LATHE_TRY(host.copyFrom(shard.local));
        shard.local = host;
    }
    return copied;
}

CheckpointWriter::Done writeOne(const std::string& folder, const KeepPolicy& policy,
                                const CheckpointInfo& info, const std::vector<optim::NamedShard>& parameters,
                                const std::vector<optim::NamedShard>& optimizer) {
    CheckpointWriter::Done done{info.step, writeCheckpoint(folder, info, parameters, optimizer)};
    if (done.path)
        if (const auto pruned = applyPolicy(folder, policy); !pruned)
            logWarn("train", "an old checkpoint could not be removed: {}", pruned.error().text());
    return done;
}

}  // namespace

Result<> applyPolicy(const std::string& folder, const KeepPolicy& policy) {
    if (policy.last <= 0)
        return {};
    LATHE_TRY_ASSIGN(std::vector<std::int64_t> steps, completeSteps(folder));
    std::ranges::sort(steps, std::greater<>{});
    std::int64_t best = -1;
    double lowest = std::numeric_limits<double>::infinity();
    if (policy.best)
        for (const std::int64_t step : steps) {
            const auto marker = readJsonFile(joinPath(folder, fmt::format("step_{}/checkpoint.json", step)));
            const auto loss = marker ? numberFromJson(marker->value("val_loss", Json())) : std::nullopt;
            if (loss && *loss < lowest) {
                lowest = *loss;
                best = step;
            }
        }
    for (std::size_t i = static_cast<std::size_t>(policy.last); i < steps.size(); ++i)
        if (steps[i] != best)
            LATHE_TRY(removeCheckpoint(joinPath(folder, fmt::format("step_{}", steps[i]))));
    return {};
}

CheckpointWriter::~CheckpointWriter() {
    (void)finished(true);
}

void CheckpointWriter::start(const CheckpointInfo& info, const std::vector<optim::NamedShard>& parameters,
                             const std::vector<optim::NamedShard>& optimizer) {
    auto parameterCopies = copies(parameters);
    auto optimizerCopies = parameterCopies ? copies(optimizer) : Result<std::vector<optim::NamedShard>>();
    if (!parameterCopies || !optimizerCopies) {
        logWarn("train", "no memory for a copy of the checkpoint, so the training waits for the disk");
        std::promise<Done> done;
        done.set_value(writeOne(m_folder, m_policy, info, parameters, optimizer));
        m_running = done.get_future();
        return;
    }
    m_running = std::async(std::launch::async, [folder = m_folder, policy = m_policy, info,
                                                parameterCopies = std::move(*parameterCopies),
                                                optimizerCopies = std::move(*optimizerCopies)] {
        return writeOne(folder, policy, info, parameterCopies, optimizerCopies);
    });
}

std::optional<CheckpointWriter::Done> CheckpointWriter::finished(bool wait) {
    if (!m_running)
        return {};
    if (!wait && m_running->wait_for(std::chrono::seconds(0)) != std::future_status::ready)
        return {};
    Done done = m_running->get();
    m_running.reset();
    return done;
}

}  // namespace lathe::train
