// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"

#include <QAbstractListModel>
#include <QStyledItemDelegate>

class QListView;

namespace lathe::app {
class Workbench;
}

namespace lathe::hosts {

class HostService;

// Hosts in use, then a heading, then the names of the SSH configuration.
class HostListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { IdRole = Qt::UserRole, KindRole };
    enum Kind { InUse, Heading, Configured };

    explicit HostListModel(HostService& service, QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    HostService& m_service;
};

class HostListDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    HostListDelegate(HostService& service, QObject* parent) : QStyledItemDelegate(parent), m_service(service) {}
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintHost(QPainter* painter, const QRect& row, const QString& id) const;
    HostService& m_service;
};

// The Hosts panel. GUI thread only.
class HostListPane : public app::Pane {
    Q_OBJECT
public:
    HostListPane(app::Workbench& workbench, HostService& service, QWidget* parent = nullptr);
    QWidget* createHeaderTools() override;
    void activate() override;
    QListView& view() { return *m_view; }

private:
    void open(const QModelIndex& index);
    void showMenu(const QPoint& at);
    bool eventFilter(QObject* object, QEvent* event) override;

    app::Workbench& m_workbench;
    HostService& m_service;
    HostListModel* m_model;
    QListView* m_view;
};

} // namespace lathe::hosts
