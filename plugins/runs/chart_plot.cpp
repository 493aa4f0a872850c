// SPDX-License-Identifier: GPL-3.0-or-later
// QCustomPlot's header uses Qt's keywords, which the rest of the project does without.
#undef QT_NO_KEYWORDS
#include "chart_plot.h"

#include "in_parallel.h"
#include "line_raster.h"

#include "app/theme.h"

#include <qcustomplot.h>

#include <QDateTime>
#include <QPainterPath>
#include <QSvgGenerator>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace lathe::runs {
namespace {

constexpr int kLeft = 46, kRight = 12, kTop = 6, kBottom = 22;

QString trimmedNumber(double value, int digits) {
    QString text = QString::number(value, 'f', digits);
    if (text.contains(QLatin1Char('.'))) {
        while (text.endsWith(QLatin1Char('0')))
            text.chop(1);
        if (text.endsWith(QLatin1Char('.')))
            text.chop(1);
    }
    return text == QLatin1String("-0") ? QStringLiteral("0") : text;
}

// As many as it takes to tell neighbouring ticks apart: 0.25 has two, 2.5 one.
int decimalsFor(double spacing) {
    if (!(spacing > 0))
        return 3;
    int digits = 0;
    for (double scaled = spacing; digits < 9 && std::abs(scaled - std::round(scaled)) > 1e-6 * scaled;
         scaled *= 10)
        ++digits;
    return digits;
}

class ValueTicker : public QCPAxisTicker {
protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        return tickText(tick, m_spacing);
    }
    double getTickStep(const QCPRange& range) override {
        m_spacing = QCPAxisTicker::getTickStep(range);
        return m_spacing;
    }
    int getSubTickCount(double) override { return 0; }
    double m_spacing = 1;
};

// Steps are whole numbers.
class StepTicker final : public ValueTicker {
protected:
    double getTickStep(const QCPRange& range) override {
        m_spacing = std::max(1.0, QCPAxisTicker::getTickStep(range));
        return m_spacing;
    }
};

class ElapsedTicker final : public ValueTicker {
protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override { return elapsedTickText(tick); }
    double getTickStep(const QCPRange& range) override {
        const double wanted = range.size() / (tickCount() + 1e-9);
        for (const double step :
             {0.1,   0.2,   0.5,   1.0,    2.0,    5.0,    10.0,    15.0,    30.0,    60.0,   120.0,
              300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10800.0, 21600.0, 43200.0, 86400.0})
            if (step >= wanted)
                return step;
        return std::ceil(wanted / 86400) * 86400;
    }
};

class ClockTicker final : public ValueTicker {
protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        const auto time = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(tick * 1000));
        return m_spacing >= 86400 ? time.toString(QStringLiteral("d MMM"))
               : m_spacing >= 60  ? time.toString(QStringLiteral("HH:mm"))
                                  : time.toString(QStringLiteral("HH:mm:ss"));
    }
};

// 1-3-10 over decades; ordinary steps where the range is too narrow for them.
class LogTicker final : public ValueTicker {
protected:
    QVector<double> createTickVector(double step, const QCPRange& range) override {
        if (range.lower <= 0 || range.upper / range.lower < 8)
            return QCPAxisTicker::createTickVector(step, range);
        QVector<double> ticks;
        const int low = static_cast<int>(std::floor(std::log10(range.lower)));
        const int high = static_cast<int>(std::ceil(std::log10(range.upper)));
        const int stride = std::max(1, (high - low) / 6);
        for (int power = low; power <= high; power += stride) {
            const double decade = std::pow(10.0, power);
            ticks << decade;
            if (high - low <= 3)
                ticks << 3 * decade;
        }
        return ticks;
    }
    QString getTickLabel(double tick, const QLocale&, QChar, int) override { return tickText(tick, tick); }
};

}  // namespace

QString tickText(double value, double spacing) {
    const double size = std::abs(value);
    if (value == 0)
        return QStringLiteral("0");
    if (size >= 1e15)
        return QString::number(value, 'g', 3);
    for (const auto& [scale, letter] : {std::pair{1e12, 'T'}, {1e9, 'G'}, {1e6, 'M'}, {1e3, 'k'}})
        if (size >= scale * (scale == 1e3 ? 5 : 1) || (size >= scale && spacing >= scale / 2))
            return trimmedNumber(value / scale, decimalsFor(spacing / scale)) + QLatin1Char(letter);
    if (spacing < 1e-3 * (1 + 1e-9) && size < 1e-2) {
        const int power = static_cast<int>(std::floor(std::log10(size) + 1e-9));
        return trimmedNumber(value / std::pow(10.0, power), 2) + QLatin1Char('e') + QString::number(power);
    }
    return trimmedNumber(value, decimalsFor(spacing));
}

QString elapsedTickText(double seconds) {
    const auto whole = static_cast<qint64>(std::llround(seconds));
    if (seconds == 0)
        return QStringLiteral("0");
    if (std::abs(seconds) < 60)
        return trimmedNumber(seconds, 1) + QStringLiteral(" s");
    if (whole < 3600)
        return whole % 60 ? QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'))
                          : QStringLiteral("%1 m").arg(whole / 60);
    if (whole < 86400)
        return whole % 3600
                   ? QStringLiteral("%1:%2 h").arg(whole / 3600).arg(whole / 60 % 60, 2, 10, QLatin1Char('0'))
                   : QStringLiteral("%1 h").arg(whole / 3600);
    return trimmedNumber(seconds / 86400, 1) + QStringLiteral(" d");
}

// All lines at once: they share one image. The ranges are the chart's business, so none is offered here.
class LinesPlottable final : public QCPAbstractPlottable {
public:
    LinesPlottable(QCPAxis* x, QCPAxis* y) : QCPAbstractPlottable(x, y) {}

    std::vector<PlotLine> lines;

    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }
    QCPRange getKeyRange(bool& found, QCP::SignDomain) const override {
        found = false;
        return {};
    }
    QCPRange getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const override {
        found = false;
        return {};
    }

protected:
    // A ring at the last point of a run is drawn whole, also where the plot ends.
    QRect clipRect() const override { return QCPAbstractPlottable::clipRect().adjusted(-5, -5, 5, 5); }
    void drawLegendIcon(QCPPainter*, const QRectF&) const override {}

    void draw(QCPPainter* painter) override {
        const QRect rect = keyAxis()->axisRect()->rect();
        if (rect.width() < 2 || rect.height() < 2)
            return;
        if (painter->modes().testFlag(QCPPainter::pmVectorized))
            drawVectors(painter, rect);
        else
            drawRaster(painter, rect);
        painter->setRenderHint(QPainter::Antialiasing, true);
        for (const auto& line : lines)
            drawEnds(painter, line);
    }

private:
    // Value to pixels from the top of the plot; a logarithm of nothing is no place.
    struct Place {
        double low, factor, height;
        bool log;
        double operator()(double value) const {
            if (log && value <= 0)
                return std::numeric_limits<double>::quiet_NaN();
            // Far outside is as good as just outside, and keeps the sums finite.
            return std::clamp(height - ((log ? std::log10(value) : value) - low) * factor, -4 * height,
                              5 * height);
        }
    };
    Place place(double height) const {
        const auto range = valueAxis()->range();
        const bool log = valueAxis()->scaleType() == QCPAxis::stLogarithmic;
        const double low = log ? std::log10(range.lower) : range.lower;
        const double high = log ? std::log10(range.upper) : range.upper;
        return {low, high > low ? height / (high - low) : 0, height, log};
    }

    void drawRaster(QCPPainter* painter, const QRect& rect) {
        const double ratio = painter->device()->devicePixelRatioF();
        const QSize size(static_cast<int>(std::lround(rect.width() * ratio)),
                         static_cast<int>(std::lround(rect.height() * ratio)));
        QImage image(size, QImage::Format_ARGB32_Premultiplied);
        auto* const pixels = reinterpret_cast<std::uint32_t*>(image.bits());
        const auto stride = static_cast<std::size_t>(image.bytesPerLine()) / sizeof(std::uint32_t);
        // More bands than threads, since lines are rarely spread evenly.
        const auto bands = static_cast<int>(std::clamp<std::size_t>(
            2 * parallelThreads(), 1, static_cast<std::size_t>(size.width()) / 32 + 1));
        inParallel(static_cast<std::size_t>(bands), [&](std::size_t band) {
            const int from = static_cast<int>(band) * size.width() / bands;
            const int to = (static_cast<int>(band) + 1) * size.width() / bands;
            Band(lines, place(size.height()), from, {to - from, size.height()}, ratio).drawTo(pixels, stride);
        });
        image.setDevicePixelRatio(ratio);
        painter->drawImage(rect.topLeft(), image);
    }

    // Some neighbouring columns of the picture, with what of all lines falls into them.
    class Band {
    public:
        Band(const std::vector<PlotLine>& lines, const Place& y, int left, const QSize& size, double ratio)
            : m_lines(lines), m_y(y), m_left(left), m_right(left + size.width()), m_ratio(ratio),
              m_raster(size, left) {}

        void drawTo(std::uint32_t* pixels, std::size_t stride) {
            for (const auto& line : m_lines)
                if (!line.smooth.empty() && line.rawOpacity > 0)
                    strokeRaw(line, line.rawOpacity, m_ratio, {});
            for (const auto& line : m_lines) {
                QList<double> dash = line.dash;
                for (double& part : dash)
                    part *= m_ratio;
                if (line.smooth.empty())
                    strokeRaw(line, line.opacity, line.width * m_ratio, dash);
                else
                    strokeSmooth(line, dash);
            }
            m_raster.writeTo(pixels, stride);
        }

    private:
        // What lies within the band, and enough on each side that lines enter and leave it as they should.
        // Where a dash stands depends on all that came before it.
        template <class Places> auto within(const Places& places, bool dashed) const {
            const auto at = [](const auto& place) { return static_cast<double>(place.x); };
            auto low = std::ranges::lower_bound(places, m_left - 4.0, {}, at);
            auto high = std::ranges::lower_bound(places, m_right + 4.0, {}, at);
            low -= std::min<std::ptrdiff_t>(2, low - places.begin());
            high += std::min<std::ptrdiff_t>(2, places.end() - high);
            return dashed ? std::span(places) : std::span(low, high);
        }

        void strokeSmooth(const PlotLine& line, const QList<double>& dash) {
            m_points.clear();
            for (const auto& sample : within(line.smooth, !dash.isEmpty()))
                m_points.push_back({sample.x, m_y(sample.y)});
            m_raster.line(m_points, line.width * m_ratio, dash);
            m_raster.paint(line.color, line.opacity);
        }

        void strokeRaw(const PlotLine& line, double opacity, double width, const QList<double>& dash) {
            fold(within(line.raw, !dash.isEmpty()));
            m_raster.line(m_points, width, dash);
            m_raster.paint(line.color, opacity);
            m_raster.spans(m_spans, line.color, opacity);
        }

        // Columns with extremes become strokes; the ways between them lines. Dense data touches neighbouring
        // columns, and there a stroke that meets the one before stands for the line.
        void fold(std::span<const Column> raw) {
            m_points.clear();
            m_spans.clear();
            for (std::size_t i = 0; i < raw.size(); ++i) {
                const auto& c = raw[i];
                double top = m_y(c.max), bottom = m_y(c.min);
                const bool touches = i > 0 && raw[i - 1].x + 1 == c.x;
                if (touches) {
                    const double above = m_y(raw[i - 1].max), below = m_y(raw[i - 1].min);
                    if (above > bottom)
                        bottom = above;
                    else if (below < top)
                        top = below;
                }
                const bool near = touches || (i + 1 < raw.size() && raw[i + 1].x == c.x + 1);
                if (near || bottom - top > 1)
                    m_spans.push_back({c.x, top, bottom});
                if (!touches && i > 0) {
                    m_points.push_back({raw[i - 1].x + 0.5, m_y(raw[i - 1].last)});
                    m_points.push_back({c.x + 0.5, m_y(c.first)});
                } else if (touches && !m_points.empty() && std::isfinite(m_points.back().x)) {
                    m_points.push_back({std::numeric_limits<double>::quiet_NaN(), 0});
                }
            }
            if (raw.size() == 1)
                m_points.push_back({raw[0].x + 0.5, m_y(raw[0].last)});
        }

        const std::vector<PlotLine>& m_lines;
        const Place m_y;
        const int m_left, m_right;
        const double m_ratio;
        LineRaster m_raster;
        std::vector<RasterPoint> m_points;
        std::vector<RasterSpan> m_spans;
    };

    void drawVectors(QCPPainter* painter, const QRect& rect) const {
        const Place y = place(rect.height());
        painter->save();
        painter->setClipRect(rect);
        painter->setRenderHint(QPainter::Antialiasing, true);
        painter->setBrush(Qt::NoBrush);
        for (const auto& line : lines) {
            QPolygonF raw, smooth;
            for (const auto& c : line.raw) {
                raw << QPointF(rect.left() + c.x, rect.top() + y(c.first));
                if (c.min < c.max)
                    raw << QPointF(rect.left() + c.x, rect.top() + y(c.min))
                        << QPointF(rect.left() + c.x, rect.top() + y(c.max))
                        << QPointF(rect.left() + c.x, rect.top() + y(c.last));
            }
            for (const auto& sample : line.smooth)
                smooth << QPointF(rect.left() + sample.x, rect.top() + y(sample.y));
            const bool alone = smooth.isEmpty();
            QPen pen(line.color, line.width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
            if (!alone) {
                QColor faint = line.color;
                faint.setAlphaF(static_cast<float>(line.rawOpacity));
                painter->setPen(QPen(faint, 0.7));
                painter->drawPolyline(raw);
            }
            if (!line.dash.isEmpty()) {
                QList<double> dash = line.dash;
                for (double& part : dash)
                    part /= line.width;
                pen.setDashPattern(dash);
            }
            painter->setPen(pen);
            painter->drawPolyline(alone ? raw : smooth);
        }
        painter->restore();
    }

    void drawEnds(QCPPainter* painter, const PlotLine& line) const {
        const QPointF at(keyAxis()->coordToPixel(line.endAt.x), valueAxis()->coordToPixel(line.endAt.y));
        const QRectF rect = keyAxis()->axisRect()->rect();
        const bool seen = rect.adjusted(-1, -1, 1, 1).contains(at);
        const auto cross = [&](QPointF p, const QColor& color, double arm) {
            painter->setPen(QPen(color, 1.6, Qt::SolidLine, Qt::RoundCap));
            painter->drawLine(QLineF(p.x() - arm, p.y() - arm, p.x() + arm, p.y() + arm));
            painter->drawLine(QLineF(p.x() - arm, p.y() + arm, p.x() + arm, p.y() - arm));
        };
        if (seen && line.end == LineEnd::Ring) {
            painter->setPen(QPen(line.color, 1.6));
            painter->setBrush(app::theme().color(QStringLiteral("bg.content")));
            painter->drawEllipse(at, 3, 3);
        } else if (seen && line.end == LineEnd::Cross) {
            cross(at, line.color, 3.2);
        }
        for (const double x : line.badAt)
            if (rect.contains(QPointF(keyAxis()->coordToPixel(x), rect.center().y())))
                cross({keyAxis()->coordToPixel(x), valueAxis()->coordToPixel(line.badValue)},
                      app::theme().color(QStringLiteral("error")), 3.2);
    }
};

struct ChartPlot::Private {
    QCustomPlot* plot = nullptr;
    LinesPlottable* lines = nullptr;
    XKind kind = XKind::Step;
    QRect lastRect;

    QCPAxis* x() const { return plot->xAxis; }
    QCPAxis* y() const { return plot->yAxis; }

    void dress() const {
        auto& theme = app::theme();
        plot->setBackground(QBrush(theme.color(QStringLiteral("bg.content"))));
        const QFont font = theme.uiFont(11);
        const QColor label = theme.color(QStringLiteral("text.3")),
                     grid = theme.color(QStringLiteral("grid"));
        for (auto* axis : {x(), y()}) {
            axis->setTickLabelFont(font);
            axis->setTickLabelColor(label);
            axis->setBasePen(Qt::NoPen);
            axis->setTickPen(Qt::NoPen);
            axis->setSubTickPen(Qt::NoPen);
            axis->setNumberFormat(QStringLiteral("g"));  // "1e-3" stays as written
            axis->setTickLengthIn(0);
            axis->setTickLengthOut(0);
            axis->grid()->setPen(QPen(grid, 1));
            axis->grid()->setZeroLinePen(Qt::NoPen);
        }
        x()->setTickLabelPadding(4);
        y()->setTickLabelPadding(6);
    }

    void tickers() const {
        QSharedPointer<QCPAxisTicker> ticker;
        if (x()->scaleType() == QCPAxis::stLogarithmic)
            ticker.reset(new LogTicker);
        else if (kind == XKind::Elapsed)
            ticker.reset(new ElapsedTicker);
        else if (kind == XKind::Clock)
            ticker.reset(new ClockTicker);
        else
            ticker.reset(new StepTicker);
        ticker->setTickCount(plot->width() > 420 ? 6 : 4);
        x()->setTicker(ticker);
        QSharedPointer<QCPAxisTicker> values;
        if (y()->scaleType() == QCPAxis::stLogarithmic)
            values.reset(new LogTicker);
        else
            values.reset(new ValueTicker);
        values->setTickCount(plot->height() > 160 ? 5 : 3);
        y()->setTicker(values);
    }
};

ChartPlot::ChartPlot(QWidget* parent) : QWidget(parent), m_d(std::make_unique<Private>()) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_d->plot = new QCustomPlot(this);
    layout->addWidget(m_d->plot);
    auto* plot = m_d->plot;
    plot->setAttribute(Qt::WA_TransparentForMouseEvents);
    plot->setFocusPolicy(Qt::NoFocus);
    plot->setMinimumSize(0, 0);
    plot->setNotAntialiasedElements(QCP::aeAll);
    plot->setPlottingHints(QCP::phCacheLabels);
    plot->axisRect()->setAutoMargins(QCP::msNone);
    plot->axisRect()->setMargins({kLeft, kTop, kRight, kBottom});
    plot->plotLayout()->setRowSpacing(0);
    m_d->lines = new LinesPlottable(plot->xAxis, plot->yAxis);
    m_d->dress();
    m_d->tickers();
    connect(&app::theme(), &app::Theme::changed, this, [this] {
        m_d->dress();
        redraw();
    });
}

ChartPlot::~ChartPlot() = default;

void ChartPlot::setLines(std::vector<PlotLine> lines) {
    m_d->lines->lines = std::move(lines);
}
const std::vector<PlotLine>& ChartPlot::lines() const {
    return m_d->lines->lines;
}

void ChartPlot::setXRange(double from, double to) {
    m_d->x()->setRange(from, to > from ? to : from + 1);
}

void ChartPlot::setYRange(double from, double to) {
    m_d->y()->setRange(from, to);
}

void ChartPlot::setLog(bool x, bool y) {
    if (x == logX() && y == logY())
        return;
    m_d->x()->setScaleType(x ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    m_d->y()->setScaleType(y ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    m_d->tickers();
}

void ChartPlot::setXKind(XKind kind) {
    m_d->kind = kind;
    m_d->tickers();
}

double ChartPlot::xFrom() const {
    return m_d->x()->range().lower;
}
double ChartPlot::xTo() const {
    return m_d->x()->range().upper;
}
double ChartPlot::yFrom() const {
    return m_d->y()->range().lower;
}
double ChartPlot::yTo() const {
    return m_d->y()->range().upper;
}
bool ChartPlot::logX() const {
    return m_d->x()->scaleType() == QCPAxis::stLogarithmic;
}
bool ChartPlot::logY() const {
    return m_d->y()->scaleType() == QCPAxis::stLogarithmic;
}

QRect ChartPlot::plotRect() const {
    return {kLeft, kTop, std::max(0, width() - kLeft - kRight), std::max(0, height() - kTop - kBottom)};
}

int ChartPlot::columns() const {
    return static_cast<int>(std::lround(plotRect().width() * devicePixelRatioF()));
}

double ChartPlot::pixelX(double x) const {
    const QRect rect = plotRect();
    const auto scale = [this](double v) { return logX() ? std::log10(std::max(v, 1e-300)) : v; };
    const double low = scale(xFrom()), high = scale(xTo());
    return rect.left() + (high > low ? (scale(x) - low) / (high - low) * rect.width() : 0);
}

double ChartPlot::pixelY(double y) const {
    const QRect rect = plotRect();
    if (logY() && y <= 0)
        return std::numeric_limits<double>::quiet_NaN();
    const auto scale = [this](double v) { return logY() ? std::log10(v) : v; };
    const double low = scale(yFrom()), high = scale(yTo());
    return rect.top() + rect.height() - (high > low ? (scale(y) - low) / (high - low) * rect.height() : 0);
}

double ChartPlot::xAt(double pixel) const {
    const QRect rect = plotRect();
    const double part = rect.width() > 0 ? (pixel - rect.left()) / rect.width() : 0;
    if (logX())
        return xFrom() * std::pow(xTo() / xFrom(), part);
    return xFrom() + part * (xTo() - xFrom());
}

void ChartPlot::redraw() {
    m_d->plot->replot(QCustomPlot::rpQueuedReplot);
}
void ChartPlot::drawNow() {
    m_d->plot->replot(QCustomPlot::rpImmediateRefresh);
}

void ChartPlot::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_d->tickers();
    if (const QRect rect = plotRect(); rect != m_d->lastRect) {
        m_d->lastRect = rect;
        Q_EMIT plotRectChanged();
    }
}

QString ChartPlot::save(const QString& path, const QSize& size) {
    bool saved = false;
    const auto draw = [&](QPaintDevice* device) {
        QCPPainter painter;
        if (!painter.begin(device))
            return false;
        painter.setMode(QCPPainter::pmVectorized);
        painter.setMode(QCPPainter::pmNoCaching);
        m_d->plot->toPainter(&painter, size.width(), size.height());
        return painter.end();
    };
    if (path.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive)) {
        saved = m_d->plot->savePdf(path, size.width(), size.height());
    } else if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        QSvgGenerator generator;
        generator.setFileName(path);
        generator.setSize(size);
        generator.setViewBox(QRect(QPoint(), size));
        saved = draw(&generator);
    } else if (path.endsWith(QLatin1String(".png"), Qt::CaseInsensitive)) {
        QImage image(size * 2, QImage::Format_RGB32);
        image.setDevicePixelRatio(2);
        saved = draw(&image) && image.save(path);
    } else {
        return tr("pictures are written as .png, .pdf or .svg");
    }
    return saved ? QString() : tr("the file cannot be written");
}

}  // namespace lathe::runs
