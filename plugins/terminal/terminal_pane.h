// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"
#include "terminal_session.h"

#include <QPointer>

class QListWidget;
class QStackedWidget;
class QToolButton;

namespace lathe::app {
class Workbench;
}

namespace lathe::terminal {

class TerminalView;

// The Terminal tab of the bottom panel: any number of shells, one in front. GUI thread only.
class TerminalPane : public app::Pane {
    Q_OBJECT
public:
    explicit TerminalPane(app::Workbench& workbench, QWidget* parent = nullptr);
    ~TerminalPane() override;

    TerminalView* newShell(const SessionSpec& spec);
    // On the workspace's host and folder.
    TerminalView* newShell();
    TerminalView* current() const;
    int shellCount() const;
    void closeShell(TerminalView* view);
    void showShell(int index);

    QWidget* createHeaderTools() override;
    void activate() override;
    bool canClose(app::Closing) override { return true; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    QString shellTitle(int index) const;
    void refreshTitles();
    void openLink(const QString& target);

    app::Workbench& m_workbench;
    QStackedWidget* m_stack;
    QListWidget* m_list;
    QPointer<QToolButton> m_chooser;
};

}  // namespace lathe::terminal
