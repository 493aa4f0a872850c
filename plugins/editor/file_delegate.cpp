// SPDX-License-Identifier: GPL-3.0-or-later
#include "file_delegate.h"

#include "app/theme.h"
#include "file_model.h"

#include <QPainter>
#include <QTreeView>

namespace lathe::editor {

namespace {
constexpr int kRow = 24, kIcon = 16, kGap = 6, kRight = 24;
}

void FileDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const app::Theme& theme = app::theme();
    painter->save();
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const bool hovered = option.state.testFlag(QStyle::State_MouseOver);
    const auto* view = qobject_cast<const QTreeView*>(option.widget);
    // The whole row, from the view's edge, so that selection does not begin at the indentation.
    QRect row = option.rect;
    row.setLeft(0);
    if (selected || hovered) {
        painter->fillRect(row, theme.color(selected ? "row.selected" : "bg.hover"));
        if (selected && option.state.testFlag(QStyle::State_HasFocus))
            painter->fillRect(QRect(0, row.top(), 2, row.height()), theme.color("accent"));
    }
    // The view drew the arrow before: what lies over it draws it again.
    const bool folder = index.data(FileModel::IsFolderRole).toBool();
    const bool open = folder && view && view->isExpanded(index);
    const qreal ratio = painter->device()->devicePixelRatioF();
    const int middle = option.rect.center().y() + 1;
    if (folder)
        painter->drawPixmap(option.rect.left() - 15, middle - 7,
                            theme.pixmap(open ? "chevron-down" : "chevron-right", "text.2", 14, ratio));
    const QString token = index.data(FileModel::TokenRole).toString();
    const QString icon = open ? QStringLiteral("folder-open") : index.data(Qt::DecorationRole).toString();
    painter->drawPixmap(option.rect.left() + 2, middle - kIcon / 2,
                        theme.pixmap(icon, token == QLatin1String("text.1") ? QStringLiteral("text.2") : token, kIcon,
                                     ratio));
    const QString letter = index.data(FileModel::LetterRole).toString();
    QRect text = option.rect.adjusted(kIcon + kGap + 2, 0, letter.isEmpty() ? -6 : -kRight, 0);
    painter->setPen(theme.color(token));
    painter->setFont(theme.uiFont(13));
    painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft,
                      QFontMetrics(painter->font()).elidedText(index.data().toString(), Qt::ElideMiddle, text.width()));
    if (letter == QStringLiteral("•")) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.color(token));
        painter->drawEllipse(QPointF(option.rect.right() - 12, middle), 3, 3);
    } else if (!letter.isEmpty()) {
        painter->setFont(theme.monoFont(12));
        painter->drawText(QRect(option.rect.right() - 18, option.rect.top(), 12, option.rect.height()),
                          Qt::AlignCenter, letter);
    }
    painter->restore();
}

QSize FileDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {120, static_cast<int>(kRow * std::max(1.0, app::theme().textScale()))};
}

void FileDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                                        const QModelIndex&) const {
    editor->setGeometry(option.rect.adjusted(kIcon + kGap - 2, 0, -4, 0));
}

} // namespace lathe::editor
