// SPDX-License-Identifier: Apache-2.0
#include "core/result.h"

#include <cerrno>
#include <doctest/doctest.h>

using namespace lathe;

namespace {

Result<int> half(int n) {
    if (n % 2 != 0)
        return fail(ErrorCode::Invalid, "is odd", std::to_string(n), "give an even number");
    return n / 2;
}

Result<int> quarter(int n) {
    LATHE_TRY_ASSIGN(const int once, half(n));
    LATHE_TRY_ASSIGN(const int twice, half(once));
    return twice;
}

Result<> check(int n) {
    LATHE_TRY(quarter(n));
    return {};
}

}  // namespace

TEST_CASE("a failure passes up unchanged and a value passes through") {
    CHECK(quarter(8).value() == 2);
    const auto failed = check(6);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().text() == "3: is odd (give an even number)");
    CHECK(check(12).has_value());
}

TEST_CASE("system errors pick a code and say the system's words") {
    const Error full = failErrno(ENOSPC, "cannot write", "/data/x").error();
    CHECK(full.code == ErrorCode::Full);
    CHECK(full.text() == "/data/x: cannot write: No space left on device (free some space on that disk)");
    CHECK(failErrno(EROFS, "x").error().code == ErrorCode::Denied);
    CHECK(failErrno(ENOENT, "x").error().code == ErrorCode::NotFound);
    CHECK(failErrno(ECONNRESET, "x").error().code == ErrorCode::Unavailable);
}

TEST_CASE("every code has its own name and exit code, never 0 or 1") {
    for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        CHECK(errorCodeFromName(errorCodeName(code)) == code);
        CHECK(exitCodeOf(code) > 1);
        for (int j = 0; j < i; ++j)
            CHECK(exitCodeOf(code) != exitCodeOf(static_cast<ErrorCode>(j)));
    }
}
