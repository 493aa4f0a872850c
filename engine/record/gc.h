// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lathe::record {

struct GarbageOptions {
    bool dryRun = false;
    double graceSeconds = 86400;  // younger objects stay: their event may still be on its way
    bool deletedRuns = false;     // also remove for good the runs that are in the trash for longer than that:
    double deletedSeconds = 30 * 86400.0;
};

struct Garbage {
    std::string path;  // within the store
    std::string why;
    std::uint64_t bytes = 0;
};

// What was read and what it proves: `gone` is what no event of any journal names (or would be, in a dry run).
struct GarbageReport {
    std::uint64_t runs = 0, journals = 0, journalBytes = 0;
    std::uint64_t manifests = 0;            // named by events
    std::uint64_t kept = 0, keptBytes = 0;  // objects that are named, by an event or a manifest
    std::uint64_t young = 0;                // not named, but within the grace
    std::vector<std::string>
        missing;  // manifests that events name and that are not here (those of mirrored runs are not)
    std::vector<Garbage> gone;
    std::uint64_t goneBytes = 0;
};

// Marks every object that a journal of a run names (those of runs in the trash count, and so does every sum
// on a line that is too damaged to be understood), then deletes the others that are older than the grace.
// Safe beside writers: it begins when no writer is in the middle of an artifact, writers touch what they find
// before they name it, and each deletion happens under their lock with the time looked at again. Fails,
// having deleted no object, if any journal cannot be read.
Result<GarbageReport> collectGarbage(Store& store, const GarbageOptions& options);

}  // namespace lathe::record
