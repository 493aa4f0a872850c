// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/clock.h"
#include "core/file.h"
#include "host/host.h"
#include "tests/servers/sshd.h"

#include <chrono>
#include <doctest/doctest.h>
#include <memory>
#include <string>
#include <thread>

// Leaves the test, with the reason on the screen, where a server cannot be had.
#define NEEDS_SSHD()                                                                                         \
    if (const std::string why = Sshd::missing(); !why.empty()) {                                             \
        MESSAGE("skipped: " << why);                                                                         \
        return;                                                                                              \
    }

namespace lathe::host {

using lathe::test::Sshd;

ErrorCode codeOf(const auto& result) {
    return result ? ErrorCode::Internal : result.error().code;
}

struct Box {
    Sshd sshd;
    std::unique_ptr<Hosts> hosts;
    std::shared_ptr<Host> host;

    explicit Box(const std::string& extra = {}, const std::string& name = "box")
        : sshd(extra), hosts(Hosts::create(sshd.config())), host(hosts->get(name).value()) {}

    void connect() {
        const auto connected = host->connect({});
        REQUIRE_MESSAGE(connected, (connected ? "" : connected.error().text() + "\n" + sshd.log()));
    }
    bool waitFor(HostState state, double seconds = 15) const {
        const double end = monotonicSeconds() + seconds;
        while (host->state() != state && monotonicSeconds() < end)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return host->state() == state;
    }
};

inline std::string patterned(std::size_t size) {
    std::string bytes(size, 0);
    std::uint32_t state = 12345;
    for (char& c : bytes) {
        state = state * 1664525 + 1013904223;
        c = static_cast<char>(state >> 24);
    }
    return bytes;
}

}  // namespace lathe::host
