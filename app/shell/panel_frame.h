// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"

#include <QHash>
#include <QList>

class QHBoxLayout;
class QLabel;
class QStackedWidget;
class QToolButton;

namespace lathe::app {

// A region that shows one pane at a time. Header styles: a title (side panel, right dock) or a row of tabs
// (bottom panel).
class PanelFrame final : public QWidget {
    Q_OBJECT
public:
    enum class Header { Title, Tabs };
    explicit PanelFrame(Header header, const QString& accessibleName, QWidget* parent = nullptr);

    // Tabs: an entry that has no pane yet.
    void addEntry(const QString& id, const QString& title, int order);
    void add(Pane* pane);
    // Takes it out, with its entry; parentless afterwards.
    void take(Pane* pane);
    void removeEntry(const QString& id);
    void setCurrent(Pane* pane);
    void setCurrentId(const QString& id);
    Pane* current() const;
    QString currentId() const { return m_currentId; }
    QList<Pane*> panes() const { return m_panes; }

Q_SIGNALS:
    void entryClicked(const QString& id);  // its pane may not exist yet
    void closeClicked();
    void headerDragged(const QString& id, const QPoint& global);
    void headerDropped(const QString& id, const QPoint& global);

private:
    void refresh();

    struct Entry {
        QString id;
        int order;
        QToolButton* tab;
    };
    Header m_kind;
    QList<Entry> m_entries;
    QList<Pane*> m_panes;
    QHash<Pane*, QWidget*> m_tools;
    QString m_currentId;
    QHBoxLayout *m_tabRow, *m_toolRow;
    QLabel *m_title = nullptr, *m_detail = nullptr, *m_stale;
    QWidget* m_loading;
    QStackedWidget* m_stack;
};

}  // namespace lathe::app
