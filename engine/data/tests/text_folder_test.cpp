// SPDX-License-Identifier: Apache-2.0
#include "data/text_folder.h"

#include "core/file.h"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using lathe::ErrorCode;
using lathe::TempDir;
using lathe::data::TextFolder;

namespace {

void write(const std::string& path, std::string_view bytes) {
    REQUIRE(lathe::makeDirs(path.substr(0, path.rfind('/'))));
    REQUIRE(lathe::writeFileAtomic(path, bytes));
}

std::string pathsOf(const TextFolder& folder) {
    std::string text;
    for (const auto& file : folder.files())
        text += file.path + " ";
    return text;
}

}  // namespace

TEST_CASE("a text folder holds its text files in order of path and skips the rest") {
    const TempDir dir;
    write(dir / "b.txt", "bee");
    write(dir / "a/z.py", "zed");
    write(dir / "a/b/c.md", "cee");
    write(dir / "picture.bin", std::string_view("ab\0cd", 5));
    write(dir / "empty.txt", "");
    write(dir / ".git/config", "hidden");
    write(dir / "build/out.txt", "built");
    write(dir / "out-dev/CMakeCache.txt", "built");
    write(dir / "out-dev/notes.txt", "built");
    REQUIRE(::symlink("b.txt", (dir / "link.txt").c_str()) == 0);
    REQUIRE(::symlink(".", (dir / "loop").c_str()) == 0);

    const auto folder = TextFolder::open(dir.path());
    REQUIRE(folder);
    CHECK(pathsOf(*folder) == "a/b/c.md a/z.py b.txt ");
    CHECK(folder->bytes() == 9);
    std::string bytes(2, ' ');
    REQUIRE(folder->read(1, 1, bytes));
    CHECK(bytes == "ed");
}

TEST_CASE("a saved file does not change a folder that is open, and a fingerprint tells two texts apart") {
    const TempDir dir;
    write(dir / "a.txt", "first");
    const auto before = TextFolder::open(dir.path());
    write(dir / "a.txt", "other");
    const auto after = TextFolder::open(dir.path());
    REQUIRE((before && after));
    std::string bytes(5, ' ');
    REQUIRE(before->read(0, 0, bytes));
    CHECK(bytes == "first");
    CHECK(before->fingerprint() != after->fingerprint());
    CHECK(after->fingerprint() == TextFolder::open(dir.path())->fingerprint());
}

TEST_CASE("a large file is read from disk, and its loss of bytes is an error that names it") {
    const TempDir dir;
    const std::string path = dir / "large.txt";
    std::string text(3 << 20, 'x');
    text[2'500'000] = 'y';
    write(path, text);
    const auto folder = TextFolder::open(dir.path());
    REQUIRE(folder);
    std::string bytes(3, ' ');
    REQUIRE(folder->read(0, 2'499'999, bytes));
    CHECK(bytes == "xyx");

    REQUIRE(::truncate(path.c_str(), 2'000'000) == 0);
    const auto shortened = folder->read(0, 2'499'999, bytes);
    REQUIRE(!shortened);
    CHECK(shortened.error().on == path);
}

TEST_CASE("one file is a folder of one") {
    const TempDir dir;
    write(dir / "only.txt", "all of it");
    const auto folder = TextFolder::open(dir / "only.txt");
    REQUIRE(folder);
    std::string bytes(3, ' ');
    REQUIRE(folder->read(0, 4, bytes));
    CHECK(bytes == "of ");
}

TEST_CASE("what cannot be trained on is an error that names it") {
    const TempDir dir;
    SUBCASE("no such folder") {
        const auto folder = TextFolder::open(dir / "missing");
        REQUIRE(!folder);
        CHECK(folder.error().code == ErrorCode::NotFound);
        CHECK(folder.error().on == dir / "missing");
    }
    SUBCASE("nothing in it") {
        const auto folder = TextFolder::open(dir.path());
        REQUIRE(!folder);
        CHECK(folder.error().code == ErrorCode::Invalid);
        CHECK(folder.error().text().find("no text") != std::string::npos);
    }
    SUBCASE("only binary files in it") {
        write(dir / "a.bin", std::string_view("\0", 1));
        CHECK(!TextFolder::open(dir.path()));
    }
    SUBCASE("a file that may not be read") {
        write(dir / "secret.txt", "secret");
        REQUIRE(::chmod((dir / "secret.txt").c_str(), 0) == 0);
        REQUIRE(::chmod(dir.path().c_str(), 0755) == 0);
        // In a child that is not root, for whom no file is unreadable.
        const pid_t child = ::fork();
        if (child == 0) {
            if (::geteuid() == 0 && ::setuid(65534) != 0)
                ::_exit(3);
            const auto folder = TextFolder::open(dir.path());
            const bool named = !folder && folder.error().code == ErrorCode::Denied &&
                               folder.error().on == dir / "secret.txt";
            ::_exit(named ? 0 : 1);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(WEXITSTATUS(status) == 0);
    }
}
