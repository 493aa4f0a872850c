// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"
#include "host_facts.h"

class QFrame;
class QGridLayout;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace lathe::app {
class Meter;
class Workbench;
}

namespace lathe::hosts {

class DeviceCard;
class HostService;

// The tab of one host: what it is, its devices, disks, processes and runs. GUI thread only.
class HostPane : public app::Pane {
    Q_OBJECT
public:
    static constexpr auto kKind = "hosts.host";

    HostPane(app::Workbench& workbench, HostService& service, const QString& host, QWidget* parent = nullptr);

    const QString& host() const { return m_host; }
    QString stateText() const;
    QString factsText() const;
    QString bannerText() const; // empty: none is shown
    int deviceCards() const { return static_cast<int>(m_cards.size()); }

    QJsonObject saveState() const override;
    void activate() override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void refreshBanner();
    void refreshDevices(const HostFacts& facts);
    void refreshProcesses(const HostFacts& facts);
    void refreshDisks(const HostFacts& facts);
    void refreshRuns();
    void placeCards();

    app::Workbench& m_workbench;
    HostService& m_service;
    QString m_host;
    QFrame* m_banner;
    QLabel *m_bannerText, *m_name, *m_dot, *m_state, *m_since, *m_facts, *m_devicesNote;
    QWidget* m_cardArea;
    QGridLayout* m_cardGrid;
    QList<DeviceCard*> m_cards;
    QWidget *m_processSection, *m_processRows, *m_diskRows, *m_runRows;
    QPushButton *m_folder, *m_terminal, *m_run, *m_connect;
};

} // namespace lathe::hosts
