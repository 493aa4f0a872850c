// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/notifications.h"

#include <QList>
#include <QObject>
#include <QPointer>
#include <QWidget>

namespace lathe::app {

// At most three cards above the status bar, 360 wide. Errors stay, others go after 6 s unless the pointer is
// on them.
class Toasts final : public QObject {
    Q_OBJECT
public:
    Toasts(Notifications& notifications, QWidget* window);
    void place();
    int count() const { return static_cast<int>(m_cards.size()); }

private:
    void show(const Notification& note);
    void drop(QWidget* card);
    bool eventFilter(QObject* object, QEvent* event) override;

    QWidget* m_window;
    QList<QWidget*> m_cards;
};

// What the bell opens: the last 200, newest first, with time and action.
class BellList final : public QWidget {
    Q_OBJECT
public:
    BellList(Notifications& notifications, QWidget* anchor);

protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace lathe::app
