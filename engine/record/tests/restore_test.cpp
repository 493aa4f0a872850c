// SPDX-License-Identifier: Apache-2.0
#include "record/restore.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/process.h"
#include "record/code_state.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <functional>
#include <map>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace lathe;
using namespace lathe::record;

namespace {

std::string git(const std::string& folder, std::vector<std::string> arguments) {
    ProcessOptions options;
    options.argv = {
        "git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always"};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.cwd = folder;
    const auto done = runCommand(options);
    REQUIRE(done.has_value());
    REQUIRE_MESSAGE(done->status.ok(), done->err);
    return done->out;
}

void write(const std::string& path, std::string_view content, bool executable = false) {
    REQUIRE(makeDirs(parentPath(path)).has_value());
    REQUIRE(writeFileAtomic(path, content).has_value());
    REQUIRE(::chmod(path.c_str(), executable ? 0755 : 0644) == 0);
}

// Every file with its kind, mode and bytes, but for what is git's own.
std::map<std::string, std::string> tree(const std::string& root, const std::string& below = "") {
    std::map<std::string, std::string> found;
    const auto names = listDir(joinPath(root, below));
    REQUIRE(names.has_value());
    for (const std::string& name : *names) {
        if (name == ".git")
            continue;
        const std::string path = below.empty() ? name : below + "/" + name, full = root + "/" + path;
        struct stat info {};
        REQUIRE(::lstat(full.c_str(), &info) == 0);
        if (S_ISDIR(info.st_mode)) {
            found.merge(tree(root, path));
        } else if (S_ISLNK(info.st_mode)) {
            char target[256];
            const ssize_t size = ::readlink(full.c_str(), target, sizeof target);
            found[path] = "link " + std::string(target, static_cast<std::size_t>(size));
        } else {
            found[path] = (info.st_mode & S_IXUSR ? "program " : "plain ") + readFile(full).value();
        }
    }
    return found;
}

struct Fixture {
    TempDir folder;
    std::string top = folder / "my work";
    std::string runDir = folder / "run";
    RunSpec spec;

    Fixture() {
        REQUIRE(makeDirs(top).has_value());
        REQUIRE(makeDirs(runDir).has_value());
        git(top, {"init", "-q", "-b", "trunk"});
    }
    void commit(const std::string& in) const {
        git(in, {"add", "-A"});
        git(in, {"commit", "-qm", "c"});
    }
    void capture(const std::string& below = "") {
        spec.name = "r";
        spec.cwd = joinPath(top, below);
        spec.code = captureCode(spec.cwd, runDir, 60);
    }
    std::string bytes(unsigned seed, std::size_t size) const {
        std::string text(size, '\0');
        for (char& c : text)
            c = static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
        return text;
    }
};

bool gitIsMissing() {
    if (!findInPath("git").empty())
        return false;
    MESSAGE("skipped: the git program is not installed");
    return true;
}

}  // namespace

TEST_CASE("the code comes back byte for byte") {
    if (gitIsMissing())
        return;
    Fixture run;
    const std::string& top = run.top;
    write(top + "/train.py", "one\ntwo\nthree\n");
    write(top + "/gone.txt", "x\n");
    write(top + "/gone.bin", run.bytes(1, 5000));
    write(top + "/old name.txt", std::string(500, 'r') + "\n");
    write(top + "/plain.sh", "#!/bin/sh\n");
    write(top + "/logo.bin", run.bytes(2, 100000));
    write(top + "/crlf.txt", "a\r\nb\r\n");
    write(top + "/sub/deep.txt", "a\n");
    REQUIRE(::symlink("train.py", (top + "/link").c_str()) == 0);
    run.commit(top);

    write(top + "/train.py", "one\n2\nthree");
    REQUIRE(::unlink((top + "/gone.txt").c_str()) == 0);
    git(top, {"rm", "-q", "gone.bin"});
    git(top, {"mv", "old name.txt", "new name.txt"});
    write(top + "/plain.sh", "#!/bin/sh\n", true);
    std::string logo = run.bytes(2, 100000);
    logo[50000] = 'x';
    write(top + "/logo.bin", logo);
    write(top + "/crlf.txt", "a\r\nc\r\n\r");
    write(top + "/staged.py", "new\n");
    write(top + "/both.py", "staged\n");
    git(top, {"add", "staged.py", "both.py"});
    write(top + "/both.py", "and changed again\n");
    REQUIRE(::unlink((top + "/link").c_str()) == 0);
    REQUIRE(::symlink("sub/deep.txt", (top + "/link").c_str()) == 0);
    write(top + "/un tracked/ü \"q\"\t.py", "no newline at end");
    write(top + "/empty.txt", "");
    write(top + "/run.sh", "#!/bin/sh\n", true);
    REQUIRE(::symlink("../nowhere", (top + "/sub/new link").c_str()) == 0);
    for (const std::size_t size : {1U, 4U, 51U, 52U, 53U, 65535U, 65536U, 200001U})
        write(top + "/bin/" + std::to_string(size), std::string(1, '\0') + run.bytes(3, size));
    write(top + "/bin/program",
          std::string("\x7f"
                      "ELF\0",
                      5),
          true);

    run.capture("sub");
    CHECK(run.spec.code.note == "");
    const auto restored = restoreCode(run.spec, run.runDir, run.folder / "copy");
    REQUIRE_MESSAGE(restored.has_value(), restored.error().text());
    CHECK(restored->missing.empty());
    CHECK(restored->source == top);
    CHECK(restored->folder == run.folder / "copy/sub");
    const auto expected = tree(top), got = tree(run.folder / "copy");
    for (const auto& [path, content] : expected)
        CHECK_MESSAGE((got.contains(path) && got.at(path) == content), path);
    CHECK(got.size() == expected.size());
    CHECK(git(run.folder / "copy", {"rev-parse", "HEAD"}) == git(top, {"rev-parse", "HEAD"}));
}

TEST_CASE("submodules come back with their own work, from where they lie or from their address") {
    if (gitIsMissing())
        return;
    Fixture run;
    const std::string library = run.folder / "library";
    REQUIRE(makeDirs(library).has_value());
    git(library, {"init", "-q"});
    write(library + "/lib.py", "1\n");
    run.commit(library);
    git(run.top, {"submodule", "--quiet", "add", library, "third party"});
    write(run.top + "/main.py", "x\n");
    run.commit(run.top);
    write(run.top + "/third party/lib.py", "2\n");
    run.commit(run.top + "/third party");  // moved on, and the top does not know
    write(run.top + "/third party/lib.py", "3\n");
    write(run.top + "/third party/more.py", "4\n");
    run.capture();
    CHECK(run.spec.code.note == "");
    CHECK(std::ranges::find(run.spec.code.changedFiles, "third party") != run.spec.code.changedFiles.end());
    auto restored = restoreCode(run.spec, run.runDir, run.folder / "copy");
    REQUIRE_MESSAGE(restored.has_value(), restored.error().text());
    CHECK(restored->missing.empty());
    CHECK(tree(run.folder / "copy") == tree(run.top));
    CHECK(git(run.folder / "copy/third party", {"rev-parse", "HEAD"}) ==
          git(run.top + "/third party", {"rev-parse", "HEAD"}));

    // The commit of the submodule was never pushed: from its address alone it is not to be had.
    REQUIRE(::rename(run.top.c_str(), (run.folder / "moved").c_str()) == 0);
    Json details = readJsonFile(run.runDir + "/env/code.json").value();
    details["remotes"] = Json{{"origin", run.folder / "moved"}};
    REQUIRE(writeFileAtomic(run.runDir + "/env/code.json", dumpJson(details)).has_value());
    restored = restoreCode(run.spec, run.runDir, run.folder / "far");
    REQUIRE_MESSAGE(restored.has_value(), restored.error().text());
    CHECK(restored->source == run.folder / "moved");
    REQUIRE(restored->missing.size() == 1);
    CHECK(restored->missing[0].find("submodule third party") == 0);
    CHECK(readFile(run.folder / "far/main.py").value() == "x\n");
}

TEST_CASE("what cannot be put back is said") {
    if (gitIsMissing())
        return;
    Fixture run;
    write(run.top + "/a.py", "a\n");
    write(run.top + "/large.bin", std::string(5 << 20, 'x'));
    run.commit(run.top);
    const std::string commit = git(run.top, {"rev-parse", "HEAD"});
    write(run.top + "/.env", "TOKEN=1\n");
    write(run.top + "/large.csv", std::string(2 << 20, '1'));
    REQUIRE(::unlink((run.top + "/large.bin").c_str()) == 0);
    run.capture();
    auto restored = restoreCode(run.spec, run.runDir, run.folder / "copy");
    REQUIRE_MESSAGE(restored.has_value(), restored.error().text());
    REQUIRE(restored->missing.size() == 2);
    CHECK(restored->missing[0] == ".env: secret when the run started, and not copied");
    CHECK(restored->missing[1] == "large.csv: large when the run started, and not copied");
    CHECK_FALSE(exists(run.folder / "copy/large.bin"));

    CHECK(restoreCode(run.spec, run.runDir, run.folder / "copy").error().code == ErrorCode::Exists);
    // A commit that was amended away is still found by its id; one that is gone is named.
    git(run.top, {"checkout", "-q", "--orphan", "other"});
    run.commit(run.top);
    git(run.top, {"branch", "-q", "-D", "trunk"});
    CHECK(restoreCode(run.spec, run.runDir, run.folder / "again").has_value());
    run.spec.code.commit = std::string(40, 'a');
    const auto gone = restoreCode(run.spec, run.runDir, run.folder / "gone");
    REQUIRE_FALSE(gone.has_value());
    CHECK(gone.error().code == ErrorCode::NotFound);
    CHECK_FALSE(exists(run.folder / "gone"));
    run.spec.code.commit = "--upload-pack=touch";
    CHECK(restoreCode(run.spec, run.runDir, run.folder / "evil").error().code == ErrorCode::Corrupt);

    RunSpec none;
    none.name = "plain";
    CHECK(restoreCode(none, run.folder / "nothing", run.folder / "x").error().code == ErrorCode::NotFound);
}

TEST_CASE("a repository without a commit comes back from its patch alone") {
    if (gitIsMissing())
        return;
    Fixture run;
    write(run.top + "/a.py", "a\n");
    write(run.top + "/b.py", "b\n");
    git(run.top, {"add", "a.py"});
    run.capture();
    const auto restored = restoreCode(run.spec, run.runDir, run.folder / "copy");
    REQUIRE_MESSAGE(restored.has_value(), restored.error().text());
    CHECK(tree(run.folder / "copy") == tree(run.top));
}
