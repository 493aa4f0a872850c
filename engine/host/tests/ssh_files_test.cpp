// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"
#include "core/file.h"
#include "core/paths.h"
#include "host/tests/collector.h"
#include "host/tests/ssh_fixture.h"

#include <atomic>
#include <cmath>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace lathe;
using namespace lathe::host;

TEST_CASE("files: list, read, write, conflict, rename, remove") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    Host& host = *box.host;
    const std::string dir = box.sshd.home() + "/work";
    REQUIRE(host.makeDirs(dir + "/sub/deep"));
    REQUIRE(host.makeDirs(dir + "/sub/deep"));
    const auto version = host.write(dir + "/a.txt", "hello", FileVersion{});
    REQUIRE(version);
    CHECK(host.read(dir + "/a.txt")->bytes == "hello");
    CHECK(host.read(dir + "/a.txt")->version == *version);
    CHECK(host.readFrom(dir + "/a.txt", 1, 3).value() == "ell");
    CHECK(host.readFrom(dir + "/a.txt", 50, 3).value().empty());
    CHECK(codeOf(host.write(dir + "/a.txt", "again", FileVersion{})) == ErrorCode::Exists);
    CHECK(host.write(dir + "/a.txt", "longer text", *version));
    CHECK(codeOf(host.write(dir + "/a.txt", "mine", *version)) == ErrorCode::Exists);
    CHECK(host.read(dir + "/a.txt")->bytes == "longer text");

    REQUIRE(::chmod((dir + "/a.txt").c_str(), 0750) == 0);
    REQUIRE(::symlink("a.txt", (dir + "/link").c_str()) == 0);
    REQUIRE(::symlink("sub", (dir + "/link-to-folder").c_str()) == 0);
    REQUIRE(::symlink("nothing", (dir + "/dangling").c_str()) == 0);
    REQUIRE(host.write(dir + "/link", "through the link"));
    CHECK(host.stat(dir + "/link")->kind == FileKind::Link);
    CHECK(host.stat(dir + "/a.txt")->mode == 0750);
    CHECK(host.read(dir + "/a.txt")->bytes == "through the link");
    REQUIRE(host.write(dir + "/new\nline", ""));
    const auto entries = host.list(dir);
    REQUIRE(entries);
    // The same folder seen from this side: both hosts must tell alike, but for the fractions of seconds.
    auto local = box.hosts->local()->list(dir).value();
    REQUIRE(entries->size() == local.size());
    for (std::size_t i = 0; i < local.size(); ++i) {
        CAPTURE(local[i].name);
        CHECK((*entries)[i].name == local[i].name);
        CHECK((*entries)[i].info.kind == local[i].info.kind);
        CHECK((*entries)[i].info.size == local[i].info.size);
        CHECK((*entries)[i].info.mode == local[i].info.mode);
        CHECK((*entries)[i].info.linkToFolder == local[i].info.linkToFolder);
        CHECK((*entries)[i].info.modified == std::floor(local[i].info.modified));
    }

    CHECK(codeOf(host.rename(dir + "/a.txt", dir + "/sub")) == ErrorCode::Exists);
    CHECK(host.rename(dir + "/a.txt", dir + "/b.txt"));
    CHECK(codeOf(host.rename(dir + "/a.txt", dir + "/c.txt")) == ErrorCode::NotFound);
    CHECK(codeOf(host.read(dir + "/none")) == ErrorCode::NotFound);
    CHECK(codeOf(host.read(dir)) == ErrorCode::Invalid);
    CHECK(codeOf(host.list(dir + "/none")) == ErrorCode::NotFound);
    CHECK(codeOf(host.stat("relative")) == ErrorCode::Invalid);
    CHECK(host.read(dir + "/none").error().on == "box:" + dir + "/none");
    REQUIRE(::mkfifo((dir + "/pipe").c_str(), 0600) == 0);
    CHECK(codeOf(host.read(dir + "/pipe")) == ErrorCode::Invalid);
    CHECK(codeOf(host.read(dir + "/b.txt", 3)) == ErrorCode::Unsupported);

    REQUIRE(host.makeDirs(box.sshd.home() + "/kept"));
    REQUIRE(host.write(box.sshd.home() + "/kept/file", "x"));
    REQUIRE(::symlink((box.sshd.home() + "/kept").c_str(), (dir + "/sub/out").c_str()) == 0);
    CHECK_FALSE(host.remove(dir, false));
    CHECK(host.remove(dir, true));
    CHECK_FALSE(exists(dir));
    CHECK(exists(box.sshd.home() + "/kept/file"));
}

TEST_CASE("a written file keeps its mode whatever the umask, here and there alike") {
    NEEDS_SSHD();
    const mode_t before = ::umask(027);  // the server's too: it starts from here
    {
        Box box;
        box.connect();
        for (const auto& host : {box.hosts->local(), box.host}) {
            CAPTURE(host->id());
            const std::string path = box.sshd.home() + "/" + host->id() + ".txt";
            REQUIRE(host->write(path, "new"));
            CHECK(host->stat(path)->mode == 0640);
            for (const mode_t mode : {0664, 0775, 0604, 0600}) {
                REQUIRE(::chmod(path.c_str(), mode) == 0);
                REQUIRE(host->write(path, "changed"));
                CHECK(host->stat(path)->mode == mode);
            }
            REQUIRE(::mkfifo((path + ".pipe").c_str(), 0600) == 0);
            CHECK(codeOf(host->write(path + ".pipe", "x")) == ErrorCode::Invalid);
        }
    }
    ::umask(before);
}

TEST_CASE("a large file and a large folder arrive whole") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    const std::string bytes = patterned(20'000'003);
    const std::string path = box.sshd.home() + "/large";
    double start = monotonicSeconds();
    REQUIRE(box.host->write(path, bytes));
    MESSAGE("write: " << bytes.size() / 1e6 / (monotonicSeconds() - start) << " MB/s");
    CHECK(readFile(path).value() == bytes);
    start = monotonicSeconds();
    const auto content = box.host->read(path);
    MESSAGE("read: " << bytes.size() / 1e6 / (monotonicSeconds() - start) << " MB/s");
    REQUIRE(content);
    CHECK(content->bytes == bytes);
    CHECK(box.host->readFrom(path, 19'999'990, 1'000'000).value() == bytes.substr(19'999'990));

    const std::string many = box.sshd.home() + "/many";
    REQUIRE(makeDirs(many));
    for (int i = 0; i < 3000; ++i)
        REQUIRE(::close(::open((many + "/file-" + std::to_string(i)).c_str(), O_CREAT | O_WRONLY, 0644)) ==
                0);
    CHECK(box.host->list(many)->size() == 3000);
    std::stop_source stopped;
    stopped.request_stop();
    CHECK(codeOf(box.host->list(many, stopped.get_token())) == ErrorCode::Cancelled);
    CHECK(codeOf(box.host->read(path, bytes.size(), stopped.get_token())) == ErrorCode::Cancelled);
}

TEST_CASE("a watched remote file tells of its change, also after a reconnect") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    const std::string path = box.sshd.home() + "/seen";
    REQUIRE(writeFileAtomic(path, "1"));
    std::atomic<int> calls = 0;
    const auto watch = box.host->watch(path, [&] { ++calls; });
    REQUIRE(watch);
    CHECK(codeOf(box.host->watch(path + "-none", [] {})) == ErrorCode::NotFound);
    REQUIRE(writeFileAtomic(path, "22"));
    for (int i = 0; i < 1000 && calls == 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(calls == 1);
    box.sshd.cutConnections();
    REQUIRE(box.waitFor(HostState::Lost));
    REQUIRE(writeFileAtomic(path, "333"));
    REQUIRE(box.host->connect({}));
    for (int i = 0; i < 1000 && calls == 1; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(calls == 2);
}

TEST_CASE("the agent is sent once, checked, and sent again when it was tampered with") {
    NEEDS_SSHD();
    // Any small program of this machine stands for the agent: what counts is the way.
    const TempDir bin;
    REQUIRE(writeFileAtomic(bin / "lathe-agent", readFile("/bin/echo").value()));
    REQUIRE(::chmod((bin / "lathe-agent").c_str(), 0755) == 0);
    const char* before = std::getenv("LATHE_BIN_DIR");
    const std::string old = before ? before : "";
    ::setenv("LATHE_BIN_DIR", bin.path().c_str(), 1);
    Box box;
    box.connect();
    const auto path = box.host->agent();
    REQUIRE_MESSAGE(path, (path ? "" : path.error().text()));
    CHECK(path->starts_with(box.sshd.home() + "/.cache/lathe/agent/"));
    CHECK(readFile(*path).value() == readFile("/bin/echo").value());
    struct stat first {
    }, second{};
    REQUIRE(::stat(path->c_str(), &first) == 0);
    CHECK((first.st_mode & 07777) == 0700);
    CHECK(box.host->run({{*path, "it runs"}})->out == "it runs\n");

    box.host->disconnect();
    box.connect();
    CHECK(box.host->agent().value() == *path);
    REQUIRE(::stat(path->c_str(), &second) == 0);
    CHECK(first.st_ino == second.st_ino);  // not sent again

    box.host->disconnect();
    std::string bytes = readFile(*path).value();
    bytes[bytes.size() / 2] ^= 1;
    REQUIRE(writeFileAtomic(*path, bytes));
    box.connect();
    CHECK(box.host->agent().value() == *path);
    CHECK(readFile(*path).value() == readFile("/bin/echo").value());

    SUBCASE("one that cannot run there is unsupported, with what is missing") {
        std::string foreign = readFile("/bin/echo").value();
        foreign[18] = static_cast<char>(183);  // says aarch64
        REQUIRE(writeFileAtomic(bin / "lathe-agent", foreign));
        box.host->disconnect();
        box.connect();
        const auto refused = box.host->agent();
        CHECK(codeOf(refused) == ErrorCode::Unsupported);
        CHECK(refused.error().hint.find("runs") != std::string::npos);
    }
    SUBCASE("one that fails there is unsupported") {
        REQUIRE(writeFileAtomic(bin / "lathe-agent", readFile("/bin/false").value()));
        box.host->disconnect();
        box.connect();
        CHECK(codeOf(box.host->agent()) == ErrorCode::Unsupported);
    }
    SUBCASE("none here") {
        REQUIRE(removeTree(bin / "lathe-agent"));
        box.host->disconnect();
        box.connect();
        const auto none = box.host->agent();
        if (findInPath("lathe-agent").empty())
            CHECK(codeOf(none) == ErrorCode::Unsupported);
    }
    ::setenv("LATHE_BIN_DIR", old.c_str(), 1);
}

TEST_CASE("a home that runs no programs is told of, and all else works there") {
    NEEDS_SSHD();
    const TempDir place;
    ProcessOptions mount;
    mount.argv = {"mount", "-t", "tmpfs", "-o", "noexec,size=64m", "tmpfs", place.path()};
    const auto mounted = runCommand(mount, {}, 30);
    if (!mounted || !mounted->status.ok()) {
        MESSAGE("skipped: may not mount a file system");
        return;
    }
    const struct Unmount {
        std::string path;
        ~Unmount() { (void)runCommand({.argv = {"umount", "-l", path}}, {}, 30); }
    } unmount{place.path()};
    const TempDir bin;
    REQUIRE(writeFileAtomic(bin / "lathe-agent", readFile("/bin/echo").value()));
    REQUIRE(::chmod((bin / "lathe-agent").c_str(), 0755) == 0);
    const char* before = std::getenv("LATHE_BIN_DIR");
    const std::string old = before ? before : "";
    ::setenv("LATHE_BIN_DIR", bin.path().c_str(), 1);
    Box box("SetEnv HOME=" + place.path());
    box.connect();
    REQUIRE(box.host->home().value() == place.path());
    const auto agent = box.host->agent();
    CHECK(codeOf(agent) == ErrorCode::Unsupported);
    CHECK(agent.error().what.find("noexec") != std::string::npos);
    CHECK(agent.error().hint.find("runs") != std::string::npos);
    REQUIRE(box.host->write(place / "file", "x"));
    CHECK(box.host->read(place / "file")->bytes == "x");
    CHECK(box.host->run({{"echo", "hi"}})->out == "hi\n");
    Collector seen;
    auto terminal = box.host->start({{}, "", {}, PtySize{}}, seen.callbacks());
    REQUIRE(terminal);
    (*terminal)->write("echo $((40+2)); exit\n");
    CHECK(seen.waitForEnd());
    CHECK(seen.out().find("42") != std::string::npos);
    ::setenv("LATHE_BIN_DIR", old.c_str(), 1);
}
