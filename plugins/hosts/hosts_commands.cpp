// SPDX-License-Identifier: GPL-3.0-or-later
#include "hosts_commands.h"

#include "app/command_ids.h"
#include "app/sheet.h"
#include "app/workbench.h"
#include "connect_sheet.h"
#include "core/text.h"
#include "folder_sheet.h"
#include "host_list_pane.h"
#include "host_pane.h"
#include "host_prompter.h"
#include "host_service.h"

#include <QCoreApplication>
#include <QLabel>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace lathe::hosts {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("lathe::hosts::Commands", text); }

// Questions of a connection that no sheet asked for: a pane needed its host.
class WindowFace : public PromptFace {
public:
    explicit WindowFace(app::Workbench& workbench) : PromptFace(&workbench), m_workbench(workbench) {}

    void askUnknownKey(const host::HostKeyQuestion& question,
                       std::function<void(host::HostKeyAnswer)> answer) override {
        app::Sheet::ask(m_workbench.window(), tr("%1 is not known yet").arg(shown(question.host)),
                        tr("Compare the fingerprint of its %1 key with what its administrator says:\n\n%2")
                            .arg(shown(question.keyType), shown(question.sha256)),
                        {tr("Cancel"), tr("Accept once"), tr("Accept and save")}, [answer](int button) {
                            answer(button == 1   ? host::HostKeyAnswer::AcceptOnce
                                   : button == 2 ? host::HostKeyAnswer::AcceptAndSave
                                                 : host::HostKeyAnswer::Cancel);
                        });
    }
    void askSecret(const QString& prompt, bool echo,
                   std::function<void(std::optional<std::string>)> answer) override {
        auto* sheet = new app::Sheet(m_workbench.window(), tr("Sign in"));
        sheet->setPreferredSize({460, 200});
        auto* label = new QLabel(prompt);
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        auto* edit = new QLineEdit;
        edit->setEchoMode(echo ? QLineEdit::Normal : QLineEdit::Password);
        edit->setAccessibleName(prompt);
        sheet->body()->addWidget(label);
        sheet->body()->addWidget(edit);
        auto* send = new QPushButton(tr("Sign in"));
        send->setProperty("role", "primary");
        sheet->footer()->addStretch();
        sheet->footer()->addWidget(send);
        auto given = std::make_shared<bool>(false);
        const auto give = [sheet, edit, answer, given] {
            *given = true;
            answer(app::toStd(edit->text()));
            sheet->dismiss();
        };
        QObject::connect(send, &QPushButton::clicked, sheet, give);
        QObject::connect(edit, &QLineEdit::returnPressed, sheet, give);
        QObject::connect(sheet, &app::Sheet::dismissed, sheet, [answer, given] {
            if (!*given)
                answer(std::nullopt);
        });
        sheet->open();
        edit->setFocus();
    }
    void showStep(const QString&) override {}

private:
    static QString shown(const std::string& text) { return app::toQString(escapedForDisplay(text, 300)); }
    app::Workbench& m_workbench;
};

void openHost(app::Workbench& workbench, HostService& service, const QString& host) {
    for (app::Pane* pane : workbench.tabs())
        if (auto* tab = qobject_cast<HostPane*>(pane); tab && tab->host() == host)
            return workbench.activateTab(tab);
    workbench.openTab(new HostPane(workbench, service, host));
}

void registerCommands(app::Workbench& workbench, HostService& service) {
    auto* bench = &workbench;
    auto* hosts = &service;
    auto& commands = workbench.commands();
    const QString category = tr("Hosts");
    const auto hostOf = [bench](const QVariantMap& arguments) {
        const QString host = arguments.value(QStringLiteral("host")).toString();
        return host.isEmpty() ? bench->workspace().hostId() : host;
    };
    commands.add({.id = app::ids::kHostConnect,
                  .title = tr("Connect to host…"),
                  .category = category,
                  .shortcut = QKeySequence(QStringLiteral("Ctrl+Alt+O")),
                  .menu = QStringLiteral("Hosts/10"),
                  .icon = QStringLiteral("link"),
                  .run = [bench, hosts](const QVariantMap& arguments) {
                      auto* sheet = new ConnectSheet(*bench, *hosts, arguments.value(QStringLiteral("host")).toString(),
                                                     bench->window());
                      sheet->open();
                      sheet->nameField()->setFocus();
                  }});
    commands.add({.id = app::ids::kHostOpen,
                  .title = tr("Show the workspace's host"),
                  .category = category,
                  .menu = QStringLiteral("Hosts/20"),
                  .icon = QStringLiteral("hosts"),
                  .run = [bench, hosts, hostOf](const QVariantMap& arguments) {
                      openHost(*bench, *hosts, hostOf(arguments));
                  }});
    commands.add({.id = QStringLiteral("host.openFolder"),
                  .title = tr("Open a folder of a host…"),
                  .category = category,
                  .menu = QStringLiteral("Hosts/21"),
                  .icon = QStringLiteral("folder-open"),
                  .run = [bench, hostOf](const QVariantMap& arguments) {
                      (new FolderSheet(*bench, hostOf(arguments), bench->window()))->open();
                  }});
    commands.add({.id = QStringLiteral("host.disconnect"),
                  .title = tr("Disconnect from the workspace's host"),
                  .category = category,
                  .menu = QStringLiteral("Hosts/30"),
                  .disabledReason = [bench] {
                      return bench->workspace().hostId() == QLatin1String("local")
                                 ? tr("The workspace is on this computer")
                                 : QString();
                  },
                  .run = [hosts, hostOf](const QVariantMap& arguments) {
                      hosts->disconnectHost(hostOf(arguments));
                  }});
}

} // namespace

HostService* registerHosts(app::Workbench& workbench) {
    auto* bench = &workbench;
    auto* service = new HostService(workbench);
    workbench.engine().setPrompts(promptsFor(new WindowFace(workbench)));
    workbench.registerPane({.id = QStringLiteral("hosts"),
                            .title = tr("Hosts"),
                            .icon = QStringLiteral("hosts"),
                            .region = app::Region::SidePanel,
                            .order = 40,
                            .activityBar = true,
                            .factory = [bench, service]() -> app::Pane* { return new HostListPane(*bench, *service); },
                            .shortcut = QKeySequence(QStringLiteral("Ctrl+Alt+H"))});
    workbench.registerTabKind(QLatin1String(HostPane::kKind),
                              [bench, service](const QJsonObject& state) -> app::Pane* {
                                  return new HostPane(*bench, *service, state.value("host").toString("local"));
                              });
    registerCommands(workbench, *service);
    return service;
}

} // namespace lathe::hosts
