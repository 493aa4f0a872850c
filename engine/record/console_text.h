// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/sqlite.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace lathe::record {

// What of a console can be searched: its beginning, taken in while it grows, and once the run is over its
// end. A console may be gigabytes of progress bars; what people look for stands at its ends.
inline constexpr std::uint64_t kConsoleHead = 128 << 10;
inline constexpr std::uint64_t kConsoleTail = 128 << 10;

// How far a console has been taken in.
struct ConsoleMark {
    std::uint64_t inode = 0;
    std::uint64_t taken = 0;  // bytes of its beginning
    std::uint64_t ended = 0;  // its size when its end was taken; 0: not yet
};

// Whether there is something to take in: enough new bytes to be worth a transaction, or the end of a run that
// is over.
bool consoleHasNews(const ConsoleMark& mark, std::uint64_t inode, std::uint64_t size, bool over);

// Takes in what is new of `path`, a console of `run` called `name`, within a transaction of the caller's. A
// console that cannot be read is left for later.
Result<ConsoleMark> takeConsole(Database& db, const std::string& run, const std::string& name,
                                const std::string& path, bool over);
Result<> forgetConsoles(Database& db, const std::string& run);

// Ids of the runs in whose console the words of `phrase` stand in this order, the last one maybe cut short;
// upper and lower case are the same.
Result<std::set<std::string>> runsWithConsole(Database& db, std::string_view phrase);

// What a terminal would have shown: no escapes, no control characters, of a line that was overwritten its
// last state.
std::string plainConsole(std::string_view bytes);

}  // namespace lathe::record
