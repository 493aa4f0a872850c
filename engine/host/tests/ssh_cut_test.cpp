// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"
#include "core/file.h"
#include "host/tests/collector.h"
#include "host/tests/ssh_fixture.h"

#include <atomic>
#include <thread>

using namespace lathe;
using namespace lathe::host;

TEST_CASE("a cut in the middle of a transfer and of programs is noticed, and connecting again goes on") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    Collector seen;
    auto stream = box.host->start({{"sleep", "100"}}, seen.callbacks());
    REQUIRE(stream);
    const std::string bytes = patterned(60'000'000);
    const std::string path = box.sshd.home() + "/large";
    Result<FileVersion> written;
    std::atomic<bool> returned = false;
    std::jthread writer([&] {
        // Again and again until the cut comes in the middle of one.
        while ((written = box.host->write(path, bytes))) {
        }
        returned = true;
    });
    Result<CommandOutput> ran;
    std::jthread runner([&] { ran = box.host->run({{"sleep", "100"}}); });
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    const double start = monotonicSeconds();
    box.sshd.cutConnections();
    REQUIRE(box.waitFor(HostState::Lost));
    writer.join();
    runner.join();
    const auto ended = seen.waitForEnd();
    MESSAGE("all told within " << monotonicSeconds() - start << " s: " << box.host->stateText());
    CHECK(returned);
    CHECK(codeOf(written) == ErrorCode::Unavailable);
    CHECK(codeOf(ran) == ErrorCode::Unavailable);
    CHECK(codeOf(ended) == ErrorCode::Unavailable);
    CHECK(codeOf(box.host->stat("/")) == ErrorCode::Unavailable);
    CHECK(codeOf(box.host->start({{"true"}}, {})) == ErrorCode::Unavailable);
    (*stream)->write("into the void");

    REQUIRE(box.host->connect({}));
    CHECK(box.host->state() == HostState::Connected);
    written = box.host->write(path, bytes);
    REQUIRE_MESSAGE(written, (written ? "" : written.error().text()));
    CHECK(readFile(path).value() == bytes);
    CHECK(box.host->run({{"echo", "back"}})->out == "back\n");
}

TEST_CASE("a network that swallows everything is noticed by its silence") {
    NEEDS_SSHD();
    Box box;  // asks every second, gives up after two unanswered
    box.connect();
    box.sshd.freezeConnections(true);
    const double start = monotonicSeconds();
    CHECK(codeOf(box.host->stat("/")) == ErrorCode::Unavailable);
    CHECK(box.waitFor(HostState::Lost));
    MESSAGE("noticed after " << monotonicSeconds() - start << " s: " << box.host->stateText());
    box.sshd.freezeConnections(false);
    CHECK(box.host->connect({}));
    CHECK(box.host->stat("/"));
}

TEST_CASE("a server that is gone while reconnecting leaves the host lost, not broken") {
    NEEDS_SSHD();
    Box box;
    box.connect();
    box.sshd.stop();
    REQUIRE(box.waitFor(HostState::Lost));
    CHECK(codeOf(box.host->connect({})) == ErrorCode::Unavailable);
    CHECK(box.host->state() == HostState::Lost);
    box.sshd.start();
    REQUIRE(box.host->connect({}));
    CHECK(box.host->stat("/"));
}
