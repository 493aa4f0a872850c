// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "series_curve.h"

#include <QColor>
#include <QList>
#include <QPointF>
#include <QRect>
#include <QString>
#include <QWidget>

#include <memory>
#include <vector>

namespace lathe::runs {

enum class LineEnd { None, Ring, Cross };

// One line, already folded to the plot's pixels: at most four values a pixel column. x in device pixels from
// the plot's left edge, y in value.
struct PlotLine {
    std::vector<Column> raw;  // drawn behind at rawOpacity, or as the line itself where `smooth` is empty
    std::vector<Sample> smooth;
    QColor color;
    QList<double> dash;  // on, off, … in logical pixels
    double width = 1.4, opacity = 1, rawOpacity = 0.22;
    LineEnd end = LineEnd::None;
    Sample endAt;               // x in the axis' unit
    std::vector<double> badAt;  // where values stopped being numbers; x in the axis' unit
    double badValue = 0;        // the height at which to mark it
};

// The thin adapter over QCustomPlot: its axes, grid, ticks, layout and export; the lines are ours. No other
// file includes its header. Theme tokens only. GUI thread only.
class ChartPlot : public QWidget {
    Q_OBJECT
public:
    enum class XKind { Step, Elapsed, Clock };

    explicit ChartPlot(QWidget* parent = nullptr);
    ~ChartPlot() override;

    void setLines(std::vector<PlotLine> lines);
    const std::vector<PlotLine>& lines() const;
    void setXRange(double from, double to);
    void setYRange(double from, double to);
    void setLog(bool x, bool y);
    void setXKind(XKind kind);
    double xFrom() const;
    double xTo() const;
    double yFrom() const;
    double yTo() const;
    bool logX() const;
    bool logY() const;

    QRect plotRect() const;  // logical pixels, in this widget
    int columns() const;     // device pixels across the plot
    double pixelX(double x) const;
    double pixelY(double y) const;
    double xAt(double pixel) const;

    void redraw();   // soon, once however often it is asked for
    void drawNow();  // at once: for measuring and grabbing

    // By the file's ending: .png, .pdf or .svg (vector lines). Empty on success, else what went wrong.
    QString save(const QString& path, const QSize& size);

protected:
    void resizeEvent(QResizeEvent* event) override;

Q_SIGNALS:
    void plotRectChanged();

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

// "20k", "1.5M", "0.031", "1e-4": axis ticks, short.
QString tickText(double value, double spacing);
// "5 m", "1 h 30 m" of seconds.
QString elapsedTickText(double seconds);

}  // namespace lathe::runs
