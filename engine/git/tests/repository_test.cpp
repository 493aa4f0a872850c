// SPDX-License-Identifier: Apache-2.0
#include "git/tests/repository_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

using namespace lathe;
using namespace lathe::git;

TEST_CASE("status says what git status says") {
    BOTH_BACKENDS(backend) {
        CAPTURE(backend);
        Repo r(backend);
        CHECK(r.repo->status()->files.empty());
        CHECK(r.repo->status()->head.empty());
        CHECK(r.repo->status()->branch == "main");
        for (const char* name : {"same", "modified", "staged", "both", "deleted", "deleted-staged", "to-link",
                                 "mode", "untracked-again"})
            r.write(name, numbered(1, 20) + name);
        r.write("old/renamed", numbered(50, 90));
        r.write(".gitignore", "*.log\n");
        for (const std::string& name : hostileNames)
            r.write("hostile/" + name, "x\n");
        r.commitAll("first");
        CHECK(linesOf(*r.repo->status()).empty());

        r.write("modified", "other\n");
        r.write("staged", "other\n");
        r.git({"add", "staged"});
        r.write("both", "one\n");
        r.git({"add", "both"});
        r.write("both", "two\n");
        ::unlink((r.dir / "deleted").c_str());
        r.git({"rm", "-q", "deleted-staged"});
        r.git({"rm", "-q", "--cached", "untracked-again"});
        ::unlink((r.dir / "to-link").c_str());
        REQUIRE(::symlink("same", (r.dir / "to-link").c_str()) == 0);
        REQUIRE(::chmod((r.dir / "mode").c_str(), 0755) == 0);
        r.git({"mv", "old/renamed", "new-name"});
        r.write("added", "x\n");
        r.git({"add", "added"});
        r.write("untracked", "x\n");
        r.write("folder/a", "x\n");
        r.write("folder/b", "x\n");
        r.write("ignored.log", "x\n");
        for (const std::string& name : hostileNames) {
            r.write("hostile/" + name, "changed\n");
            r.write("hostile/u" + name, "x\n");
        }
        const auto status = r.repo->status();
        REQUIRE(status);
        CHECK(linesOf(*status) == porcelain(r));
        CHECK(status->head + "\n" == r.git({"rev-parse", "HEAD"}));
        CHECK(std::ranges::is_sorted(status->files, {}, &FileStatus::path));
    }
}

TEST_CASE("branches, upstreams, detached heads and merges under way") {
    BOTH_BACKENDS(backend) {
        CAPTURE(backend);
        Repo r(backend);
        r.write("f", "base\n");
        r.commitAll("base");
        r.git({"clone", "-q", "--bare", ".", "upstream.git"});
        r.write(".git/info/exclude", "upstream.git\n");
        r.git({"remote", "add", "origin", "upstream.git"});
        r.git({"fetch", "-q", "origin"});
        r.git({"branch", "-q", "-u", "origin/main"});
        r.git({"checkout", "-q", "-b", "side"});
        r.write("f", "theirs\n");
        r.commitAll("theirs");
        r.git({"push", "-q", "origin", "side:main"});
        r.git({"checkout", "-q", "main"});
        r.write("f", "ours\n");
        r.commitAll("ours");
        r.write("g", "more\n");
        r.commitAll("more");
        auto status = r.repo->status();
        REQUIRE(status);
        CHECK(status->upstream == "origin/main");
        CHECK(status->ahead == 2);
        CHECK(status->behind == 1);
        CHECK(status->operation.empty());

        r.git({"merge", "-q", "side"}, true);
        status = r.repo->status();
        CHECK(status->operation == "merge");
        CHECK(linesOf(*status) == std::set<std::string>{"UU f"});
        CHECK(codeOf(r.repo->commit({"merge side"})) == ErrorCode::Invalid);
        CHECK_FALSE(r.repo->discard({"f"}));
        CHECK(r.read("f").find("<<<<<<<") != std::string::npos);
        r.write("f", "resolved\n");
        REQUIRE(r.repo->stage({"f"}));
        CHECK(linesOf(*r.repo->status()) == porcelain(r));
        const auto id = r.repo->commit({"merge side"});
        REQUIRE_MESSAGE(id, (id ? "" : id.error().text()));
        CHECK(r.repo->commitInfo(*id)->parents.size() == 2);
        CHECK(r.repo->status()->operation.empty());

        r.git({"checkout", "-q", "--detach"});
        CHECK(r.repo->status()->branch.empty());
        CHECK(r.repo->status()->head == *id);
    }
}

TEST_CASE("single lines are staged and unstaged") {
    BOTH_BACKENDS(backend) {
        CAPTURE(backend);
        Repo r(backend);
        r.write("f", "a\nb\nc\nd\n");
        r.commitAll("first");
        r.write("f", "a\nB\nC\nd\n");
        const auto hunk = r.repo->diff("f", DiffSide::Unstaged)->hunks.at(0);  // " a -b -c +B +C  d"
        REQUIRE(hunk.lines.size() == 6);
        REQUIRE(r.repo->stageHunk("f", selectLines(hunk, {1, 3}, HunkTarget::Forward)));
        CHECK(r.staged("f") == "a\nB\nc\nd\n");
        REQUIRE(r.repo->stage({"f"}));
        const auto staged = r.repo->diff("f", DiffSide::Staged)->hunks.at(0);
        REQUIRE(r.repo->unstageHunk("f", selectLines(staged, {2, 4}, HunkTarget::Backward)));
        CHECK(r.staged("f") == "a\nB\nc\nd\n");

        r.write("new", "1\n2\n3\n");
        const auto fresh = r.repo->diff("new", DiffSide::Unstaged)->hunks.at(0);
        REQUIRE(r.repo->stageHunk("new", selectLines(fresh, {0, 2}, HunkTarget::Forward)));
        CHECK(r.staged("new") == "1\n3\n");
        const auto part = r.repo->diff("new", DiffSide::Staged)->hunks.at(0);
        REQUIRE(r.repo->unstageHunk("new", selectLines(part, {1}, HunkTarget::Backward)));
        CHECK(r.staged("new") == "1\n");
        REQUIRE(r.repo->unstageHunk("new", r.repo->diff("new", DiffSide::Staged)->hunks.at(0)));
        CHECK(r.git({"ls-files", "new"}).empty());
    }
}

TEST_CASE("files and folders are staged, unstaged and discarded") {
    BOTH_BACKENDS(backend) {
        CAPTURE(backend);
        Repo r(backend);
        r.write("a", "1\n");
        r.write("dir/x", "1\n");
        REQUIRE(r.repo->stage({"a", "dir/"}));
        CHECK(r.git({"status", "--porcelain"}) == "A  a\nA  dir/x\n");
        REQUIRE(r.repo->unstage({"dir"}));  // before the first commit
        CHECK(r.git({"status", "--porcelain"}) == "A  a\n?? dir/\n");
        r.write("glob[1]", "1\n");
        r.write("glob1", "1\n");
        REQUIRE(r.repo->stage({"dir", "glob[1]"}));
        CHECK(r.git({"ls-files"}) == "a\ndir/x\nglob[1]\n");
        r.write("old", numbered(1, 30));
        r.commitAll("first");

        r.write("glob[1]", "2\n");
        r.write("glob1", "2\n");
        REQUIRE(r.repo->stage({"glob[1]"}));
        CHECK(r.git({"diff", "--cached", "--name-only"}) == "glob[1]\n");
        REQUIRE(r.repo->unstage({"glob[1]"}));
        REQUIRE(r.repo->discard({"glob[1]"}));
        CHECK(r.read("glob[1]") == "1\n");
        CHECK(r.read("glob1") == "2\n");
        REQUIRE(r.repo->discard({"glob1"}));
        for (const std::string& name : hostileNames) {
            CAPTURE(escapedForDisplay(name));
            r.write(name, "1\n");
            REQUIRE(r.repo->stage({name}));
            r.write(name, "2\n");
            REQUIRE(r.repo->discard({name}));
            CHECK(r.read(name) == "1\n");
            REQUIRE(r.repo->unstage({name}));
            REQUIRE(r.repo->discard({name}));
            CHECK_FALSE(exists(r.dir / name));
        }

        ::unlink((r.dir / "a").c_str());
        REQUIRE(removeTree(r.dir / "dir"));
        REQUIRE(r.repo->stage({"a", "dir"}));
        CHECK(r.git({"status", "--porcelain"}) == "D  a\nD  dir/x\n");
        REQUIRE(r.repo->unstage({"a", "dir"}));
        REQUIRE(r.repo->discard({"a", "dir"}));
        CHECK(r.read("a") == "1\n");
        CHECK(r.read("dir/x") == "1\n");

        r.git({"mv", "old", "new"});
        REQUIRE(r.repo->unstage({"new"}));
        CHECK(r.git({"status", "--porcelain"}) == " D old\n?? new\n");
        REQUIRE(r.repo->discard({"old", "new"}));
        CHECK(r.git({"status", "--porcelain"}).empty());

        r.write("junk/deep/file", "x");
        REQUIRE(r.repo->discard({"junk"}));
        CHECK_FALSE(exists(r.dir / "junk"));
        CHECK(codeOf(r.repo->stage({"no-such-file"})) == ErrorCode::NotFound);
        CHECK(codeOf(r.repo->stage({})) == ErrorCode::Invalid);

        r.write("a", "2\n");
        REQUIRE(writeFileAtomic(r.dir / ".git/index.lock", ""));
        CHECK(codeOf(r.repo->stage({"a"})) == ErrorCode::Exists);
    }
}

TEST_CASE("commit: message, amend, what stops it") {
    BOTH_BACKENDS(backend) {
        CAPTURE(backend);
        Repo r(backend);
        r.write("a", "1\n");
        CHECK(codeOf(r.repo->commit({"first"})) == ErrorCode::Invalid);        // nothing staged
        CHECK(codeOf(r.repo->commit({"first", true})) == ErrorCode::Invalid);  // nothing to amend
        REQUIRE(r.repo->stage({"a"}));
        CHECK(codeOf(r.repo->commit({" \n\n"})) == ErrorCode::Invalid);
        const auto first = r.repo->commit({"Add a\n\nAnd say why.\n# kept: no editor has put it there"});
        REQUIRE_MESSAGE(first, (first ? "" : first.error().text()));
        CHECK(*first + "\n" == r.git({"rev-parse", "HEAD"}));
        CHECK(r.git({"log", "-1", "--format=%B"}) ==
              "Add a\n\nAnd say why.\n# kept: no editor has put it there\n\n");
        CHECK(r.git({"log", "-1", "--format=%an <%ae>"}) == "Ada Example <ada@example.org>\n");
        CHECK(codeOf(r.repo->commit({"nothing new"})) == ErrorCode::Invalid);
        const auto amended = r.repo->commit({"Add a, better said", true});
        REQUIRE(amended);
        CHECK(*amended != *first);
        CHECK(r.git({"rev-list", "--count", "HEAD"}) == "1\n");
        CHECK(r.repo->commit({"empty", false, true}));

        r.git({"config", "commit.gpgSign", "true"});
        CHECK(codeOf(r.repo->commit({"signed", false, true})) == ErrorCode::Unsupported);
        r.git({"config", "--unset", "commit.gpgSign"});
        r.git({"config", "user.useConfigOnly", "true"});
        const std::string config = readFile(gitHome() / ".gitconfig").value();
        REQUIRE(writeFileAtomic(gitHome() / ".gitconfig", "[init]\n\tdefaultBranch = main\n"));
        r.open();
        const auto nameless = r.repo->commit({"who", false, true});
        CHECK(codeOf(nameless) == ErrorCode::Invalid);
        CHECK(nameless.error().hint.find("user.name") != std::string::npos);
        REQUIRE(writeFileAtomic(gitHome() / ".gitconfig", config));
    }
}

TEST_CASE("the log is paged, decorated and narrowed; commits show their files") {
    BOTH_BACKENDS(backend) {
        CAPTURE(backend);
        Repo r(backend);
        CHECK(r.repo->log()->commits.empty());
        for (int i = 1; i <= 7; ++i) {
            r.write("f" + std::to_string(i % 2), numbered(1, 10 + i));
            r.commitAll("commit " + std::to_string(i) + "\n\nbody");
        }
        r.git({"tag", "-a", "-m", "tag", "v1", "HEAD~2"});
        r.git({"branch", "side", "HEAD~1"});
        const auto page = r.repo->log({.limit = 3});
        REQUIRE(page);
        REQUIRE(page->commits.size() == 3);
        CHECK(page->more);
        CHECK(page->commits[0].summary == "commit 7");
        CHECK(page->commits[0].message.starts_with("commit 7\n\nbody"));
        CHECK(page->commits[0].author == "Ada Example");
        CHECK(page->commits[0].email == "ada@example.org");
        CHECK(page->commits[0].time > 1e9);
        CHECK(page->commits[0].refs == std::vector<std::string>{"HEAD", "main"});
        CHECK(page->commits[1].refs == std::vector<std::string>{"side"});
        CHECK(page->commits[2].refs == std::vector<std::string>{"tag: v1"});
        CHECK(page->commits[0].parents == std::vector<std::string>{page->commits[1].id});
        const auto last = r.repo->log({.skip = 6, .limit = 3});
        CHECK(last->commits.size() == 1);
        CHECK_FALSE(last->more);
        CHECK(last->commits[0].parents.empty());
        CHECK(r.repo->log({.path = "f1"})->commits.size() == 4);
        CHECK(r.repo->log({.path = "f1", .skip = 1, .limit = 2})->commits.at(0).summary == "commit 5");
        CHECK(r.repo->log({.from = "v1"})->commits.size() == 5);
        CHECK(codeOf(r.repo->log({.from = "nonsense"})) == ErrorCode::NotFound);
        CHECK(codeOf(r.repo->log({.from = "--output=/tmp/x"})) == ErrorCode::Invalid);
        r.git({"checkout", "-q", "--orphan", "other"});
        r.commitAll("other root");
        CHECK(r.repo->log()->commits.size() == 1);
        CHECK(r.repo->log({.allBranches = true})->commits.size() == 8);

        r.git({"checkout", "-q", "main"});
        r.git({"mv", "f0", "renamed"});
        r.write("f1", "new content\n");
        r.commitAll("rename");
        const auto files = r.repo->commitFiles("HEAD");
        REQUIRE(files);
        REQUIRE(files->size() == 2);
        CHECK((*files)[0].path == "f1");
        CHECK((*files)[0].hunks.empty());
        CHECK((*files)[0].added == 1);
        CHECK((*files)[1].path == "renamed");
        CHECK((*files)[1].oldPath == "f0");
        CHECK((*files)[1].change == Change::Renamed);
        CHECK(r.repo->commitFiles("HEAD", "f1")->at(0).hunks.size() == 1);
        CHECK(codeOf(r.repo->commitFiles("HEAD", "f9")) == ErrorCode::NotFound);
        CHECK(r.repo->commitFiles(last->commits[0].id)->at(0).change == Change::Added);
        CHECK(r.repo->commitInfo("HEAD")->summary == "rename");
        CHECK(codeOf(r.repo->commitInfo("nonsense")) == ErrorCode::NotFound);
    }
}

TEST_CASE("what is no repository, or one that cannot be opened, says so") {
    if (findInPath("git").empty()) {
        MESSAGE("skipped: git is missing");
        return;
    }
    gitHome();
    const auto hosts = host::Hosts::create();
    const TempDir dir;
    CHECK(codeOf(Repository::open(hosts->local(), dir.path())) == ErrorCode::NotFound);
    CHECK(codeOf(ProgramRepository::open(hosts->local(), dir.path())) == ErrorCode::NotFound);
    CHECK(codeOf(Repository::open(hosts->local(), dir / "none")) == ErrorCode::NotFound);

    Repo bare("git");
    bare.git({"init", "-q", "--bare", "bare.git"});
    CHECK(codeOf(LibgitRepository::open(bare.dir / "bare.git")) == ErrorCode::Unsupported);
    CHECK_FALSE(ProgramRepository::open(hosts->local(), bare.dir / "bare.git"));

    Repo sha256("git", {"--object-format=sha256"});
    sha256.write("f", "x\n");
    sha256.commitAll("first");
    CHECK(codeOf(LibgitRepository::open(sha256.dir.path())) == ErrorCode::Unsupported);
    const auto opened = Repository::open(hosts->local(), sha256.dir / "f");
    REQUIRE(opened);
    CHECK((*opened)->backend() == "git");
    CHECK((*opened)->log()->commits.at(0).id.size() == 64);

    Repo plain("libgit2");
    plain.write("sub/f", "x\n");
    const auto discovered = Repository::open(hosts->local(), plain.dir / "sub");
    REQUIRE(discovered);
    CHECK((*discovered)->root() == plain.dir.path());
    CHECK((*discovered)->gitFolder() == plain.dir / ".git");
    CHECK((*discovered)->backend().starts_with("libgit2"));

    if (::getuid() == 0) {
        Repo foreign("libgit2");
        REQUIRE(::chown(foreign.dir.path().c_str(), 65534, 65534) == 0);
        REQUIRE(::chown((foreign.dir / ".git").c_str(), 65534, 65534) == 0);
        const auto denied = ProgramRepository::open(hosts->local(), foreign.dir.path());
        CHECK(codeOf(denied) == ErrorCode::Denied);
        CHECK(denied.error().hint.find("safe.directory") != std::string::npos);
    }
}
