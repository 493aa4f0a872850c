// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runs_model.h"

#include <QStyledItemDelegate>

namespace lathe::runs {

// Draws the rows of the runs table: 26 px, eye, dot and name, state shape and word, numbers to the right; the
// accent bar at the left of a selected row while the table has the keyboard.
class RunsDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    RunsDelegate(app::RunPalette& palette, const QList<RunColumn>& columns, QObject* parent);

    void setHovered(const QString& run) { m_hovered = run; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintName(QPainter* painter, QRect rect, const QModelIndex& index, bool drawn, bool selected) const;
    void paintState(QPainter* painter, QRect rect, const QModelIndex& index, bool drawn) const;

    app::RunPalette& m_palette;
    const QList<RunColumn>& m_columns;
    QString m_hovered;
};

}  // namespace lathe::runs
