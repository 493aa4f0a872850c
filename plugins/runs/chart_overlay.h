// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace lathe::runs {

class ChartCanvas;

// What lies over a chart and changes without it: crosshair, its readings, the stretch being selected, the
// tooltip, and what to say where there is nothing to draw.
class ChartOverlay final : public QWidget {
    Q_OBJECT
public:
    explicit ChartOverlay(ChartCanvas& canvas);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintCrosshair(QPainter& painter, double x);
    void paintTooltip(QPainter& painter, double x);
    ChartCanvas& m_canvas;
};

}  // namespace lathe::runs
