// SPDX-License-Identifier: Apache-2.0
#include "launch/recorder.h"

#include "core/clock.h"

#include <cstdio>
#include <fmt/format.h>
#include <string_view>

namespace lathe::launch {
namespace {

constexpr std::size_t kMaxWaiting = 50'000;

}  // namespace

bool Recorder::write(const Waiting& entry) {
    Result<> done;
    if (entry.event.is_null()) {
        std::vector<JournalWriter::Metric> views(entry.values.begin(), entry.values.end());
        done = m_journal.metrics(entry.step, views, entry.time);
    } else {
        done = m_journal.event("state", entry.event);
    }
    if (!done)
        warn(done.error().text());
    return done.has_value();
}

bool Recorder::flush() {
    while (!m_waiting.empty()) {
        if (!write(m_waiting.front()))
            return false;
        m_waiting.pop_front();
    }
    if (!m_problem.empty()) {
        const std::string text = m_dropped ? fmt::format("{}; {} metric lines are missing", m_problem, m_dropped)
                                           : m_problem + "; no metric is missing";
        if (!m_journal.event("alert", Json{{"level", "warn"}, {"title", "recording was interrupted"}, {"text", text}}))
            return false;
        m_problem.clear();
        m_dropped = 0;
    }
    return true;
}

void Recorder::metrics(std::int64_t step, const Values& values, std::optional<double> time) {
    if (values.empty())
        return;
    if (m_waiting.size() >= kMaxWaiting) {
        ++m_dropped;
        return;
    }
    m_waiting.push_back({time.value_or(wallSeconds()), step, values, {}});
    flush();
}

void Recorder::state(const Json& fields) {
    m_waiting.push_back({wallSeconds(), 0, {}, fields});
    flush();
}

void Recorder::heartbeat() {
    if (flush())
        (void)m_journal.event("heartbeat");  // the next one tells of a failure as well
}

bool Recorder::end(const Json& fields) {
    if (!flush())
        return false;
    if (const auto done = m_journal.event("state", fields); !done) {
        warn(done.error().text());
        return false;
    }
    (void)m_journal.sync();  // some file systems have no fdatasync; the line is written either way
    return true;
}

void Recorder::warn(const std::string& problem) {
    if (!m_problem.empty())
        return;
    m_problem = problem;
    // Not fmt::print, which throws: this log may lie on the very disk that is full.
    std::fputs(fmt::format("{} {}\n", isoTimeText(wallSeconds()), problem).c_str(), stderr);
}

}  // namespace lathe::launch
