// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/plugin.h"

#include <QCoreApplication>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

class QPluginLoader;

namespace lathe::app {

class Workbench;

// Finds, orders, loads and ends the plugins of a folder. One that fails is left out with its reason; the rest
// goes on. A plugin that throws is treated as one that failed. GUI thread only.
class PluginHost {
    Q_DECLARE_TR_FUNCTIONS(lathe::app::PluginHost)
public:
    PluginHost();
    ~PluginHost();  // deletes the plugins in reverse order; every pane must be gone by then

    struct Known {
        QString file, name, title, problem;  // problem: empty if it runs
        int api = 0;
        QStringList after, needs;
        bool disabled = false;  // by the user
    };

    void load(const QString& folder, const QStringList& disabled, Workbench& workbench);
    void ready();
    bool aboutToClose();
    const QList<Known>& known() const { return m_known; }

    // Order of loading: as `after` and `needs` ask, else by name. Cycles and missing needs go into `problem`.
    static QList<Known> ordered(QList<Known> found);
    static Known readFace(const QString& file, const QJsonObject& metaData);

private:
    struct Running {
        std::unique_ptr<QPluginLoader> loader;
        Plugin* plugin;
        qsizetype known;
    };
    QList<Known> m_known;
    std::vector<Running> m_running;
};

}  // namespace lathe::app
