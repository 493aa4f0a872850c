// SPDX-License-Identifier: Apache-2.0
#include "record/index.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/text.h"
#include "record/digest.h"
#include "record/journal_reader.h"
#include "record/run_state.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <sys/stat.h>

namespace lathe::record {

namespace {

struct FileData final : JournalSink {
    JournalCursor cursor;
    Digest digest;
    std::map<std::string, std::vector<Point>, std::less<>> series;
    std::vector<TextSample> texts;
    std::uint64_t size = 0;

    void metrics(double time, std::int64_t step, std::span<const MetricValue> values) override {
        digest.addStep(time, step);
        for (const MetricValue& value : values) {
            auto at = series.find(value.name);
            if (at == series.end())
                at = series.emplace(std::string(value.name), std::vector<Point>{}).first;
            at->second.push_back({step, time, value.value});
        }
    }
    void event(double time, std::string_view type, const Json& fields) override {
        digest.add(time, type, fields);
        if (type == "text")
            texts.push_back(
                {getInt(fields, "s"), time, getString(fields, "name"), getString(fields, "text")});
    }
};

struct RunData {
    std::map<std::string, FileData> files;
    RunSummary summary;
    bool described = false;
};

bool isJournal(const std::string& name) {
    return name == "journal.jsonl" || (name.starts_with("journal.") && name.ends_with(".jsonl"));
}

std::vector<Point> merged(const RunData& run, const std::string& metric) {
    std::vector<Point> all;
    for (const auto& [name, file] : run.files) {
        const auto at = file.series.find(metric);
        if (at == file.series.end())
            continue;
        std::vector<Point> both;
        both.reserve(all.size() + at->second.size());
        std::ranges::merge(all, at->second, std::back_inserter(both), {}, &Point::time, &Point::time);
        all = std::move(both);
    }
    return all;
}

void addPoint(MetricSummary& summary, const Point& point) {
    ++summary.count;
    if (!std::isfinite(point.value)) {
        ++summary.nonFinite;
    } else {
        if (summary.count - summary.nonFinite == 1) {
            summary.min = summary.max = point.value;
            summary.minStep = summary.maxStep = point.step;
        } else if (point.value < summary.min) {
            summary.min = point.value;
            summary.minStep = point.step;
        } else if (point.value > summary.max) {
            summary.max = point.value;
            summary.maxStep = point.step;
        }
    }
    if (summary.count == 1) {
        summary.first = point.value;
        summary.firstStep = point.step;
    }
    summary.last = point.value;
    summary.lastStep = point.step;
    summary.lastTime = point.time;
}

} // namespace

struct Index::State {
    std::string store;
    std::map<std::string, RunData> runs;
    JournalReader reader;
    std::vector<std::string> warnings;

    Result<bool> refreshRun(const std::string& id, RunData& run);
};

Result<bool> Index::State::refreshRun(const std::string& id, RunData& run) {
    const std::string dir = store + "/runs/" + id;
    bool changed = false;
    if (!run.described) {
        RunSummary summary;
        const auto json = readJsonFile(dir + "/run.json");
        auto spec = json ? RunSpec::fromJson(*json, dir + "/run.json") : std::unexpected(json.error());
        const std::string problem = spec ? "" : spec.error().text();
        changed = !run.described && (spec.has_value() || problem != run.summary.problem);
        run.described = spec.has_value();
        if (spec) {
            summary.spec = std::move(*spec);
        } else {
            summary.spec.name = readableName(id);
            summary.spec.created = static_cast<double>(idMilliseconds(id)) / 1000;
        }
        summary.spec.id = id;
        summary.problem = problem;
        run.summary = std::move(summary);
    }
    LATHE_TRY_ASSIGN(const auto names, listDir(dir));
    for (const std::string& name : names) {
        if (!isJournal(name))
            continue;
        struct stat info {};
        if (::stat((dir + "/" + name).c_str(), &info) != 0)
            continue;
        FileData& file = run.files[name];
        const auto size = static_cast<std::uint64_t>(info.st_size);
        if (size < file.cursor.offset)
            file = FileData{};
        if (size == file.size)
            continue;
        const auto more =
            reader.read(dir + "/" + name, file.cursor, std::numeric_limits<std::size_t>::max() / 2, file);
        if (!more)
            run.summary.problem = more.error().text();
        file.size = size;
        changed = true;
    }
    RunSummary before = std::move(run.summary);
    RunSummary& summary = run.summary = RunSummary{};
    summary.spec = before.spec;
    summary.problem = before.problem;
    std::vector<Digest> digests;
    for (const auto& [name, file] : run.files) {
        digests.push_back(file.digest);
        summary.tornLines += file.cursor.damaged;
        for (const auto& [metric, points] : file.series)
            summary.metrics.try_emplace(metric);
    }
    Digest::apply(digests, summary);
    observeState(dir, wallSeconds(), summary);
    if (isOver(summary.state))
        for (const auto& [name, file] : run.files)
            summary.tornLines += file.size > file.cursor.offset ? 1 : 0;
    for (auto& [metric, total] : summary.metrics)
        for (const Point& point : merged(run, metric))
            addPoint(total, point);
    return changed || summary.state != before.state;
}

Index::Index(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Index::~Index() = default;

Result<std::unique_ptr<Index>> Index::open(const std::string& store) {
    auto state = std::make_unique<State>();
    state->store = store;
    auto index = std::unique_ptr<Index>(new Index(std::move(state)));
    LATHE_TRY(index->refresh());
    return index;
}

std::vector<std::string> Index::takeWarnings() {
    return std::exchange(m_state->warnings, {});
}

Result<std::vector<std::string>> Index::refresh() {
    std::vector<std::string> changed;
    const std::string folder = m_state->store + "/runs";
    std::set<std::string> present;
    if (isDirectory(folder)) {
        LATHE_TRY_ASSIGN(const auto names, listDir(folder));
        for (const std::string& id : names) {
            if (!isId(id) || !isDirectory(folder + "/" + id))
                continue;
            present.insert(id);
            const bool fresh = !m_state->runs.contains(id);
            const auto grown = m_state->refreshRun(id, m_state->runs[id]);
            if (!grown)
                m_state->runs[id].summary.problem = grown.error().text();
            if (fresh || (grown && *grown))
                changed.push_back(id);
        }
    }
    for (auto at = m_state->runs.begin(); at != m_state->runs.end();) {
        if (present.contains(at->first)) {
            ++at;
            continue;
        }
        changed.push_back(at->first);
        at = m_state->runs.erase(at);
    }
    return changed;
}

Result<> Index::rebuild(const std::function<void(int, int)>& progress) {
    m_state->runs.clear();
    LATHE_TRY(refresh());
    const int count = static_cast<int>(m_state->runs.size());
    if (progress)
        progress(count, count);
    return {};
}

Result<std::vector<RunSummary>> Index::runs() {
    std::vector<RunSummary> all;
    for (const auto& [id, run] : m_state->runs)
        all.push_back(run.summary);
    std::ranges::reverse(all);
    return all;
}

Result<RunSummary> Index::run(const std::string& id) {
    const auto at = m_state->runs.find(id);
    if (at == m_state->runs.end())
        return fail(ErrorCode::NotFound, "no such run", id, "`lathe ls` lists the runs");
    return at->second.summary;
}

Result<std::vector<Point>> Index::points(const std::string& id, const std::string& metric) {
    LATHE_TRY(run(id));
    return merged(m_state->runs[id], metric);
}

Result<std::vector<Bucket>> Index::buckets(const std::string& id, const std::string& metric, XAxis axis,
                                           double from, double to, std::size_t maxBuckets) {
    LATHE_TRY_ASSIGN(const RunSummary summary, run(id));
    std::vector<Point> points = merged(m_state->runs[id], metric);
    const auto x = [&](const Point& point) {
        return axis == XAxis::Step      ? static_cast<double>(point.step)
               : axis == XAxis::Elapsed ? point.time - summary.started
                                        : point.time;
    };
    std::ranges::stable_sort(points, {}, x);
    std::vector<Bucket> buckets;
    if (points.empty() || maxBuckets == 0)
        return buckets;
    if (from > to) {
        from = x(points.front());
        to = x(points.back());
    }
    const double width = (to - from) / static_cast<double>(maxBuckets);
    std::size_t cell = std::numeric_limits<std::size_t>::max();
    const auto add = [&](const Point& point, bool fresh) {
        if (fresh) {
            Bucket bucket;
            bucket.xFirst = x(point);
            bucket.first = bucket.last = bucket.min = bucket.max = std::numeric_limits<double>::quiet_NaN();
            buckets.push_back(bucket);
        }
        Bucket& bucket = buckets.back();
        bucket.xLast = x(point);
        ++bucket.count;
        if (!std::isfinite(point.value)) {
            ++bucket.nonFinite;
            return;
        }
        if (std::isnan(bucket.first)) {
            bucket.first = bucket.min = bucket.max = point.value;
        }
        bucket.last = point.value;
        bucket.min = std::min(bucket.min, point.value);
        bucket.max = std::max(bucket.max, point.value);
    };
    const auto low = std::ranges::lower_bound(points, from, {}, x);
    const auto high = std::ranges::upper_bound(points, to, {}, x);
    if (low != points.begin())
        add(*std::prev(low), true);
    for (auto at = low; at != high; ++at) {
        const std::size_t next =
            width > 0 ? std::min(static_cast<std::size_t>((x(*at) - from) / width), maxBuckets - 1) : 0;
        add(*at, next != cell);
        cell = next;
    }
    if (high != points.end())
        add(*high, true);
    return buckets;
}

Result<std::vector<TextSample>> Index::texts(const std::string& id) {
    LATHE_TRY(run(id));
    std::vector<TextSample> all;
    for (const auto& [name, file] : m_state->runs[id].files)
        all.insert(all.end(), file.texts.begin(), file.texts.end());
    std::ranges::stable_sort(all, {}, &TextSample::time);
    return all;
}

} // namespace lathe::record
