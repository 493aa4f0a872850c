// SPDX-License-Identifier: Apache-2.0
#include "git/tests/repository_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

using namespace lathe;
using namespace lathe::git;

TEST_CASE("nothing that an untrusted repository names is started") {
    BOTH_BACKENDS(backend) {
        CAPTURE(backend);
        Repo r(backend);
        r.write("f", "a\nb\n");
        r.write("plain.txt", "a\nb\n");
        r.commitAll("first");
        const std::string ran = r.dir / "ran";
        const std::string evil = r.dir / ".git/evil";
        r.write(".git/evil", "#!/bin/sh\necho \"$0 $*\" >> '" + ran + "'\ncat\n");
        REQUIRE(::chmod(evil.c_str(), 0755) == 0);
        for (const char* hook : {"pre-commit", "commit-msg", "prepare-commit-msg", "post-commit",
                                 "post-checkout", "post-index-change"})
            REQUIRE(::symlink(evil.c_str(), (r.dir / ".git/hooks/" + std::string(hook)).c_str()) == 0);
        for (const char* key :
             {"core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process",
              "diff.external", "diff.evil.command", "diff.evil.textconv", "gpg.program", "core.editor",
              "core.pager", "core.sshCommand", "core.askPass", "sequence.editor", "interactive.diffFilter"})
            r.git({"config", key, evil});
        r.write(".git/info/attributes", "f filter=evil diff=evil\n");
        r.write(".git/info/exclude", "ran\n");
        r.open();
        r.write("f", "a\nB\n");
        r.write("plain.txt", "a\nB\n");
        CHECK(r.repo->status());
        CHECK(r.repo->diff("f", DiffSide::Unstaged));
        CHECK(r.repo->diffAll(DiffSide::Unstaged));
        // What asks for a filter is left alone, rather than stored in the wrong form.
        CHECK(codeOf(r.repo->stage({"f"})) == ErrorCode::Unsupported);
        CHECK(codeOf(r.repo->discard({"f"})) == ErrorCode::Unsupported);
        CHECK(codeOf(r.repo->stageHunk("f", r.repo->diff("f", DiffSide::Unstaged)->hunks.at(0))) ==
              ErrorCode::Unsupported);
        CHECK(r.repo->stage({"plain.txt"}));
        CHECK(r.repo->commit({"second"}));
        CHECK(r.repo->log());
        CHECK(r.repo->commitFiles("HEAD"));
        CHECK(r.repo->content("f", Version::Head));
        CHECK(r.read("ran") == "(none)");
    }
}

TEST_CASE("a partial clone shows what is there, and fetches nothing by itself") {
    if (findInPath("git").empty()) {
        MESSAGE("skipped: git is missing");
        return;
    }
    Repo origin("git");
    origin.write("f", "a\nb\n");
    origin.commitAll("first");
    origin.git({"config", "uploadpack.allowFilter", "true"});
    Repo lazy("git");
    REQUIRE(removeTree(lazy.dir.path()));
    origin.git({"clone", "-q", "--no-checkout", "--filter=blob:none", "file://" + origin.dir.path(),
                lazy.dir.path()});
    // An archive with such a configuration is opened, and git itself would fetch by this program.
    const std::string ran = lazy.dir / ".git/ran";
    lazy.git({"config", "remote.origin.uploadpack", "touch '" + ran + "'; git-upload-pack"});
    lazy.git({"read-tree", "HEAD"});
    lazy.write("f", "a\nB\n");
    lazy.open();
    CHECK(linesOf(lazy.repo->status().value()).size() == 1);
    CHECK_FALSE(lazy.repo->diff("f", DiffSide::Unstaged));
    CHECK_FALSE(lazy.repo->diffAll(DiffSide::Unstaged));
    CHECK_FALSE(lazy.repo->content("f", Version::Head));
    CHECK(lazy.repo->content("f", Version::Working));
    CHECK(lazy.repo->log()->commits.size() == 1);
    CHECK_FALSE(lazy.repo->commitFiles("HEAD", "f"));
    CHECK_FALSE(lazy.repo->discard({"f"}));
    CHECK(lazy.repo->stage({"f"}));
    CHECK_FALSE(exists(ran));
    // The trap is a real one.
    lazy.git({"show", "HEAD:f"});
    CHECK(exists(ran));
}

TEST_CASE("variables of the environment that speak of another repository are not heard") {
    if (findInPath("git").empty()) {
        MESSAGE("skipped: git is missing");
        return;
    }
    Repo other("git"), mine("git");
    other.write("theirs", "x\n");
    other.commitAll("theirs");
    mine.write("f", "x\n");
    mine.commitAll("mine");
    const struct Variables {
        explicit Variables(const Repo& repo) {
            ::setenv("GIT_DIR", (repo.dir / ".git").c_str(), 1);
            ::setenv("GIT_WORK_TREE", repo.dir.path().c_str(), 1);
            ::setenv("GIT_INDEX_FILE", (repo.dir / ".git/index").c_str(), 1);
        }
        ~Variables() {
            for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"})
                ::unsetenv(name);
        }
    } variables(other);
    mine.open();
    CHECK(mine.repo->root() == mine.dir.path());
    CHECK(mine.repo->status()->files.empty());
    CHECK(mine.repo->log()->commits.at(0).summary == "mine");
}
