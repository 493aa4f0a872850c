// SPDX-License-Identifier: GPL-3.0-or-later
// A chart of 100 series of 100,000 points, panned and zoomed: time of each frame from the change of the range
// to the painted widget. The peer is QCustomPlot holding every point, with its own adaptive sampling. Prints,
// never fails:
//   QT_QPA_PLATFORM=offscreen build/release/bin/runs_ui [series] [points]
#undef QT_NO_KEYWORDS
#include "chart_canvas.h"
#include "chart_plot.h"

#include "app/theme.h"
#include "core/clock.h"

#include <qcustomplot.h>

#include <QApplication>
#include <QThreadPool>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <random>
#include <vector>

using namespace lathe;
using namespace lathe::runs;

namespace {

constexpr QSize kSize(1000, 600);
constexpr int kFrames = 240;

using Values = std::vector<std::vector<double>>;

Values makeSeries(int series, int points) {
    Values all;
    std::mt19937 random(7);
    std::normal_distribution<double> noise(0, 0.05);
    for (int s = 0; s < series; ++s) {
        std::vector<double> values(static_cast<std::size_t>(points));
        for (int i = 0; i < points; ++i)
            values[static_cast<std::size_t>(i)] =
                2.5 + 0.01 * s + 3 * std::exp(-i / (points / 20.0)) + noise(random);
        all.push_back(std::move(values));
    }
    return all;
}

// Answers on worker threads, as the store does.
class MemorySource final : public SeriesSource {
public:
    explicit MemorySource(const Values& values) : m_values(values) {}

    void fetch(std::vector<SeriesRequest> requests, QObject* context,
               std::function<void(Result<SeriesReply>)> done) override {
        QThreadPool::globalInstance()->start(
            [this, requests = std::move(requests), context, done = std::move(done)] {
                SeriesReply reply;
                for (const auto& request : requests)
                    reply.push_back(buckets(request));
                QMetaObject::invokeMethod(
                    context, [reply = std::move(reply), done] { done(reply); }, Qt::QueuedConnection);
            });
    }

private:
    std::vector<record::Bucket> buckets(const SeriesRequest& request) const {
        const auto& values = m_values[static_cast<std::size_t>(request.key.run.toInt())];
        const auto size = static_cast<std::int64_t>(values.size());
        const bool all = request.from > request.to;
        const auto low = all ? 0 : std::clamp<std::int64_t>(static_cast<std::int64_t>(request.from), 0, size);
        const auto high =
            all ? size : std::clamp<std::int64_t>(static_cast<std::int64_t>(request.to) + 1, 0, size);
        const auto width =
            std::max<std::int64_t>(1, (high - low) / static_cast<std::int64_t>(request.maxBuckets) + 1);
        std::vector<record::Bucket> out;
        for (auto from = low; from < high; from += width) {
            const auto to = std::min(high, from + width);
            const auto [least, most] = std::minmax_element(values.begin() + from, values.begin() + to);
            out.push_back({double(from), double(to - 1), values[static_cast<std::size_t>(from)],
                           values[static_cast<std::size_t>(to - 1)], *least, *most,
                           static_cast<std::uint32_t>(to - from), 0});
        }
        return out;
    }
    const Values& m_values;
};

struct Times {
    double p50 = 0, p99 = 0,
           processor = 0;  // milliseconds; processor: of the mean frame, whatever else the machine does
};

double processorSeconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Zooms in to a fiftieth, pans across, and goes back out.
Times measure(int frames, int points, const std::function<void(double, double)>& frame) {
    std::vector<double> times;
    double processor = 0;
    for (int i = 0; i < frames; ++i) {
        const double part = double(i) / frames;
        const double width = points * (part < 0.3   ? std::pow(0.02, part / 0.3)
                                       : part > 0.7 ? std::pow(0.02, (1 - part) / 0.3)
                                                    : 0.02);
        const double from = (points - width) * std::clamp((part - 0.2) / 0.6, 0.0, 1.0);
        const double start = monotonicSeconds(), before = processorSeconds();
        frame(from, from + width);
        processor += processorSeconds() - before;
        times.push_back((monotonicSeconds() - start) * 1000);
        QCoreApplication::processEvents();
    }
    std::ranges::sort(times);
    return {times[times.size() / 2], times[times.size() * 99 / 100], processor * 1000 / frames};
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    const int series = argc > 1 ? std::max(1, atoi(argv[1])) : 100,
              points = argc > 2 ? std::max(1000, atoi(argv[2])) : 100'000;
    if (QString problem; !app::theme().load(QStringLiteral("dark"), &problem)) {
        std::fprintf(stderr, "%s\n", qPrintable(problem));
        return 1;
    }
    const Values values = makeSeries(series, points);

    Times ours;
    double firstPaint = 0;
    {
        SeriesCache cache(std::make_unique<MemorySource>(values));
        ChartContext context;
        ChartCanvas canvas(cache, context, QStringLiteral("train/loss"));
        QList<ChartLine> lines;
        for (int s = 0; s < series; ++s) {
            ChartLine line;
            line.run = line.name = QString::number(s);
            line.color = app::theme().runColor(s);
            lines.append(line);
        }
        canvas.resize(kSize);
        const double start = monotonicSeconds();
        canvas.setLines(lines);
        canvas.show();
        do
            QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
        while (!cache.idle() || canvas.plot().lines().size() < static_cast<std::size_t>(series));
        canvas.plot().drawNow();
        firstPaint = (monotonicSeconds() - start) * 1000;
        ours = measure(kFrames, points, [&](double from, double to) {
            context.setRange(XRange{from, to});
            canvas.refreshNow();
            canvas.plot().drawNow();
            canvas.repaint();
        });
    }
    Times peer;
    {
        QCustomPlot plot;
        plot.resize(kSize);
        for (int s = 0; s < series; ++s) {
            auto* graph = plot.addGraph();
            graph->setPen(QPen(app::theme().runColor(s), 1));
            QVector<double> x(points);
            for (int i = 0; i < points; ++i)
                x[i] = i;
            graph->setData(x,
                           QVector<double>(values[static_cast<std::size_t>(s)].begin(),
                                           values[static_cast<std::size_t>(s)].end()),
                           true);
        }
        plot.yAxis->setRange(2, 6);
        plot.show();
        peer = measure(40, points, [&](double from, double to) {
            plot.xAxis->setRange(from, to);
            plot.replot(QCustomPlot::rpImmediateRefresh);
        });
    }
    std::printf("chart of %d series x %d points, %dx%d, smoothed with raw behind; budget of a frame at 60/s: "
                "16.7 ms\n",
                series, points, kSize.width(), kSize.height());
    std::printf("first paint %.1f ms, frame p50 %.2f ms, p99 %.2f ms; QCustomPlot with all points: p50 %.2f "
                "ms, p99 %.2f ms\n",
                firstPaint, ours.p50, ours.p99, peer.p50, peer.p99);
    std::printf("processor time of a mean frame: %.2f ms; QCustomPlot: %.2f ms\n", ours.processor,
                peer.processor);
    std::printf("chart: ours=%.2f peer=%.2f ratio=%.2f\n", ours.p99, peer.p99, peer.p99 / ours.p99);
    return 0;
}
