// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/pane_drag.h"

#include "app/shell/centre_area.h"
#include "app/shell/main_window.h"
#include "app/shell/panel_frame.h"
#include "app/shell/tab_group.h"
#include "app/theme.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace lathe::app {

namespace {

constexpr int kEdge = 36;       // how near to an edge a hidden region opens
constexpr double kPart = 0.25;  // of a group: dropped this near to a side it splits

class DragHandle final : public QObject {
public:
    using Call = std::function<void(const QPoint&)>;
    DragHandle(QWidget* handle, Call moved, Call dropped)
        : QObject(handle), m_moved(std::move(moved)), m_dropped(std::move(dropped)) {
        handle->installEventFilter(this);
    }

protected:
    bool eventFilter(QObject* object, QEvent* event) override {
        const auto mouse = [event] { return static_cast<QMouseEvent*>(event); };
        if (event->type() == QEvent::MouseButtonPress && mouse()->button() == Qt::LeftButton) {
            m_from = mouse()->globalPosition().toPoint();
            m_pressed = true;
        } else if (event->type() == QEvent::MouseMove && m_pressed && (mouse()->buttons() & Qt::LeftButton)) {
            const QPoint at = mouse()->globalPosition().toPoint();
            m_dragging |= (at - m_from).manhattanLength() > 2 * QApplication::startDragDistance();
            if (m_dragging) {
                m_moved(at);
                return true;
            }
        } else if (event->type() == QEvent::MouseButtonRelease && std::exchange(m_pressed, false) &&
                   std::exchange(m_dragging, false)) {
            // The widget must see the release, but not as a click on itself.
            const QPoint at = mouse()->globalPosition().toPoint();
            QMouseEvent elsewhere(QEvent::MouseButtonRelease, QPointF(-1000, -1000), QPointF(at),
                                  Qt::LeftButton, Qt::NoButton, Qt::NoModifier);
            object->removeEventFilter(this);
            QCoreApplication::sendEvent(object, &elsewhere);
            object->installEventFilter(this);
            m_dropped(at);
            return true;
        }
        return false;
    }

private:
    Call m_moved, m_dropped;
    QPoint m_from;
    bool m_pressed = false, m_dragging = false;
};

}  // namespace

void makeDragHandle(QWidget* handle, std::function<void(const QPoint&)> moved,
                    std::function<void(const QPoint&)> dropped) {
    new DragHandle(handle, std::move(moved), std::move(dropped));  // owned by the handle
}

PaneDrag::PaneDrag(MainWindow& window) : QWidget(&window), m_window(window) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void PaneDrag::move(Pane* pane, bool document, const QPoint& global) {
    if (!m_pane) {
        m_pane = pane;
        m_document = document;
        m_givenUp = false;
        qApp->installEventFilter(this);
    }
    m_place = m_givenUp ? std::nullopt : placeAt(global, m_document);
    setGeometry(m_window.rect());
    setVisible(m_place.has_value());
    raise();
    update();
}

std::optional<DropPlace> PaneDrag::end(const QPoint& global) {
    qApp->removeEventFilter(this);
    hide();
    const bool taken = m_pane && !m_givenUp;
    m_pane = nullptr;
    m_place.reset();
    return taken ? placeAt(global, m_document) : std::nullopt;
}

std::optional<DropPlace> PaneDrag::placeAt(const QPoint& global, bool document) const {
    const auto inWindow = [this](const QWidget* widget) {
        return QRect(widget->mapTo(&m_window, QPoint()), widget->size());
    };
    const QPoint at = m_window.mapFromGlobal(global);
    const QRect centre = inWindow(m_window.centre());
    if (!document) {
        const auto region = [&](const PanelFrame* frame, Region which,
                                const QRect& edge) -> std::optional<DropPlace> {
            const QRect area = frame->isVisible() ? inWindow(frame) : edge;
            if (!area.contains(at))
                return std::nullopt;
            DropPlace place;
            place.region = which;
            place.shown = area;
            return place;
        };
        const int bottom =
            m_window.bottom()->isVisible() ? inWindow(m_window.bottom()).bottom() : centre.bottom();
        if (auto place = region(m_window.dock(), Region::RightDock,
                                {centre.right() - kEdge, centre.top(), kEdge + 1, bottom - centre.top()}))
            return place;
        if (auto place = region(m_window.side(), Region::SidePanel,
                                {centre.left(), centre.top(), kEdge, bottom - centre.top()}))
            return place;
        if (auto place = region(m_window.bottom(), Region::BottomPanel,
                                {centre.left(), centre.bottom() - kEdge, centre.width(), kEdge + 1}))
            return place;
    }
    for (TabGroup* group : m_window.centre()->groups()) {
        const QRect area = inWindow(group);
        if (!area.contains(at))
            continue;
        DropPlace place;
        place.group = group;
        place.shown = area;
        TabStrip* strip = group->strip();
        if (const QRect tabs = inWindow(strip); strip->isVisible() && at.y() <= tabs.bottom()) {
            const int over = strip->tabAt(strip->mapFrom(&m_window, at));
            if (over >= 0) {
                const QRect tab = strip->tabRect(over).translated(tabs.topLeft());
                place.index = over + (at.x() > tab.center().x() ? 1 : 0);
                place.shown = {place.index > over ? tab.right() - 1 : tab.left() - 1, tab.top(), 3,
                               tab.height()};
            } else {
                place.shown = {tabs.right() - 1, tabs.top(), 3, tabs.height()};
            }
            return place;
        }
        const double x = static_cast<double>(at.x() - area.left()) / std::max(1, area.width());
        const double y = static_cast<double>(at.y() - area.top()) / std::max(1, area.height());
        const double nearest = std::min({x, 1 - x, y, 1 - y});
        if (nearest > kPart)
            return place;
        using enum DropPlace::Side;
        place.side = nearest == x ? Left : nearest == 1 - x ? Right : nearest == y ? Top : Bottom;
        if (place.side == Left || place.side == Right)
            place.shown.setWidth(area.width() / 2);
        else
            place.shown.setHeight(area.height() / 2);
        if (place.side == Right)
            place.shown.moveRight(area.right());
        if (place.side == Bottom)
            place.shown.moveBottom(area.bottom());
        return place;
    }
    return std::nullopt;
}

void PaneDrag::paintEvent(QPaintEvent*) {
    if (!m_place)
        return;
    QPainter painter(this);
    QColor fill = theme().color(QStringLiteral("accent"));
    painter.setPen(QPen(fill, 2));
    fill.setAlphaF(0.16F);
    painter.setBrush(fill);
    painter.drawRect(m_place->shown.adjusted(1, 1, -1, -1));
}

bool PaneDrag::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        m_givenUp = true;
        m_place.reset();
        hide();
        return true;
    }
    return QWidget::eventFilter(object, event);
}

}  // namespace lathe::app
