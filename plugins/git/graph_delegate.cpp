// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_delegate.h"

#include "app/theme.h"
#include "log_model.h"

#include <QFontMetrics>
#include <QPainter>
#include <QPainterPath>
#include <QSortFilterProxyModel>

namespace lathe::gitpane {
namespace {
constexpr int kLane = 14; // width
constexpr double kDot = 4.5;
constexpr int kMaxLanes = 12;
} // namespace

void GraphDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const app::Theme& theme = app::theme();
    const auto* proxy = qobject_cast<const QSortFilterProxyModel*>(index.model());
    const QModelIndex source = proxy ? proxy->mapToSource(index) : index;
    const auto* model = qobject_cast<const LogModel*>(source.model());
    QRect rect = option.rect;
    painter->save();
    if (option.state & QStyle::State_Selected)
        painter->fillRect(rect, theme.color(QStringLiteral("row.selected")));
    else if (option.state & QStyle::State_MouseOver)
        painter->fillRect(rect, theme.color(QStringLiteral("bg.hover")));
    const LaneRow& row = model->lanes(source.row());
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setClipRect(rect);
    const auto x = [&](int lane) { return rect.left() + 10.0 + std::min(lane, kMaxLanes) * kLane; };
    const double middle = rect.top() + rect.height() / 2.0;
    const auto line = [&](const LaneRow::Line& at, double fromY, double toY) {
        painter->setPen(QPen(theme.runColor(at.colour), 1.6));
        QPainterPath path({x(at.from), fromY});
        path.cubicTo({x(at.from), (fromY + toY) / 2}, {x(at.to), (fromY + toY) / 2}, {x(at.to), toY});
        painter->drawPath(path);
    };
    if (m_lanes) {
        painter->setBrush(Qt::NoBrush);
        for (const LaneRow::Line& at : row.above)
            line(at, rect.top(), middle);
        for (const LaneRow::Line& at : row.below)
            line(at, middle, rect.bottom() + 1.0);
    }
    painter->setPen(QPen(theme.color(QStringLiteral("bg.content")), 1.5));
    painter->setBrush(theme.runColor(row.lane));
    painter->drawEllipse(QPointF(x(m_lanes ? row.lane : 0), middle), kDot, kDot);
    painter->setRenderHint(QPainter::Antialiasing, false);

    int left = static_cast<int>(x(m_lanes ? std::min(model->graphWidth(), kMaxLanes) : 1)) + 4;
    const QFont small = theme.uiFont(11.5);
    for (const QString& ref : index.data(LogModel::RefsRole).toStringList()) {
        const int width = QFontMetrics(small).horizontalAdvance(ref) + 12;
        const QRect box(left, rect.top() + (rect.height() - 18) / 2, width, 18);
        if (box.right() > rect.right() - 40)
            break;
        const bool head = ref == QLatin1String("HEAD");
        painter->setPen(theme.color(head ? QStringLiteral("accent") : QStringLiteral("border.strong")));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        painter->setFont(small);
        painter->setPen(theme.color(head ? QStringLiteral("accent") : QStringLiteral("text.2")));
        painter->drawText(box, Qt::AlignCenter, ref);
        left = box.right() + 7;
    }
    rect.setLeft(left);
    painter->setFont(theme.uiFont(12.5));
    painter->setPen(theme.color(QStringLiteral("text.1")));
    painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft,
                      painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, rect.width() - 8));
    painter->restore();
}

} // namespace lathe::gitpane
