// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workbench.h"
#include "host_facts.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QTimer>

#include <deque>
#include <memory>
#include <set>

namespace lathe::hosts {

// What the hosts pane knows of one host.
struct HostView {
    QString id;
    host::HostState state = host::HostState::Offline;
    QString stateText;
    double latency = 0; // seconds
    std::shared_ptr<const HostFacts> facts;
    double factsTime = 0;            // unix seconds; 0: never
    QString factsError;              // why the last reading failed
    std::vector<std::deque<double>> use; // by device, newest last; the CPU if there is no GPU
    double lostSince = 0;            // unix seconds; 0: not lost
    double nextTry = 0;              // unix seconds; 0: none is planned
    bool workOffline = false;
    bool connecting = false;

    bool isLocal() const { return id == QLatin1String("local"); }
};

// The hosts of the workbench: their state, their facts while somebody looks, and connecting again after a loss.
// GUI thread only.
class HostService : public QObject {
    Q_OBJECT
public:
    explicit HostService(app::Workbench& workbench);

    QStringList hosts() const;                // local, then those used so far
    const QStringList& configured() const { return m_configured; } // of the SSH configuration, not used yet
    const HostView& view(const QString& id);
    bool known(const QString& id) const { return m_views.contains(id); }
    void reloadConfigured();

    // Facts are read again every two seconds while at least one looker is there.
    void look(const QString& id, QObject* looker);
    void refresh(const QString& id);
    void noteUsed(const QString& id); // connected through the sheet
    void disconnectHost(const QString& id);
    void tryNow(const QString& id);
    void workOffline(const QString& id);

Q_SIGNALS:
    void changed(const QString& id);
    void listChanged();

private:
    HostView& ensure(const QString& id);
    void takeState(const QString& id);
    void tick();

    app::Workbench& m_workbench;
    QHash<QString, HostView> m_views;
    QStringList m_order, m_configured;
    std::map<QString, std::set<QObject*>> m_lookers;
    std::set<QString> m_reading;
    QTimer m_tick;
    QHash<QString, int> m_tries;
};

} // namespace lathe::hosts
