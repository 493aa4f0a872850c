// SPDX-License-Identifier: Apache-2.0
#include "core/paths.h"

#include <cstdlib>
#include <doctest/doctest.h>

using namespace lathe;

TEST_CASE("paths join, split and clean by text") {
    CHECK(joinPath("/a", "b") == "/a/b");
    CHECK(joinPath("/a/", "b") == "/a/b");
    CHECK(joinPath("/a", "/b") == "/b");
    CHECK(joinPath("", "b") == "b");
    CHECK(parentPath("/a/b") == "/a");
    CHECK(parentPath("/a") == "/");
    CHECK(parentPath("a") == ".");
    CHECK(parentPath("/a/b/") == "/a");
    CHECK(fileName("/a/b.txt") == "b.txt");
    CHECK(fileName("/a/b/") == "b");
    CHECK(extension("/a/B.YAML") == ".yaml");
    CHECK(extension("/a.d/.bashrc").empty());
    CHECK(cleanPath("/a/./b//../c") == "/a/c");
    CHECK(cleanPath("/../..") == "/");
    CHECK(cleanPath("../x/..") == "..");
    CHECK(cleanPath("") == ".");
}

TEST_CASE("the store is what was given, then the environment, then the workspace, then the user's") {
    ::setenv("LATHE_STORE", "/env/store", 1);
    CHECK(storePath("/given") == "/given");
    CHECK(storePath("", "/configured") == "/env/store");
    ::unsetenv("LATHE_STORE");
    CHECK(storePath("", "/configured") == "/configured");
    ::setenv("XDG_DATA_HOME", "/xdg", 1);
    CHECK(storePath() == "/xdg/lathe/store");
    ::setenv("XDG_DATA_HOME", "relative", 1);  // the specification asks to ignore it
    CHECK(storePath() == homeDir() + "/.local/share/lathe/store");
    ::unsetenv("XDG_DATA_HOME");
}

TEST_CASE("programs are found in PATH by name and by path") {
    CHECK(findInPath("sh").ends_with("/sh"));
    CHECK(findInPath("/bin/sh") == "/bin/sh");
    CHECK(findInPath("no-such-program-here").empty());
}
