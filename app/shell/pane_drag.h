// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"

#include <QPoint>
#include <QRect>
#include <QWidget>

#include <functional>
#include <optional>

namespace lathe::app {

class MainWindow;
class TabGroup;

// Where a dragged pane would go: a region of its own, or a place in the centre.
struct DropPlace {
    Region region = Region::Centre;
    TabGroup* group = nullptr;  // of the centre
    enum class Side { Tab, Left, Right, Top, Bottom } side = Side::Tab;
    int index = -1;  // among the group's tabs; -1: last
    QRect shown;     // what the pane would cover, in the window
};

// Follows the mouse while a pane is dragged by its tab or header, shows where it would go, and says where it
// was dropped. The widget that was pressed keeps the mouse; it calls move() and end(). Escape gives up.
class PaneDrag final : public QWidget {
    Q_OBJECT
public:
    explicit PaneDrag(MainWindow& window);

    // `document`: lives in the centre only.
    void move(Pane* pane, bool document, const QPoint& global);
    // nullopt: given up, or dropped where nothing takes it.
    std::optional<DropPlace> end(const QPoint& global);
    bool active() const { return m_pane != nullptr; }

    // The place under a point; for tests too.
    std::optional<DropPlace> placeAt(const QPoint& global, bool document) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    MainWindow& m_window;
    Pane* m_pane = nullptr;
    bool m_document = false, m_givenUp = false;
    std::optional<DropPlace> m_place;
};

// Lets `handle` (a header, a tab) drag something: `moved` for every step once the mouse has gone far enough
// to mean it, then `dropped`. A plain click stays a click.
void makeDragHandle(QWidget* handle, std::function<void(const QPoint& global)> moved,
                    std::function<void(const QPoint& global)> dropped);

}  // namespace lathe::app
