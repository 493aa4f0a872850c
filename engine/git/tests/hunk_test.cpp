// SPDX-License-Identifier: Apache-2.0
#include "git/tests/repository_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

using namespace lathe;
using namespace lathe::git;

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
