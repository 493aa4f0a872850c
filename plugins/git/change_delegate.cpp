// SPDX-License-Identifier: GPL-3.0-or-later
#include "change_delegate.h"

#include "app/theme.h"
#include "changes_model.h"

#include <QFontMetrics>
#include <QPainter>

namespace lathe::gitpane {
namespace {
constexpr int kRowHeight = 24;
constexpr int kLetterWidth = 24;
constexpr int kButton = 22;
}  // namespace

QSize ChangeDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {100, kRowHeight};
}

QRect ChangeDelegate::buttonRect(const QRect& row) {
    return {row.right() - kLetterWidth - kButton, row.top() + (row.height() - kButton) / 2, kButton, kButton};
}

void ChangeDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    const app::Theme& theme = app::theme();
    const bool section = !index.parent().isValid();
    const bool selected = option.state & QStyle::State_Selected;
    QRect rect = option.rect;
    painter->save();
    // From the left edge of the view, so that the bar of a selected row stands there and not behind the
    // indentation.
    const QRect row(0, rect.top(), rect.right() + 1, rect.height());
    if (selected) {
        painter->fillRect(row, theme.color(QStringLiteral("row.selected")));
        if (option.state & QStyle::State_HasFocus || option.state & QStyle::State_Active)
            painter->fillRect(QRect(0, rect.top(), 2, rect.height()), theme.color(QStringLiteral("accent")));
    } else if (option.state & QStyle::State_MouseOver) {
        painter->fillRect(row, theme.color(QStringLiteral("bg.hover")));
    }
    const qreal ratio = painter->device()->devicePixelRatioF();
    if (section &&
        (selected || option.state & QStyle::State_MouseOver))  // the fill went over the view's arrow
        painter->drawPixmap(rect.left() - 15, rect.top() + (rect.height() - 14) / 2,
                            theme.pixmap(option.state & QStyle::State_Open ? QStringLiteral("chevron-down")
                                                                           : QStringLiteral("chevron-right"),
                                         QStringLiteral("text.2"), 14, ratio));
    const bool button = option.state & QStyle::State_MouseOver;
    if (button) {
        const bool staged =
            index.data(ChangesModel::SectionRole).value<int>() == static_cast<int>(Section::Staged);
        const QRect at = buttonRect(rect);
        painter->drawPixmap(at.left() + 3, at.top() + 3,
                            theme.pixmap(staged ? QStringLiteral("minus") : QStringLiteral("plus"),
                                         QStringLiteral("text.1"), 16, ratio));
    }
    const auto text = [&](const QString& what, const QString& token, const QFont& font) {
        painter->setFont(font);
        painter->setPen(theme.color(token));
        const QFontMetrics metrics(font);
        const QString elided = metrics.elidedText(what, Qt::ElideMiddle, std::max(0, rect.width()));
        painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, elided);
        rect.setLeft(rect.left() + metrics.horizontalAdvance(elided) + 8);
    };
    if (section) {
        text(index.data().toString(), QStringLiteral("text.1"), theme.uiFont(12.5, QFont::Medium));
        text(QString::number(index.data(ChangesModel::CountRole).toInt()), QStringLiteral("text.3"),
             theme.uiFont(12));
    } else {
        const QString icon = index.data().toString().endsWith(QLatin1String(".py")) ? QStringLiteral("python")
                                                                                    : QStringLiteral("file");
        painter->drawPixmap(rect.left(), rect.top() + (rect.height() - 16) / 2,
                            theme.pixmap(icon, QStringLiteral("text.3"), 16, ratio));
        const QRect letter(rect.right() - kLetterWidth + 1, rect.top(), kLetterWidth - 6, rect.height());
        rect.setLeft(rect.left() + 22);
        rect.setRight(button ? buttonRect(option.rect).left() - 4 : letter.left() - 4);
        text(index.data().toString(), QStringLiteral("text.1"), theme.uiFont(12.5));
        text(index.data(ChangesModel::FolderRole).toString(), QStringLiteral("text.3"), theme.uiFont(12));
        painter->setFont(theme.monoFont(12));
        painter->setPen(theme.color(index.data(ChangesModel::TokenRole).toString()));
        painter->drawText(letter, Qt::AlignVCenter | Qt::AlignRight,
                          index.data(ChangesModel::LetterRole).toString());
    }
    painter->restore();
}

}  // namespace lathe::gitpane
