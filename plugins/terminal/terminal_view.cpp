// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal_view.h"

#include "app/theme.h"
#include "app/workspace.h"
#include "terminal_find_bar.h"

#include <QApplication>
#include <QClipboard>
#include <QGlyphRun>
#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>

#include <cmath>

namespace lathe::terminal {

namespace {

constexpr double kFontPixels = 12.5, kLinePixels = 18;

term::Color reported(const QColor& color) {
    return term::Color::rgb(static_cast<std::uint8_t>(color.red()), static_cast<std::uint8_t>(color.green()),
                            static_cast<std::uint8_t>(color.blue()));
}

} // namespace

TerminalView::TerminalView(TerminalSession* session, QWidget* parent)
    : QWidget(parent), m_session(session), m_scroll(new QScrollBar(Qt::Vertical, this)) {
    session->setParent(this);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAttribute(Qt::WA_InputMethodEnabled);
    setMouseTracking(true);
    setCursor(Qt::IBeamCursor);
    setAccessibleName(tr("Terminal on %1").arg(session->spec().host));
    m_scroll->setCursor(Qt::ArrowCursor);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    connect(m_scroll, &QScrollBar::valueChanged, this, [this](int value) {
        m_atEnd = value == m_scroll->maximum();
        update();
    });
    connect(session, &TerminalSession::damaged, this, &TerminalView::takeDamage);
    connect(session, &TerminalSession::refused, this, &TerminalView::message);
    connect(session, &TerminalSession::stateChanged, this, qOverload<>(&QWidget::update));
    connect(&app::theme(), &app::Theme::changed, this, &TerminalView::refreshFonts);
    refreshFonts();
}

TerminalView::~TerminalView() = default;

void TerminalView::refreshFonts() {
    m_palette = TerminalPalette();
    m_font = app::theme().monoFont(kFontPixels);
    for (int i = 0; i < 4; ++i) {
        QFont font = m_font;
        font.setWeight(i & 1 ? QFont::Bold : QFont::Normal);
        font.setItalic((i & 2) != 0);
        m_rawFonts[i] = QRawFont::fromFont(font);
    }
    const QFontMetricsF metrics(m_font);
    const qreal ratio = devicePixelRatioF();
    m_cellWidth = std::max(1.0, std::round(metrics.horizontalAdvance(QLatin1Char('M')) * ratio) / ratio);
    m_cellHeight = std::max(std::ceil(metrics.height()), std::round(kLinePixels * app::theme().textScale()));
    m_ascent = std::round((m_cellHeight - metrics.height()) / 2 + metrics.ascent());
    m_session->lock()->setReportedColors(reported(m_palette.foreground()), reported(m_palette.background()));
    resizeEvent(nullptr);
    update();
}

void TerminalView::resizeEvent(QResizeEvent*) {
    const int bar = m_scroll->sizeHint().width();
    m_scroll->setGeometry(width() - bar, 0, bar, height());
    const term::Size size{std::max(2, static_cast<int>((width() - kMargin - bar) / m_cellWidth)),
                          std::max(1, static_cast<int>((height() - 8) / m_cellHeight))};
    m_size = size;
    if (isVisible() || m_session->state() == TerminalSession::State::Idle)
        m_session->resize(size);
    updateScrollBar();
    if (m_find)
        m_find->place();
}

QRectF TerminalView::rowRect(int viewRow) const {
    return {0, 4 + viewRow * m_cellHeight, static_cast<qreal>(width()), m_cellHeight};
}

int TerminalView::topLine() const { return m_scroll->value(); }

void TerminalView::updateScrollBar() {
    const auto screen = m_session->lock();
    m_dropped = static_cast<qint64>(screen->droppedLines());
    const QSignalBlocker block(m_scroll);
    m_scroll->setPageStep(screen->size().rows);
    m_scroll->setRange(0, screen->historyLines());
    if (m_atEnd)
        m_scroll->setValue(m_scroll->maximum());
    m_scroll->setVisible(m_scroll->maximum() > 0);
}

void TerminalView::takeDamage(const term::Damage& damage) {
    const qint64 droppedBefore = m_dropped;
    const int valueBefore = m_scroll->value();
    updateScrollBar();
    if (!m_atEnd) {
        // What is being read stays where it is while lines are dropped at the other end.
        const QSignalBlocker block(m_scroll);
        m_scroll->setValue(std::max(0, valueBefore - static_cast<int>(m_dropped - droppedBefore)));
    }
    if (damage.all || damage.scrolled > 0) {
        if (damage.all)
            keepSelectionAlive();
        update();
        return;
    }
    const int shift = m_scroll->maximum() - m_scroll->value();
    for (std::size_t row = 0; row < damage.rows.size(); ++row)
        if (damage.rows[row])
            update(rowRect(static_cast<int>(row) + shift).toAlignedRect());
}

// After a switch of screens a selection names other text: it goes.
void TerminalView::keepSelectionAlive() {
    const auto screen = m_session->lock();
    const qint64 end = m_dropped + screen->lineCount();
    if (m_selection && (screen->alternate() || m_selection->to.line > end || m_selection->from.line < m_dropped))
        m_selection.reset();
}

void TerminalView::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(event->rect(), m_palette.background());
    const auto screen = m_session->lock();
    const int rows = static_cast<int>((height() - 4) / m_cellHeight) + 1;
    for (int row = 0; row < rows; ++row) {
        const int line = topLine() + row;
        if (line >= screen->lineCount())
            break;
        if (event->region().intersects(rowRect(row).toAlignedRect()))
            drawRow(painter, *screen, row, line);
    }
    if (m_atEnd || topLine() + rows > screen->historyLines())
        drawCursor(painter, *screen);
}

void TerminalView::drawRow(QPainter& painter, const term::Screen& screen, int viewRow, int lineIndex) {
    const auto& cells = screen.line(lineIndex).cells;
    const QRectF row = rowRect(viewRow);
    const qint64 absolute = m_dropped + lineIndex;
    const auto within = [absolute](const Selection& range, int column) {
        const Place here{absolute, column};
        return range.from <= here && here < range.to;
    };
    const QColor selected = app::theme().color("selection"), found = app::theme().color("find");
    std::vector<const Selection*> matches;
    for (const Selection& match : m_matches)
        if (match.from.line <= absolute && absolute <= match.to.line)
            matches.push_back(&match);

    const int count = static_cast<int>(cells.size());
    const int columns = std::max(count, m_size.columns);
    // Backgrounds first, so that a glyph wider than its cell is not cut by its neighbour.
    QList<QColor> fronts(count);
    for (int column = 0; column < columns; ++column) {
        TerminalPalette::Pair pair;
        if (column < count) {
            pair = m_palette.colors(cells[static_cast<std::size_t>(column)].style, screen.reversed());
            fronts[column] = pair.foreground;
        }
        const bool hit = std::any_of(matches.begin(), matches.end(),
                                     [&](const Selection* match) { return within(*match, column); });
        const bool chosen = m_selection && within(*m_selection, column) &&
                            (column < count || absolute < m_selection->to.line);
        if (hit || chosen) {
            pair.background = chosen ? selected : found;
            pair.ownBackground = true;
            if (column < count && contrastRatio(fronts[column], pair.background) < 4.5)
                fronts[column] = m_palette.foreground();
        }
        if (pair.ownBackground)
            painter.fillRect(QRectF(kMargin + column * m_cellWidth, row.top(), m_cellWidth, m_cellHeight),
                             pair.background);
    }
    const qreal baseline = row.top() + m_ascent;
    for (int column = 0; column < count;) {
        const term::Cell& first = cells[static_cast<std::size_t>(column)];
        int end = column + 1;
        while (end < count && cells[static_cast<std::size_t>(end)].style == first.style &&
               fronts[end] == fronts[column])
            ++end;
        const QRawFont& font = m_rawFonts[(first.style.has(term::Style::Bold) ? 1 : 0) |
                                          (first.style.has(term::Style::Italic) ? 2 : 0)];
        painter.setPen(fronts[column]);
        QList<quint32> glyphs;
        QList<QPointF> places;
        for (int at = column; at < end; ++at) {
            const term::Cell& cell = cells[static_cast<std::size_t>(at)];
            if (cell.isEmpty() || cell.isTail())
                continue;
            const QPointF place(kMargin + at * m_cellWidth, baseline);
            const QString text = app::toQString(screen.text(cell));
            const QList<quint32> indexes = font.glyphIndexesForString(text);
            if (indexes.size() == 1 && indexes.front() != 0) {
                glyphs += indexes.front();
                places += place;
            } else {
                // Not in this font: let the system find one.
                QFont other = m_font;
                other.setBold(first.style.has(term::Style::Bold));
                other.setItalic(first.style.has(term::Style::Italic));
                painter.setFont(other);
                painter.drawText(place, text);
            }
        }
        if (!glyphs.isEmpty()) {
            QGlyphRun run;
            run.setRawFont(font);
            run.setGlyphIndexes(glyphs);
            run.setPositions(places);
            painter.drawGlyphRun({}, run);
        }
        const auto line = [&](qreal y) {
            painter.drawLine(QPointF(kMargin + column * m_cellWidth, y), QPointF(kMargin + end * m_cellWidth, y));
        };
        const bool hovered = m_hover && [&] {
            const term::Span& span = m_hover->span;
            return lineIndex >= span.fromLine && lineIndex <= span.toLine &&
                   (lineIndex > span.fromLine || end > span.fromColumn) &&
                   (lineIndex < span.toLine || column < span.toColumn);
        }();
        if (hovered && first.style.link != 0)
            line(baseline + 2);
        if (first.style.flags &
            (term::Style::Underline | term::Style::DoubleUnderline | term::Style::CurlyUnderline))
            line(baseline + 2);
        if (first.style.has(term::Style::DoubleUnderline))
            line(baseline + 4);
        if (first.style.has(term::Style::Strike))
            line(row.top() + m_cellHeight / 2);
        column = end;
    }
    if (m_hover && lineIndex >= m_hover->span.fromLine && lineIndex <= m_hover->span.toLine) {
        const int from = lineIndex == m_hover->span.fromLine ? m_hover->span.fromColumn : 0;
        const int to = lineIndex == m_hover->span.toLine ? m_hover->span.toColumn : count;
        painter.setPen(app::theme().color("accent"));
        painter.drawLine(QPointF(kMargin + from * m_cellWidth, baseline + 2),
                         QPointF(kMargin + to * m_cellWidth, baseline + 2));
    }
}

void TerminalView::drawCursor(QPainter& painter, const term::Screen& screen) {
    const term::Cursor& cursor = screen.cursor();
    if (!cursor.visible || m_session->state() == TerminalSession::State::Ended ||
        m_session->state() == TerminalSession::State::Failed)
        return;
    const int viewRow = screen.historyLines() + cursor.row - topLine();
    QRectF box(kMargin + cursor.column * m_cellWidth, rowRect(viewRow).top(), m_cellWidth, m_cellHeight);
    const QColor color = m_palette.foreground();
    if (!m_focused) {
        painter.setPen(color);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
        return;
    }
    switch (cursor.shape) {
    case term::CursorShape::Bar: painter.fillRect(QRectF(box.topLeft(), QSizeF(2, box.height())), color); break;
    case term::CursorShape::Underline:
        painter.fillRect(QRectF(box.left(), box.bottom() - 2, box.width(), 2), color);
        break;
    case term::CursorShape::Block: {
        painter.fillRect(box, color);
        const auto& cells = screen.row(cursor.row).cells;
        const QString text = app::toQString(screen.text(cells[static_cast<std::size_t>(cursor.column)]));
        painter.setPen(m_palette.background());
        painter.setFont(m_font);
        painter.drawText(QPointF(box.left(), box.top() + m_ascent), text);
        break;
    }
    }
}

// --- selection, links, finding ---------------------------------------------------------------------------

QPoint TerminalView::cellAt(const QPoint& at) const {
    return {std::clamp(static_cast<int>(std::floor((at.x() - kMargin) / m_cellWidth)), 0, m_size.columns - 1),
            std::clamp(static_cast<int>(std::floor((at.y() - 4) / m_cellHeight)), 0, m_size.rows - 1)};
}

TerminalView::Place TerminalView::placeAt(const QPoint& at) {
    const int row = static_cast<int>(std::floor((at.y() - 4) / m_cellHeight));
    const int column = static_cast<int>(std::floor((at.x() - kMargin) / m_cellWidth + 0.5));
    const int last = m_session->lock()->lineCount() - 1;
    return {m_dropped + std::clamp(topLine() + row, 0, last), std::clamp(column, 0, m_size.columns)};
}

std::optional<TerminalView::Selection> TerminalView::wordAt(const Place& place) {
    const auto screen = m_session->lock();
    const int line = static_cast<int>(place.line - m_dropped);
    if (const auto link = term::linkAt(*screen, line, place.column))
        return Selection{{m_dropped + link->span.fromLine, link->span.fromColumn},
                         {m_dropped + link->span.toLine, link->span.toColumn}};
    const auto& cells = screen->line(line).cells;
    const auto inWord = [&](int column) {
        if (column < 0 || column >= static_cast<int>(cells.size()))
            return false;
        const term::Cell& cell = cells[static_cast<std::size_t>(column)];
        return !cell.isEmpty() && !(cell.character < 128 && QStringLiteral("\"'`()[]{}<>|;,&=").contains(QChar(cell.character)));
    };
    int column = std::min(place.column, static_cast<int>(cells.size()) - 1);
    if (!inWord(column))
        return {};
    int from = column, to = column + 1;
    while (inWord(from - 1))
        --from;
    while (inWord(to))
        ++to;
    return Selection{{place.line, from}, {place.line, to}};
}

void TerminalView::extendSelection(const Place& to) {
    Selection range{std::min(m_anchor, to), std::max(m_anchor, to)};
    if (m_clicks == 2) {
        const auto first = wordAt(range.from), last = wordAt(range.to);
        if (first)
            range.from = first->from;
        if (last && last->to > range.from)
            range.to = std::max(range.to, last->to);
    } else if (m_clicks >= 3) {
        range.from.column = 0;
        range.to = {range.to.line, m_size.columns};
    }
    if (range.from < range.to)
        m_selection = range;
    else
        m_selection.reset();
    update();
}

QString TerminalView::selectedText() {
    if (!m_selection)
        return {};
    const auto screen = m_session->lock();
    const auto dropped = static_cast<qint64>(screen->droppedLines());
    return app::toQString(screen->text(static_cast<int>(m_selection->from.line - dropped), m_selection->from.column,
                                       static_cast<int>(m_selection->to.line - dropped), m_selection->to.column));
}

void TerminalView::copySelection() {
    const QString text = selectedText();
    if (!text.isEmpty())
        QApplication::clipboard()->setText(text);
}

void TerminalView::paste() {
    const QString text = QApplication::clipboard()->text();
    if (text.isEmpty())
        return;
    m_scroll->setValue(m_scroll->maximum());
    m_session->type([&](term::Screen& screen) { screen.paste(app::toStd(text)); });
}

void TerminalView::clear() {
    m_session->lock()->clearHistory();
    m_selection.reset();
    m_session->type([](term::Screen& screen) { screen.character(U'l', {.control = true}); });
    updateScrollBar();
    update();
}

void TerminalView::selectAll() {
    const auto lines = m_session->lock()->lineCount();
    m_selection = Selection{{m_dropped, 0}, {m_dropped + lines - 1, m_size.columns}};
    update();
}

void TerminalView::find() {
    if (!m_find)
        m_find = new TerminalFindBar(this);
    m_find->open(selectedText().section(QLatin1Char('\n'), 0, 0));
}

void TerminalView::search(const QString& needle) {
    m_needle = needle;
    m_match = -1;
    findMatches();
}

void TerminalView::findMatches() {
    m_matches.clear();
    std::vector<term::Span> spans;
    {
        const auto screen = m_session->lock();
        m_dropped = static_cast<qint64>(screen->droppedLines());
        spans = term::findText(*screen, app::toStd(m_needle));
    }
    for (const term::Span& span : spans)
        m_matches.push_back({{m_dropped + span.fromLine, span.fromColumn}, {m_dropped + span.toLine, span.toColumn}});
    update();
}

int TerminalView::goToMatch(int step) {
    findMatches(); // the program may have gone on since
    const int count = matchCount();
    if (count == 0)
        return m_match = -1;
    // The first step goes to the newest: it is what was just seen.
    m_match = m_match < 0 ? count - 1 : (m_match + step + count) % count;
    const Selection& match = m_matches[static_cast<std::size_t>(m_match)];
    m_selection = match;
    const int line = static_cast<int>(match.from.line - m_dropped);
    if (line < topLine() || line >= topLine() + m_size.rows)
        m_scroll->setValue(line - m_size.rows / 2);
    update();
    return m_match;
}

void TerminalView::updateHover(const QPoint& at, Qt::KeyboardModifiers modifiers) {
    std::optional<term::Link> link;
    if (rect().contains(at)) {
        const auto screen = m_session->lock();
        link = term::linkAt(*screen, topLine() + cellAt(at).y(), cellAt(at).x());
    }
    const bool changed = link.has_value() != m_hover.has_value() || (link && m_hover && link->span != m_hover->span);
    m_hover = link;
    setCursor(link && modifiers.testFlag(Qt::ControlModifier) ? Qt::PointingHandCursor : Qt::IBeamCursor);
    if (changed) {
        setToolTip(link ? tr("%1\nCtrl+click opens it").arg(app::toQString(link->target)) : QString());
        update();
    }
}

} // namespace lathe::terminal
