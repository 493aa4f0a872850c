// SPDX-License-Identifier: Apache-2.0
#include "interop/collector.h"

#include "core/clock.h"
#include "core/event_loop.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace lathe::interop {
namespace {

constexpr double kPollSeconds = 0.25;
constexpr double kOrphanSeconds = 2;

// Into supervisor.log, like what the supervisor itself complains of. Not fmt::print, which throws on a full
// disk.
void complain(const std::string& problem) {
    std::fputs(fmt::format("{} {}\n", isoTimeText(wallSeconds()), problem).c_str(), stderr);
}

class Collector {
public:
    Collector(const RunEnvironment& environment, CollectJournal& journal,
              std::vector<std::unique_ptr<WayIn>> ways, int inFd)
        : m_environment(environment), m_journal(journal), m_ways(std::move(ways)), m_inFd(inFd) {}

    std::map<std::string, std::string> start();
    void run();

private:
    // A way that throws is out of order for good; the others go on.
    template <class Action> void guarded(std::unique_ptr<WayIn>& way, const Action& action);
    void poll();
    void hear();
    void lookForRun();
    void finish();

    const RunEnvironment& m_environment;
    CollectJournal& m_journal;
    std::vector<std::unique_ptr<WayIn>> m_ways;
    int m_inFd;
    std::string m_heard;
    EventLoop m_loop;
};

template <class Action> void Collector::guarded(std::unique_ptr<WayIn>& way, const Action& action) {
    try {
        action();
    } catch (const std::exception& problem) {
        complain(
            fmt::format("{}: {}; this way in is off for the rest of the run", way->name(), problem.what()));
        way.reset();
    }
}

std::map<std::string, std::string> Collector::start() {
    std::map<std::string, std::string> variables;
    for (auto& way : m_ways) {
        guarded(way, [&] {
            if (const auto started = way->start(); !started) {
                complain(fmt::format("{}: {}", way->name(), started.error().text()));
                way.reset();
                return;
            }
            variables.merge(way->environment());
        });
    }
    std::erase(m_ways, nullptr);
    return variables;
}

void Collector::poll() {
    bool more = false;
    for (auto& way : m_ways)
        guarded(way, [&] { more |= way->poll(); });
    std::erase(m_ways, nullptr);
    m_journal.settle();
    m_loop.after(more ? 0 : kPollSeconds, [this] { poll(); });
}

void Collector::hear() {
    char buffer[64];
    const ssize_t got = ::read(m_inFd, buffer, sizeof buffer);
    if (got > 0 && m_heard.size() < sizeof buffer)
        m_heard.append(buffer, static_cast<std::size_t>(got));
    if (m_heard.find("finish\n") != std::string::npos) {
        finish();
    } else if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
        m_loop.unwatch(m_inFd);
        lookForRun();
    }
}

void Collector::lookForRun() {
    if (m_environment.processes().empty())
        finish();
    else
        m_loop.after(kOrphanSeconds, [this] { lookForRun(); });
}

void Collector::finish() {
    m_journal.hurry();
    for (auto& way : m_ways)
        guarded(way, [&] { way->finish(); });
    m_journal.finish();
    m_loop.quit();
}

void Collector::run() {
    m_loop.watch(m_inFd, EventLoop::Readable, [this](unsigned) { hear(); });
    poll();
    m_loop.run();
}

void ignoreBySurvivingIt(int) {}

}  // namespace

Result<> collectorMain(const RunEnvironment& environment, const MakeWays& makeWays, int inFd, int outFd) {
    // It ends with the run and not with a terminal or a full disk.
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGXFSZ})
        ::signal(number, ignoreBySurvivingIt);
    auto journal = CollectJournal::open(environment.runDir);
    if (!journal) {
        (void)writeAll(outFd, dumpJson(errorToJson(journal.error())) + "\n", "the supervisor");
        return std::unexpected(journal.error());
    }
    (*journal)->onProblem(complain);
    Collector collector(environment, **journal, makeWays(environment, **journal), inFd);
    const Json answer{{"environment", collector.start()}};
    LATHE_TRY(writeAll(outFd, dumpJson(answer) + "\n", "the supervisor"));
    collector.run();
    return {};
}

}  // namespace lathe::interop
