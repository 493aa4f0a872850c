// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "host/host.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lathe::host {

// Rules that hold on every host. `path` is what the error names.

// Absolute, no NUL byte.
Result<> checkPath(const std::string& path, std::string_view on = {});
// One component as another machine may send it: not empty, not "." or "..", no slash, no NUL.
bool isEntryName(std::string_view name);
Result<> checkSize(std::uint64_t size, std::size_t maxBytes, const std::string& path);
// `now`: nullopt if there is no such file.
Result<> checkVersion(const std::optional<FileVersion>& now, const FileVersion& expected,
                      const std::string& path);

}  // namespace lathe::host
