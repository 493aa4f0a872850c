// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "chart_context.h"
#include "chart_plot.h"
#include "series_cache.h"

#include <QList>
#include <QPointF>
#include <QString>
#include <QWidget>

#include <optional>

namespace lathe::runs {

// What a line says at the crosshair.
struct Reading {
    qsizetype line = 0;
    double value = 0;  // as logged
    double drawn = 0;  // where the line is: smoothed, if it is
};

// One metric of many runs over x: data from the cache, drawing by ChartPlot, and what the user does with
// mouse and keys. Drag selects a stretch of x, Ctrl+wheel (or the wheel in a focused chart) zooms, Shift+drag
// or the middle button pans, double-click goes back. Keys: ←→ (Shift: by 10) crosshair, + − 0 zoom, Y and X
// log axes, Ctrl+C the data, Ctrl+Shift+C the picture, Esc. GUI thread only.
class ChartCanvas : public QWidget {
    Q_OBJECT
public:
    ChartCanvas(SeriesCache& cache, ChartContext& context, const QString& metric, QWidget* parent = nullptr);

    const QString& metric() const { return m_metric; }
    void setLines(const QList<ChartLine>& lines);
    const QList<ChartLine>& lines() const { return m_lines; }
    void setLogY(bool on);
    void setLogX(bool on);
    bool logY() const { return m_plot->logY(); }
    bool logX() const { return m_plot->logX(); }
    void setShowTooltip(bool on) { m_tooltip = on; }
    // Overrides the context's clipping for this chart.
    void setFitAll(bool on);
    bool fitAll() const { return m_fitAll; }

    std::optional<XRange> fullRange() const;  // of what is loaded
    XRange shownRange() const { return {m_plot->xFrom(), m_plot->xTo()}; }
    // In line order; lines that have no value there are left out.
    QList<Reading> readings(double x) const;
    double lastValue(qsizetype line) const;            // the last logged, whatever is drawn; NaN: none
    double smoothing() const;                          // as this chart uses it
    int outside() const { return m_outside; }          // lines that leave the clipped range
    std::uint64_t badPoints() const { return m_bad; }  // NaN or infinite
    std::optional<Error> error() const { return m_error; }
    bool hasPoints() const { return m_hasPoints; }

    // Draws the chart at `size` into a file; empty, or what went wrong.
    QString save(const QString& path, const QSize& size);
    QString dataAsText() const;  // tab separated, as drawn

    ChartPlot& plot() { return *m_plot; }
    void refreshNow();  // computes at once what a frame would

    QSize minimumSizeHint() const override { return {120, 90}; }

Q_SIGNALS:
    void statusChanged();

protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    friend class ChartOverlay;
    void scheduleRefresh();
    void compute(ChartPlot& plot);
    void fitY(ChartPlot& plot, const std::vector<PlotLine>& lines, int columns);
    SeriesKey keyOf(const ChartLine& line) const { return {line.run, m_metric, m_context.axis()}; }
    void zoom(double factor, double around);
    void pan(double byPixels);
    void moveCrosshair(int points);
    void updateAccessibleName();
    QString xText(double x) const;

    SeriesCache& m_cache;
    ChartContext& m_context;
    QString m_metric;
    QList<ChartLine> m_lines;
    ChartPlot* m_plot;
    QWidget* m_overlay;
    bool m_refreshPending = false, m_dirty = true, m_fitAll = false, m_tooltip = true;
    bool m_hasPoints = false, m_allLoaded = false;
    bool m_nameStale = true;  // the spoken name tells of the data, not of what part of it is in view
    int m_outside = 0;
    std::uint64_t m_bad = 0;
    std::optional<Error> m_error;
    std::optional<QPointF> m_mouse;
    std::optional<QPointF> m_press;
    bool m_panning = false;
};

}  // namespace lathe::runs
