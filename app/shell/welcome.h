// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"

#include <QList>

#include <set>
#include <string>

class QLineEdit;
class QVBoxLayout;

namespace lathe::app {

class ShellWorkbench;

// The first tab: three ways to begin at the left, recent workspaces at the right.
class WelcomePane final : public Pane {
    Q_OBJECT
public:
    explicit WelcomePane(ShellWorkbench& workbench);
    void activate() override;

private:
    void lookForFolders();
    void fillRecent();

    ShellWorkbench& m_workbench;
    QLineEdit* m_filter = nullptr;
    QVBoxLayout* m_recent = nullptr;
    QWidget* m_first = nullptr;
    std::set<std::string> m_gone;  // folders of this computer that were not there when last looked for
};

// What an empty tab group shows: the commands that fill it, with their keys.
QWidget* makeEmptyCentre(ShellWorkbench& workbench);

}  // namespace lathe::app
