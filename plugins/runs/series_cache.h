// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "series_curve.h"

#include "core/result.h"
#include "record/store.h"

#include <QHash>
#include <QList>
#include <QObject>
#include <QSet>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lathe::app {
class EngineBridge;
}

namespace lathe::runs {

struct SeriesKey {
    QString run, metric;
    record::XAxis axis = record::XAxis::Step;
    bool operator==(const SeriesKey&) const = default;
};
inline size_t qHash(const SeriesKey& key, size_t seed = 0) {
    return qHashMulti(seed, key.run, key.metric, static_cast<int>(key.axis));
}

struct SeriesRequest {
    SeriesKey key;
    double from = 1, to = 0;  // from > to: all of it
    std::size_t maxBuckets = 0;
};
using SeriesReply = std::vector<Result<std::vector<record::Bucket>>>;  // one per request, in order

// Where charts get series from. fetch() returns at once; `done` is called later on the GUI thread, once,
// unless `context` is gone.
class SeriesSource {
public:
    virtual ~SeriesSource() = default;
    virtual void fetch(std::vector<SeriesRequest> requests, QObject* context,
                       std::function<void(Result<SeriesReply>)> done) = 0;
};

std::unique_ptr<SeriesSource> makeEngineSource(app::EngineBridge& bridge);

// Levels of detail of the series that charts show: the whole of each in at most kOverviewCells, and, where a
// chart has zoomed in further, a stretch three times as wide as its view. So panning and zooming always find
// something to draw and never wait; what is finer comes a moment later. GUI thread only.
class SeriesCache : public QObject {
    Q_OBJECT
public:
    static constexpr std::size_t kOverviewCells = 1200;

    explicit SeriesCache(std::unique_ptr<SeriesSource> source, QObject* parent = nullptr);
    ~SeriesCache() override;

    // What is there now; pointers are good until control returns to the event loop.
    LevelView level(const SeriesKey& key) const;
    bool loaded(const SeriesKey& key) const;  // the overview came, or failed
    std::optional<Error> error(const SeriesKey& key) const;
    // The debiased average (series_curve.h), kept until data or weight change.
    const std::vector<Sample>& smoothedLine(const SeriesKey& key, double weight);

    // The same for several lines at once, on several threads where that helps.
    void smoothLines(const QList<SeriesKey>& keys, double weight);

    // Says what a chart shows, in `pixels` columns; from > to: everything. Asks for what is missing or stale.
    void want(const QList<SeriesKey>& keys, double from, double to, int pixels);
    // These runs have new points: shown as they are until want() has brought them up to date.
    void invalidate(const QStringList& runs);
    void forget(const QStringList& runs);
    void retry();  // asks again for what failed

    bool idle() const { return m_inFlight == 0 && m_overviewQueue.isEmpty() && m_detailQueue.isEmpty(); }

Q_SIGNALS:
    // Something of these metrics came or became stale. Queued.
    void changed(const QStringList& metrics);
    void idleChanged(bool idle);

private:
    struct Entry;
    Entry& entry(const SeriesKey& key);
    static void bringUpToDate(Entry& entry, double weight);
    bool lacksDetail(const Entry& entry, double from, double to, int pixels) const;
    void schedule();
    void flush();
    void take(const std::vector<SeriesRequest>& asked, Result<SeriesReply> reply);

    std::unique_ptr<SeriesSource> m_source;
    QHash<SeriesKey, std::shared_ptr<Entry>> m_entries;
    QList<SeriesRequest> m_overviewQueue, m_detailQueue;
    int m_inFlight = 0;
    bool m_scheduled = false, m_wasIdle = true;
};

}  // namespace lathe::runs
