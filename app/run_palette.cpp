// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run_palette.h"

#include "app/theme.h"

#include <array>

namespace lathe::app {

namespace {
constexpr int kColors = 12;

// In logical pixels, as UX.md writes them; QPen counts dashes in pen widths.
QList<qreal> dashes(std::initializer_list<qreal> pixels, double width) {
    QList<qreal> pattern;
    for (const qreal length : pixels)
        pattern << length / width;
    return pattern;
}
}  // namespace

RunPalette::RunPalette(QObject* parent) : QObject(parent) {}

int RunPalette::slot(const QString& runId) {
    if (const auto found = m_slots.constFind(runId); found != m_slots.constEnd())
        return *found;
    std::array<int, kColors> uses{};
    for (const int slot : m_slots)
        ++uses[static_cast<std::size_t>(slot % kColors)];
    int best = 0;
    for (int i = 1; i < kColors; ++i)
        if (uses[static_cast<std::size_t>(i)] < uses[static_cast<std::size_t>(best)])
            best = i;
    // The second run of a colour is dashed 6-3, the third 2-3: that is told by the turn, not by the colour.
    const int slot = best + kColors * uses[static_cast<std::size_t>(best)];
    m_slots.insert(runId, slot);
    return slot;
}

QColor RunPalette::color(const QString& runId) {
    return theme().runColor(slot(runId));
}

QPen RunPalette::pen(const QString& runId, double width, bool baseline) {
    const int slot = this->slot(runId);
    QPen pen(theme().runColor(slot), width);
    pen.setCosmetic(true);
    pen.setJoinStyle(Qt::RoundJoin);
    const int turn = m_dashes ? slot % 4 : slot / kColors % 3;
    if (baseline)
        pen.setDashPattern(dashes({5, 3}, width));
    else if (turn == 1)
        pen.setDashPattern(dashes({6, 3}, width));
    else if (turn == 2)
        pen.setDashPattern(dashes({2, 3}, width));
    else if (turn == 3)
        pen.setDashPattern(dashes({8, 3, 2, 3}, width));
    return pen;
}

void RunPalette::setSlot(const QString& runId, int slot) {
    if (slot < 0 || m_slots.value(runId, -1) == slot)
        return;
    m_slots.insert(runId, slot);
    Q_EMIT changed();
}

void RunPalette::release(const QString& runId) {
    m_slots.remove(runId);
}

void RunPalette::setDistinguishByDash(bool on) {
    if (m_dashes == on)
        return;
    m_dashes = on;
    Q_EMIT changed();
}

void RunPalette::restore(const QHash<QString, int>& slotsByRun) {
    m_slots = slotsByRun;
    Q_EMIT changed();
}

}  // namespace lathe::app
