// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace lathe::gitpane {

// Lanes, the commit's dot, its refs in boxes, its summary. The model may be behind a proxy.
class GraphDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    // A filtered list has gaps, so that lanes would lie: dots alone are drawn then.
    void setLanesShown(bool shown) { m_lanes = shown; }

private:
    bool m_lanes = true;
};

} // namespace lathe::gitpane
