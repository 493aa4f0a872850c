// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QSlider;

namespace lathe::runs {

class ChartContext;

// "Smoothing ──o── 0.60": how much the charts of a pane are smoothed. Follows the context.
class SmoothingControl : public QWidget {
    Q_OBJECT
public:
    explicit SmoothingControl(ChartContext& context, QWidget* parent = nullptr);
    void setLabelVisible(bool visible);
    QSlider& slider() { return *m_slider; }

private:
    ChartContext& m_context;
    QLabel *m_label, *m_value;
    QSlider* m_slider;
};

}  // namespace lathe::runs
