// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"

#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lathe;

TEST_CASE("an atomic write replaces the content, keeps the mode and leaves nothing beside it") {
    const TempDir dir;
    const std::string path = dir / "a.txt";
    REQUIRE(writeFileAtomic(path, "one"));
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    REQUIRE(writeFileAtomic(path, "two"));
    CHECK(readFile(path).value() == "two");
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    CHECK(listDir(dir.path()).value() == std::vector<std::string>{"a.txt"});
}

TEST_CASE("an atomic write keeps mode, owner and group of what it replaces, whatever the umask") {
    const TempDir dir;
    const std::string path = dir / "a.txt";
    const mode_t before = ::umask(077);
    REQUIRE(writeFileAtomic(path, "one"));
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0600);  // of a new file the umask decides
    for (const mode_t mode : {0664, 0775, 0604, 0400}) {
        REQUIRE(::chmod(path.c_str(), mode) == 0);
        REQUIRE(writeFileAtomic(path, "two"));
        REQUIRE(::stat(path.c_str(), &info) == 0);
        CHECK((info.st_mode & 07777) == mode);
    }
    if (::getuid() == 0) {
        REQUIRE(::chown(path.c_str(), 12345, 23456) == 0);
        REQUIRE(::chmod(path.c_str(), 02664) == 0);
        REQUIRE(writeFileAtomic(path, "three"));
        REQUIRE(::stat(path.c_str(), &info) == 0);
        CHECK(info.st_uid == 12345);
        CHECK(info.st_gid == 23456);
        CHECK((info.st_mode & 07777) == 02664);
        // A user who is not in the group: what the group might do, only its members might.
        REQUIRE(::chmod(dir.path().c_str(), 0777) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            const bool dropped = ::setgid(34567) == 0 && ::setuid(12345) == 0;
            ::_exit(dropped && writeFileAtomic(path, "four") ? 0 : 1);
        }
        int status = -1;
        ::waitpid(child, &status, 0);
        CHECK(status == 0);
        REQUIRE(::stat(path.c_str(), &info) == 0);
        CHECK(info.st_gid == 34567);
        CHECK((info.st_mode & 07777) == 0644);
    }
    ::umask(before);
}

TEST_CASE("a failed atomic write leaves the old content") {
    const TempDir dir;
    const std::string path = dir / "a.txt";
    REQUIRE(writeFileAtomic(path, "old"));
    const pid_t child = ::fork();
    if (child == 0) {  // a full disk, played by a limit on the size of files
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{1000, 1000};
        ::setrlimit(RLIMIT_FSIZE, &small);
        const auto result = writeFileAtomic(path, std::string(100000, 'x'));
        ::_exit(!result && result.error().code == ErrorCode::Full ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    CHECK(readFile(path).value() == "old");
    CHECK(listDir(dir.path())->size() == 1);
}

TEST_CASE("reading has a limit, an offset and an error that names the file") {
    const TempDir dir;
    REQUIRE(writeFileAtomic(dir / "f", "0123456789"));
    CHECK(readFileFrom(dir / "f", 4, 3).value() == "456");
    CHECK(readFileFrom(dir / "f", 8, 100).value() == "89");
    CHECK(readFileFrom(dir / "f", 50, 100).value().empty());
    CHECK(readFile(dir / "f", 10).value().size() == 10);
    CHECK(readFile(dir / "f", 9).error().code == ErrorCode::Unsupported);
    const auto missing = readFile(dir / "none");
    CHECK(missing.error().code == ErrorCode::NotFound);
    CHECK(missing.error().on == dir / "none");
}

TEST_CASE("removing a tree never follows a link out of it") {
    const TempDir dir;
    REQUIRE(makeDirs(dir / "keep"));
    REQUIRE(writeFileAtomic(dir / "keep/precious", "x"));
    REQUIRE(makeDirs(dir / "tree/a/b"));
    REQUIRE(writeFileAtomic(dir / "tree/a/f", "x"));
    REQUIRE(::symlink((dir / "keep").c_str(), (dir / "tree/a/link").c_str()) == 0);
    REQUIRE(removeTree(dir / "tree"));
    CHECK_FALSE(exists(dir / "tree"));
    CHECK(exists(dir / "keep/precious"));
    CHECK(removeTree(dir / "tree"));  // already gone is fine
}

TEST_CASE("making folders says what stands in the way") {
    const TempDir dir;
    REQUIRE(writeFileAtomic(dir / "file", "x"));
    CHECK_FALSE(makeDirs(dir / "file/sub"));
    REQUIRE(makeDirs(dir / "x/y/z"));
    CHECK(isDirectory(dir / "x/y/z"));
    CHECK(makeDirs(dir / "x/y/z"));
}

TEST_CASE("a file descriptor is closed once by its owner") {
    UniqueFd a(::dup(1));
    const int number = a.get();
    UniqueFd b = std::move(a);
    CHECK_FALSE(a);
    CHECK(b.get() == number);
    b.reset();
    CHECK(::fcntl(number, F_GETFD) == -1);
}
