// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/run_notices.h"

#include "app/command_ids.h"
#include "app/commands.h"
#include "app/engine_bridge.h"
#include "app/settings.h"
#include "app/theme.h"
#include "app/workspace.h"
#include "core/text.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>

namespace lathe::app {

namespace {

const QString kTell = QStringLiteral("notifications.runs");
const QString kDesktop = QStringLiteral("notifications.desktop");

// https://specifications.freedesktop.org/notification-spec: Notify(app, replaces, icon, summary, body,
// actions, hints, timeout). Sent without waiting for an answer. The body is markup by that specification, so
// it is escaped.
void notifyDesktop(const Notification& note) {
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    QDBusMessage call = QDBusMessage::createMethodCall(
        QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("/org/freedesktop/Notifications"),
        QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("Notify"));
    call << QStringLiteral("Lathe") << 0u << QStringLiteral("io.lathe.Workbench") << note.title
         << note.text.toHtmlEscaped() << QStringList()
         << QVariantMap{{QStringLiteral("desktop-entry"), QStringLiteral("io.lathe.Workbench")},
                        {QStringLiteral("urgency"),
                         QVariant::fromValue<uchar>(note.level == NoteLevel::Error ? uchar{2} : uchar{1})}}
         << -1;
    bus.send(call);
}

NoteLevel levelOf(record::RunState state) {
    switch (state) {
    case record::RunState::Finished: return NoteLevel::Success;
    case record::RunState::Failed: return NoteLevel::Error;
    case record::RunState::Lost: return NoteLevel::Warn;
    default: return NoteLevel::Info;
    }
}

}  // namespace

RunNotices::RunNotices(EngineBridge& engine, Settings& settings, Commands& commands,
                       Notifications& notifications, QObject* parent)
    : QObject(parent), toDesktop(notifyDesktop), m_engine(engine), m_settings(settings), m_commands(commands),
      m_notifications(notifications) {
    connect(&engine, &EngineBridge::runsChanged, this, &RunNotices::look);
}

void RunNotices::addSettings(Settings& settings) {
    const QString page = QStringLiteral("Notifications");
    settings.add({.key = kTell,
                  .type = SettingType::Bool,
                  .fallback = true,
                  .page = page,
                  .label = tr("Tell when a run ends")});
    settings.add({.key = kDesktop,
                  .type = SettingType::Bool,
                  .fallback = true,
                  .page = page,
                  .label = tr("Also through the desktop"),
                  .help = tr("While Lathe's window is not the active one.")});
}

void RunNotices::look(const QStringList& ids) {
    for (const QString& id : ids) {
        const auto run = m_engine.run(id);
        if (!run) {
            m_live.remove(id);
            continue;
        }
        if (!record::isOver(run->state)) {
            m_live.insert(id, run->state);
            continue;
        }
        // A run that was over when first seen is history. One that its user stopped is no news either.
        if (m_live.remove(id) == 0 || run->state == record::RunState::Stopped || !m_settings.boolean(kTell))
            continue;
        Notification note;
        note.level = levelOf(run->state);
        note.title = QStringLiteral("%1: %2").arg(toQString(escapedForDisplay(run->spec.name)),
                                                  theme().stateWord(run->state));
        note.text = toQString(escapedForDisplay(run->reason));
        note.action = tr("Show");
        note.run = [this, id] {
            m_commands.execute(QLatin1String(ids::kRunOpen), {{QStringLiteral("run"), id}});
        };
        note.runId = id;
        if (m_settings.boolean(kDesktop) && QApplication::applicationState() != Qt::ApplicationActive)
            toDesktop(note);
        m_notifications.notify(std::move(note));
    }
}

}  // namespace lathe::app
