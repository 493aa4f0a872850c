// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace lathe::record {

struct MetricValue {
    std::string_view name;
    double value;
};

// What a journal says, in its order. Views live as long as the call.
class JournalSink {
public:
    virtual ~JournalSink() = default;
    // One "metrics" line, or a "system" line with its names put under "system/".
    virtual void metrics(double time, std::int64_t step, std::span<const MetricValue> values) = 0;
    // Any other line, whole. `fields` of a heartbeat is empty: it says nothing but its time.
    virtual void event(double time, std::string_view type, const Json& fields) = 0;
};

// How far a journal has been read; kept between calls and between processes.
struct JournalCursor {
    std::uint64_t offset = 0;   // of the first byte not yet read: always the start of a line
    std::uint64_t damaged = 0;  // lines that could not be understood and were skipped
    double time = 0;            // of the last line; taken over by a line that lacks its own
    std::int64_t step = 0;      // likewise
};

// Reads whole lines of a journal that others may be appending to (FORMAT.md, "What a reader must tolerate").
// A last line without its newline is left for the next call. Bytes that are no UTF-8 become U+FFFD, bare NaN
// and Infinity are understood, garbage is skipped and counted. Not thread-safe; holds a buffer, so reuse it.
class JournalReader {
public:
    JournalReader();
    ~JournalReader();
    JournalReader(JournalReader&&) noexcept;

    // Reads on from `cursor`, about `maxBytes` at most. Returns whether whole lines may be left.
    Result<bool> read(const std::string& path, JournalCursor& cursor, std::size_t maxBytes,
                      JournalSink& sink);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace lathe::record
