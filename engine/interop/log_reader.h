// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "interop/collect_journal.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace lathe::interop {

// Reads one log of a peer, from its start on, as it grows. Whatever the bytes are, a reader goes on or stops
// with an error; what it skips it counts. Not thread-safe.
class LogReader {
public:
    virtual ~LogReader() = default;

    // Gives what came since the last call, a few megabytes at most. Returns whether there is more to do at
    // once. An error ends the file: Corrupt for one that became another file, which may be opened again.
    virtual Result<bool> read(SourceSink& sink) = 0;
    // Nothing more is written: gives also a last line that lacks its end.
    virtual Result<> finish(SourceSink& sink) {
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, read(sink));
            if (!more)
                return {};
        }
    }
    // Damaged or overlong records that were skipped so far.
    virtual std::uint64_t damaged() const { return 0; }
};

// How a reader's names become the run's. A folder of event files below another one, or beside it, puts its
// own name in front.
using RenameMetric = std::function<std::string(std::string_view)>;

}  // namespace lathe::interop
