// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"

#include <QList>
#include <QTabBar>

class QHBoxLayout;
class QStackedWidget;
class QToolButton;

namespace lathe::app {

// The row of tabs of one group: icon, title (italic: preview), dot (unsaved), host tag, close.
class TabStrip final : public QTabBar {
    Q_OBJECT
public:
    explicit TabStrip(QWidget* parent = nullptr);
    void setPanes(const QList<Pane*>* panes) { m_panes = panes; }
    void setGroupActive(bool active);
    void setWorkspaceHost(const QString& host);

protected:
    QSize tabSizeHint(int index) const override;
    QSize minimumTabSizeHint(int index) const override { return tabSizeHint(index); }
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

Q_SIGNALS:
    // A tab was pulled out of the row, and where it is; then where it was let go.
    void pulled(int index, const QPoint& global);
    void letGo(int index, const QPoint& global);

private:
    const Pane* paneAt(int index) const;
    QFont fontOf(const Pane* pane) const;
    QRect closeRect(int index) const;
    bool showsTag(const Pane* pane) const;

    const QList<Pane*>* m_panes = nullptr;
    QString m_host;
    int m_hover = -1, m_pressedClose = -1, m_pulled = -1;
    bool m_overClose = false, m_active = true;
};

// Tabs over a stack of panes. Owns its panes as their parent; it never deletes one itself. The centre's
// groups and the order of use live in CentreArea.
class TabGroup final : public QWidget {
    Q_OBJECT
public:
    explicit TabGroup(QWidget* parent = nullptr);

    void insert(Pane* pane, int index = -1);
    void take(Pane* pane);  // parentless afterwards
    const QList<Pane*>& panes() const { return m_panes; }
    Pane* current() const;
    void setCurrent(Pane* pane);
    void setGroupActive(bool active);
    void setWorkspaceHost(const QString& host);
    void setEmptyWidget(QWidget* widget);
    TabStrip* strip() const { return m_strip; }

Q_SIGNALS:
    void currentChanged(lathe::app::Pane* pane);
    void closeRequested(lathe::app::Pane* pane);
    void splitRequested();
    void pressed();
    void tabPulled(lathe::app::Pane* pane, const QPoint& global);
    void tabLetGo(lathe::app::Pane* pane, const QPoint& global);

private:
    void refreshTab(Pane* pane);
    void showTools();
    bool eventFilter(QObject* object, QEvent* event) override;
    void fillList();

    QList<Pane*> m_panes;
    QHash<Pane*, QWidget*> m_tools;
    TabStrip* m_strip;
    QHBoxLayout* m_toolRow;
    QToolButton* m_list;
    QStackedWidget* m_stack;
    QWidget* m_header;
    QWidget* m_loading;
    QWidget* m_empty = nullptr;
};

}  // namespace lathe::app
