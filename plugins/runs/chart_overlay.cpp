// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_overlay.h"

#include "chart_canvas.h"
#include "run_filter.h"

#include "app/theme.h"
#include "app/workspace.h"
#include "core/text.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace lathe::runs {

ChartOverlay::ChartOverlay(ChartCanvas& canvas) : QWidget(&canvas), m_canvas(canvas) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_NoSystemBackground);
    setFocusPolicy(Qt::NoFocus);
}

void ChartOverlay::paintEvent(QPaintEvent*) {
    if (m_canvas.m_dirty)
        m_canvas.scheduleRefresh();
    QPainter painter(this);
    auto& theme = app::theme();
    const auto& plot = *m_canvas.m_plot;
    const QRect rect = plot.plotRect();

    if (!m_canvas.m_hasPoints || m_canvas.m_error) {
        painter.setFont(theme.uiFont(12));
        const auto& error = m_canvas.m_error;
        painter.setPen(theme.color(error ? QStringLiteral("error") : QStringLiteral("text.3")));
        const QString text = error                        ? app::toQString(error->text())
                             : !m_canvas.m_allLoaded      ? tr("Reading…")
                             : m_canvas.m_lines.isEmpty() ? tr("No run is drawn")
                                                          : tr("No points yet");
        painter.drawText(rect.adjusted(8, 4, -8, -4), Qt::AlignTop | Qt::AlignLeft | Qt::TextWordWrap, text);
    }
    if (m_canvas.m_press && !m_canvas.m_panning && m_canvas.m_mouse) {
        QRectF band(std::min(m_canvas.m_press->x(), m_canvas.m_mouse->x()), rect.top(),
                    std::abs(m_canvas.m_mouse->x() - m_canvas.m_press->x()), rect.height());
        QColor fill = theme.color(QStringLiteral("accent"));
        painter.setPen(fill);
        fill.setAlphaF(0.15F);
        painter.setBrush(fill);
        painter.drawRect(band & QRectF(rect));
    }
    if (m_canvas.hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.color(QStringLiteral("accent")), 1));
        painter.drawRect(rect.adjusted(-1, -1, 0, 0));
    }
    const auto& crosshair = m_canvas.m_context.crosshair();
    if (crosshair && m_canvas.m_hasPoints && *crosshair >= plot.xFrom() && *crosshair <= plot.xTo()) {
        paintCrosshair(painter, *crosshair);
        if (m_canvas.m_tooltip && (m_canvas.m_mouse || m_canvas.hasFocus()))
            paintTooltip(painter, *crosshair);
    }
}

void ChartOverlay::paintCrosshair(QPainter& painter, double x) {
    auto& theme = app::theme();
    const auto& plot = *m_canvas.m_plot;
    const QRect rect = plot.plotRect();
    const double px = std::round(plot.pixelX(x)) + 0.5;
    QPen pen(theme.color(QStringLiteral("text.1")), 1);
    pen.setDashPattern({3, 3});
    painter.setPen(pen);
    painter.drawLine(QLineF(px, rect.top(), px, rect.bottom()));

    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(theme.color(QStringLiteral("bg.content")), 1));
    for (const auto& reading : m_canvas.readings(x)) {
        const double py = plot.pixelY(reading.drawn);
        if (!std::isfinite(py) || py < rect.top() || py > rect.bottom())
            continue;
        painter.setBrush(m_canvas.m_lines[reading.line].color);
        painter.drawEllipse(QPointF(px, py), 3.2, 3.2);
    }
    if (!m_canvas.m_mouse)
        return;
    painter.setFont(theme.uiFont(11, QFont::Medium));
    const QString text = m_canvas.xText(x);
    const double wide = painter.fontMetrics().horizontalAdvance(text) + 12;
    const QRectF pill(std::clamp(px - wide / 2, 0.0, width() - wide), rect.bottom() + 3, wide, 17);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(QStringLiteral("text.2")));
    painter.drawRoundedRect(pill, 3, 3);
    painter.setPen(theme.color(QStringLiteral("bg.content")));
    painter.drawText(pill, Qt::AlignCenter, text);
}

void ChartOverlay::paintTooltip(QPainter& painter, double x) {
    auto& theme = app::theme();
    const auto& plot = *m_canvas.m_plot;
    auto readings = m_canvas.readings(x);
    if (readings.isEmpty())
        return;
    const auto all = readings.size();
    const double mouseY = m_canvas.m_mouse ? m_canvas.m_mouse->y() : plot.plotRect().center().y();
    std::ranges::sort(readings, {}, [&](const Reading& r) {
        const double py = plot.pixelY(r.drawn);
        return std::isfinite(py) ? std::abs(py - mouseY) : 1e9;
    });
    const qsizetype shown = std::min<qsizetype>(readings.size(), height() < 150 ? 2 : 4);
    readings.resize(shown);
    const bool low = lowerIsBetter(app::toStd(m_canvas.m_metric));
    std::ranges::sort(readings, {}, [&](const Reading& r) { return low ? r.value : -r.value; });

    const QFont plain = theme.uiFont(12), strong = theme.uiFont(12, QFont::DemiBold), hint = theme.uiFont(11);
    const QFontMetricsF strongMetrics(strong);
    const QString axis = m_canvas.m_context.axis() == record::XAxis::Step
                             ? tr("step %1").arg(m_canvas.xText(x))
                             : m_canvas.xText(x);
    double names = strongMetrics.horizontalAdvance(axis), values = 0;
    for (const auto& r : readings) {
        names = std::max(names, strongMetrics.horizontalAdvance(m_canvas.m_lines[r.line].name) + 16);
        values = std::max(values, strongMetrics.horizontalAdvance(app::toQString(numberText(r.value))));
    }
    const double wide = std::min<double>(std::max(names + values + 14, 120.0) + 20, width() - 8);
    const double tall = 26 + 18.0 * static_cast<double>(shown) + (all > shown ? 18 : 6);
    const double px = plot.pixelX(x);
    // Beside the crosshair, never over it.
    double left = px - wide - 8;
    if (left < 2)
        left = px + 8;
    const QRectF box(std::min(left, width() - wide - 2),
                     std::clamp(mouseY - tall - 10, 2.0, std::max(2.0, height() - tall - 2)), wide, tall);
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(theme.strongBorder(), 1));
    painter.setBrush(theme.color(QStringLiteral("bg.popup")));
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);

    const auto row = [&](double y, double h) { return QRectF(box.left() + 10, y, box.width() - 20, h); };
    painter.setFont(strong);
    painter.setPen(theme.color(QStringLiteral("text.1")));
    painter.drawText(row(box.top() + 4, 20), Qt::AlignVCenter | Qt::AlignLeft, axis);
    double y = box.top() + 26;
    for (const auto& r : readings) {
        const auto& line = m_canvas.m_lines[r.line];
        const bool near = line.run == m_canvas.m_context.hovered() || line.primary;
        painter.setPen(Qt::NoPen);
        painter.setBrush(line.color);
        painter.drawEllipse(QPointF(box.left() + 14, y + 9), 4, 4);
        painter.setFont(near ? strong : plain);
        painter.setPen(theme.color(near ? QStringLiteral("text.1") : QStringLiteral("text.2")));
        const QRectF at = row(y, 18).adjusted(14, 0, 0, 0);
        painter.drawText(at.adjusted(0, 0, -values - 10, 0), Qt::AlignVCenter | Qt::AlignLeft,
                         painter.fontMetrics().elidedText(line.name, Qt::ElideMiddle,
                                                          static_cast<int>(at.width() - values - 8)));
        painter.drawText(at, Qt::AlignVCenter | Qt::AlignRight, app::toQString(numberText(r.value)));
        y += 18;
    }
    if (all > shown) {
        painter.setFont(hint);
        painter.setPen(theme.color(QStringLiteral("text.3")));
        painter.drawText(row(y, 16), Qt::AlignVCenter | Qt::AlignLeft,
                         tr("%n more in the table", nullptr, static_cast<int>(all - shown)));
    }
}

}  // namespace lathe::runs
