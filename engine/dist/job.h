// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "dist/communicator.h"

#include <cstdint>
#include <memory>
#include <string>

namespace lathe::dist {

// This process's place in its job, in torchrun's terms.
struct Job {
    int rank = 0;
    int size = 1;
    int localRank = 0;
    int localSize = 1;                  // ranks on this machine
    std::string address = "127.0.0.1";  // where rank 0 listens
    std::uint16_t port = 0;
    std::string id;  // equal for all ranks of a job, so that two jobs on one port tell each other apart
    // Known to the ranks alone; each side proves that it knows it, and it is never sent. Empty where ranks
    // are not started by `lathe run`: then any user of the machine can join.
    std::string secret;
};

// RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR, MASTER_PORT, LATHE_RUN_ID and
// LATHE_JOB_SECRET; without WORLD_SIZE a job of one. Invalid if they contradict or one is missing.
Result<Job> jobFromEnvironment();

// Waits for all ranks. A job of one needs no network.
Result<std::unique_ptr<Communicator>> connect(const Job& job, double timeoutSeconds = 60);

}  // namespace lathe::dist
