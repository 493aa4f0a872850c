// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QWidget>

class QMenu;
class QMenuBar;
class QPushButton;

namespace lathe::app {

class Commands;
class IconButton;

// 36 px at the top: menus made from the commands, the field that opens Quick open, Run…, three region
// toggles.
class TopBar final : public QWidget {
    Q_OBJECT
public:
    explicit TopBar(Commands& commands, QWidget* parent = nullptr);
    void setPlace(const QString& folder, const QString& host);
    void setRegions(bool side, bool bottom, bool right);
    QMenuBar* menuBar() const { return m_menus; }

Q_SIGNALS:
    void fieldClicked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fillMenu(const QString& id, QMenu* menu);

    Commands& m_commands;
    QMenuBar* m_menus;
    QPushButton* m_field;
    QPushButton* m_run;
    QWidget* m_right;
    IconButton *m_side, *m_bottom, *m_dock;
};

}  // namespace lathe::app
