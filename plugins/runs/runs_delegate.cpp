// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs_delegate.h"

#include "runs_proxy.h"

#include "app/theme.h"
#include "app/workspace.h"

#include <QApplication>
#include <QPainter>

namespace lathe::runs {
namespace {

constexpr int kRowHeight = 26;

const RunsModel* modelOf(const QModelIndex& index, int* row) {
    if (const auto* proxy = qobject_cast<const RunsProxy*>(index.model())) {
        const auto source = proxy->mapToSource(index);
        *row = source.row();
        return qobject_cast<const RunsModel*>(source.model());
    }
    *row = index.row();
    return qobject_cast<const RunsModel*>(index.model());
}

}  // namespace

RunsDelegate::RunsDelegate(app::RunPalette& palette, const QList<RunColumn>& columns, QObject* parent)
    : QStyledItemDelegate(parent), m_palette(palette), m_columns(columns) {}

QSize RunsDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {60, static_cast<int>(kRowHeight * std::max(1.0, app::theme().textScale()))};
}

void RunsDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
    auto& theme = app::theme();
    const bool selected = option.state & QStyle::State_Selected;
    const bool active = option.widget && option.widget->hasFocus();
    const bool hovered = (option.state & QStyle::State_MouseOver) ||
                         (!m_hovered.isEmpty() && index.data(kRunIdRole).toString() == m_hovered);
    const bool drawn = index.data(kDrawnRole).toBool();
    const auto kind = m_columns.value(index.column()).kind;

    painter->save();
    if (selected)
        painter->fillRect(option.rect, theme.color(QStringLiteral("row.selected")));
    else if (hovered)
        painter->fillRect(option.rect, theme.color(QStringLiteral("bg.hover")));
    painter->setPen(theme.color(QStringLiteral("grid")));
    painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    if (selected && active && index.column() == 0)
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), 2, option.rect.height()),
                          theme.color(QStringLiteral("accent")));

    const QRect rect = option.rect.adjusted(6, 0, -8, -1);
    switch (kind) {
    case RunColumn::Kind::Eye: {
        const qreal ratio = painter->device()->devicePixelRatioF();
        const auto pixmap =
            theme.pixmap(drawn ? QStringLiteral("eye") : QStringLiteral("eye-off"),
                         drawn ? QStringLiteral("text.2") : QStringLiteral("text.3"), 16, ratio);
        painter->drawPixmap(QPointF(option.rect.left() + 12, option.rect.center().y() - 7.5), pixmap);
        break;
    }
    case RunColumn::Kind::Name: paintName(painter, rect, index, drawn, selected); break;
    case RunColumn::Kind::State: paintState(painter, rect, index, drawn); break;
    default: {
        const bool accent = kind == RunColumn::Kind::AtCrosshair;
        const bool strong = kind == RunColumn::Kind::Metric && index.data(kBestRole).toBool();
        const QString text = index.data().toString();
        const bool nothing = text == QStringLiteral("–");
        painter->setFont(theme.uiFont(12.5, strong ? QFont::DemiBold : QFont::Normal));
        painter->setPen(theme.color(nothing || !drawn ? QStringLiteral("text.3")
                                    : accent          ? QStringLiteral("accent")
                                                      : QStringLiteral("text.1")));
        const auto align = index.data(Qt::TextAlignmentRole).value<Qt::Alignment>();
        painter->drawText(rect, static_cast<int>(align),
                          painter->fontMetrics().elidedText(text, Qt::ElideRight, rect.width()));
        break;
    }
    }
    painter->restore();
}

void RunsDelegate::paintName(QPainter* painter, QRect rect, const QModelIndex& index, bool drawn,
                             bool selected) const {
    auto& theme = app::theme();
    const auto id = index.data(kRunIdRole).toString();
    painter->setRenderHint(QPainter::Antialiasing, true);
    const QPointF centre(rect.left() + 5, rect.center().y() + 0.5);
    if (drawn) {
        if (selected) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.color(QStringLiteral("bg.content")));
            painter->drawEllipse(centre, 6, 6);
        }
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_palette.color(id));
        painter->drawEllipse(centre, 4, 4);
    } else {
        painter->setPen(QPen(theme.color(QStringLiteral("text.disabled")), 1.2));
        painter->setBrush(Qt::NoBrush);
        painter->drawEllipse(centre, 3.5, 3.5);
    }
    painter->setRenderHint(QPainter::Antialiasing, false);
    rect.adjust(17, 0, 0, 0);

    int row = 0;
    const auto* model = modelOf(index, &row);
    QStringList tags;
    if (index.data(kBaselineRole).toBool())
        tags << tr("base");
    if (model && model->at(row)->archived)
        tags << tr("archived");
    if (model)
        for (const auto& tag : model->at(row)->tags)
            tags << app::toQString(tag);
    const QFont tagFont = theme.uiFont(11);
    const QFontMetrics tagMetrics(tagFont);
    const bool pinned = index.data(kPinnedRole).toBool(),
               broken = !index.data(kProblemRole).toString().isEmpty();
    const int icons = (pinned ? 20 : 0) + (broken ? 20 : 0);

    // Runs of one name are told apart by when they started; that part stays whole.
    const QString apart = index.data(kApartRole).toString();
    const int apartWide = apart.isEmpty() ? 0 : tagMetrics.horizontalAdvance(apart) + 8;
    painter->setFont(theme.uiFont(12.5, QFont::Medium));
    painter->setPen(theme.color(drawn ? QStringLiteral("text.1") : QStringLiteral("text.3")));
    const QString name = painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle,
                                                           std::max(20, rect.width() - icons - apartWide));
    painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, name);
    int x = rect.left() + painter->fontMetrics().horizontalAdvance(name) + 8;

    painter->setFont(tagFont);
    if (apartWide > 0) {
        painter->setPen(theme.color(QStringLiteral("text.3")));
        painter->drawText(QRect(x, rect.top(), apartWide, rect.height()), Qt::AlignVCenter | Qt::AlignLeft,
                          apart);
        x += apartWide;
    }
    for (const auto& tag : tags) {
        const int wide = tagMetrics.horizontalAdvance(tag) + 10;
        if (x + wide > rect.right() - icons)
            break;
        const QRect box(x, rect.center().y() - 7, wide, 16);
        painter->setRenderHint(QPainter::Antialiasing, true);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.color(QStringLiteral("bg.hover")));
        painter->drawRoundedRect(box, 3, 3);
        painter->setRenderHint(QPainter::Antialiasing, false);
        painter->setPen(theme.color(QStringLiteral("text.2")));
        painter->drawText(box, Qt::AlignCenter, tag);
        x += wide + 4;
    }
    const qreal ratio = painter->device()->devicePixelRatioF();
    for (const auto& [shown, icon, token] :
         {std::tuple{pinned, "pin", "accent"}, {broken, "warning", "warn"}})
        if (shown) {
            painter->drawPixmap(
                QPointF(x, rect.center().y() - 6.5),
                theme.pixmap(QString::fromLatin1(icon), QString::fromLatin1(token), 14, ratio));
            x += 20;
        }
}

void RunsDelegate::paintState(QPainter* painter, QRect rect, const QModelIndex& index, bool drawn) const {
    auto& theme = app::theme();
    int row = 0;
    const auto* model = modelOf(index, &row);
    if (!model)
        return;
    const qreal ratio = painter->device()->devicePixelRatioF();
    const auto& run = *model->at(row);
    const bool damaged = !run.problem.empty();
    const auto pixmap = damaged ? theme.pixmap(QStringLiteral("warning"), QStringLiteral("warn"), 16, ratio)
                                : theme.statePixmap(run.state, 16, ratio);
    painter->drawPixmap(QPointF(rect.left(), rect.center().y() - 7.5), pixmap);
    rect.adjust(22, 0, 8, 0);
    painter->setFont(theme.uiFont(12.5));
    const QString word = index.data().toString();
    if (painter->fontMetrics().horizontalAdvance(word) > rect.width())
        return;
    painter->setPen(theme.color(drawn ? QStringLiteral("text.2") : QStringLiteral("text.3")));
    painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, word);
}

}  // namespace lathe::runs
