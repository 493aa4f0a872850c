// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/terminal.h"
#include "core/clock.h"
#include "core/text.h"

#include <fmt/format.h>

namespace lathe::cli {

Result<int> reindexCommand(Context& context) {
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    const bool live = isTerminal(stderr);
    const double begun = monotonicSeconds();
    int runs = 0;
    LATHE_TRY(engine->store().reindex([&](int done, int total) {
        runs = total;
        if (live)
            fmt::print(stderr, "\r\x1b[Kreading run {} of {}", done, total);
    }));
    if (live)
        fmt::print(stderr, "\r\x1b[K");
    const auto problems = engine->store().takeWarnings();
    for (const std::string& warning : problems)
        fmt::print(stderr, "lathe: {}\n", escapedForDisplay(warning));
    const double seconds = monotonicSeconds() - begun;
    if (context.json)
        fmt::print("{}\n", dumpJson(Json{{"runs", runs}, {"seconds", seconds}, {"warnings", problems}}));
    else
        fmt::print("{} runs indexed in {}\n", runs, durationText(seconds));
    return 0;
}

}  // namespace lathe::cli
