// SPDX-License-Identifier: Apache-2.0
#include "core/paths.h"

#include "core/file.h"
#include "core/text.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <pwd.h>
#include <unistd.h>

namespace lathe {
namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string xdg(const char* variable, std::string_view fallback) {
    // The XDG base directory specification asks to ignore relative values.
    const std::string base = environment(variable);
    return joinPath(base.starts_with('/') ? base : joinPath(homeDir(), fallback), "lathe");
}

}  // namespace

std::string homeDir() {
    if (const std::string home = environment("HOME"); !home.empty())
        return home;
    const passwd* user = ::getpwuid(::getuid());
    return user && user->pw_dir ? user->pw_dir : "/";
}

std::string dataDir() { return xdg("XDG_DATA_HOME", ".local/share"); }
std::string configDir() { return xdg("XDG_CONFIG_HOME", ".config"); }
std::string cacheDir() { return xdg("XDG_CACHE_HOME", ".cache"); }

std::string runtimeDir() {
    const std::string base = environment("XDG_RUNTIME_DIR");
    return base.starts_with('/') ? joinPath(base, "lathe") : joinPath(cacheDir(), "runtime");
}

std::string storePath(std::string_view given, std::string_view configured) {
    if (!given.empty())
        return absolutePath(expandHome(given));
    if (const std::string store = environment("LATHE_STORE"); !store.empty())
        return absolutePath(expandHome(store));
    if (!configured.empty())
        return absolutePath(expandHome(configured));
    return joinPath(dataDir(), "store");
}

std::string programDir() {
    static const std::string folder = [] {
        char path[PATH_MAX];
        const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
        return size > 0 ? parentPath(std::string_view(path, static_cast<std::size_t>(size))) : std::string(".");
    }();
    return folder;
}

std::string programPath(std::string_view name) {
    for (const std::string& folder : {environment("LATHE_BIN_DIR"), programDir()}) {
        if (folder.empty())
            continue;
        std::string path = joinPath(folder, name);
        if (::access(path.c_str(), X_OK) == 0)
            return path;
    }
    const std::string found = findInPath(name);
    return found.empty() ? std::string(name) : found;
}

std::string sharePath(std::string_view relative) {
    const std::string bin = environment("LATHE_BIN_DIR");
    const std::string share = joinPath(parentPath(bin.empty() ? programDir() : bin), "share/lathe");
    return joinPath(share, relative);
}

std::string findInPath(std::string_view program) {
    if (program.find('/') != std::string_view::npos)
        return ::access(std::string(program).c_str(), X_OK) == 0 ? std::string(program) : std::string();
    for (const std::string& folder : split(environment("PATH"), ':')) {
        std::string path = joinPath(folder.empty() ? "." : folder, program);
        if (::access(path.c_str(), X_OK) == 0 && !isDirectory(path))
            return path;
    }
    return {};
}

std::string joinPath(std::string_view a, std::string_view b) {
    if (b.starts_with('/') || a.empty())
        return std::string(b);
    std::string path(a);
    if (!path.ends_with('/') && !b.empty())
        path += '/';
    return path.append(b);
}

std::string parentPath(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos)
        return ".";
    return std::string(slash == 0 ? "/" : path.substr(0, slash));
}

std::string fileName(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    const auto slash = path.rfind('/');
    return std::string(slash == std::string_view::npos || path.size() == 1 ? path : path.substr(slash + 1));
}

std::string extension(std::string_view path) {
    const std::string name = fileName(path);
    const auto dot = name.rfind('.');
    if (dot == std::string::npos || dot == 0)
        return {};
    std::string text = name.substr(dot);
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

std::string cleanPath(std::string_view path) {
    const bool absolute = path.starts_with('/');
    std::vector<std::string> parts;
    for (std::string& part : split(path, '/')) {
        if (part.empty() || part == ".")
            continue;
        if (part == ".." && !parts.empty() && parts.back() != "..")
            parts.pop_back();
        else if (part != ".." || !absolute)
            parts.push_back(std::move(part));
    }
    std::string clean = (absolute ? "/" : "") + join(parts, "/");
    return clean.empty() ? "." : clean;
}

std::string absolutePath(std::string_view path) {
    if (path.starts_with('/'))
        return cleanPath(path);
    char folder[PATH_MAX];
    return cleanPath(joinPath(::getcwd(folder, sizeof folder) ? folder : "/", path));
}

std::string expandHome(std::string_view path) {
    if (path == "~")
        return homeDir();
    if (path.starts_with("~/"))
        return joinPath(homeDir(), path.substr(2));
    return std::string(path);
}

}  // namespace lathe
