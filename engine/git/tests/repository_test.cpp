// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "core/paths.h"
#include "core/process.h"
#include "core/text.h"
#include "git/libgit_repository.h"
#include "git/program_repository.h"

#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

using namespace lathe;
using namespace lathe::git;

namespace {

// A configuration of its own for all of git in this process: nobody's name, hooks or filters get in.
const TempDir& gitHome() {
    static const TempDir home;
    static const bool once = [] {
        ::setenv("HOME", home.path().c_str(), 1);
        ::setenv("XDG_CONFIG_HOME", (home / ".config").c_str(), 1);
        ::setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
        (void)writeFileAtomic(home / ".gitconfig",
                              "[user]\n\tname = Ada Example\n\temail = ada@example.org\n"
                              "[init]\n\tdefaultBranch = main\n[protocol \"file\"]\n\tallow = always\n");
        return true;
    }();
    (void)once;
    return home;
}

ErrorCode codeOf(const auto& result) {
    return result ? ErrorCode::Internal : result.error().code;
}

// A real repository, made by the git program, and opened by one of the two implementations.
struct Repo {
    TempDir dir;
    std::string backend;
    std::unique_ptr<host::Hosts> hosts = host::Hosts::create();
    std::unique_ptr<Repository> repo;

    explicit Repo(std::string name, const std::vector<std::string>& options = {}) : backend(std::move(name)) {
        gitHome();
        std::vector<std::string> init = {"init", "-q"};
        init.insert(init.end(), options.begin(), options.end());
        git(init);
        open();
    }
    void open() {
        auto opened = backend == "git" ? ProgramRepository::open(hosts->local(), dir.path())
                                       : LibgitRepository::open(dir.path());
        REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().text()));
        repo = std::move(*opened);
    }
    std::string git(const std::vector<std::string>& words, bool mayFail = false) const {
        ProcessOptions options;
        options.argv = {"git"};
        options.argv.insert(options.argv.end(), words.begin(), words.end());
        options.cwd = dir.path();
        const auto output = runCommand(options);
        REQUIRE(output);
        if (!mayFail)
            REQUIRE_MESSAGE(output->status.ok(), (join(words, " ") + ": " + output->err));
        return output->out;
    }
    void write(const std::string& path, const std::string& text) const {
        REQUIRE(makeDirs(parentPath(dir / path)));
        REQUIRE(writeFileAtomic(dir / path, text));
    }
    std::string read(const std::string& path) const { return readFile(dir / path).value_or("(none)"); }
    void commitAll(const std::string& message) const {
        git({"add", "-A"});
        git({"commit", "-q", "-m", message});
    }
    std::string staged(const std::string& path) const { return git({"show", ":" + path}); }
};

#define BOTH_BACKENDS(name)                                                                                  \
    if (findInPath("git").empty()) {                                                                         \
        MESSAGE("skipped: git is missing");                                                                  \
        return;                                                                                              \
    }                                                                                                        \
    for (const std::string name : {"libgit2", "git"})

char letterOf(Change change) {
    switch (change) {
    case Change::None: return ' ';
    case Change::Added: return 'A';
    case Change::Modified: return 'M';
    case Change::Deleted: return 'D';
    case Change::Renamed: return 'R';
    case Change::TypeChanged: return 'T';
    }
    return '?';
}

// As `git status --porcelain -z` writes it; all kinds of conflict as one.
std::set<std::string> linesOf(const Status& status) {
    std::set<std::string> lines;
    for (const FileStatus& file : status.files) {
        if (file.conflicted)
            lines.insert("UU " + file.path);
        else if (file.untracked)
            lines.insert("?? " + file.path);
        else
            lines.insert(std::string{letterOf(file.staged), letterOf(file.unstaged), ' '} + file.path +
                         (file.oldPath.empty() ? "" : " <- " + file.oldPath));
    }
    return lines;
}

std::set<std::string> porcelain(const Repo& repo) {
    std::set<std::string> lines;
    auto records = split(repo.git({"status", "--porcelain", "-z"}), '\0');
    for (std::size_t i = 0; i < records.size(); ++i) {
        std::string line = records[i];
        if (line.empty())
            continue;
        for (const char* conflict : {"DD", "AU", "UD", "UA", "DU", "AA", "UU"}) {
            if (line.starts_with(conflict))
                line.replace(0, 2, "UU");
        }
        if (line[0] == 'R')
            line += " <- " + records[++i];
        lines.insert(line);
    }
    return lines;
}

std::string numbered(int from, int to) {
    std::string text;
    for (int i = from; i <= to; ++i)
        text += "line " + std::to_string(i) + "\n";
    return text;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

const std::string hostileNames[] = {"with space",
                                    "-rf",
                                    "new\nline",
                                    "\"quoted\"",
                                    "[a]*?.txt",
                                    ":(top)x",
                                    "\xE2\x80\xAE"
                                    "bidi",
                                    "größe",
                                    "back\\slash",
                                    "#hash",
                                    "\xff\xfe",
                                    "a'b$c`d"};

}  // namespace

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

TEST_CASE("a difference has hunks with numbers on both sides") {
    BOTH_BACKENDS(backend) {
        CAPTURE(backend);
        Repo r(backend);
        const std::string before = numbered(1, 40);
        r.write("f", before);
        r.write("no-newline", "a\nb");
        r.write("crlf", "a\r\nb\r\n");
        r.write("binary", std::string("\0\1\2", 3));
        r.write("large", std::string(100'000, 'x') + "\n");
        r.commitAll("first");
        const std::string after =
            replaced(replaced(before, "line 5\n", "LINE 5\nLINE 5b\n"), "line 30\n", "");
        r.write("f", after);
        const auto diff = r.repo->diff("f", DiffSide::Unstaged);
        REQUIRE(diff);
        CHECK(diff->change == Change::Modified);
        CHECK(diff->added == 2);
        CHECK(diff->removed == 2);
        REQUIRE(diff->hunks.size() == 2);
        CHECK(diff->hunks[0].oldStart == 2);
        CHECK(diff->hunks[0].oldLines == 7);
        CHECK(diff->hunks[0].newLines == 8);
        CHECK(diff->hunks[1].oldStart == 27);
        CHECK(diff->hunks[1].newStart == 28);
        CHECK(diff->hunks[0].lines[3].oldNumber == 5);
        CHECK(diff->hunks[0].lines[4].newNumber == 5);
        CHECK(codeOf(r.repo->diff("f", DiffSide::Staged)) == ErrorCode::NotFound);
        CHECK(codeOf(r.repo->diff("none", DiffSide::Unstaged)) != ErrorCode::Internal);
        CHECK(r.repo->diff("f", DiffSide::Unstaged, {.context = 0})->hunks[0].lines.size() == 3);
        CHECK(r.repo->diff("f", DiffSide::Unstaged, {.maxFileBytes = 10})->tooLarge);
        CHECK(r.repo->diff("f", DiffSide::Unstaged, {.maxLines = 3})->tooLarge);

        r.write("no-newline", "a\nB");
        const auto open = r.repo->diff("no-newline", DiffSide::Unstaged);
        REQUIRE(open);
        REQUIRE(open->hunks.at(0).lines.size() == 3);
        CHECK(open->hunks[0].lines[1].endsFile);
        CHECK(open->hunks[0].lines[2].endsFile);
        r.write("crlf", "a\r\nB\r\n");
        CHECK(r.repo->diff("crlf", DiffSide::Unstaged)->hunks.at(0).lines.at(2).text == "B\r");
        r.write("binary", std::string("\0\1\3", 3));
        CHECK(r.repo->diff("binary", DiffSide::Unstaged)->binary);
        r.write("new", "x\ny\n");
        const auto fresh = r.repo->diff("new", DiffSide::Unstaged);
        REQUIRE(fresh);
        CHECK(fresh->change == Change::Added);
        CHECK(fresh->hunks.at(0).lines.size() == 2);
        ::unlink((r.dir / "large").c_str());
        CHECK(r.repo->diff("large", DiffSide::Unstaged)->change == Change::Deleted);
        CHECK(r.repo->diffAll(DiffSide::Unstaged)->size() == 6);
        CHECK(r.repo->diffAll(DiffSide::Staged)->empty());

        CHECK(r.repo->content("f", Version::Head).value() == before);
        CHECK(r.repo->content("f", Version::Index).value() == before);
        CHECK(r.repo->content("f", Version::Working).value() == after);
        CHECK(r.repo->content("binary", Version::Head).value() == std::string("\0\1\2", 3));
        CHECK(codeOf(r.repo->content("new", Version::Head)) == ErrorCode::NotFound);
        for (const char* path : {"../x", "/etc/passwd", "", ".git/config", "a/../../x", "./f"}) {
            CHECK(codeOf(r.repo->content(path, Version::Working)) == ErrorCode::Invalid);
            CHECK(codeOf(r.repo->discard({path})) == ErrorCode::Invalid);
        }
    }
}

TEST_CASE("hunks are staged, unstaged and discarded one at a time") {
    BOTH_BACKENDS(backend) {
        CAPTURE(backend);
        Repo r(backend);
        const std::string before = numbered(1, 40);
        const std::string one = replaced(before, "line 5\n", "LINE 5\n");
        const std::string two = replaced(before, "line 30\n", "LINE 30\n");
        const std::string both = replaced(one, "line 30\n", "LINE 30\n");
        r.write("f", before);
        REQUIRE(::chmod((r.dir / "f").c_str(), 0755) == 0);
        r.commitAll("first");
        r.write("f", both);
        const auto diff = r.repo->diff("f", DiffSide::Unstaged);
        REQUIRE(diff->hunks.size() == 2);
        const auto done = r.repo->stageHunk("f", diff->hunks[1]);
        REQUIRE_MESSAGE(done, (done ? "" : done.error().text()));
        CHECK(r.staged("f") == two);
        CHECK(r.read("f") == both);
        CHECK(r.git({"ls-files", "-s", "f"}).starts_with("100755"));
        CHECK(r.repo->diff("f", DiffSide::Unstaged)->hunks == std::vector<Hunk>{diff->hunks[0]});

        const auto staged = r.repo->diff("f", DiffSide::Staged);
        REQUIRE(staged->hunks.size() == 1);
        REQUIRE(r.repo->unstageHunk("f", staged->hunks[0]));
        CHECK(r.staged("f") == before);
        CHECK(linesOf(*r.repo->status()) == porcelain(r));

        REQUIRE(r.repo->discardHunk("f", diff->hunks[0]));
        CHECK(r.read("f") == two);
        CHECK(::access((r.dir / "f").c_str(), X_OK) == 0);
        CHECK(codeOf(r.repo->discardHunk("f", diff->hunks[0])) == ErrorCode::Exists);
        r.write("f", before);
        CHECK(codeOf(r.repo->stageHunk("f", diff->hunks[1])) == ErrorCode::Exists);
        CHECK(r.staged("f") == before);
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

TEST_CASE("hunks of hostile names, of files without a last newline, with CRLF, and deletions") {
    BOTH_BACKENDS(backend) {
        CAPTURE(backend);
        Repo r(backend);
        for (const std::string& name : hostileNames)
            r.write(name, "a\nb\nc\n");
        r.write("open", "a\nb");
        r.write("crlf", "a\r\nb\r\n");
        r.write("gone", "a\n");
        r.commitAll("first");
        const auto stageOnly = [&](const std::string& path, const std::string& text) {
            CAPTURE(escapedForDisplay(path));
            r.write(path, text);
            const auto diff = r.repo->diff(path, DiffSide::Unstaged);
            REQUIRE_MESSAGE(diff, (diff ? "" : diff.error().text()));
            REQUIRE(diff->hunks.size() == 1);
            const auto done = r.repo->stageHunk(path, diff->hunks[0]);
            REQUIRE_MESSAGE(done, (done ? "" : done.error().text()));
            CHECK(codeOf(r.repo->diff(path, DiffSide::Unstaged)) == ErrorCode::NotFound);
            CHECK(r.repo->content(path, Version::Index).value() == text);
            REQUIRE(r.repo->unstageHunk(path, r.repo->diff(path, DiffSide::Staged)->hunks.at(0)));
            REQUIRE(r.repo->discardHunk(path, r.repo->diff(path, DiffSide::Unstaged)->hunks.at(0)));
            CHECK(r.read(path) == r.repo->content(path, Version::Head).value());
        };
        for (const std::string& name : hostileNames)
            stageOnly(name, "a\nB\nc\n");
        stageOnly("open", "a\nb\nc");
        stageOnly("open", "a\nb\n");
        stageOnly("crlf", "a\r\nB\r\n");
        ::unlink((r.dir / "gone").c_str());
        const auto gone = r.repo->diff("gone", DiffSide::Unstaged);
        REQUIRE(gone);
        REQUIRE(r.repo->stageHunk("gone", gone->hunks.at(0)));
        CHECK(r.git({"status", "--porcelain"}) == "D  gone\n");
        REQUIRE(r.repo->unstageHunk("gone", r.repo->diff("gone", DiffSide::Staged)->hunks.at(0)));
        REQUIRE(r.repo->discardHunk("gone", r.repo->diff("gone", DiffSide::Unstaged)->hunks.at(0)));
        CHECK(r.read("gone") == "a\n");
        CHECK(r.git({"status", "--porcelain"}).empty());
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
