// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "engine.h"

#include <memory>
#include <string>

namespace lathe::cli {

// What every command gets: the common options, and the engine, opened when it is first needed.
class Context {
public:
    std::string storeOption;
    bool json = false;

    // Opens the store and brings its index up to date; says on stderr what the store warns of.
    Result<Engine*> engine();
    // Opens the run that the user named.
    Result<record::RunSummary> findRun(const std::string& idPrefixOrName);

private:
    std::unique_ptr<Engine> m_engine;
};

// What a run calls itself, safe for a terminal; and as a word for a command line that is to be pasted.
std::string shownName(const record::RunSpec& spec);
std::string nameAsWord(const record::RunSpec& spec);

// "lathe: what failed" and, on a line of its own, what to do; safe for a terminal.
void printError(const Error& error);

}  // namespace lathe::cli
