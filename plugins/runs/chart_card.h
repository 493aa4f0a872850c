// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "chart_canvas.h"

#include <QFrame>

class QLabel;
class QMenu;
class QToolButton;

namespace lathe::app {
class IconButton;
}

namespace lathe::runs {

// A chart with its header: metric, marks (log, how many lines leave the range, NaN), expand and menu. In the
// live plots the header carries each run's last value instead.
class ChartCard : public QFrame {
    Q_OBJECT
public:
    enum class Style { Grid, Live };
    ChartCard(SeriesCache& cache, ChartContext& context, const QString& metric, Style style,
              QWidget* parent = nullptr);

    ChartCanvas& canvas() { return *m_canvas; }
    const QString& metric() const { return m_canvas->metric(); }
    void setExpanded(bool expanded);

Q_SIGNALS:
    void expandRequested();

protected:
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void refreshHeader();
    void addSmoothingTo(QMenu& menu);
    void showMenu();
    Style m_style;
    ChartContext& m_context;
    ChartCanvas* m_canvas;
    QLabel *m_title, *m_marks, *m_bad, *m_legend;
    QToolButton* m_outside;
    app::IconButton *m_expand, *m_menu;
};

}  // namespace lathe::runs
