// SPDX-License-Identifier: Apache-2.0
#include "host/tests/ssh_fixture.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <dlfcn.h>
#include <mutex>
#include <netdb.h>
#include <thread>
#include <vector>

using namespace lathe;
using namespace lathe::host;

namespace {

// A question that is answered when the test says so.
class Question {
public:
    Prompts prompts(HostKeyAnswer answer) {
        Prompts prompts;
        prompts.unknownKey = [this, answer](const HostKeyQuestion&) {
            ++asked;
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [this] { return m_open; });
            return answer;
        };
        return prompts;
    }
    void open() {
        const std::lock_guard lock(m_mutex);
        m_open = true;
        m_changed.notify_all();
    }
    bool waitUntilAsked() const {
        for (int i = 0; i < 3000 && asked == 0; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return asked > 0;
    }
    std::atomic<int> asked = 0;

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_open = false;
};

// Long enough for a thread to come from its start into connect(), which nothing can tell from outside. If it
// is too short on a loaded machine the test proves less; it does not fail.
void letThemWait() {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
}

std::mutex resolverMutex;
std::condition_variable resolverChanged;
bool resolverAnswers = false;

}  // namespace

// Stands before the C library's: a resolver that is dead for one name.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** list) {
    if (name && std::strcmp(name, "dead-resolver.invalid") == 0) {
        std::unique_lock lock(resolverMutex);
        resolverChanged.wait(lock, [] { return resolverAnswers; });
        return EAI_AGAIN;
    }
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    return real(name, service, hints, list);
}

TEST_CASE("all who connect at once share one attempt and one question") {
    NEEDS_SSHD();
    for (const HostKeyAnswer answer : {HostKeyAnswer::Cancel, HostKeyAnswer::AcceptOnce}) {
        CAPTURE(answer == HostKeyAnswer::Cancel);
        Box box({}, "stranger");
        Question question;
        const Prompts prompts = question.prompts(answer);
        std::atomic<int> connected = 0, refused = 0;
        std::vector<std::jthread> threads;
        const auto connect = [&] {
            const auto result = box.host->connect(prompts);
            result ? ++connected : ++refused;
        };
        threads.emplace_back(connect);
        REQUIRE(question.waitUntilAsked());
        for (int i = 0; i < 7; ++i)
            threads.emplace_back(connect);
        letThemWait();
        question.open();
        threads.clear();
        CHECK(question.asked == 1);
        CHECK(connected == (answer == HostKeyAnswer::Cancel ? 0 : 8));
        CHECK(refused == (answer == HostKeyAnswer::Cancel ? 8 : 0));
        CHECK(box.sshd.connections() <= 2);
    }
}

TEST_CASE("who waits for another's attempt can be stopped, and disconnecting ends it") {
    NEEDS_SSHD();
    Box box({}, "stranger");
    Question question;
    const Prompts prompts = question.prompts(HostKeyAnswer::AcceptOnce);
    Result<> first;
    std::jthread owner([&] { first = box.host->connect(prompts); });
    REQUIRE(question.waitUntilAsked());
    std::stop_source stop;
    Result<> second;
    std::jthread waiter([&] { second = box.host->connect(prompts, stop.get_token()); });
    letThemWait();
    stop.request_stop();
    waiter.join();  // though the first still waits for its answer
    CHECK(codeOf(second) == ErrorCode::Cancelled);
    CHECK(box.host->state() == HostState::Connecting);
    std::jthread ending([&] { box.host->disconnect(); });
    letThemWait();
    question.open();
    ending.join();
    owner.join();
    CHECK_FALSE(first);
    CHECK(box.host->state() == HostState::Offline);
}

TEST_CASE("an attempt whose owner leaves is taken over by who still wants it") {
    NEEDS_SSHD();
    Box box({}, "stranger");
    Question first, second;
    const Prompts one = first.prompts(HostKeyAnswer::AcceptOnce);
    const Prompts two = second.prompts(HostKeyAnswer::AcceptOnce);
    second.open();
    std::stop_source stop;
    Result<> left, stayed;
    std::jthread owner([&] { left = box.host->connect(one, stop.get_token()); });
    REQUIRE(first.waitUntilAsked());
    std::jthread waiter([&] { stayed = box.host->connect(two); });
    letThemWait();
    stop.request_stop();
    first.open();
    owner.join();
    waiter.join();
    CHECK(codeOf(left) == ErrorCode::Cancelled);
    CHECK(stayed);
    CHECK(second.asked == 1);
}

TEST_CASE("who cannot be asked never asks, and who can does better than an attempt that could not") {
    NEEDS_SSHD();
    Box box({}, "stranger");
    std::mutex mutex;
    std::condition_variable changed;
    bool go = false;
    std::atomic<bool> reached = false;
    Prompts background;  // nobody to ask
    background.progress = [&](std::string_view step) {
        if (step != "host key")
            return;
        reached = true;
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return go; });
    };
    Result<> quiet, asking;
    std::jthread owner([&] { quiet = box.host->connect(background); });
    for (int i = 0; i < 3000 && !reached; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    REQUIRE(reached);
    Question question;
    question.open();
    std::vector<std::string> steps;
    Prompts foreground = question.prompts(HostKeyAnswer::AcceptOnce);
    foreground.progress = [&](std::string_view step) { steps.emplace_back(step); };
    std::jthread waiter([&] { asking = box.host->connect(foreground); });
    letThemWait();
    {
        const std::lock_guard lock(mutex);
        go = true;
        changed.notify_all();
    }
    owner.join();
    waiter.join();
    CHECK(codeOf(quiet) == ErrorCode::Denied);
    CHECK(asking);
    CHECK(question.asked == 1);
    CHECK(std::ranges::find(steps, "sign in") != steps.end());
}

TEST_CASE("connecting can be stopped while the resolver is dead") {
    NEEDS_SSHD();
    const Sshd sshd;
    sshd.addClientHost("lost-name", "    HostName dead-resolver.invalid");
    const auto hosts = Hosts::create(sshd.config());
    const auto host = hosts->get("lost-name").value();
    std::stop_source stop;
    Result<> result;
    std::jthread connecting([&] { result = host->connect({}, stop.get_token()); });
    letThemWait();
    CHECK(host->state() == HostState::Connecting);
    stop.request_stop();
    connecting.join();  // hangs if the lookup is waited for
    CHECK(codeOf(result) == ErrorCode::Cancelled);

    sshd.addClientHost("lost-soon", "    HostName dead-resolver.invalid\n    ConnectTimeout 1");
    const auto late = Hosts::create(sshd.config())->get("lost-soon").value()->connect({});
    CHECK(codeOf(late) == ErrorCode::Unavailable);
    CHECK(late.error().what.find("resolve") != std::string::npos);
    const std::lock_guard lock(resolverMutex);
    resolverAnswers = true;
    resolverChanged.notify_all();
}
