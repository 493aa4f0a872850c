// SPDX-License-Identifier: GPL-3.0-or-later
#include "hunk_view.h"

#include "app/theme.h"
#include "app/widgets.h"
#include "app/workspace.h"
#include "core/text.h"

#include <QFontMetrics>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace lathe::gitpane {
namespace {

constexpr int kNumberWidth = 48;
constexpr int kTextGap = 12;
constexpr int kMiddle = 28; // the gutter with the boxes
constexpr int kBox = 14;
constexpr int kHeaderHeight = 32;

} // namespace

HunkLines::HunkLines(const git::Hunk& hunk, HunkUse use, QWidget* parent)
    : QWidget(parent), m_rows(alignHunk(hunk)), m_use(use) {
    setMouseTracking(use != HunkUse::Read);
    connect(&app::theme(), &app::Theme::changed, this, &HunkLines::applyTheme);
    applyTheme();
}

void HunkLines::applyTheme() {
    const QFont font = app::theme().monoFont(13);
    setFont(font);
    const QFontMetrics metrics(font);
    m_rowHeight = std::max(20, metrics.height() + 2);
    qsizetype longest = 0;
    for (const DiffRow& row : m_rows)
        longest = std::max({longest, row.left.text.size(), row.right.text.size()});
    m_contentWidth = static_cast<int>(longest) * metrics.horizontalAdvance(QLatin1Char('x'));
    setFixedHeight(static_cast<int>(m_rows.size()) * m_rowHeight);
    update();
}

int HunkLines::gutterWidth() { return kNumberWidth + kTextGap + kMiddle / 2; }

void HunkLines::setScrollX(int pixels) {
    m_scrollX = pixels;
    update();
}

int HunkLines::rowAt(int y) const {
    const int row = y / m_rowHeight;
    return row >= 0 && row < static_cast<int>(m_rows.size()) ? row : -1;
}

QRect HunkLines::boxRect(int row) const {
    return {(width() - kBox) / 2, row * m_rowHeight + (m_rowHeight - kBox) / 2, kBox, kBox};
}

void HunkLines::paintCell(QPainter& painter, const DiffCell& cell, QRect rect, bool left) const {
    const app::Theme& theme = app::theme();
    if (cell.number == 0) {
        painter.fillRect(rect, QBrush(theme.color(QStringLiteral("border")), Qt::BDiagPattern));
        return;
    }
    if (cell.changed)
        painter.fillRect(rect, theme.color(left ? QStringLiteral("diff.del") : QStringLiteral("diff.add")));
    painter.setPen(theme.color(cell.changed ? QStringLiteral("text.2") : QStringLiteral("text.3")));
    painter.drawText(QRect(rect.left(), rect.top(), kNumberWidth, rect.height()), Qt::AlignVCenter | Qt::AlignRight,
                     QString::number(cell.number));
    const QRect text = rect.adjusted(kNumberWidth + kTextGap, 0, 0, 0);
    painter.save();
    painter.setClipRect(text, Qt::IntersectClip);
    const QFontMetrics metrics(painter.font());
    const int x = text.left() - m_scrollX;
    if (cell.word.to > cell.word.from) {
        const int from = metrics.horizontalAdvance(cell.text.left(cell.word.from));
        const int to = metrics.horizontalAdvance(cell.text.left(cell.word.to));
        painter.fillRect(QRect(x + from, text.top() + 1, to - from, text.height() - 2),
                         theme.color(left ? QStringLiteral("diff.del.word") : QStringLiteral("diff.add.word")));
    }
    painter.setPen(theme.color(QStringLiteral("text.1")));
    painter.drawText(x, text.top() + (text.height() + metrics.ascent() - metrics.descent()) / 2, cell.text);
    painter.restore();
}

void HunkLines::paintEvent(QPaintEvent* event) {
    const app::Theme& theme = app::theme();
    QPainter painter(this);
    painter.setFont(font());
    painter.fillRect(event->rect(), theme.color(QStringLiteral("bg.content")));
    const int half = (width() - kMiddle) / 2;
    const int first = std::max(0, event->rect().top() / m_rowHeight);
    const int last = std::min(static_cast<int>(m_rows.size()) - 1, event->rect().bottom() / m_rowHeight);
    for (int i = first; i <= last; ++i) {
        const DiffRow& row = m_rows[static_cast<std::size_t>(i)];
        const int y = i * m_rowHeight;
        paintCell(painter, row.left, {0, y, half, m_rowHeight}, true);
        paintCell(painter, row.right, {half + kMiddle, y, width() - half - kMiddle, m_rowHeight}, false);
        if (!row.changed() || m_use == HunkUse::Read)
            continue;
        const QRect box = boxRect(i);
        painter.setRenderHint(QPainter::Antialiasing);
        const bool on = m_use == HunkUse::Unstage;
        painter.setPen(QPen(i == m_hovered ? theme.color(QStringLiteral("accent")) : theme.strongBorder(), 1));
        painter.setBrush(on ? QBrush(theme.color(QStringLiteral("accent.fill"))) : QBrush(Qt::NoBrush));
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        if (on)
            painter.drawPixmap(box.topLeft() + QPoint(1, 1),
                               theme.pixmap(QStringLiteral("check"), QStringLiteral("text.onAccent"), 12,
                                            devicePixelRatioF()));
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
    painter.setPen(theme.color(QStringLiteral("border")));
    painter.drawLine(half, event->rect().top(), half, event->rect().bottom());
    painter.drawLine(half + kMiddle - 1, event->rect().top(), half + kMiddle - 1, event->rect().bottom());
}

void HunkLines::mouseMoveEvent(QMouseEvent* event) {
    const int row = rowAt(static_cast<int>(event->position().y()));
    const bool over = row >= 0 && m_use != HunkUse::Read && m_rows[static_cast<std::size_t>(row)].changed() &&
                      std::abs(event->position().x() - width() / 2.0) < kMiddle / 2.0;
    setToolTip(!over ? QString() : m_use == HunkUse::Stage ? tr("Stage this line") : tr("Unstage this line"));
    setCursor(over ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (const int hovered = over ? row : -1; hovered != m_hovered) {
        m_hovered = hovered;
        update();
    }
}

void HunkLines::leaveEvent(QEvent*) {
    m_hovered = -1;
    update();
}

void HunkLines::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && m_hovered >= 0)
        Q_EMIT linesClicked(m_rows[static_cast<std::size_t>(m_hovered)].positions);
    else
        QWidget::mousePressEvent(event);
}

HunkView::HunkView(const git::Hunk& hunk, HunkUse use, QWidget* parent) : QWidget(parent), m_hunk(hunk), m_use(use) {
    auto* header = new QWidget;
    header->setFixedHeight(kHeaderHeight);
    header->setProperty("surface", "raised");
    header->setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(12, 0, 8, 0);
    row->setSpacing(8);
    const std::string heading = hunk.heading.empty()
                                    ? "@@ -" + std::to_string(hunk.oldStart) + " +" + std::to_string(hunk.newStart)
                                    : std::string(trim(hunk.heading));
    row->addWidget(app::makeLabel(app::toQString(escapedForDisplay(heading, 200)), "mono"), 1);
    if (use != HunkUse::Read) {
        auto* main = new QPushButton(use == HunkUse::Stage ? tr("Stage hunk") : tr("Unstage hunk"));
        main->setToolTip(use == HunkUse::Stage ? tr("S") : tr("U"));
        connect(main, &QPushButton::clicked, this, &HunkView::staged);
        row->addWidget(main);
    }
    if (use == HunkUse::Stage) {
        auto* discard = new QPushButton(tr("Discard…"));
        connect(discard, &QPushButton::clicked, this, &HunkView::discarded);
        row->addWidget(discard);
    }
    m_lines = new HunkLines(hunk, use);
    connect(m_lines, &HunkLines::linesClicked, this, &HunkView::picked);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(header);
    column->addWidget(m_lines);
}

void HunkView::setCurrent(bool current) {
    m_current = current;
    update();
}

void HunkView::paintEvent(QPaintEvent*) {
    if (m_current)
        QPainter(this).fillRect(QRect(0, 0, 2, kHeaderHeight), app::theme().color(QStringLiteral("accent")));
}

} // namespace lathe::gitpane
