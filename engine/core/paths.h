// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lathe {

std::string homeDir();
// $XDG_DATA_HOME/lathe, $XDG_CONFIG_HOME/lathe, $XDG_CACHE_HOME/lathe, $XDG_RUNTIME_DIR/lathe (or under the cache).
std::string dataDir();
std::string configDir();
std::string cacheDir();
std::string runtimeDir();

// The store to use: `given` (--store) if not empty, else LATHE_STORE, else `configured` (what the workspace's
// .lathe/config.yaml says; Engine::open reads it), else dataDir()/store.
std::string storePath(std::string_view given = {}, std::string_view configured = {});

// Folder of the running program, links resolved.
std::string programDir();
// A program of Lathe ("lathe-agent"): LATHE_BIN_DIR if set (tests), else beside this one, else from PATH; the bare
// name if found nowhere.
std::string programPath(std::string_view name);
// Files Lathe ships ("python/lathe.py"): ../share/lathe beside programDir(), as built and as installed.
std::string sharePath(std::string_view relative);
// First match of an executable in PATH, or empty.
std::string findInPath(std::string_view program);

std::string joinPath(std::string_view a, std::string_view b);
std::string parentPath(std::string_view path);
std::string fileName(std::string_view path);
// Lower case with its dot: ".yaml"; empty if none.
std::string extension(std::string_view path);
// Collapses "." and ".." and double slashes by text alone; a relative path stays relative.
std::string cleanPath(std::string_view path);
std::string absolutePath(std::string_view path);
// "~" and "~/x" of this user.
std::string expandHome(std::string_view path);

}  // namespace lathe
