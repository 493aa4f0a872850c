// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/quick_input.h"

#include "app/theme.h"
#include "app/widgets.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTextLayout>

#include <algorithm>

namespace lathe::app {

namespace {

constexpr int kWidth = 640, kRow = 28, kRows = 12, kTop = 42;

void drawTitle(QPainter* painter, QRect& area, const QuickRow& row, const QColor& color, const QColor& hit) {
    QTextLayout layout(row.title, theme().uiFont(13));
    QList<QTextLayout::FormatRange> formats;
    for (const int at : row.matches) {
        QTextLayout::FormatRange range;
        range.start = at;
        range.length = 1;
        range.format.setForeground(hit);
        range.format.setFontWeight(QFont::DemiBold);
        formats << range;
    }
    layout.setFormats(formats);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    line.setLineWidth(4000);
    layout.endLayout();
    painter->setPen(color);
    painter->save();
    painter->setClipRect(area);
    layout.draw(painter, QPointF(area.left(), area.top() + (area.height() - line.height()) / 2));
    painter->restore();
    area.setLeft(area.left() + static_cast<int>(line.naturalTextWidth()) + 8);
}

class RowDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {kWidth, kRow}; }
};

}  // namespace

class QuickInput::Model final : public QAbstractListModel {
public:
    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    QVariant data(const QModelIndex& index, int role) const override {
        const QuickRow& row = m_rows[index.row()];
        if (role == Qt::DisplayRole)
            return row.title;
        if (role == Qt::AccessibleTextRole)
            return QStringList{row.title, row.detail, row.right, row.reason}.join(QStringLiteral(", "));
        if (role == Qt::UserRole)
            return QVariant::fromValue(reinterpret_cast<quintptr>(&row));
        return {};
    }
    void set(QList<QuickRow> rows) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
    }
    const QList<QuickRow>& rows() const { return m_rows; }

private:
    QList<QuickRow> m_rows;
};

namespace {
void RowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    const auto& row = *reinterpret_cast<const QuickRow*>(index.data(Qt::UserRole).value<quintptr>());
    const bool selected = option.state & QStyle::State_Selected, enabled = row.reason.isEmpty();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (selected) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme().color(QStringLiteral("selection")));
        painter->drawRoundedRect(option.rect.adjusted(4, 0, -4, 0), 4, 4);
    }
    const auto token = [](const char* name) { return theme().color(QLatin1String(name)); };
    const QColor dim = token(selected ? "text.2" : "text.3");
    QRect area = option.rect.adjusted(14, 0, -14, 0);
    if (!row.icon.isEmpty()) {
        painter->drawPixmap(
            area.left(), area.center().y() - 7,
            theme().pixmap(row.icon, enabled ? QStringLiteral("text.2") : QStringLiteral("text.disabled"), 16,
                           painter->device()->devicePixelRatioF()));
        area.setLeft(area.left() + 24);
    }
    if (!row.right.isEmpty()) {
        painter->setFont(theme().uiFont(12));
        painter->setPen(dim);
        const int width = painter->fontMetrics().horizontalAdvance(row.right);
        painter->drawText(QRect(area.right() - width, area.top(), width + 1, area.height()), Qt::AlignVCenter,
                          row.right);
        area.setRight(area.right() - width - 12);
    }
    drawTitle(painter, area, row, token(enabled ? "text.1" : "text.3"), token(enabled ? "accent" : "text.3"));
    const QString behind = enabled ? row.detail : row.reason;
    if (!behind.isEmpty() && area.width() > 30) {
        painter->setFont(theme().uiFont(12));
        painter->setPen(dim);
        painter->drawText(area, Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(behind, Qt::ElideMiddle, area.width()));
    }
    painter->restore();
}
}  // namespace

QuickInput::QuickInput(QWidget* window, QuickProvider provider)
    : QWidget(window), m_provider(std::move(provider)), m_edit(new QLineEdit), m_list(new QListView),
      m_empty(makeLabel({}, "dim")), m_model(new Model(this)) {
    setAccessibleName(tr("Palette"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 9, 1, 5);
    column->setSpacing(6);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(9, 0, 9, 0);
    top->addWidget(m_edit);
    column->addLayout(top);
    m_empty->setContentsMargins(14, 2, 14, 6);
    column->addWidget(m_empty);
    m_list->setProperty("role", "popup");
    m_list->setModel(m_model);
    m_list->setItemDelegate(new RowDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setAccessibleName(tr("Matches"));
    column->addWidget(m_list, 1);
    m_edit->setAccessibleName(tr("What to look for"));
    m_edit->installEventFilter(this);
    connect(m_edit, &QLineEdit::textChanged, this, &QuickInput::fill);
    connect(m_list, &QListView::clicked, this,
            [this] { accept(QApplication::keyboardModifiers() & Qt::ControlModifier); });
    hide();
}

void QuickInput::open(const QString& text) {
    if (!isVisible())
        m_focusBefore = QApplication::focusWidget();
    m_edit->setText(text);
    m_edit->setCursorPosition(static_cast<int>(text.size()));
    fill(text);
    show();
    raise();
    place();
    m_edit->setFocus(Qt::PopupFocusReason);
}

void QuickInput::setHint(const QString& text) {
    m_edit->setPlaceholderText(text);
}

QStringList QuickInput::titles() const {
    QStringList all;
    for (const QuickRow& row : m_model->rows())
        all << row.title;
    return all;
}

void QuickInput::refresh() {
    if (!isVisible())
        return;
    const int row = m_list->currentIndex().row();
    fill(m_edit->text());
    if (row > 0 && row < m_model->rowCount())
        m_list->setCurrentIndex(m_model->index(row));
}

void QuickInput::fill(const QString& text) {
    m_model->set(m_provider(text));
    if (m_model->rowCount() > 0)
        m_list->setCurrentIndex(m_model->index(0));
    m_empty->setVisible(m_model->rowCount() == 0);
    m_empty->setText(tr("Nothing matches"));
    m_list->setVisible(m_model->rowCount() > 0);
    place();
}

void QuickInput::place() {
    QWidget* window = parentWidget();
    const int width = std::min(kWidth, window->width() - 24);
    const int rows = std::min(kRows, m_model->rowCount());
    const int height =
        9 + m_edit->sizeHint().height() + 6 + (rows > 0 ? rows * kRow : m_empty->sizeHint().height()) + 8;
    setGeometry((window->width() - width) / 2, kTop, width, height);
}

void QuickInput::close() {
    if (!isVisible())
        return;
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus(Qt::OtherFocusReason);
}

void QuickInput::move(int rows) {
    const int count = m_model->rowCount();
    if (count == 0)
        return;
    int row = m_list->currentIndex().row() + rows;
    if (std::abs(rows) == 1)
        row = (row + count) % count;
    m_list->setCurrentIndex(m_model->index(std::clamp(row, 0, count - 1)));
}

void QuickInput::accept(bool otherGroup) {
    const int at = m_list->currentIndex().row();
    if (at < 0 || at >= m_model->rowCount())
        return;
    const QuickRow row = m_model->rows()[at];
    if (!row.reason.isEmpty())
        return;
    close();
    if (row.run)
        row.run(otherGroup);
}

bool QuickInput::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::FocusOut && isVisible()) {
        if (!isAncestorOf(QApplication::focusWidget()))
            hide();
    } else if (event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        switch (key->key()) {
        case Qt::Key_Up: move(-1); return true;
        case Qt::Key_Down: move(1); return true;
        case Qt::Key_PageUp: move(-kRows); return true;
        case Qt::Key_PageDown: move(kRows); return true;
        case Qt::Key_Return:
        case Qt::Key_Enter: accept(key->modifiers() & Qt::ControlModifier); return true;
        case Qt::Key_Tab:
            if (const int at = m_list->currentIndex().row(); at >= 0 && at < m_model->rowCount()) {
                const QString text = m_edit->text();
                const QString prefix =
                    !text.isEmpty() && QStringLiteral(">@:#~%").contains(text[0]) ? text.left(1) : QString();
                m_edit->setText(prefix + m_model->rows()[at].title);
            }
            return true;
        case Qt::Key_Escape: close(); return true;
        default: break;
        }
    }
    return QWidget::eventFilter(object, event);
}

void QuickInput::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme().strongBorder(), 1));
    painter.setBrush(theme().color(QStringLiteral("bg.popup")));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

}  // namespace lathe::app
