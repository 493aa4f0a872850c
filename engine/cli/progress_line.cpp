// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_line.h"

#include "cli/terminal.h"
#include "core/clock.h"
#include "core/text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace lathe::cli {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr double kPrintSeconds = 5;

std::string rateText(double value) {
    if (value >= 1e6)
        return fmt::format("{:.2f}M", value / 1e6);
    if (value >= 1e3)
        return fmt::format("{:.1f}k", value / 1e3);
    return numberText(value);
}

bool isTokenRate(std::string_view name) {
    return name.find("tokens_per_s") != std::string_view::npos ||
           name.find("tokens/s") != std::string_view::npos;
}

}  // namespace

ProgressLine::ProgressLine(std::int64_t totalSteps, std::string mainMetric)
    : m_total(totalSteps), m_mainMetric(std::move(mainMetric)), m_live(isTerminal(stderr)) {}

void ProgressLine::metric(std::int64_t step, const std::string& name, double value, double time) {
    if (name.starts_with("system/"))
        return;
    m_values[name] = value;
    progress(step, m_total, time);
}

void ProgressLine::progress(std::int64_t done, std::int64_t total, double time) {
    m_total = std::max<std::int64_t>(total, 0);
    if (m_firstStep < 0) {
        m_firstStep = done;
        m_firstTime = time;
    }
    if (done > m_step) {
        m_step = done;
        m_lastTime = time;
    }
}

double ProgressLine::ratePerSecond(double now) const {
    const double elapsed = std::max(m_lastTime, std::min(now, m_lastTime + 1)) - m_firstTime;
    return m_step > m_firstStep && elapsed > 0.2 ? static_cast<double>(m_step - m_firstStep) / elapsed : 0;
}

std::string ProgressLine::text(double now) const {
    if (m_firstStep < 0)
        return {};
    std::string line = m_total > 0 ? fmt::format("step {}/{}", groupedText(m_step), groupedText(m_total))
                                   : fmt::format("step {}", groupedText(m_step));
    double tokens = 0;
    int shown = 0;
    const auto show = [&](const std::string& name) {
        const auto value = m_values.find(name);
        if (value == m_values.end() || shown >= 3)
            return;
        line += fmt::format("  {} {}", escapedForDisplay(name, 32), numberText(value->second));
        ++shown;
    };
    show("train/loss");
    if (m_mainMetric != "train/loss")
        show(m_mainMetric);
    for (const auto& [name, value] : m_values) {
        if (isTokenRate(name))
            tokens = value;
        else if (name != "train/loss" && name != m_mainMetric && name.find("loss") != std::string::npos)
            show(name);
    }
    if (shown == 0) {
        for (const auto& [name, value] : m_values)
            show(name);
    }
    if (tokens > 0)
        line += fmt::format("  {} tokens/s", rateText(tokens));
    if (const double rate = ratePerSecond(now); rate > 0) {
        if (tokens <= 0)
            line += fmt::format("  {} steps/s", numberText(std::round(rate * 10) / 10));
        if (m_total > m_step)
            line += "  " + durationText(static_cast<double>(m_total - m_step) / rate) + " left";
    }
    return line;
}

void ProgressLine::hide() {
    if (m_visible)
        fmt::print(stderr, "\r\x1b[K");
    m_visible = false;
}

void ProgressLine::show() {
    const double now = monotonicSeconds();  // of redrawing; rates go by when things were logged
    if (m_visible && now - m_printed < kRedrawSeconds)
        return;
    if (!m_live && now - m_printed < kPrintSeconds)
        return;
    const std::string line = text(wallSeconds());
    if (line.empty() || (!m_live && line == m_last))
        return;
    m_printed = now;
    m_last = line;
    if (m_live) {
        fmt::print(stderr, "\r\x1b[K{}",
                   fitted(line, static_cast<std::size_t>(terminalSize(stderr).columns - 1)));
        std::fflush(stderr);
        m_visible = true;
    } else {
        fmt::print(stderr, "{}\n", line);
    }
}

void ProgressLine::finish() {
    hide();
    const std::string line = text(m_lastTime);
    if (!line.empty() && (m_live || line != m_last))
        fmt::print(stderr, "{}\n", line);
}

}  // namespace lathe::cli
