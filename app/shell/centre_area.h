// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"
#include "app/shell/pane_drag.h"
#include "app/shell/tab_group.h"

#include <QJsonObject>
#include <QList>
#include <QWidget>

#include <functional>

class QSplitter;

namespace lathe::app {

// The centre: tab groups in splits of any depth. At least one group exists. A pane belongs to one group.
class CentreArea final : public QWidget {
    Q_OBJECT
public:
    explicit CentreArea(QWidget* parent = nullptr);

    // As a tab of the active group (or beside it), in front. A preview replaces the group's preview of the
    // same kind.
    void add(Pane* pane, bool otherGroup);
    void activate(Pane* pane, bool focus);
    // Takes it out and deletes it later; an emptied group goes, unless it is the last.
    void remove(Pane* pane);
    bool contains(const Pane* pane) const;
    Pane* current() const { return m_active->current(); }
    QList<Pane*> panes() const;
    const QList<TabGroup*>& groups() const { return m_groups; }
    TabGroup* activeGroup() const { return m_active; }

    // A new group beside the active one; it takes `pane` along if that is not the group's only tab.
    void split(Qt::Orientation orientation);
    void moveToOtherGroup(Pane* pane);
    // To a place that PaneDrag found; a pane that is not here yet comes in.
    void place(Pane* pane, const DropPlace& place);
    // Takes it out without deleting it; parentless afterwards.
    void release(Pane* pane);
    void focusGroup(int index);
    void cycleRecent(int step);     // Ctrl+Tab
    void cycleTab(int step);        // Ctrl+PageDown
    void resizeActive(int pixels);  // along its split

    void setEmptyWidget(std::function<QWidget*()> make);
    void setWorkspaceHost(const QString& host);

    QJsonObject saveLayout(const std::function<QJsonObject(const Pane*)>& describe) const;
    // `make` may return nullptr: that tab is left out.
    void restoreLayout(const QJsonObject& layout, const std::function<Pane*(const QJsonObject&)>& make);

Q_SIGNALS:
    void currentChanged(lathe::app::Pane* pane);
    void closeRequested(lathe::app::Pane* pane);
    void layoutChanged();
    void tabPulled(lathe::app::Pane* pane, const QPoint& global);
    void tabLetGo(lathe::app::Pane* pane, const QPoint& global);

private:
    TabGroup* splitAt(TabGroup* at, Qt::Orientation orientation, bool before);
    TabGroup* makeGroup();
    void setActive(TabGroup* group);
    void dropGroup(TabGroup* group);
    TabGroup* groupOf(const Pane* pane) const;
    QJsonObject saveNode(const QWidget* node, const std::function<QJsonObject(const Pane*)>& describe) const;
    QWidget* restoreNode(const QJsonObject& node, const std::function<Pane*(const QJsonObject&)>& make,
                         TabGroup** active);

    QSplitter* m_root;
    QList<TabGroup*> m_groups;
    TabGroup* m_active = nullptr;
    QList<Pane*> m_recent;
    std::function<QWidget*()> m_makeEmpty;
    QString m_host;
};

}  // namespace lathe::app
