// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "host/host.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace lathe;
using namespace lathe::host;

namespace {

struct Fixture {
    std::unique_ptr<Hosts> hosts = Hosts::create();
    std::shared_ptr<Host> host = hosts->local();
    TempDir dir;
};

ErrorCode codeOf(const auto& result) {
    return result ? ErrorCode::Internal : result.error().code;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "write, read, stat and list agree") {
    const std::string path = dir / "a.txt";
    const auto version = host->write(path, "hello");
    REQUIRE(version);
    const auto content = host->read(path);
    REQUIRE(content);
    CHECK(content->bytes == "hello");
    CHECK(content->version == *version);
    const auto info = host->stat(path);
    REQUIRE(info);
    CHECK(info->kind == FileKind::File);
    CHECK(FileVersion{info->size, info->modified} == *version);
    CHECK(host->readFrom(path, 1, 3).value() == "ell");
    CHECK(host->readFrom(path, 99, 3).value().empty());

    REQUIRE(host->makeDirs(dir / "sub/deep"));
    REQUIRE(::symlink("a.txt", (dir / "link").c_str()) == 0);
    REQUIRE(::symlink("sub", (dir / "link-to-folder").c_str()) == 0);
    REQUIRE(::symlink("nothing", (dir / "dangling").c_str()) == 0);
    REQUIRE(writeFileAtomic(dir / "new\nline", ""));
    const auto entries = host->list(dir.path());
    REQUIRE(entries);
    REQUIRE(entries->size() == 6);
    CHECK((*entries)[0].name == "a.txt");
    CHECK((*entries)[1].name == "dangling");
    CHECK((*entries)[1].info.kind == FileKind::Link);
    CHECK((*entries)[2].name == "link");
    CHECK((*entries)[2].info.kind == FileKind::Link);
    CHECK((*entries)[2].info.size == 5);
    CHECK((*entries)[3].info.linkToFolder);
    CHECK((*entries)[4].name == "new\nline");
    CHECK((*entries)[5].info.kind == FileKind::Folder);
}

TEST_CASE_FIXTURE(Fixture, "a write with an expected version refuses a file that changed") {
    const std::string path = dir / "a.txt";
    const auto first = host->write(path, "one", FileVersion{});
    REQUIRE(first);
    CHECK(codeOf(host->write(path, "again", FileVersion{})) == ErrorCode::Exists);
    REQUIRE(host->write(path, "someone else's"));
    const auto refused = host->write(path, "mine", *first);
    CHECK(codeOf(refused) == ErrorCode::Exists);
    CHECK(refused.error().on == path);
    CHECK(host->read(path)->bytes == "someone else's");
    CHECK(host->write(path, "mine", host->read(path)->version));
    REQUIRE(host->remove(path, false));
    CHECK(codeOf(host->write(path, "mine", *first)) == ErrorCode::Exists);
}

TEST_CASE_FIXTURE(Fixture, "a write keeps the mode and goes through a link") {
    const std::string path = dir / "run.sh";
    REQUIRE(host->write(path, "#!/bin/sh\n"));
    REQUIRE(::chmod(path.c_str(), 0751) == 0);
    REQUIRE(::symlink("run.sh", (dir / "link").c_str()) == 0);
    REQUIRE(host->write(dir / "link", "#!/bin/sh\ntrue\n"));
    CHECK(host->stat(path)->mode == 0751);
    CHECK(host->stat(dir / "link")->kind == FileKind::Link);
    CHECK(host->read(path)->bytes == "#!/bin/sh\ntrue\n");
}

TEST_CASE_FIXTURE(Fixture, "what is no plain file is not written over") {
    REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    REQUIRE(::symlink("pipe", (dir / "link").c_str()) == 0);
    REQUIRE(host->makeDirs(dir / "folder"));
    for (const char* name : {"pipe", "link", "folder"}) {
        CAPTURE(name);
        CHECK(codeOf(host->write(dir / name, "x")) == ErrorCode::Invalid);
    }
    CHECK(host->stat(dir / "pipe")->kind == FileKind::Other);
    CHECK(host->stat(dir / "folder")->kind == FileKind::Folder);
}

TEST_CASE_FIXTURE(Fixture, "what cannot be read says why and does not hang") {
    CHECK(codeOf(host->read(dir / "none")) == ErrorCode::NotFound);
    CHECK(codeOf(host->read(dir.path())) == ErrorCode::Invalid);
    CHECK(codeOf(host->list(dir / "none")) == ErrorCode::NotFound);
    CHECK(codeOf(host->stat("relative")) == ErrorCode::Invalid);
    REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    CHECK(codeOf(host->read(dir / "pipe")) == ErrorCode::Invalid);
    CHECK(codeOf(host->readFrom(dir / "pipe", 0, 10)) == ErrorCode::Invalid);
    REQUIRE(host->write(dir / "large", std::string(1000, 'x')));
    CHECK(codeOf(host->read(dir / "large", 999)) == ErrorCode::Unsupported);
    CHECK(host->read(dir / "large", 1000)->bytes.size() == 1000);
    std::stop_source stopped;
    stopped.request_stop();
    CHECK(codeOf(host->read(dir / "large", 1000, stopped.get_token())) == ErrorCode::Cancelled);
    CHECK(host->read("/proc/self/stat")->bytes.size() > 10);
}

TEST_CASE_FIXTURE(Fixture, "rename never replaces, remove never follows links") {
    REQUIRE(host->write(dir / "a", "a"));
    REQUIRE(host->write(dir / "b", "b"));
    CHECK(codeOf(host->rename(dir / "a", dir / "b")) == ErrorCode::Exists);
    CHECK(host->read(dir / "b")->bytes == "b");
    REQUIRE(host->rename(dir / "a", dir / "c"));
    CHECK(codeOf(host->rename(dir / "a", dir / "d")) == ErrorCode::NotFound);

    REQUIRE(host->makeDirs(dir / "kept"));
    REQUIRE(host->write(dir / "kept/file", "x"));
    REQUIRE(host->makeDirs(dir / "tree/sub"));
    REQUIRE(host->write(dir / "tree/sub/f", "x"));
    REQUIRE(::symlink((dir / "kept").c_str(), (dir / "tree/link").c_str()) == 0);
    CHECK_FALSE(host->remove(dir / "tree", false));
    CHECK(host->remove(dir / "tree", true));
    CHECK(codeOf(host->stat(dir / "tree")) == ErrorCode::NotFound);
    CHECK(host->read(dir / "kept/file"));
    CHECK(codeOf(host->remove(dir / "tree", true)) == ErrorCode::NotFound);
    REQUIRE(::symlink((dir / "kept").c_str(), (dir / "link").c_str()) == 0);
    CHECK(host->remove(dir / "link", true));
    CHECK(host->read(dir / "kept/file"));
}
