// SPDX-License-Identifier: Apache-2.0
#include "cli/cli_options.h"

#include "cli/cli_context.h"
#include "core/log.h"
#include "core/paths.h"

#include <cstdio>
#include <exception>
#include <system_error>

int main(int argc, char** argv) {
    using namespace lathe;
    try {
        startLog(joinPath(cacheDir(), "lathe.log"));
        const auto code = cli::runCli(argc, argv);
        if (code)
            return *code;
        std::fflush(stdout);
        cli::printError(code.error());
        return exitCodeOf(code.error().code);
    } catch (const std::system_error& problem) {  // fmt::print, where standard output cannot be written
        cli::printError({ErrorCode::Io, problem.what(), "standard output", {}});
        return exitCodeOf(ErrorCode::Io);
    } catch (const std::exception& problem) {
        cli::printError({ErrorCode::Internal, problem.what(), {}, "this is a bug in Lathe"});
        return exitCodeOf(ErrorCode::Internal);
    }
}
