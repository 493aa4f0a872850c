// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"
#include "record/journal_reader.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace lathe::interop {

using record::MetricValue;

// Where every way into a run puts what it understood: a running run's journal (collect_journal.h) or a run
// that is being imported. Names are the peer's own; lines are those of engine/record/FORMAT.md.
class RecordSink {
public:
    virtual ~RecordSink() = default;

    // One point for each name. `time` in seconds since 1970; values may be NaN or infinite.
    virtual void metrics(double time, std::int64_t step, std::span<const MetricValue> values) = 0;
    // Any other journal line: {"e":kind, …}. Without a "t" it gets the present time.
    virtual void event(const Json& line) = 0;
    // Keeps the bytes as media/<sha256>.<extension> of the run and returns that path, for the "file" of an
    // event that is given afterwards. `extension` without its dot ("png").
    virtual Result<std::string> media(std::string_view bytes, std::string_view extension) = 0;
    // Returns when all that was given before is in the file (a kill of this process no longer loses it); the
    // failure if the disk takes nothing. What could not be written is kept, up to a bound, and written later.
    virtual Result<> flush() = 0;
};

}  // namespace lathe::interop
