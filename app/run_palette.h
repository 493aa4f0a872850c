// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QHash>
#include <QList>
#include <QObject>
#include <QPen>
#include <QString>

namespace lathe::app {

// Which slot of the run palette a run has: dealt in order, least used first, the same in every pane, plot and
// theme, and kept with the session. GUI thread only.
class RunPalette : public QObject {
    Q_OBJECT
public:
    explicit RunPalette(QObject* parent = nullptr);

    // Deals a slot at the first ask.
    int slot(const QString& runId);
    QColor color(const QString& runId);
    // Solid for the first twelve, then dashed 6-3, then 2-3; `baseline`: 5-3. Cosmetic, width in logical
    // pixels.
    QPen pen(const QString& runId, double width = 1.4, bool baseline = false);
    void setSlot(const QString& runId, int slot);  // the user's choice
    void release(const QString& runId);            // the run is gone
    void setDistinguishByDash(bool on);            // four dash patterns from the first run

    QHash<QString, int> slotsByRun() const { return m_slots; }
    void restore(const QHash<QString, int>& slotsByRun);

Q_SIGNALS:
    void changed();

private:
    QHash<QString, int> m_slots;
    bool m_dashes = false;
};

}  // namespace lathe::app
