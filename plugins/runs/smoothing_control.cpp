// SPDX-License-Identifier: GPL-3.0-or-later
#include "smoothing_control.h"

#include "chart_context.h"

#include "app/widgets.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSlider>

#include <cmath>

namespace lathe::runs {

SmoothingControl::SmoothingControl(ChartContext& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_label(app::makeLabel(tr("Smoothing"), "dim")),
      m_value(app::makeLabel({}, "dim")), m_slider(new QSlider(Qt::Horizontal)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    m_slider->setRange(0, 99);
    m_slider->setFixedWidth(76);
    m_slider->setAccessibleName(tr("Smoothing"));
    const QString tip =
        tr("Debiased moving average of dense series; the points themselves stay behind it. "
           "Series of fewer than 100 points and schedules like lr are drawn as logged, unless "
           "the menu of their chart says otherwise.");
    for (QWidget* part : {static_cast<QWidget*>(m_slider), static_cast<QWidget*>(m_label)})
        part->setToolTip(tip);
    m_value->setMinimumWidth(m_value->fontMetrics().horizontalAdvance(QStringLiteral("0.00")) + 2);
    row->addWidget(m_label);
    row->addWidget(m_slider);
    row->addWidget(m_value);
    const auto take = [this] {
        const double weight = m_context.smoothing();
        m_slider->setValue(static_cast<int>(std::lround(weight * 100)));
        m_value->setText(weight > 0 ? QString::number(weight, 'f', 2) : tr("off"));
    };
    take();
    connect(m_slider, &QSlider::valueChanged, this, [this](int v) { m_context.setSmoothing(v / 100.0); });
    connect(&context, &ChartContext::settingsChanged, this, take);
}

void SmoothingControl::setLabelVisible(bool visible) {
    m_label->setVisible(visible);
}

}  // namespace lathe::runs
