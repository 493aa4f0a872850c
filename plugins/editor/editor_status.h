// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

namespace lathe::app {
class Pane;
class Workbench;
}

namespace lathe::editor {

class EditorPane;

// Line and column, encoding, line ends and language of the file in front, in the status bar.
class EditorStatus : public QObject {
    Q_OBJECT
public:
    explicit EditorStatus(app::Workbench& workbench);

private:
    void follow(app::Pane* pane);
    void refresh();

    app::Workbench& m_workbench;
    QPointer<EditorPane> m_pane;
};

} // namespace lathe::editor
