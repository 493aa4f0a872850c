// SPDX-License-Identifier: Apache-2.0
#include "host/location.h"

#include "core/paths.h"
#include "core/text.h"

namespace lathe::host {

std::string Location::text() const {
    return isLocal() ? path : host + ":" + path;
}

std::string Location::display() const {
    return escapedForDisplay(text());
}

std::string Location::name() const {
    return fileName(path);
}

Location Location::parent() const {
    return {host, parentPath(path)};
}

Location Location::child(std::string_view name) const {
    return {host, path.ends_with('/') ? path + std::string(name) : path + "/" + std::string(name)};
}

Location Location::parse(std::string_view text) {
    // A path made absolute keeps its "..": collapsing them by text would name another file behind a link.
    const auto absolute = [](std::string_view path) {
        return path.starts_with('/') ? std::string(path) : absolutePath(expandHome(path));
    };
    const auto colon = text.find(":/");
    const bool named = colon != std::string_view::npos && colon > 0 &&
                       text.substr(0, colon).find('/') == std::string_view::npos;
    if (named)
        return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
    return {"local", absolute(text.empty() ? "." : text)};
}

}  // namespace lathe::host
