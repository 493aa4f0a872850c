// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/notifications.h"
#include "record/run.h"

#include <QHash>
#include <QObject>

#include <functional>

namespace lathe::app {

class EngineBridge;
class Settings;
class Commands;

// Tells when a run ends: in the window, and through the desktop while the window is not the active one. GUI
// thread only.
class RunNotices final : public QObject {
    Q_OBJECT
public:
    RunNotices(EngineBridge& engine, Settings& settings, Commands& commands, Notifications& notifications,
               QObject* parent);

    // What reaches the desktop; replaced by tests. By default the notification service of the session bus
    // (org.freedesktop.Notifications); without one nothing happens.
    std::function<void(const Notification& note)> toDesktop;

    static void addSettings(Settings& settings);

private:
    void look(const QStringList& ids);

    EngineBridge& m_engine;
    Settings& m_settings;
    Commands& m_commands;
    Notifications& m_notifications;
    QHash<QString, record::RunState> m_live;  // runs that were not over when last seen
};

}  // namespace lathe::app
