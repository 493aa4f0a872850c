// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace lathe {

// Why something failed, coarse enough for a program to act on. Each maps to one exit code of the CLI.
enum class ErrorCode {
    Invalid,      // the request itself is wrong: bad argument, YAML, impossible value
    NotFound,     // no such file, run, host, command
    Denied,       // permission, refused key, read-only
    Exists,       // already there, or held by another writer
    Unavailable,  // host unreachable, connection cut, library or program missing
    Corrupt,      // damaged or hostile data
    Full,         // no space or quota
    Io,           // any other failure of the system
    Cancelled,    // the user asked to stop
    Unsupported,  // understood, but not possible here
    Internal,     // a bug in Lathe
};

// A failure as the user should read it: what failed, on what, and what to do about it.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string what;  // "cannot open the recipe: no such file"
    std::string on;    // "train.yaml", "gpu-a:/data/x"; may be empty
    std::string hint;  // "check the path, or run `lathe ls`"; may be empty

    // One line: "train.yaml: cannot open the recipe: no such file (check the path)".
    std::string text() const;
};

template <class T = void> using Result = std::expected<T, Error>;

// return fail(ErrorCode::NotFound, "no such run", name, "`lathe ls` lists the runs");
[[nodiscard]] std::unexpected<Error> fail(ErrorCode code, std::string what, std::string on = {},
                                          std::string hint = {});

// A failed system call: picks the code from `errnoValue` and appends strerror to `what`.
[[nodiscard]] std::unexpected<Error> failErrno(int errnoValue, std::string what, std::string on = {},
                                               std::string hint = {});

// Stable names ("not-found") for JSON and protocols.
std::string_view errorCodeName(ErrorCode code);
ErrorCode errorCodeFromName(std::string_view name);

// The CLI's exit code for a failure of this kind; listed in `lathe --help`. 0 and 1 are never returned: 1 is
// kept for "the run itself failed".
int exitCodeOf(ErrorCode code);

// Passes a failure up: LATHE_TRY(doIt()); the assigning form is LATHE_TRY_ASSIGN(auto x, doIt()).
#define LATHE_CONCAT_(a, b) a##b
#define LATHE_CONCAT(a, b) LATHE_CONCAT_(a, b)
#define LATHE_TRY(expr)                                                                                      \
    do {                                                                                                     \
        if (auto lathe_try_result = (expr); !lathe_try_result)                                               \
            return std::unexpected(std::move(lathe_try_result).error());                                     \
    } while (false)
#define LATHE_TRY_ASSIGN(decl, expr)                                                                         \
    auto LATHE_CONCAT(lathe_try_, __LINE__) = (expr);                                                        \
    if (!LATHE_CONCAT(lathe_try_, __LINE__))                                                                 \
        return std::unexpected(std::move(LATHE_CONCAT(lathe_try_, __LINE__)).error());                       \
    decl = std::move(*LATHE_CONCAT(lathe_try_, __LINE__))

}  // namespace lathe
