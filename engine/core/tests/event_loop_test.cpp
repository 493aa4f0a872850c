// SPDX-License-Identifier: Apache-2.0
#include "core/event_loop.h"

#include <csignal>
#include <doctest/doctest.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace lathe;

TEST_CASE("timers run in the order of their time and can be cancelled") {
    EventLoop loop;
    std::string order;
    loop.after(0.03, [&] { order += 'c'; });
    loop.after(0.01, [&] { order += 'a'; });
    const int cancelled = loop.after(0.015, [&] { order += 'x'; });
    loop.after(0.02, [&] { order += 'b'; });
    loop.cancelTimer(cancelled);
    loop.after(0.05, [&] { loop.quit(); });
    loop.run();
    CHECK(order == "abc");
}

TEST_CASE("a repeating timer may cancel itself") {
    EventLoop loop;
    int count = 0;
    int key = 0;
    key = loop.every(0.005, [&] {
        if (++count == 3) {
            loop.cancelTimer(key);
            loop.after(0.03, [&] { loop.quit(); });
        }
    });
    loop.run();
    CHECK(count == 3);
}

TEST_CASE("work posted by other threads runs on the loop's thread") {
    EventLoop loop;
    int count = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 1000; ++i)
                loop.post([&] {
                    if (++count == 4000)
                        loop.quit();
                });
        });
    }
    loop.run();
    for (auto& thread : threads)
        thread.join();
    CHECK(count == 4000);
}

TEST_CASE("readiness, hang-up and unwatching from inside a callback") {
    EventLoop loop;
    int fds[2];
    REQUIRE(::pipe(fds) == 0);
    UniqueFd read(fds[0]), write(fds[1]);
    std::string got;
    loop.watch(read.get(), EventLoop::Readable, [&](unsigned) {
        char c = 0;
        if (::read(read.get(), &c, 1) == 1) {
            got += c;
        } else {
            loop.unwatch(read.get());
            loop.quit();
        }
    });
    REQUIRE(::write(write.get(), "hi", 2) == 2);
    write.reset();
    loop.run();
    CHECK(got == "hi");
}

TEST_CASE("signals arrive as callbacks") {
    EventLoop loop;
    int seen = 0;
    loop.onSignal(SIGUSR1, [&](int number) {
        seen = number;
        loop.quit();
    });
    ::kill(::getpid(), SIGUSR1);
    loop.run();
    CHECK(seen == SIGUSR1);
}
