// SPDX-License-Identifier: Apache-2.0
#include "launch/tests/run_fixture.h"

#include "launch/output_log.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lathe;
using launch::RunFixture;

namespace {

// A file system of a megabyte, or a reason why there is none.
class TinyDisk {
public:
    TinyDisk() {
        if (::mount("none", m_folder.path().c_str(), "tmpfs", 0, "size=1m") != 0)
            m_problem = std::strerror(errno);
    }
    ~TinyDisk() {
        if (m_problem.empty())
            ::umount2(m_folder.path().c_str(), MNT_DETACH);
    }
    const std::string& path() const { return m_folder.path(); }
    const std::string& problem() const { return m_problem; }

private:
    TempDir m_folder;
    std::string m_problem;
};

}  // namespace

TEST_CASE("a full disk never harms the command, and recording resumes when there is space") {
    const TinyDisk disk;
    if (!disk.problem().empty()) {
        MESSAGE("skipped: a tmpfs cannot be mounted here (", disk.problem(), "); run as root");
        return;
    }
    RunFixture runs(disk.path() + "/store");
    const TempDir outside;
    const std::string go = outside / "go", done = outside / "done";
    // 4 MB of output onto 1 MB of disk, with a metric before, during and after.
    const std::string id = runs.shell("echo loss=1 step=1; sleep 1.5; head -c 4000000 /dev/zero | tr '\\0' x; echo; echo loss=2 step=2; "
                                      "touch " + done + "; while [ ! -e " + go + " ]; do sleep 0.05; done; echo loss=3 step=3; echo end");
    RunFixture::waitFor("the command to get through", [&] { return exists(done); });
    REQUIRE(::truncate((runs.dirOf(id) + "/output.log").c_str(), 1000) == 0);
    REQUIRE(writeFileAtomic(go, ""));
    const Json end = runs.waitEnd(id);
    CHECK(getString(end, "state") == "finished");
    CHECK(runs.points(id, "loss") == std::vector<std::pair<std::int64_t, double>>{{1, 1}, {2, 2}, {3, 3}});
    const std::string output = runs.output(id);
    CHECK(output.find("of output are missing here") != std::string::npos);
    CHECK(output.ends_with("end\n"));
    const auto events = runs.events(id);
    CHECK(std::ranges::count_if(events, [](const Json& event) { return getString(event, "e") == "alert"; }) == 1);
}

TEST_CASE("a limit on file size costs output and not the command") {
    RunFixture runs;
    const auto request = runs.request({"sh", "-c", "head -c 400000 /dev/zero | tr '\\0' x; echo; echo through >&2; exit 4"});
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const rlimit limit{100'000, 100'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        ProcessOptions options;
        options.argv = {programPath("lathe-agent"), "start"};
        const auto done = lathe::runCommand(options, dumpJson(request.toJson()), 30);
        ::_exit(done && done->status.ok() ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WEXITSTATUS(status) == 0);
    const Json end = runs.waitEnd(request.spec.id);
    CHECK(getInt(end, "exit") == 4);  // not killed by SIGXFSZ
    CHECK(runs.output(request.spec.id).size() == 100'000);
}

TEST_CASE("a store that cannot be written is refused before anything starts") {
    const TempDir folder;
    REQUIRE(writeFileAtomic(folder / "file", "x"));
    RunFixture runs(folder / "file");
    const auto output = runs.agent({"start"}, dumpJson(runs.request({"true"}).toJson()));
    CHECK(output.status.code == exitCodeOf(ErrorCode::Exists));
    CHECK(output.err.find(folder / "file") != std::string::npos);
    CHECK(output.err.find("--store") != std::string::npos);
}

TEST_CASE("output that was dropped is told of in its place") {
    const TempDir folder;
    auto log = launch::OutputLog::open(folder / "output.log");
    REQUIRE(log);
    CHECK(log->append("one\n"));
    rlimit old{};
    ::getrlimit(RLIMIT_FSIZE, &old);
    const rlimit tight{6, old.rlim_max};
    ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &tight);
    CHECK_FALSE(log->append("two\n"));
    CHECK_FALSE(log->append("three\n"));
    CHECK(log->dropped() == 8);
    CHECK_FALSE(log->failure().empty());
    ::setrlimit(RLIMIT_FSIZE, &old);
    CHECK(log->append("four\n"));
    CHECK(log->dropped() == 0);
    const std::string text = readFile(folder / "output.log").value();
    CHECK(text.starts_with("one\ntw\n[lathe: 8 B of output are missing here"));
    CHECK(text.ends_with("]\nfour\n"));
}
