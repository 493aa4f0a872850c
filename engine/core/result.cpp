// SPDX-License-Identifier: Apache-2.0
#include "core/result.h"

#include <array>
#include <cerrno>
#include <system_error>

namespace lathe {
namespace {

struct CodeRow {
    ErrorCode code;
    std::string_view name;
    int exitCode;
};

constexpr std::array kCodes{
    CodeRow{ErrorCode::Invalid, "invalid", 2},         CodeRow{ErrorCode::NotFound, "not-found", 3},
    CodeRow{ErrorCode::Denied, "denied", 4},           CodeRow{ErrorCode::Exists, "exists", 5},
    CodeRow{ErrorCode::Unavailable, "unavailable", 6}, CodeRow{ErrorCode::Corrupt, "corrupt", 7},
    CodeRow{ErrorCode::Full, "full", 8},               CodeRow{ErrorCode::Io, "io", 9},
    CodeRow{ErrorCode::Cancelled, "cancelled", 130},   CodeRow{ErrorCode::Unsupported, "unsupported", 10},
    CodeRow{ErrorCode::Internal, "internal", 70},
};

const CodeRow& rowOf(ErrorCode code) {
    for (const CodeRow& row : kCodes) {
        if (row.code == code)
            return row;
    }
    return kCodes.back();
}

}  // namespace

std::string Error::text() const {
    std::string line;
    if (!on.empty())
        line = on + ": ";
    line += what;
    if (!hint.empty())
        line += " (" + hint + ")";
    return line;
}

std::unexpected<Error> fail(ErrorCode code, std::string what, std::string on, std::string hint) {
    return std::unexpected(Error{code, std::move(what), std::move(on), std::move(hint)});
}

std::unexpected<Error> failErrno(int errnoValue, std::string what, std::string on, std::string hint) {
    ErrorCode code = ErrorCode::Io;
    switch (errnoValue) {
    case ENOENT:
    case ENOTDIR:
    case ESRCH: code = ErrorCode::NotFound; break;
    case EACCES:
    case EPERM:
    case EROFS: code = ErrorCode::Denied; break;
    case EEXIST:
    case ENOTEMPTY:
    case EBUSY: code = ErrorCode::Exists; break;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: code = ErrorCode::Full; break;
    case ECONNREFUSED:
    case ECONNRESET:
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EPIPE: code = ErrorCode::Unavailable; break;
    case EINVAL:
    case ENAMETOOLONG: code = ErrorCode::Invalid; break;
    default: break;
    }
    if (hint.empty() && code == ErrorCode::Full)
        hint = "free some space on that disk";
    return fail(code, std::move(what) + ": " + std::generic_category().message(errnoValue), std::move(on),
                std::move(hint));
}

std::string_view errorCodeName(ErrorCode code) { return rowOf(code).name; }

ErrorCode errorCodeFromName(std::string_view name) {
    for (const CodeRow& row : kCodes) {
        if (row.name == name)
            return row.code;
    }
    return ErrorCode::Internal;
}

int exitCodeOf(ErrorCode code) { return rowOf(code).exitCode; }

}  // namespace lathe
