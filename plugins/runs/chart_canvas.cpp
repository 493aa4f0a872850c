// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_canvas.h"

#include "chart_overlay.h"
#include "in_parallel.h"
#include "run_filter.h"

#include "app/theme.h"
#include "app/workspace.h"
#include "core/clock.h"
#include "core/text.h"

#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QTimer>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace lathe::runs {
namespace {

constexpr double kRaw = 0.22;

double smoothAt(const std::vector<Sample>& line, double x) {
    if (line.empty() || x < line.front().x || x > line.back().x)
        return std::numeric_limits<double>::quiet_NaN();
    const auto high = std::ranges::lower_bound(line, x, {}, &Sample::x);
    if (high == line.begin())
        return high->y;
    const auto low = high - 1;
    return x - low->x < high->x - x ? low->y : high->y;
}

}  // namespace

ChartCanvas::ChartCanvas(SeriesCache& cache, ChartContext& context, const QString& metric, QWidget* parent)
    : QWidget(parent), m_cache(cache), m_context(context), m_metric(metric), m_plot(new ChartPlot(this)),
      m_overlay(new ChartOverlay(*this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_plot);
    m_plot->setAttribute(Qt::WA_TransparentForMouseEvents);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    connect(&cache, &SeriesCache::changed, this, [this](const QStringList& metrics) {
        if (metrics.contains(m_metric)) {
            m_nameStale = true;
            scheduleRefresh();
        }
    });
    connect(&context, &ChartContext::settingsChanged, this, &ChartCanvas::scheduleRefresh);
    connect(&context, &ChartContext::rangeChanged, this, &ChartCanvas::scheduleRefresh);
    connect(&context, &ChartContext::hoveredChanged, this, &ChartCanvas::scheduleRefresh);
    connect(&context, &ChartContext::crosshairChanged, m_overlay, qOverload<>(&QWidget::update));
    connect(&app::theme(), &app::Theme::changed, this, &ChartCanvas::scheduleRefresh);
    connect(m_plot, &ChartPlot::plotRectChanged, this, &ChartCanvas::scheduleRefresh);
}

void ChartCanvas::setLines(const QList<ChartLine>& lines) {
    if (lines == m_lines)
        return;
    m_lines = lines;
    m_nameStale = true;
    scheduleRefresh();
}

void ChartCanvas::setLogY(bool on) {
    m_plot->setLog(m_plot->logX(), on);
    scheduleRefresh();
    Q_EMIT statusChanged();
}

void ChartCanvas::setLogX(bool on) {
    m_plot->setLog(on, m_plot->logY());
    scheduleRefresh();
    Q_EMIT statusChanged();
}

void ChartCanvas::scheduleRefresh() {
    m_dirty = true;
    // A chart that is scrolled away or hidden computes when it is seen: its overlay's paint event comes back
    // here. (The canvas itself is never seen: QCustomPlot covers it.)
    if (m_refreshPending || !isVisible() || m_overlay->visibleRegion().isEmpty())
        return;
    m_refreshPending = true;
    QTimer::singleShot(0, this, [this] {
        m_refreshPending = false;
        refreshNow();
    });
}

void ChartCanvas::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    scheduleRefresh();
}

void ChartCanvas::setFitAll(bool on) {
    if (m_fitAll == on)
        return;
    m_fitAll = on;
    scheduleRefresh();
}

void ChartCanvas::refreshNow() {
    m_dirty = false;
    compute(*m_plot);
    m_plot->redraw();
    m_overlay->update();
    if (std::exchange(m_nameStale, false))
        updateAccessibleName();
    Q_EMIT statusChanged();
}

std::optional<XRange> ChartCanvas::fullRange() const {
    std::optional<XRange> all;
    for (const auto& line : m_lines) {
        const auto level = m_cache.level(keyOf(line));
        if (!level.overview || level.overview->empty())
            continue;
        const XRange one{level.overview->begin(), level.overview->end()};
        all = all ? XRange{std::min(all->from, one.from), std::max(all->to, one.to)} : one;
    }
    return all;
}

void ChartCanvas::compute(ChartPlot& plot) {
    static_assert(static_cast<int>(record::XAxis::Clock) == static_cast<int>(ChartPlot::XKind::Clock));
    plot.setXKind(static_cast<ChartPlot::XKind>(m_context.axis()));
    const int columns = plot.columns();
    if (columns < 2)
        return;

    const auto whole = fullRange();
    XRange range = m_context.range().value_or(whole.value_or(XRange{0, 1}));
    if (range.to <= range.from)
        range.to = range.from + 1;
    if (plot.logX())
        range.from = std::max(range.from, std::min(1.0, range.to / 1e6));
    plot.setXRange(range.from, range.to);

    QList<SeriesKey> keys;
    for (const auto& line : m_lines)
        keys.append(keyOf(line));
    const bool zoomed = m_context.range().has_value();
    m_cache.want(keys, zoomed ? range.from : 1, zoomed ? range.to : 0, columns);
    if (!zoomed && columns > static_cast<int>(SeriesCache::kOverviewCells) && whole)
        m_cache.want(keys, range.from, range.to, columns);

    const bool anySelected =
        std::ranges::any_of(m_lines, [](const auto& l) { return l.selected || l.primary; });
    const bool anyHovered = std::ranges::any_of(m_lines, [&](const auto& l) {
        return !m_context.hovered().isEmpty() && l.run == m_context.hovered();
    });
    m_bad = 0;
    m_error.reset();
    m_hasPoints = false;
    m_allLoaded = true;
    std::vector<PlotLine> lines;
    std::vector<int> order;
    std::vector<std::pair<LevelView, std::span<const Sample>>> sources;  // of `lines`
    lines.reserve(static_cast<std::size_t>(m_lines.size()));
    const double weight = smoothing();
    m_cache.smoothLines(keys, weight);
    for (qsizetype i = 0; i < m_lines.size(); ++i) {
        const auto& line = m_lines[i];
        if (auto error = m_cache.error(keys[i]))
            m_error = std::move(error);
        m_allLoaded &= m_cache.loaded(keys[i]);
        const auto level = m_cache.level(keys[i]);
        if (!level.overview || level.overview->empty())
            continue;
        m_hasPoints = true;
        PlotLine out;
        out.color = line.color;
        out.dash = line.dash;
        const auto& smooth = m_cache.smoothedLine(keys[i], weight);
        sources.emplace_back(level, smooth);
        const bool hovered = anyHovered && line.run == m_context.hovered();
        out.width = hovered ? 2.6 : line.primary ? 2.6 : line.selected ? 2 : anySelected ? 1.2 : 1.4;
        out.opacity = anyHovered                      ? (hovered ? 1 : 0.35)
                      : line.faint                    ? 0.55
                      : anySelected && !line.selected ? 0.78
                                                      : 1;
        out.rawOpacity = kRaw * out.opacity;
        if (!smooth.empty()) {
            const auto& cells = level.overview->cells;
            const auto lastCell = std::find_if(cells.rbegin(), cells.rend(), std::mem_fn(&Cell::finite));
            out.endAt =
                weight > 0 && smooth.size() > 2 ? smooth.back() : Sample{lastCell->x1, lastCell->last};
            out.end = line.state == record::RunState::Running || line.state == record::RunState::Starting
                          ? LineEnd::Ring
                      : line.state == record::RunState::Failed ? LineEnd::Cross
                                                               : LineEnd::None;
        }
        m_bad += level.overview->bad;
        if (level.overview->bad > 0) {
            double before = std::numeric_limits<double>::quiet_NaN();
            for (const auto& cell : level.overview->cells) {
                if (cell.bad > 0) {
                    out.badAt.push_back(cell.x0);
                    break;
                }
                if (cell.finite())
                    before = cell.last;
            }
            out.badValue = before;
        }
        lines.push_back(std::move(out));
        order.push_back(hovered ? 3 : line.primary ? 2 : line.selected ? 1 : 0);
    }
    const bool smoothing = weight > 0, logX = plot.logX();
    inParallel(lines.size(), [&](std::size_t i) {
        const auto& [level, smooth] = sources[i];
        auto& out = lines[i];
        out.raw = columnsOf(cellsIn(level, range.from, range.to), range.from, range.to, columns, logX);
        if (smoothing && smooth.size() > 2)
            out.smooth = thinned(smooth, range.from, range.to, columns, logX);
    });
    std::vector<std::size_t> sorted(lines.size());
    for (std::size_t i = 0; i < sorted.size(); ++i)
        sorted[i] = i;
    std::ranges::stable_sort(sorted, {}, [&](std::size_t i) { return order[i]; });
    std::vector<PlotLine> ordered;
    ordered.reserve(lines.size());
    for (const auto i : sorted)
        ordered.push_back(std::move(lines[i]));
    fitY(plot, ordered, columns);
    for (auto& line : ordered)
        if (!line.badAt.empty() && !std::isfinite(line.badValue))
            line.badValue = plot.yFrom();
    plot.setLines(std::move(ordered));
}

void ChartCanvas::fitY(ChartPlot& plot, const std::vector<PlotLine>& lines, int columns) {
    const bool clip = m_context.clip() && !m_fitAll;
    ValueRange all;
    std::vector<double> values;
    std::size_t total = 0;
    for (const auto& line : lines)
        total += line.raw.size();
    const std::size_t stride = std::max<std::size_t>(1, total / 20000);  // quantiles need no more
    std::size_t n = 0;
    for (const auto& line : lines)
        for (const auto& column : line.raw) {
            if (column.x < 0 || column.x > columns || (plot.logY() && column.max <= 0))
                continue;
            all.include(plot.logY() && column.min <= 0 ? column.max : column.min);
            all.include(column.max);
            if (clip && n++ % stride == 0) {
                values.push_back(column.min);
                values.push_back(column.max);
            }
        }
    m_outside = 0;
    if (!all.valid()) {
        plot.setYRange(plot.logY() ? 0.1 : 0, 1);
        return;
    }
    ValueRange shown = all;
    if (clip && values.size() > 40) {
        if (plot.logY())
            std::erase_if(values, [](double v) { return v <= 0; });
        const auto inner = quantileRange(values, 0.01);
        // Only what stands out is cut: a range that is nearly whole is shown whole, without a tag.
        const double span = inner.max - inner.min;
        if (inner.valid() && span > 0) {
            if (all.max > inner.max + 0.15 * span)
                shown.max = inner.max;
            if (all.min < inner.min - 0.15 * span)
                shown.min = inner.min;
        }
    }
    double pad = 0.04 * (shown.max - shown.min);
    if (pad <= 0)
        pad = shown.max == 0 ? 1 : 0.1 * std::abs(shown.max);
    if (!std::isfinite(pad)) {  // 1e308 and -1e308 in one chart
        shown = {-std::numeric_limits<double>::max() / 4, std::numeric_limits<double>::max() / 4};
        pad = 0;
    }
    if (plot.logY()) {
        const double factor = std::pow(std::max(shown.max / shown.min, 1.1), 0.04);
        plot.setYRange(shown.min / factor, shown.max * factor);
    } else {
        plot.setYRange(shown.min - pad, shown.max + pad);
    }
    if (shown.max < all.max || shown.min > all.min)
        m_outside = static_cast<int>(std::ranges::count_if(lines, [&](const auto& line) {
            return std::ranges::any_of(line.raw, [&](const Column& c) {
                return c.x >= 0 && c.x <= columns && (c.max > plot.yTo() || c.min < plot.yFrom());
            });
        }));
}

double ChartCanvas::smoothing() const {
    std::uint64_t points = 0;
    for (const auto& line : m_lines)
        if (const auto level = m_cache.level(keyOf(line)); level.overview)
            points = std::max(points, level.overview->points);
    return smoothingFor(m_context, m_metric, points);
}

QList<Reading> ChartCanvas::readings(double x) const {
    QList<Reading> out;
    const double weight = smoothing();
    for (qsizetype i = 0; i < m_lines.size(); ++i) {
        const auto key = keyOf(m_lines[i]);
        const auto level = m_cache.level(key);
        const double value = valueAt(level, x);
        if (!std::isfinite(value))
            continue;
        const double drawn = weight > 0 ? smoothAt(m_cache.smoothedLine(key, weight), x) : value;
        out.append({i, value, std::isfinite(drawn) ? drawn : value});
    }
    return out;
}

double ChartCanvas::lastValue(qsizetype line) const {
    const auto level = m_cache.level(keyOf(m_lines[line]));
    if (!level.overview || level.overview->empty() || !level.overview->cells.back().finite())
        return std::numeric_limits<double>::quiet_NaN();
    return level.overview->cells.back().last;
}

QString ChartCanvas::xText(double x) const {
    switch (m_context.axis()) {
    case record::XAxis::Elapsed: return app::toQString(durationText(x));
    case record::XAxis::Clock: return app::toQString(localTimeText(x));
    case record::XAxis::Step: break;
    }
    return app::toQString(groupedText(std::llround(x)));
}

void ChartCanvas::updateAccessibleName() {
    const auto range = fullRange();
    if (!range) {
        setAccessibleName(tr("Line chart %1, no points").arg(m_metric));
        return;
    }
    double best = std::numeric_limits<double>::quiet_NaN();
    QString by;
    const bool low = lowerIsBetter(app::toStd(m_metric));
    for (const auto& line : m_lines) {
        const auto level = m_cache.level(keyOf(line));
        if (!level.overview)
            continue;
        for (const auto& cell : level.overview->cells) {
            const double value = low ? cell.min : cell.max;
            if (cell.finite() && (std::isnan(best) || (low ? value < best : value > best))) {
                best = value;
                by = line.name;
            }
        }
    }
    QString name = tr("Line chart %1, %n runs, %2 to %3", nullptr, static_cast<int>(m_lines.size()))
                       .arg(m_metric, xText(range->from), xText(range->to));
    if (!by.isEmpty())
        name += (low ? tr(", lowest %1 by %2") : tr(", highest %1 by %2"))
                    .arg(app::toQString(numberText(best)), by);
    if (name != accessibleName())
        setAccessibleName(name);
}

void ChartCanvas::zoom(double factor, double around) {
    const auto whole = fullRange();
    if (!whole)
        return;
    XRange now = shownRange();
    if (m_plot->logX()) {
        const double low = std::log10(now.from), high = std::log10(now.to),
                     at = std::log10(std::max(around, now.from));
        now = {std::pow(10, at - (at - low) * factor), std::pow(10, at + (high - at) * factor)};
    } else {
        now = {around - (around - now.from) * factor, around + (now.to - around) * factor};
    }
    if (now.to - now.from >= whole->to - whole->from) {
        m_context.setRange(std::nullopt);
        return;
    }
    const double least = m_context.axis() == record::XAxis::Step ? 2 : 1e-3;
    if (now.to - now.from >= least)
        m_context.setRange(now);
}

void ChartCanvas::pan(double byPixels) {
    if (!m_context.range())
        return;
    const double rectWidth = std::max(1, m_plot->plotRect().width());
    XRange now = shownRange();
    if (m_plot->logX()) {
        const double factor = std::pow(now.to / now.from, -byPixels / rectWidth);
        now = {now.from * factor, now.to * factor};
    } else {
        const double shift = -byPixels / rectWidth * (now.to - now.from);
        now = {now.from + shift, now.to + shift};
    }
    m_context.setRange(now);
}

void ChartCanvas::moveCrosshair(int points) {
    const auto whole = fullRange();
    if (!whole)
        return;
    const auto range = shownRange();
    const double at = m_context.crosshair().value_or(points > 0 ? range.from : range.to);
    // By points of the line that the drawer shows, else of the first.
    auto line = std::ranges::find_if(m_lines, &ChartLine::primary);
    if (line == m_lines.end())
        line = m_lines.begin();
    const auto cells = cellsIn(m_cache.level(keyOf(*line)), range.from, range.to);
    if (cells.empty())
        return;
    auto it = std::ranges::lower_bound(cells, at, {}, &Cell::x0);
    auto index = std::clamp<std::ptrdiff_t>(it - cells.begin() + points, 0, std::ssize(cells) - 1);
    m_context.setCrosshair(std::clamp(cells[static_cast<std::size_t>(index)].x0, range.from, range.to));
}

bool ChartCanvas::event(QEvent* event) {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        m_overlay->update();
    return QWidget::event(event);
}

void ChartCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_overlay->setGeometry(rect());
    m_overlay->raise();
}

void ChartCanvas::mousePressEvent(QMouseEvent* event) {
    setFocus(Qt::MouseFocusReason);
    if (!m_plot->plotRect().contains(event->position().toPoint()))
        return;
    m_press = event->position();
    m_panning = event->button() == Qt::MiddleButton || (event->modifiers() & Qt::ShiftModifier);
    if (m_panning)
        setCursor(Qt::ClosedHandCursor);
}

void ChartCanvas::mouseMoveEvent(QMouseEvent* event) {
    const auto was = m_mouse;
    m_mouse = event->position();
    if (m_press && m_panning) {
        if (was)
            pan(event->position().x() - was->x());
        return;
    }
    const QRect rect = m_plot->plotRect();
    if (!rect.contains(event->position().toPoint())) {
        if (!m_press) {
            m_context.setCrosshair(std::nullopt);
            m_context.setHovered({});
        }
        m_overlay->update();
        return;
    }
    const double x = m_plot->xAt(event->position().x());
    m_context.setCrosshair(m_context.axis() == record::XAxis::Step ? std::round(x) : x);
    if (!m_press) {
        QString nearest;
        double distance = 6;
        for (const auto& reading : readings(x))
            if (const double d = std::abs(m_plot->pixelY(reading.drawn) - event->position().y());
                d < distance) {
                distance = d;
                nearest = m_lines[reading.line].run;
            }
        m_context.setHovered(m_lines.size() > 1 ? nearest : QString());
    }
    m_overlay->update();
}

void ChartCanvas::mouseReleaseEvent(QMouseEvent* event) {
    const auto press = m_press;
    m_press.reset();
    unsetCursor();
    if (press && !m_panning && std::abs(event->position().x() - press->x()) > 5) {
        const QRect rect = m_plot->plotRect();
        const double a = std::clamp<double>(press->x(), rect.left(), rect.right());
        const double b = std::clamp<double>(event->position().x(), rect.left(), rect.right());
        const XRange range{m_plot->xAt(std::min(a, b)), m_plot->xAt(std::max(a, b))};
        if (range.to > range.from)
            m_context.setRange(range);
    }
    m_panning = false;
    m_overlay->update();
}

void ChartCanvas::mouseDoubleClickEvent(QMouseEvent*) {
    m_press.reset();
    m_context.setRange(std::nullopt);
}

void ChartCanvas::wheelEvent(QWheelEvent* event) {
    const bool zooms = (event->modifiers() & Qt::ControlModifier) || hasFocus();
    if (!zooms || !m_plot->plotRect().contains(event->position().toPoint())) {
        event->ignore();  // the grid scrolls
        return;
    }
    const double notches = event->angleDelta().y() / 120.0;
    zoom(std::pow(0.8, notches), m_plot->xAt(event->position().x()));
    event->accept();
}

void ChartCanvas::leaveEvent(QEvent*) {
    m_mouse.reset();
    m_context.setCrosshair(std::nullopt);
    m_context.setHovered({});
    m_overlay->update();
}

void ChartCanvas::keyPressEvent(QKeyEvent* event) {
    const auto range = shownRange();
    const double centre = m_context.crosshair().value_or(0.5 * (range.from + range.to));
    const int by = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
    if (event->matches(QKeySequence::Copy)) {
        QApplication::clipboard()->setText(dataAsText());
        return;
    }
    if (event->key() == Qt::Key_C && event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier)) {
        QApplication::clipboard()->setPixmap(grab());
        return;
    }
    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) {
        event->ignore();
        return;
    }
    switch (event->key()) {
    case Qt::Key_Left: return moveCrosshair(-by);
    case Qt::Key_Right: return moveCrosshair(by);
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoom(0.8, centre);
    case Qt::Key_Minus: return zoom(1.25, centre);
    case Qt::Key_0: return m_context.setRange(std::nullopt);
    case Qt::Key_Y: return setLogY(!logY());
    case Qt::Key_X: return setLogX(!logX());
    case Qt::Key_Escape:
        if (m_context.crosshair())
            return m_context.setCrosshair(std::nullopt);
        [[fallthrough]];
    default: event->ignore();
    }
}

QString ChartCanvas::dataAsText() const {
    QString out = tr("run") + QStringLiteral("\tx\tmin\tmax\tlast\n");
    const auto range = shownRange();
    for (const auto& line : m_lines)
        for (const auto& cell : cellsIn(m_cache.level(keyOf(line)), range.from, range.to))
            if (cell.finite())
                out +=
                    QStringLiteral("%1\t%2\t%3\t%4\t%5\n")
                        .arg(line.name, QString::number(cell.x1, 'g', 15), QString::number(cell.min, 'g', 12),
                             QString::number(cell.max, 'g', 12), QString::number(cell.last, 'g', 12));
    return out;
}

QString ChartCanvas::save(const QString& path, const QSize& size) {
    ChartPlot plot;
    plot.resize(size);
    plot.setLog(logX(), logY());
    compute(plot);
    return plot.save(path, size);
}

}  // namespace lathe::runs
