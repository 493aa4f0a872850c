// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace lathe::gitpane {

// Rows of the tree of changes: a section's title with its count, or a file with its folder and letter.
class ChangeDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    // Where the row under the mouse shows its button (stage or unstage); `row` as the view gives it.
    static QRect buttonRect(const QRect& row);
};

}  // namespace lathe::gitpane
