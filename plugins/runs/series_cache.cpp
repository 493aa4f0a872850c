// SPDX-License-Identifier: GPL-3.0-or-later
#include "series_cache.h"

#include "in_parallel.h"

#include "app/engine_bridge.h"
#include "app/workspace.h"

#include <QMetaObject>

#include <algorithm>
#include <cmath>

namespace lathe::runs {
namespace {

constexpr int kBatch = 24;  // small enough that the first charts appear while the rest loads
constexpr int kMaxInFlight = 2;

class EngineSource final : public SeriesSource {
public:
    explicit EngineSource(app::EngineBridge& bridge) : m_bridge(bridge) {}

    void fetch(std::vector<SeriesRequest> requests, QObject* context,
               std::function<void(Result<SeriesReply>)> done) override {
        m_bridge
            .async([requests = std::move(requests)](Engine& engine,
                                                    std::stop_token stop) -> Result<SeriesReply> {
                SeriesReply reply;
                reply.reserve(requests.size());
                for (const auto& request : requests) {
                    if (stop.stop_requested())
                        return fail(ErrorCode::Cancelled, "reading series was cancelled");
                    reply.push_back(engine.store().buckets(app::toStd(request.key.run),
                                                           app::toStd(request.key.metric), request.key.axis,
                                                           request.from, request.to, request.maxBuckets));
                }
                return reply;
            })
            .then(context, std::move(done));
    }

private:
    app::EngineBridge& m_bridge;
};

}  // namespace

std::unique_ptr<SeriesSource> makeEngineSource(app::EngineBridge& bridge) {
    return std::make_unique<EngineSource>(bridge);
}

struct SeriesCache::Entry {
    Curve overview, detail;
    double detailFrom = 1, detailTo = 0;
    double detailDensity = 0;  // buckets asked for per unit of x
    bool loaded = false, stale = true, detailStale = true;
    bool overviewAsked = false, detailAsked = false;
    std::optional<Error> error;
    std::vector<Sample> smooth;
    double smoothWeight = -1;
};

SeriesCache::SeriesCache(std::unique_ptr<SeriesSource> source, QObject* parent)
    : QObject(parent), m_source(std::move(source)) {}

SeriesCache::~SeriesCache() = default;

SeriesCache::Entry& SeriesCache::entry(const SeriesKey& key) {
    auto& slot = m_entries[key];
    if (!slot)
        slot = std::make_shared<Entry>();
    return *slot;
}

LevelView SeriesCache::level(const SeriesKey& key) const {
    const auto it = m_entries.constFind(key);
    if (it == m_entries.constEnd() || !(*it)->loaded)
        return {};
    return {&(*it)->overview, (*it)->detail.empty() ? nullptr : &(*it)->detail};
}

bool SeriesCache::loaded(const SeriesKey& key) const {
    const auto it = m_entries.constFind(key);
    return it != m_entries.constEnd() && ((*it)->loaded || (*it)->error);
}

std::optional<Error> SeriesCache::error(const SeriesKey& key) const {
    const auto it = m_entries.constFind(key);
    return it == m_entries.constEnd() ? std::nullopt : (*it)->error;
}

void SeriesCache::bringUpToDate(Entry& e, double weight) {
    if (e.smoothWeight == weight)
        return;
    e.smooth = smoothed({&e.overview, e.detail.empty() ? nullptr : &e.detail}, weight);
    e.smoothWeight = weight;
}

const std::vector<Sample>& SeriesCache::smoothedLine(const SeriesKey& key, double weight) {
    auto& e = entry(key);
    bringUpToDate(e, weight);
    return e.smooth;
}

void SeriesCache::smoothLines(const QList<SeriesKey>& keys, double weight) {
    QSet<Entry*> stale;
    for (const auto& key : keys)
        if (auto& e = entry(key); e.smoothWeight != weight)
            stale.insert(&e);
    const QList<Entry*> entries(stale.begin(), stale.end());
    inParallel(static_cast<std::size_t>(entries.size()),
               [&](std::size_t i) { bringUpToDate(*entries[static_cast<qsizetype>(i)], weight); });
}

bool SeriesCache::lacksDetail(const Entry& e, double from, double to, int pixels) const {
    const auto& whole = e.overview;
    if (!e.loaded || whole.exact || whole.empty() || from > to)
        return false;
    const double begin = std::max(from, whole.begin()), end = std::min(to, whole.end());
    const double extent = whole.end() - whole.begin(), span = to - from;
    if (end <= begin || extent <= 0 || span <= 0)
        return false;
    if (static_cast<double>(whole.cells.size()) * span / extent >= pixels)
        return false;
    if (e.detailStale || e.detailFrom > e.detailTo || e.detailFrom > begin || e.detailTo < end)
        return true;
    return !e.detail.exact && pixels / span > 1.25 * e.detailDensity;
}

void SeriesCache::want(const QList<SeriesKey>& keys, double from, double to, int pixels) {
    for (const auto& key : keys) {
        auto& e = entry(key);
        if (e.stale && !e.overviewAsked && !e.error) {
            e.overviewAsked = true;
            m_overviewQueue.append({key, 1, 0, kOverviewCells});
        }
        if (!e.detailAsked && lacksDetail(e, from, to, pixels)) {
            e.detailAsked = true;
            const double span = to - from;
            m_detailQueue.append(
                {key, from - span, to + span, static_cast<std::size_t>(std::max(pixels, 16)) * 3});
        }
    }
    if (!m_overviewQueue.isEmpty() || !m_detailQueue.isEmpty())
        schedule();
}

void SeriesCache::invalidate(const QStringList& runs) {
    const QSet<QString> set(runs.begin(), runs.end());
    QSet<QString> metrics;
    for (auto it = m_entries.begin(); it != m_entries.end(); ++it)
        if (set.contains(it.key().run)) {
            (*it)->stale = true;
            (*it)->detailStale = true;
            metrics.insert(it.key().metric);
        }
    if (!metrics.isEmpty())
        QMetaObject::invokeMethod(
            this, [this, list = QStringList(metrics.begin(), metrics.end())] { Q_EMIT changed(list); },
            Qt::QueuedConnection);
}

void SeriesCache::forget(const QStringList& runs) {
    const QSet<QString> set(runs.begin(), runs.end());
    m_entries.removeIf([&](const auto& it) { return set.contains(it.key().run); });
}

void SeriesCache::retry() {
    QSet<QString> metrics;
    for (auto it = m_entries.begin(); it != m_entries.end(); ++it)
        if ((*it)->error) {
            (*it)->error.reset();
            (*it)->stale = true;
            metrics.insert(it.key().metric);
        }
    if (!metrics.isEmpty())
        Q_EMIT changed(QStringList(metrics.begin(), metrics.end()));
}

void SeriesCache::schedule() {
    if (m_wasIdle) {
        m_wasIdle = false;
        Q_EMIT idleChanged(false);
    }
    if (m_scheduled)
        return;
    m_scheduled = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_scheduled = false;
            flush();
        },
        Qt::QueuedConnection);
}

void SeriesCache::flush() {
    while (m_inFlight < kMaxInFlight && (!m_overviewQueue.isEmpty() || !m_detailQueue.isEmpty())) {
        auto& queue = m_overviewQueue.isEmpty() ? m_detailQueue : m_overviewQueue;
        const auto count = std::min<qsizetype>(kBatch, queue.size());
        std::vector<SeriesRequest> batch(queue.begin(), queue.begin() + count);
        queue.erase(queue.begin(), queue.begin() + count);
        ++m_inFlight;
        for (const auto& request : batch)  // what arrives from now on is newer than what this reads
            if (auto& e = entry(request.key); request.from > request.to)
                e.stale = false;
            else
                e.detailStale = false;
        m_source->fetch(batch, this,
                        [this, batch](Result<SeriesReply> reply) { take(batch, std::move(reply)); });
    }
    if (idle() && !m_wasIdle) {
        m_wasIdle = true;
        Q_EMIT idleChanged(true);
    }
}

void SeriesCache::take(const std::vector<SeriesRequest>& asked, Result<SeriesReply> reply) {
    --m_inFlight;
    QSet<QString> metrics;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const auto& request = asked[i];
        metrics.insert(request.key.metric);
        const auto found = m_entries.constFind(request.key);
        if (found == m_entries.constEnd())
            continue;
        auto& e = **found;
        const bool whole = request.from > request.to;
        (whole ? e.overviewAsked : e.detailAsked) = false;
        const auto* failure = !reply ? &reply.error() : !(*reply)[i] ? &(*reply)[i].error() : nullptr;
        if (failure) {
            e.error = *failure;
            continue;
        }
        e.error.reset();
        e.smoothWeight = -1;
        if (whole) {
            e.overview = Curve::fromBuckets(*(*reply)[i]);
            e.loaded = true;
        } else {
            e.detail = Curve::fromBuckets(*(*reply)[i]);
            e.detailFrom = request.from;
            e.detailTo = request.to;
            e.detailDensity = static_cast<double>(request.maxBuckets) / (request.to - request.from);
        }
    }
    flush();
    Q_EMIT changed(QStringList(metrics.begin(), metrics.end()));
}

}  // namespace lathe::runs
