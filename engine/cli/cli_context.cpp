// SPDX-License-Identifier: Apache-2.0
#include "cli/cli_context.h"

#include "core/text.h"

#include <cstdio>
#include <fmt/format.h>

namespace lathe::cli {

Result<Engine*> Context::engine() {
    if (!m_engine) {
        LATHE_TRY_ASSIGN(m_engine, Engine::open(storeOption, "."));
        LATHE_TRY(m_engine->store().refresh());
        for (const std::string& warning : m_engine->store().takeWarnings())
            fmt::print(stderr, "lathe: {}\n", escapedForDisplay(warning));
    }
    return m_engine.get();
}

Result<record::RunSummary> Context::findRun(const std::string& idPrefixOrName) {
    LATHE_TRY_ASSIGN(Engine* const held, engine());
    return held->store().find(idPrefixOrName);
}

std::string shownName(const record::RunSpec& spec) {
    return escapedForDisplay(spec.name, 200);
}

std::string nameAsWord(const record::RunSpec& spec) {
    const std::string shown = shownName(spec);
    return shellQuote(shown == spec.name && !shown.starts_with('-') ? shown : spec.id);
}

void printError(const Error& error) {
    const Error head{error.code, error.what, error.on, {}};
    fmt::print(stderr, "lathe: {}\n", escapedForDisplay(head.text()));
    if (!error.hint.empty())
        fmt::print(stderr, "       {}\n", escapedForDisplay(error.hint));
}

}  // namespace lathe::cli
