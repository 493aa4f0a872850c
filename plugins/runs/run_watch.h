// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/run.h"

#include <QHash>
#include <QObject>
#include <QString>
#include <QWidget>

class QLabel;

namespace lathe::app {
class RunDot;
class Sparkline;
class Workbench;
}  // namespace lathe::app

namespace lathe::runs {

// A running run in the status bar: dot, name, sparkline of its main metric, value, percent.
class RunStatusItem : public QWidget {
    Q_OBJECT
public:
    explicit RunStatusItem(QWidget* parent = nullptr);
    void setRun(const record::RunSummary& run, const QColor& color);
    void setSpark(const QList<double>& values, const QColor& color);

private:
    app::RunDot* m_dot;
    QLabel *m_name, *m_value, *m_percent;
    app::Sparkline* m_spark;
};

// Looks after what concerns runs outside their panes: up to two running ones in the status bar, the badge, a
// notification when one ended before anybody saw it. GUI thread only.
class RunWatch : public QObject {
    Q_OBJECT
public:
    explicit RunWatch(app::Workbench& workbench, QObject* parent = nullptr);

private:
    void takeRuns(const QStringList& changed);
    void refreshItems();
    void freeColours();
    void tellEnd(const record::RunSummary& run);

    app::Workbench& m_workbench;
    QHash<QString, record::RunState> m_states;
    RunStatusItem* m_items[2];
    QString m_shown[2];
    bool m_started = false;
};

}  // namespace lathe::runs
