// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/style.h"

#include "app/theme.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QStyleOption>
#include <QTableView>
#include <QToolButton>
#include <QTreeView>

namespace lathe::app {

namespace {

constexpr int kTick = 14;

QColor token(const char* name) {
    return theme().color(QLatin1String(name));
}

void drawChevron(QPainter* painter, const QRectF& rect, Qt::ArrowType direction, const QColor& color) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(color, 1.3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->setBrush(Qt::NoBrush);
    painter->translate(rect.center());
    switch (direction) {
    case Qt::UpArrow: painter->rotate(180); break;
    case Qt::LeftArrow: painter->rotate(90); break;
    case Qt::RightArrow: painter->rotate(-90); break;
    default: break;
    }
    painter->drawPolyline(QPolygonF({{-3.5, -1.8}, {0, 1.8}, {3.5, -1.8}}));
    painter->restore();
}

void drawTickBox(QPainter* painter, const QRect& where, QStyle::State state) {
    const QRectF box = QRectF(QStyle::alignedRect(Qt::LeftToRight, Qt::AlignCenter, {kTick, kTick}, where))
                           .adjusted(0.5, 0.5, -0.5, -0.5);
    const bool enabled = state & QStyle::State_Enabled;
    const bool on = state & (QStyle::State_On | QStyle::State_NoChange);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QColor fill = on && enabled ? token("accent.fill") : token("bg.content");
    painter->setPen(QPen(on && enabled ? token("accent.fill")
                         : enabled     ? theme().strongBorder()
                                       : token("border"),
                         1));
    painter->setBrush(fill);
    painter->drawRoundedRect(box, 3, 3);
    if (on) {
        painter->setPen(QPen(enabled ? token("text.onAccent") : token("text.disabled"), 1.6, Qt::SolidLine,
                             Qt::RoundCap, Qt::RoundJoin));
        painter->setBrush(Qt::NoBrush);
        const QPointF c = box.center();
        if (state & QStyle::State_NoChange)
            painter->drawLine(c + QPointF(-3, 0), c + QPointF(3, 0));
        else
            painter->drawPolyline(
                QPolygonF({c + QPointF(-3.2, 0.2), c + QPointF(-0.9, 2.5), c + QPointF(3.3, -2.4)}));
    }
    painter->restore();
}

void drawRadio(QPainter* painter, const QRect& where, QStyle::State state) {
    const QRectF ring = QRectF(QStyle::alignedRect(Qt::LeftToRight, Qt::AlignCenter, {kTick, kTick}, where))
                            .adjusted(0.5, 0.5, -0.5, -0.5);
    const bool enabled = state & QStyle::State_Enabled;
    const bool on = state & QStyle::State_On;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(on && enabled ? token("accent.fill")
                         : enabled     ? theme().strongBorder()
                                       : token("border"),
                         1));
    painter->setBrush(on && enabled ? token("accent.fill") : token("bg.content"));
    painter->drawEllipse(ring);
    if (on) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(enabled ? token("text.onAccent") : token("text.disabled"));
        painter->drawEllipse(ring.center(), 2.8, 2.8);
    }
    painter->restore();
}

void drawRow(QPainter* painter, const QStyleOptionViewItem* option, const QWidget* widget) {
    if (option->backgroundBrush.style() != Qt::NoBrush)
        painter->fillRect(option->rect, option->backgroundBrush);
    if (option->state & QStyle::State_Selected) {
        painter->fillRect(option->rect, token("row.selected"));
        const bool first = option->viewItemPosition == QStyleOptionViewItem::Beginning ||
                           option->viewItemPosition == QStyleOptionViewItem::OnlyOne ||
                           option->viewItemPosition == QStyleOptionViewItem::Invalid;
        const auto* view = qobject_cast<const QAbstractItemView*>(widget);
        if (first && view && view->hasFocus())
            painter->fillRect(QRect(0, option->rect.top(), 2, option->rect.height()), token("accent"));
    } else if (option->state & QStyle::State_MouseOver && option->state & QStyle::State_Enabled) {
        painter->fillRect(option->rect, token("bg.hover"));
    }
}

}  // namespace

Style::Style() : QProxyStyle(QStringLiteral("Fusion")) {}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
    case PM_ScrollBarExtent: return 10;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_ListViewIconSize:
    case PM_TabBarIconSize: return 16;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight: return 16;
    case PM_TreeViewIndentation: return 14;
    case PM_SplitterWidth: return 1;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing: return 8;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical: return 0;
    case PM_FocusFrameHMargin:
        // Room at the left of the text of rows, where a view asks for it.
        if (widget && widget->property("roomy").toBool())
            return 8;
        return QProxyStyle::pixelMetric(metric, option, widget);
    case PM_HeaderMarkSize: return 8;
    case PM_ScrollView_ScrollBarSpacing:
    case PM_ScrollView_ScrollBarOverlap: return 0;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                     QStyleHintReturn* returnData) const {
    switch (hint) {
    case SH_ToolTip_WakeUpDelay: return 500;
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_ItemView_ShowDecorationSelected: return hint == SH_ItemView_ShowDecorationSelected;
    case SH_UnderlineShortcut:  // Alt still works; the lines are noise until then
    case SH_ScrollBar_LeftClickAbsolutePosition: return 0;
    case SH_Menu_SloppySubMenus:
    case SH_MenuBar_MouseTracking: return 1;
    case SH_Widget_Animation_Duration: return 0;
    default: return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
    switch (element) {
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck: drawTickBox(painter, option->rect, option->state); return;
    case PE_IndicatorRadioButton: drawRadio(painter, option->rect, option->state); return;
    case PE_IndicatorArrowDown:
    case PE_IndicatorSpinDown: drawChevron(painter, option->rect, Qt::DownArrow, token("text.2")); return;
    case PE_IndicatorArrowUp:
    case PE_IndicatorSpinUp: drawChevron(painter, option->rect, Qt::UpArrow, token("text.2")); return;
    case PE_IndicatorArrowLeft: drawChevron(painter, option->rect, Qt::LeftArrow, token("text.2")); return;
    case PE_IndicatorArrowRight: drawChevron(painter, option->rect, Qt::RightArrow, token("text.2")); return;
    case PE_IndicatorBranch:
        if (option->state & State_Children)
            drawChevron(painter, option->rect, option->state & State_Open ? Qt::DownArrow : Qt::RightArrow,
                        token("text.3"));
        return;
    case PE_PanelItemViewRow:
        // QTreeView paints the branch column through this; cells come through PE_PanelItemViewItem.
        if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option))
            drawRow(painter, item, widget);
        return;
    case PE_PanelItemViewItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option))
            drawRow(painter, item, widget);
        return;
    case PE_FrameFocusRect:
        // Rows show their focus by selection, buttons by the border that the sheet gives them.
        if (qobject_cast<const QAbstractItemView*>(widget) || qobject_cast<const QPushButton*>(widget) ||
            qobject_cast<const QToolButton*>(widget))
            return;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(token("accent"), 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(option->rect).adjusted(1, 1, -1, -1), 4, 4);
        painter->restore();
        return;
    default: QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                              const QWidget* widget) const {
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    if (type == CT_ItemViewItem) {
        int height = 24;
        if (qobject_cast<const QListView*>(widget))
            height = 28;
        else if (qobject_cast<const QTableView*>(widget))
            height = 26;
        result.setHeight(std::max(result.height(), height));
    }
    return result;
}

void Style::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    // The focus ring is for the keyboard: a click leaves the focus where it was.
    if (auto* button = qobject_cast<QAbstractButton*>(widget)) {
        if (button->focusPolicy() & Qt::ClickFocus)
            button->setFocusPolicy(Qt::TabFocus);
        button->setAttribute(Qt::WA_Hover);
    } else if (auto* table = qobject_cast<QTableView*>(widget)) {
        table->verticalHeader()->setDefaultSectionSize(26);
    } else if (auto* header = qobject_cast<QHeaderView*>(widget)) {
        header->setHighlightSections(false);
        header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        if (header->orientation() == Qt::Horizontal)
            header->setFixedHeight(28);
    } else if (auto* label = qobject_cast<QLabel*>(widget); label && label->textFormat() == Qt::AutoText) {
        // Labels and tooltips show names that come from elsewhere (files, processes, hosts, runs): never as
        // markup, unless the label was made for it.
        label->setTextFormat(Qt::PlainText);
    }
}

}  // namespace lathe::app
