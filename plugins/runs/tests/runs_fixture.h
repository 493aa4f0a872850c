// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runs_model.h"
#include "runs_proxy.h"
#include "series_cache.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/journal_writer.h"
#include "record/store.h"

#include <QTimer>
#include <QtTest>

#include <cmath>
#include <map>
#include <string>

namespace lathe::runs::test {

inline record::RunSpec specOf(const std::string& name) {
    record::RunSpec spec;
    spec.id = newId();
    spec.name = name;
    spec.experiment = "default";
    spec.kind = "command";
    spec.argv = {"python3", "train.py"};
    spec.cwd = "/tmp";
    spec.created = wallSeconds();
    return spec;
}

inline std::shared_ptr<record::RunSummary> summary(const std::string& name, double loss = NAN,
                                                   record::RunState state = record::RunState::Finished) {
    auto run = std::make_shared<record::RunSummary>();
    run->spec = specOf(name);
    run->state = state;
    run->started = run->spec.created;
    run->ended = run->started + 60;
    run->step = 100;
    if (!std::isnan(loss))
        run->metrics["val/loss"] = {10, 0, loss + 1, loss, loss, loss + 1, 0, 90, 90, 0, run->ended};
    return run;
}

inline QString idOf(const RunPtr& run) {
    return QString::fromStdString(run->spec.id);
}

// A run in a real store, written as a supervisor would: params, a metric per step, an end.
inline std::string recordRun(record::Store& store, const std::string& name, const std::string& state,
                             int steps, const Json& params = Json::object(), double best = 1) {
    auto spec = specOf(name);
    spec.totalSteps = 2 * steps;
    if (!store.createRun(spec))
        return {};
    auto writer = JournalWriter::open(store.runDir(spec.id) + "/journal.jsonl");
    if (!writer)
        return {};
    const auto say = [&](const char* kind, const Json& fields) {
        return writer->event(kind, fields).has_value();
    };
    bool ok = say("state", {{"state", "running"}}) && say("params", {{"v", params}});
    for (int step = 0; step < steps; ++step)
        ok = ok && say("metrics",
                       {{"s", step}, {"v", {{"val/loss", best + 2 * std::exp(-step / 20.0)}, {"lr", 1e-3}}}});
    if (state != "running")
        ok = ok && say("state", {{"state", state}, {"exit", state == "failed" ? 1 : 0}, {"reason", ""}});
    return ok ? spec.id : std::string();
}

// Series made of functions of the step, answered at once or later: buckets are exact, as the store's are.
class FakeSource final : public SeriesSource {
public:
    struct Series {
        std::vector<double> values;  // one per step
    };
    std::map<std::pair<QString, QString>, Series> series;  // run, metric
    std::optional<Error> failure;
    int fetches = 0;

    void fetch(std::vector<SeriesRequest> requests, QObject* context,
               std::function<void(Result<SeriesReply>)> done) override {
        ++fetches;
        SeriesReply reply;
        for (const auto& request : requests)
            reply.push_back(failure ? Result<std::vector<record::Bucket>>(std::unexpected(*failure))
                                    : Result<std::vector<record::Bucket>>(bucketsOf(request)));
        QTimer::singleShot(0, context, [done = std::move(done), reply = std::move(reply)] { done(reply); });
    }

private:
    std::vector<record::Bucket> bucketsOf(const SeriesRequest& request) const {
        std::vector<record::Bucket> out;
        const auto it = series.find({request.key.run, request.key.metric});
        if (it == series.end())
            return out;
        const auto& values = it->second.values;
        const bool all = request.from > request.to;
        const auto size = static_cast<std::int64_t>(values.size());
        const auto low =
            all ? 0 : std::clamp<std::int64_t>(static_cast<std::int64_t>(request.from) - 1, 0, size);
        const auto high =
            all ? size : std::clamp<std::int64_t>(static_cast<std::int64_t>(request.to) + 2, 0, size);
        const auto width = std::max<std::int64_t>(
            1, (high - low + static_cast<std::int64_t>(request.maxBuckets) - 1) /
                   static_cast<std::int64_t>(std::max<std::size_t>(1, request.maxBuckets)));
        for (auto from = low; from < high; from += width) {
            const auto to = std::min(high, from + width);
            record::Bucket bucket;
            bucket.xFirst = static_cast<double>(from);
            bucket.xLast = static_cast<double>(to - 1);
            bucket.min = INFINITY;
            bucket.max = -INFINITY;
            for (auto i = from; i < to; ++i) {
                const double v = values[static_cast<std::size_t>(i)];
                ++bucket.count;
                if (!std::isfinite(v)) {
                    ++bucket.nonFinite;
                    continue;
                }
                if (bucket.min > bucket.max)
                    bucket.first = v;
                bucket.last = v;
                bucket.min = std::min(bucket.min, v);
                bucket.max = std::max(bucket.max, v);
            }
            out.push_back(bucket);
        }
        return out;
    }
};

}  // namespace lathe::runs::test
