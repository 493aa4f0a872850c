// SPDX-License-Identifier: GPL-3.0-or-later
#include "test_plugin.h"

#include "app/workbench.h"

#define GOOD 0
#define THROWS 1
#define REFUSES 2

QString TestPlugin::initialize(lathe::app::Workbench& workbench) {
#if BEHAVIOUR == THROWS
    throw std::runtime_error("a fault in a plugin");
#elif BEHAVIOUR == REFUSES
    return QStringLiteral("the library it needs is missing");
#endif
    m_workbench = &workbench;
    workbench.commands().add({.id = QStringLiteral("test.%1").arg(QStringLiteral(NAME)),
                              .title = QStringLiteral("Test"),
                              .run = [](const QVariantMap&) {}});
    return {};
}

void TestPlugin::ready() {
    m_workbench->setSessionValue(QStringLiteral("ready." NAME), {{QStringLiteral("yes"), true}});
}

bool TestPlugin::aboutToClose() {
    return !m_workbench->sessionValue(QStringLiteral("veto")).value(QStringLiteral("on")).toBool();
}
