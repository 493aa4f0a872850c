// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QStringList>
#include <QVariantMap>

namespace lathe::app {
class Workbench;
}

namespace lathe::runs {

class LaunchSheet;
class RunActions;
class RunWatch;

// What the plugin adds to the workbench: two panes, the commands of runs, quick open by "#", status items.
// GUI thread.
class RunsFeature : public QObject {
    Q_OBJECT
public:
    explicit RunsFeature(app::Workbench& workbench);
    void ready();

    LaunchSheet* launchSheet() const;  // while it is open

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void clearTheCharts();
    void addCommands();
    void launch(const QVariantMap& arguments);
    void exportPlot(const QVariantMap& arguments);
    void followFile(const QVariantMap& arguments);
    QStringList runsOf(const QVariantMap& arguments) const;  // "run", "runs", else the selection
    QString newest() const;

    app::Workbench& m_workbench;
    RunActions* m_actions;
    RunWatch* m_watch = nullptr;
    QPointer<LaunchSheet> m_sheet;
};

}  // namespace lathe::runs
