// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QKeySequenceEdit;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace lathe::app {

class ShellWorkbench;

// Every command with its key; choose one, press keys, Set. Stored under "keys" of the settings file.
class KeyBindings final : public QWidget {
    Q_OBJECT
public:
    explicit KeyBindings(ShellWorkbench& workbench);

private:
    void fill();
    void choose();
    QString chosen() const;

    ShellWorkbench& m_workbench;
    QLineEdit* m_filter;
    QTreeWidget* m_list;
    QKeySequenceEdit* m_keys;
    QPushButton *m_set, *m_reset, *m_none;
    QLabel* m_note;
};

}  // namespace lathe::app
