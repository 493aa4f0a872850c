// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <compare>
#include <string>
#include <string_view>

namespace lathe::host {

// Names a file or folder anywhere: a host's id and an absolute path there, as bytes. Written
// "gpu-a:/home/me/x"; the local host's id is "local" and its locations are written as the bare path.
struct Location {
    std::string host = "local";
    std::string path;

    bool isLocal() const { return host == "local"; }
    std::string text() const;     // exact; parse(text()) gives it back
    std::string display() const;  // escaped for people (core/text.h)
    std::string name() const;     // last component
    Location parent() const;
    Location child(std::string_view name) const;
    // "host:/path", "/path", "~/path", "relative/path" (against the working folder). A host never holds a
    // slash.
    static Location parse(std::string_view text);

    auto operator<=>(const Location&) const = default;
};

}  // namespace lathe::host
