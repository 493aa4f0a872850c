// SPDX-License-Identifier: Apache-2.0
#include "record/environment.h"

#include "core/file.h"
#include "core/paths.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <string>
#include <sys/stat.h>

using namespace lathe;
using namespace lathe::record;

TEST_CASE("the machine is described") {
    const Json host = describeHost();
    CHECK_FALSE(getString(host, "kernel").empty());
    CHECK(getInt(host["cpu"], "threads") > 0);
    CHECK(getNumber(host, "memory") > 1e6);
    if (!findInPath("getconf").empty())
        CHECK(getString(host, "glibc").find("2.") != std::string::npos);
}

TEST_CASE("of the environment what tells is kept, and no secret") {
    const Json command = describeCommand({"python3", "x.py"}, "/work",
                                         {{"CUDA_VISIBLE_DEVICES", "0,1"},
                                          {"WANDB_API_KEY", "0123456789"},
                                          {"HF_TOKEN", "hf_abc"},
                                          {"TOKENIZERS_PARALLELISM", "false"},
                                          {"PIP_INDEX_URL", "https://me:pw@pypi.example.org/simple"},
                                          {"MLFLOW_TRACKING_PASSWORD", "x"},
                                          {"SOMETHING_ELSE", "1"},
                                          {"OMP_NUM_THREADS", "4"}});
    const Json& env = command["env"];
    CHECK(getString(env, "CUDA_VISIBLE_DEVICES") == "0,1");
    CHECK(getString(env, "WANDB_API_KEY") == "(redacted)");
    CHECK(getString(env, "HF_TOKEN") == "(redacted)");
    CHECK(getString(env, "MLFLOW_TRACKING_PASSWORD") == "(redacted)");
    CHECK(getString(env, "TOKENIZERS_PARALLELISM") == "false");
    CHECK(getString(env, "PIP_INDEX_URL") == "https://pypi.example.org/simple");
    CHECK(getString(env, "OMP_NUM_THREADS") == "4");
    CHECK_FALSE(env.contains("SOMETHING_ELSE"));
}

TEST_CASE("an interpreter tells its packages, where they came from and which are editable") {
    const std::string python = findInPath("python3");
    if (python.empty()) {
        MESSAGE("skipped: python3 is not installed");
        return;
    }
    const TempDir folder;
    const auto package = [&](const std::string& name, const std::string& direct) {
        const std::string info = folder / ("site-packages/" + name + "-1.5.dist-info");
        REQUIRE(makeDirs(info).has_value());
        REQUIRE(
            writeFileAtomic(info + "/METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.5\n")
                .has_value());
        if (!direct.empty())
            REQUIRE(writeFileAtomic(info + "/direct_url.json", direct).has_value());
    };
    package("Plain", "");
    package("mine", R"({"url":"file:///work/mine","dir_info":{"editable":true}})");
    package("forked",
            R"({"url":"https://me:token@example.org/f.git","vcs_info":{"vcs":"git","commit_id":"abc"}})");
    // What lies in the run's folder must not be run to look at it.
    REQUIRE(writeFileAtomic(folder / "json.py", "raise SystemExit('ran')\n").has_value());
    const Json listing = describePackages(
        python, folder.path(), {{"PYTHONPATH", folder / "site-packages"}, {"PATH", "/usr/bin:/bin"}});
    CHECK(getString(listing, "version").starts_with("3."));
    REQUIRE(listing.contains("packages"));
    const auto find = [&](const std::string& name) {
        for (const Json& entry : listing["packages"])
            if (getString(entry, "name") == name)
                return entry;
        return Json();
    };
    CHECK(find("Plain") == Json{{"name", "Plain"}, {"version", "1.5"}});
    CHECK(getBool(find("mine"), "editable"));
    CHECK(getString(find("forked"), "url") == "https://example.org/f.git");
    CHECK(getString(find("forked"), "commit") == "abc");
    CHECK(describePackages("/no/such/python", folder.path(), {}).empty());
}

TEST_CASE("lock files are taken from the folder or those above it, without their passwords") {
    const TempDir folder;
    const std::string work = folder / "repo/deep", run = folder / "run";
    REQUIRE(makeDirs(work).has_value());
    REQUIRE(makeDirs(folder / "repo/.git").has_value());
    REQUIRE(makeDirs(run + "/env").has_value());
    REQUIRE(writeFileAtomic(folder / "repo/uv.lock", "version = 1\n").has_value());
    REQUIRE(writeFileAtomic(folder / "poetry.lock", "of another\n").has_value());
    REQUIRE(writeFileAtomic(work + "/requirements.txt",
                            "--extra-index-url https://me:pw@example.org/simple\ntorch==2.3 # mail@x\n")
                .has_value());
    CHECK(copyLockFiles(work, run) == std::vector<std::string>{"uv.lock", "requirements.txt"});
    CHECK(readFile(run + "/env/uv.lock").value() == "version = 1\n");
    CHECK(readFile(run + "/env/requirements.txt").value() ==
          "--extra-index-url https://example.org/simple\ntorch==2.3 # mail@x\n");
}

TEST_CASE("the interpreter of a command is found") {
    const TempDir folder;
    REQUIRE(writeFileAtomic(folder / "launch", "#!/opt/env/bin/python3.12 -u\n").has_value());
    REQUIRE(writeFileAtomic(folder / "other", "#!/bin/sh\n").has_value());
    CHECK(findPython({folder / "launch", "x"}, "/", {}) == "/opt/env/bin/python3.12");
    CHECK(findPython({"bin/python", "x.py"}, "/venv", {}) == "/venv/bin/python");
    CHECK(findPython({folder / "other"}, "/", {}) == "");
    CHECK(findPython({}, "/", {}) == "");
    if (const std::string python = findInPath("python3"); !python.empty())
        CHECK(findPython({"python3", "x.py"}, "/", {}) == python);
}
