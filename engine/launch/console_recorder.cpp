// SPDX-License-Identifier: Apache-2.0
#include "launch/console_recorder.h"

#include "core/clock.h"

#include <algorithm>

namespace lathe::launch {
namespace {

// A program that prints `<random>=1` must not grow the index without end.
constexpr std::size_t kMaxNames = 2000;
constexpr std::size_t kMaxHeld = 100'000;

}  // namespace

ConsoleRecorder::ConsoleRecorder(Recorder& recorder, const std::string& runDir)
    : m_recorder(recorder), m_elsewhere(runDir, {"journal.jsonl"}),
      m_parser([this](const ConsoleMetrics::Line& line) { take(line); }) {}

void ConsoleRecorder::take(const ConsoleMetrics::Line& line) {
    ConsoleMetrics::Line now{line.step, {}}, later{line.step, {}};
    for (const auto& [name, value] : line.values) {
        if (!m_names.contains(name)) {
            if (m_names.size() >= kMaxNames)
                continue;
            m_names.insert(name);
        }
        if (!m_elsewhere.has(name))
            (m_settled.contains(name) ? now : later).values.emplace_back(name, value);
    }
    m_recorder.metrics(now.step, now.values);
    if (!later.values.empty() && m_held.size() < kMaxHeld)
        m_held.push_back({monotonicSeconds(), wallSeconds(), std::move(later)});
}

void ConsoleRecorder::settle() {
    if (m_names.empty() || monotonicSeconds() - m_looked < kSettleSeconds / 2)
        return;
    m_looked = monotonicSeconds();
    m_elsewhere.look(m_names);
    release(false);
}

void ConsoleRecorder::release(bool all) {
    const double before = monotonicSeconds() - kSettleSeconds;
    for (const Held& held : m_held) {
        for (const auto& [name, value] : held.line.values) {
            if (all || held.since <= before)
                m_settled.insert(name);
        }
    }
    // A settled name lets all its values go, also the young ones, so that they stay in order.
    std::erase_if(m_held, [&](Held& held) {
        ConsoleMetrics::Line now{held.line.step, {}};
        std::erase_if(held.line.values, [&](const auto& metric) {
            const bool owned = m_elsewhere.has(metric.first), settled = m_settled.contains(metric.first);
            if (settled && !owned)
                now.values.push_back(metric);
            return owned || settled;
        });
        m_recorder.metrics(now.step, now.values, held.time);
        return held.line.values.empty();
    });
}

void ConsoleRecorder::finish() {
    m_parser.finish();
    m_elsewhere.look(m_names);
    release(true);
}

}  // namespace lathe::launch
