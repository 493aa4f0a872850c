// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_grid.h"

#include "chart_card.h"

#include "app/theme.h"
#include "app/widgets.h"

#include <QKeyEvent>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace lathe::runs {
namespace {

constexpr int kGap = 8, kMargin = 8, kHeader = 28;
constexpr int kMinWidth = 250, kMinHeight = 180;
constexpr qsizetype kMostCards = 60;  // beyond that one searches

QString groupOf(const QString& metric) {
    const auto slash = metric.indexOf(QLatin1Char('/'));
    return slash > 0 ? metric.left(slash) : QString();
}

bool isSystem(const QString& group) {
    return group == QLatin1String("system") || group == QLatin1String("sys");
}

}  // namespace

ChartGrid::ChartGrid(SeriesCache& cache, ChartContext& context, QWidget* parent)
    : QWidget(parent), m_cache(cache), m_context(context), m_scroll(new QScrollArea), m_body(new QWidget),
      m_empty(app::makeLabel({}, "dim")) {
    setProperty("surface", "panel");
    setAttribute(Qt::WA_StyledBackground);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_body->setProperty("role", "scroll-body");
    m_scroll->setWidget(m_body);
    m_scroll->setWidgetResizable(false);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->setAutoFillBackground(false);
    layout->addWidget(m_scroll);
    m_empty->setParent(this);
    m_empty->move(12, 12);
    m_folded = {QStringLiteral("system"), QStringLiteral("sys")};
}

QList<ChartGrid::Group> ChartGrid::groups() const {
    QStringList shown;
    for (const auto& metric : m_metrics)
        if (m_search.isEmpty() || metric.contains(m_search, Qt::CaseInsensitive))
            shown << metric;
    QStringList order;
    QHash<QString, QStringList> byGroup;
    for (const auto& metric : shown) {
        const auto group = groupOf(metric);
        if (!byGroup.contains(group))
            order << group;
        byGroup[group] << metric;
    }
    std::ranges::stable_sort(order, {}, [](const QString& group) { return isSystem(group); });
    // A handful of metrics reads best as one grid; many are found by their headings.
    qsizetype ordinary = 0;
    for (const auto& group : order)
        if (!isSystem(group))
            ordinary += byGroup[group].size();
    QList<Group> out;
    Group first;
    for (const auto& group : order) {
        if (!isSystem(group) && (ordinary <= 9 || group.isEmpty()))
            first.metrics += byGroup[group];
        else
            out.append({group, byGroup[group]});
    }
    if (!first.metrics.isEmpty())
        out.prepend(first);
    return out;
}

void ChartGrid::setMetrics(const QStringList& metrics) {
    if (metrics == m_metrics)
        return;
    m_metrics = metrics;
    relayout();
}

void ChartGrid::setLines(const QList<ChartLine>& lines) {
    m_lines = lines;
    for (auto* card : std::as_const(m_cards))
        card->canvas().setLines(lines);
}

void ChartGrid::setSearch(const QString& text) {
    m_search = text.trimmed();
    relayout();
}

void ChartGrid::setMaxColumns(int columns) {
    if (columns == m_maxColumns)
        return;
    m_maxColumns = columns;
    relayout();
}

void ChartGrid::expand(const QString& metric) {
    m_expanded = metric;
    for (auto it = m_cards.begin(); it != m_cards.end(); ++it)
        (*it)->setExpanded(it.key() == metric);
    relayout();
}

ChartCard* ChartGrid::makeCard(const QString& metric) {
    auto* card = new ChartCard(m_cache, m_context, metric, ChartCard::Style::Grid, m_body);
    card->canvas().setLines(m_lines);
    card->canvas().installEventFilter(this);
    connect(card, &ChartCard::expandRequested, this,
            [this, metric] { expand(m_expanded == metric ? QString() : metric); });
    m_cards.insert(metric, card);
    return card;
}

QList<ChartCard*> ChartGrid::cards() const {
    QList<ChartCard*> out;
    for (const auto& group : groups())
        if (group.title.isEmpty() || !m_folded.contains(group.title))
            for (const auto& metric : group.metrics)
                if (auto* card = m_cards.value(metric))
                    out << card;
    return out;
}

void ChartGrid::relayout() {
    const int width = m_scroll->viewport()->width(), height = m_scroll->viewport()->height();
    const auto list = groups();
    const bool one = !m_expanded.isEmpty() && m_metrics.contains(m_expanded);

    QSet<QString> placed;
    QSet<QString> headers;
    int y = kMargin;
    if (one) {
        auto* card = m_cards.contains(m_expanded) ? m_cards.value(m_expanded) : makeCard(m_expanded);
        card->setGeometry(kMargin, kMargin, width - 2 * kMargin, std::max(kMinHeight, height - 2 * kMargin));
        placed.insert(m_expanded);
        y = height;
    } else {
        const int room = width - 2 * kMargin;
        m_columns = std::clamp((room + kGap) / (kMinWidth + kGap), 1, m_maxColumns);
        if (room > 900 && m_columns > 3)
            m_columns = room > 1500 ? 4 : 3;
        qsizetype firstCount = 0;
        for (const auto& group : list)
            if (group.title.isEmpty())
                firstCount = group.metrics.size();
        qsizetype most = 1;
        for (const auto& group : list)
            most = std::max(most, group.metrics.size());
        m_columns = std::min<int>(m_columns, static_cast<int>(most));
        const int cardWidth = (room - (m_columns - 1) * kGap) / m_columns;
        const int rows = static_cast<int>((std::max<qsizetype>(firstCount, 1) + m_columns - 1) / m_columns);
        const int folded = static_cast<int>(list.size()) - (firstCount > 0 ? 1 : 0);
        const int free = height - 2 * kMargin - folded * kHeader;
        const int cardHeight =
            std::max(kMinHeight, (free - kGap * (std::min(rows, 2) - 1)) / std::min(rows, 2));
        qsizetype made = 0;
        for (const auto& group : list) {
            bool folds = false;
            if (!group.title.isEmpty()) {
                auto*& header = m_headers[group.title];
                if (!header) {
                    header = new QToolButton(m_body);
                    header->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
                    connect(header, &QToolButton::clicked, this, [this, title = group.title] {
                        if (!m_folded.remove(title))
                            m_folded.insert(title);
                        relayout();
                    });
                }
                folds = m_folded.contains(group.title) && m_search.isEmpty();
                header->setIcon(app::theme().icon(folds ? QStringLiteral("chevron-right")
                                                        : QStringLiteral("chevron-down")));
                header->setText(tr("%1  %2").arg(group.title).arg(group.metrics.size()));
                header->setAccessibleName(folds ? tr("Show the charts of %1").arg(group.title)
                                                : tr("Fold the charts of %1").arg(group.title));
                header->setGeometry(kMargin, y, std::min(room, header->sizeHint().width() + 16), kHeader - 4);
                header->show();
                headers.insert(group.title);
                y += kHeader;
            }
            if (folds)
                continue;
            int column = 0;
            for (const auto& metric : group.metrics) {
                if (++made > kMostCards)
                    break;
                auto* card = m_cards.contains(metric) ? m_cards.value(metric) : makeCard(metric);
                card->setGeometry(kMargin + column * (cardWidth + kGap), y, cardWidth, cardHeight);
                placed.insert(metric);
                if (++column == m_columns) {
                    column = 0;
                    y += cardHeight + kGap;
                }
            }
            if (column > 0)
                y += cardHeight + kGap;
        }
        y += kMargin - kGap;
    }
    m_body->resize(width, std::max(y, height));
    for (auto it = m_cards.begin(); it != m_cards.end();) {
        if (!m_metrics.contains(it.key())) {
            it.value()->deleteLater();
            it = m_cards.erase(it);
            continue;
        }
        it.value()->setVisible(placed.contains(it.key()));
        ++it;
    }
    for (auto it = m_headers.begin(); it != m_headers.end(); ++it)
        it.value()->setVisible(headers.contains(it.key()));
    m_empty->setVisible(placed.isEmpty() && headers.isEmpty());
    m_empty->setText(m_metrics.isEmpty() ? tr("Charts appear here once a drawn run logs a metric.")
                                         : tr("No metric's name holds “%1”.").arg(m_search));
    m_empty->adjustSize();
    m_empty->raise();
}

void ChartGrid::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    relayout();
}

void ChartGrid::moveFocus(ChartCard* from, int dx, int dy) {
    const auto list = cards();
    const auto at = list.indexOf(from);
    const auto to = at + dx + dy * m_columns;
    if (at < 0 || to < 0 || to >= list.size())
        return;
    list[to]->canvas().setFocus(Qt::TabFocusReason);
    m_scroll->ensureWidgetVisible(list[to]);
}

bool ChartGrid::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        auto* card = qobject_cast<ChartCard*>(object->parent());
        if (!card)
            return false;
        if (key->key() == Qt::Key_Up || key->key() == Qt::Key_Down) {
            moveFocus(card, 0, key->key() == Qt::Key_Up ? -1 : 1);
            return true;
        }
        if (key->key() == Qt::Key_PageUp || key->key() == Qt::Key_PageDown) {
            moveFocus(card, key->key() == Qt::Key_PageUp ? -1 : 1, 0);
            return true;
        }
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            expand(m_expanded == card->metric() ? QString() : card->metric());
            card->canvas().setFocus(Qt::TabFocusReason);
            return true;
        }
        if (key->key() == Qt::Key_Escape && !m_expanded.isEmpty() && !m_context.crosshair()) {
            expand({});
            return true;
        }
    }
    return QWidget::eventFilter(object, event);
}

}  // namespace lathe::runs
