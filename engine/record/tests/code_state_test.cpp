// SPDX-License-Identifier: Apache-2.0
#include "record/code_state.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/process.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace lathe;
using namespace lathe::record;

namespace {

constexpr double kPlenty = 60;

struct Repository {
    TempDir folder;
    std::string top = folder / "my repo";
    std::string runDir = folder / "run";

    Repository() {
        REQUIRE(makeDirs(top).has_value());
        REQUIRE(makeDirs(runDir).has_value());
        git({"init", "-q", "-b", "trunk"});
        git({"config", "user.email", "t@example.org"});
        git({"config", "user.name", "t"});
    }

    std::string git(std::vector<std::string> arguments, const std::string& in = {}) const {
        ProcessOptions options;
        options.argv = {"git"};
        options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
        options.cwd = in.empty() ? top : in;
        const auto done = runCommand(options);
        REQUIRE(done.has_value());
        REQUIRE_MESSAGE(done->status.ok(), done->err);
        return done->out;
    }
    void write(const std::string& name, std::string_view content) const {
        REQUIRE(makeDirs(parentPath(top + "/" + name)).has_value());
        REQUIRE(writeFileAtomic(top + "/" + name, content).has_value());
    }
    void commit() const {
        git({"add", "-A"});
        git({"commit", "-qm", "c"});
    }
    std::string patch() const { return readFile(runDir + "/code.patch").value_or(""); }
};

bool gitIsMissing() {
    if (!findInPath("git").empty())
        return false;
    MESSAGE("skipped: the git program is not installed");
    return true;
}

}  // namespace

TEST_CASE("the exact work comes back from the commit and the patch") {
    if (gitIsMissing())
        return;
    Repository repo;
    repo.write("train.py", "one\ntwo\nthree\n");
    repo.write("gone.txt", "x\n");
    repo.write("sub/deep.txt", "a\n");
    repo.commit();
    repo.git({"remote", "add", "origin", "https://user:token@example.org/team/repo.git"});
    repo.write("train.py", "one\n2\nthree");
    repo.write("staged.py", "new\n");
    repo.git({"add", "staged.py"});
    REQUIRE(::unlink((repo.top + "/gone.txt").c_str()) == 0);
    repo.write("un tracked/ü \"q\".py", "no newline at end");
    repo.write("empty.txt", "");
    repo.write("run.sh", "#!/bin/sh\n");
    REQUIRE(::chmod((repo.top + "/run.sh").c_str(), 0755) == 0);

    const CodeState state = captureCode(repo.top + "/sub", repo.runDir, kPlenty);
    CHECK(state.commit + "\n" == repo.git({"rev-parse", "HEAD"}));
    CHECK(state.branch == "trunk");
    CHECK(state.remote == "https://example.org/team/repo.git");
    CHECK(state.note == "");
    CHECK(state.changedFiles == std::vector<std::string>{"empty.txt", "gone.txt", "run.sh", "staged.py",
                                                         "train.py", "un tracked/ü \"q\".py"});
    const std::string copy = repo.folder / "copy";
    repo.git({"clone", "-q", repo.top, copy});
    repo.git({"apply", repo.runDir + "/code.patch"}, copy);
    for (const char* file :
         {"train.py", "staged.py", "un tracked/ü \"q\".py", "empty.txt", "run.sh", "sub/deep.txt"})
        CHECK(readFile(copy + "/" + file).value_or("missing") ==
              readFile(repo.top + "/" + file).value_or("gone"));
    CHECK_FALSE(exists(copy + "/gone.txt"));
    CHECK(::access((copy + "/run.sh").c_str(), X_OK) == 0);
}

TEST_CASE("secrets and large files are listed and not copied") {
    if (gitIsMissing())
        return;
    Repository repo;
    repo.write(".env", "A=1\n");
    repo.write("logo.bin", std::string("\0\1", 2));
    repo.write("a.txt", "a\n");
    repo.write("weights.bin", std::string(5 << 20, '\0'));
    repo.commit();
    repo.write(".env", "TOKEN=verysecret\n");
    repo.write("logo.bin", std::string("\0\2", 2));
    repo.write("a.txt", "b\n");
    repo.write("deploy/id_ed25519", "verysecret\n");
    repo.write("cert.pem", "verysecret\n");
    repo.write("data.bin", std::string("x\0y", 3));
    repo.write("big.csv", std::string(2 << 20, '1'));
    repo.write("notes.txt", "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n");
    repo.write("weights.bin", "small now");
    REQUIRE(::symlink("/etc/passwd", (repo.top + "/link").c_str()) == 0);
    const CodeState state = captureCode(repo.top, repo.runDir, kPlenty);
    CHECK(state.changedFiles.size() == 10);
    const std::string patch = repo.patch();
    CHECK(patch.find("verysecret") == std::string::npos);
    CHECK(patch.find("PRIVATE KEY") == std::string::npos);
    CHECK(patch.find("+b") != std::string::npos);
    CHECK(patch.size() < 3000);
    for (const char* name : {".env", "id_ed25519", "cert.pem", "big.csv", "notes.txt", "weights.bin"})
        CHECK_MESSAGE(state.note.find(name) != std::string::npos, name);
    const Json details = readJsonFile(repo.runDir + "/env/code.json").value();
    CHECK(details["omitted"].size() == 6);
    for (const Json& file : details["omitted"])
        CHECK_MESSAGE(getString(file, "why") == (getString(file, "path").starts_with("big") ||
                                                         getString(file, "path").starts_with("weights")
                                                     ? "large"
                                                     : "secret"),
                      dumpJson(file));
    CHECK(details["untracked"].size() == 6);
    CHECK(details["unstaged"] == Json::array({".env", "a.txt", "logo.bin", "weights.bin"}));
    repo.git({"stash", "-u", "-q"});
    repo.git({"apply", "--check", repo.runDir + "/code.patch"});
}

TEST_CASE("no program that the repository names is run") {
    if (gitIsMissing())
        return;
    Repository repo;
    repo.write("a.txt", "a\n");
    repo.commit();
    const std::string trap = repo.folder / "trap.sh", sprung = repo.folder / "sprung";
    REQUIRE(writeFileAtomic(trap, "#!/bin/sh\ntouch '" + sprung + "'\ncat\n").has_value());
    REQUIRE(::chmod(trap.c_str(), 0755) == 0);
    repo.write(".gitattributes", "*.txt filter=evil diff=evil\n");
    for (const char* key :
         {"filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "diff.evil.command",
          "diff.external", "core.fsmonitor", "core.pager", "core.sshCommand"})
        repo.git({"config", key, trap});
    repo.git({"config", "filter.evil.required", "true"});
    repo.write(".git/hooks/post-index-change", "#!/bin/sh\ntouch '" + sprung + "'\n");
    REQUIRE(::chmod((repo.top + "/.git/hooks/post-index-change").c_str(), 0755) == 0);
    repo.write("a.txt", "changed\n");
    repo.write("b.txt", "new\n");
    REQUIRE(::unlink(sprung.c_str()) != 0);
    const CodeState state = captureCode(repo.top, repo.runDir, kPlenty);
    CHECK_FALSE(exists(sprung));
    CHECK(state.note == "");
    CHECK(repo.patch().find("+changed") != std::string::npos);
    CHECK(repo.patch().find("+new") != std::string::npos);
}

TEST_CASE("a filter that cannot be switched off ends the capture, and git fetches nothing by itself") {
    if (gitIsMissing())
        return;
    Repository repo;
    repo.write("a.txt", "a\n");
    repo.commit();
    const std::string trap = repo.folder / "trap.sh", sprung = repo.folder / "sprung";
    REQUIRE(writeFileAtomic(trap, "#!/bin/sh\ntouch '" + sprung + "'\ncat\n").has_value());
    REQUIRE(::chmod(trap.c_str(), 0755) == 0);
    SUBCASE("a filter with an equals sign in its name") {
        repo.write(".gitattributes", "*.txt filter=e=vil\n");
        repo.git({"config", "filter.e=vil.clean", trap});
        repo.write("a.txt", "changed\n");
        const CodeState state = captureCode(repo.top, repo.runDir, kPlenty);
        CHECK(state.note.find("filter.e=vil") != std::string::npos);
    }
    SUBCASE("a partial clone whose remote names a program") {
        repo.git({"config", "uploadpack.allowFilter", "true"});
        Repository lazy;
        REQUIRE(removeTree(lazy.top));
        lazy.git({"clone", "-q", "--no-checkout", "--filter=blob:none", "file://" + repo.top, lazy.top},
                 repo.top);
        lazy.git({"config", "remote.origin.uploadpack", trap});
        lazy.write("a.txt", "changed\n");
        lazy.git({"read-tree", "HEAD"});
        const CodeState state = captureCode(lazy.top, lazy.runDir, kPlenty);
        CHECK(state.commit.size() == 40);
        CHECK(state.note.find("code.patch") != std::string::npos);
    }
    CHECK_FALSE(exists(sprung));
}

TEST_CASE("no repository, no commit, no time: a state all the same") {
    if (gitIsMissing())
        return;
    const TempDir plain;
    const CodeState none = captureCode(plain.path(), plain.path(), kPlenty);
    CHECK(none.commit.empty());
    CHECK(none.changedFiles.empty());
    CHECK(none.note.empty());
    CHECK(captureCode("/no/such/folder", plain.path(), kPlenty).commit.empty());

    Repository fresh;
    fresh.write("a.py", "a\n");
    fresh.write("b.py", "b\n");
    fresh.git({"add", "a.py"});
    const CodeState first = captureCode(fresh.top, fresh.runDir, kPlenty);
    CHECK(first.commit.empty());
    CHECK(first.branch == "trunk");
    CHECK(first.changedFiles == std::vector<std::string>{"a.py", "b.py"});
    CHECK(fresh.patch().find("+a") != std::string::npos);
    CHECK(fresh.patch().find("+b") != std::string::npos);

    Repository late;
    late.write("a.py", "a\n");
    late.commit();
    late.write("a.py", "b\n");
    const CodeState hurried = captureCode(late.top, late.runDir, 0);
    CHECK(hurried.commit.size() == 40);
    CHECK(hurried.branch == "trunk");
    CHECK(hurried.note.find("not captured") != std::string::npos);
}

TEST_CASE("which names hold secrets") {
    for (const char* name :
         {".env", "a/.env.local", "prod.env", "key.pem", "x/id_rsa", "id_ed25519_work", ".netrc", "tls.key"})
        CHECK_MESSAGE(isSecretFile(name), name);
    for (const char* name :
         {"env.py", ".env.example", "id_map.py", "id_rsa.pub", "keys.py", "train.py", "tokenizer.json"})
        CHECK_MESSAGE(!isSecretFile(name), name);
}

TEST_CASE("which texts hold secrets") {
    CHECK(holdsSecret("x\n-----BEGIN RSA PRIVATE KEY-----\n"));
    CHECK(holdsSecret("token = \"ghp_" + std::string(30, 'a') + "012345\""));
    CHECK(holdsSecret("AWS=AKIA1234567890ABCDEF\n"));
    CHECK_FALSE(holdsSecret("-----BEGIN PUBLIC KEY-----"));
    CHECK_FALSE(holdsSecret("the prefix is ghp_ or hf_ and sk-learn"));
    CHECK_FALSE(holdsSecret("risk-" + std::string(50, 'a')));
    CHECK(withoutCredentials("https://me:token@h.org/x") == "https://h.org/x");
    CHECK(withoutCredentials("git@h.org:x/y.git") == "git@h.org:x/y.git");
}
