// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "chart_context.h"
#include "series_cache.h"

#include <QHash>
#include <QSet>
#include <QStringList>
#include <QWidget>

class QLabel;
class QScrollArea;
class QToolButton;

namespace lathe::runs {

class ChartCard;

// A card per metric in one to four columns, grouped by the part before "/"; what belongs to the machine
// ("system/…") is folded at first. Cards are kept while their metric is there. Arrows move between cards,
// Enter goes into one.
class ChartGrid : public QWidget {
    Q_OBJECT
public:
    ChartGrid(SeriesCache& cache, ChartContext& context, QWidget* parent = nullptr);

    // In the order in which they should stand; groups keep together.
    void setMetrics(const QStringList& metrics);
    void setLines(const QList<ChartLine>& lines);
    void setSearch(const QString& text);
    // A drawer below the charts leaves little room: two columns at most.
    void setMaxColumns(int columns);
    QList<ChartCard*> cards() const;  // as laid out
    ChartCard* card(const QString& metric) const { return m_cards.value(metric); }
    void expand(const QString& metric);  // empty: back to all

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    struct Group {
        QString title;  // empty: the first group, without a header
        QStringList metrics;
    };
    QList<Group> groups() const;
    void relayout();
    ChartCard* makeCard(const QString& metric);
    void moveFocus(ChartCard* from, int dx, int dy);

    SeriesCache& m_cache;
    ChartContext& m_context;
    QScrollArea* m_scroll;
    QWidget* m_body;
    QLabel* m_empty;
    QStringList m_metrics;
    QList<ChartLine> m_lines;
    QHash<QString, ChartCard*> m_cards;
    QHash<QString, QToolButton*> m_headers;
    QSet<QString> m_folded;
    QString m_search, m_expanded;
    int m_maxColumns = 4, m_columns = 1;
};

}  // namespace lathe::runs
