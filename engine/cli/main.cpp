// SPDX-License-Identifier: Apache-2.0
#include "cli/cli_options.h"

#include "cli/cli_context.h"
#include "core/log.h"
#include "core/paths.h"

#include <cerrno>
#include <cstdio>
#include <exception>
#include <system_error>

namespace {

// An answer that could not be written is a failure. Not so where the reader of a pipe has seen enough.
int written(int code) {
    using namespace lathe;
    errno = 0;
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)
        return code;
    if (errno == EPIPE)
        return code;
    const Error error = failErrno(errno != 0 ? errno : EIO, "cannot write", "standard output").error();
    cli::printError(error);
    return code != 0 ? code : exitCodeOf(error.code);
}

}  // namespace

int main(int argc, char** argv) {
    using namespace lathe;
    try {
        startLog(joinPath(cacheDir(), "lathe.log"));
        const auto code = cli::runCli(argc, argv);
        if (code)
            return written(*code);
        std::fflush(stdout);
        cli::printError(code.error());
        return exitCodeOf(code.error().code);
    } catch (const std::system_error& problem) {  // fmt::print, where standard output cannot be written
        const Error error = failErrno(problem.code().value(), "cannot write", "standard output").error();
        cli::printError(error);
        return exitCodeOf(error.code);
    } catch (const std::exception& problem) {
        cli::printError({ErrorCode::Internal, problem.what(), {}, "this is a bug in Lathe"});
        return exitCodeOf(ErrorCode::Internal);
    }
}
