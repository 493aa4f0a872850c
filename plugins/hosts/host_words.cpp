// SPDX-License-Identifier: GPL-3.0-or-later
#include "host_words.h"

#include "app/workspace.h"
#include "core/clock.h"
#include "core/text.h"
#include "host_service.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>
#include <map>

namespace lathe::hosts {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("lathe::hosts::Words", text); }

// What a model is called among people: "NVIDIA H200" is an H200, "NVIDIA A100-SXM4-80GB" an A100.
QString shortGpu(const std::string& name) {
    QString text = app::toQString(escapedForDisplay(name));
    text.remove(QStringLiteral("NVIDIA ")).remove(QStringLiteral("GeForce ")).remove(QStringLiteral("Tesla "));
    const qsizetype dash = text.indexOf(QLatin1Char('-'));
    return dash > 1 ? text.left(dash) : text;
}

} // namespace

QString stateToken(const HostView& view) {
    switch (view.state) {
    case host::HostState::Connected:
        return view.latency >= 0.4 ? QStringLiteral("error")
               : view.latency >= 0.1 ? QStringLiteral("warn")
                                     : QStringLiteral("success");
    case host::HostState::Connecting: return QStringLiteral("accent");
    case host::HostState::Lost: return QStringLiteral("warn");
    case host::HostState::Offline: break;
    }
    return QStringLiteral("text.3");
}

QString stateWords(const HostView& view) {
    if (view.isLocal())
        return tr("this computer");
    switch (view.state) {
    case host::HostState::Connected:
        return tr("%1 ms").arg(std::max(1, static_cast<int>(std::lround(view.latency * 1000))));
    case host::HostState::Connecting: return tr("connecting");
    case host::HostState::Lost:
        return view.lostSince > 0 ? tr("lost, %1").arg(durationWords(wallSeconds() - view.lostSince)) : tr("lost");
    case host::HostState::Offline: break;
    }
    return tr("offline");
}

QString coresText(int cores) { return cores == 1 ? tr("1 core") : tr("%1 cores").arg(cores); }

QString gigabytes(double bytes) {
    const double value = bytes / 1e9;
    return QLocale().toString(value, 'f', value < 10 ? 1 : 0);
}

QString devicesText(const HostFacts& facts) {
    if (facts.gpus.empty()) {
        QString cpu = app::toQString(escapedForDisplay(facts.cpu, 80));
        cpu.remove(QStringLiteral("(R)")).remove(QStringLiteral("(TM)"));
        return cpu.isEmpty() ? coresText(facts.cores) : tr("%1, %2").arg(coresText(facts.cores), cpu.simplified());
    }
    std::map<QString, int> kinds;
    for (const GpuFacts& gpu : facts.gpus)
        ++kinds[shortGpu(gpu.name)];
    QStringList parts;
    for (const auto& [name, count] : kinds)
        parts << (count == 1 ? name : tr("%1 × %2").arg(count).arg(name));
    return parts.join(QStringLiteral(", "));
}

QString memoryText(const HostFacts& facts) {
    double used = facts.memoryTotal - facts.memoryFree, total = facts.memoryTotal;
    if (!facts.gpus.empty()) {
        used = total = 0;
        for (const GpuFacts& gpu : facts.gpus) {
            used += gpu.memoryUsed;
            total += gpu.memoryTotal;
        }
    }
    return tr("%1 / %2 GB").arg(gigabytes(used), gigabytes(total));
}

QString durationWords(double seconds) {
    if (seconds >= 2 * 86400)
        return tr("%1 days").arg(static_cast<int>(seconds / 86400));
    return app::toQString(durationText(std::max(0.0, std::floor(seconds))));
}

QString factsLine(const HostFacts& facts) {
    QStringList parts;
    if (!facts.system.empty())
        parts << app::toQString(escapedForDisplay(facts.system, 120));
    if (!facts.cpu.empty() && !facts.gpus.empty())
        parts << app::toQString(escapedForDisplay(facts.cpu, 120))
                     .remove(QStringLiteral("(R)"))
                     .remove(QStringLiteral("(TM)"));
    if (facts.cores > 0)
        parts << tr("%1, load %2").arg(coresText(facts.cores), QLocale().toString(facts.load, 'f', 1));
    if (facts.memoryTotal > 0)
        parts << tr("memory %1 of %2 GB")
                     .arg(gigabytes(facts.memoryTotal - facts.memoryFree), gigabytes(facts.memoryTotal));
    if (!facts.driver.empty())
        parts << tr("driver %1").arg(app::toQString(escapedForDisplay(facts.driver, 40)));
    return parts.join(QStringLiteral("  ·  "));
}

QString hostSentence(const HostView& view) {
    QStringList parts{view.id, stateWords(view)};
    if (view.facts)
        parts << devicesText(*view.facts) << memoryText(*view.facts);
    return parts.join(QStringLiteral(", "));
}

} // namespace lathe::hosts
