// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/live_run.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/paths.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <set>
#include <unistd.h>

namespace lathe::interop::mlflow {
namespace {

constexpr std::size_t kMostWaiting = 200'000;  // lines; about 50 MB
constexpr double kHeartbeatSeconds = 30;

std::uint64_t mixed(std::uint64_t value) {  // the finaliser of SplitMix64
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31);
}

// Where a client's request cannot be written now but may be later.
bool isOutage(const Error& error) {
    return error.code == ErrorCode::Full || error.code == ErrorCode::Io;
}

}  // namespace

bool SeenRows::insert(std::uint64_t hash) {
    if (hash == 0)
        hash = 1;
    if (m_used * 3 >= m_slots.size() * 2) {
        std::vector<std::uint64_t> old = std::exchange(
            m_slots, std::vector<std::uint64_t>(std::max<std::size_t>(1024, m_slots.size() * 2)));
        m_used = 0;
        for (const std::uint64_t known : old) {
            if (known != 0)
                insert(known);
        }
    }
    for (std::size_t at = hash & (m_slots.size() - 1);; at = (at + 1) & (m_slots.size() - 1)) {
        if (m_slots[at] == hash)
            return false;
        if (m_slots[at] == 0) {
            m_slots[at] = hash;
            ++m_used;
            return true;
        }
    }
}

std::uint64_t SeenRows::hashOf(const Metric& metric) {
    std::uint64_t hash = 0x9E3779B97F4A7C15ULL;
    for (const char c : metric.key)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    // Every NaN is the same value here.
    const std::uint64_t value = std::isnan(metric.value) ? 1 : std::bit_cast<std::uint64_t>(metric.value);
    for (const std::uint64_t part :
         {value, static_cast<std::uint64_t>(metric.timestamp), static_cast<std::uint64_t>(metric.step)})
        hash = mixed(hash + 0x9E3779B97F4A7C15ULL + part);
    return hash;
}

Result<std::shared_ptr<LiveRun>> LiveRun::open(std::string dir, const record::RunSummary& summary,
                                               RecordSink* sink) {
    const std::shared_ptr<LiveRun> run(new LiveRun(std::move(dir), summary.spec.id, sink));
    run->m_tracked = summary.spec.kind == kTrackedKind && !sink;
    run->m_over = record::isOver(summary.state) && summary.state != record::RunState::Lost;
    run->m_deleted = summary.deleted;
    for (const std::string& tag : summary.tags)
        run->m_tags.insert(tagOfLathe(tag));
    LATHE_TRY(run->load(true));
    return run;
}

Result<std::shared_ptr<LiveRun>> LiveRun::openNew(const std::string& hidden, std::string dir,
                                                  const record::RunSpec& spec) {
    const std::shared_ptr<LiveRun> run(new LiveRun(std::move(dir), spec.id, nullptr));
    run->m_tracked = true;
    for (const std::string& tag : spec.tags)
        run->m_tags.insert(tagOfLathe(tag));
    LATHE_TRY_ASSIGN(run->m_points, JournalWriter::open(joinPath(hidden, "journal.jsonl")));
    LATHE_TRY(run->m_points->event("state", Json{{"state", "running"}}));
    LATHE_TRY_ASSIGN(run->m_words, JournalWriter::open(joinPath(hidden, kWordsFile)));
    return run;
}

Result<> LiveRun::load(bool withRows) {
    LATHE_TRY_ASSIGN(const auto files, listDir(m_dir));
    for (const std::string& file : files) {
        const bool ours = isWordsFile(file);
        if (!ours && file != "journal.collect.jsonl" && !(m_tracked && file == "journal.jsonl"))
            continue;
        std::uint64_t offset = 0;
        LATHE_TRY(readJournalLines(joinPath(m_dir, file), offset, [&](const Json& line) {
            const std::string kind = getString(line, "e");
            if (ours)
                m_said.add(kind, line);
            const auto values = line.find("v");
            if (!withRows || kind != "metrics" || values == line.end() || !values->is_object())
                return;
            for (const auto& [name, value] : values->items()) {
                if (const auto number = numberFromJson(value))
                    m_seen.insert(SeenRows::hashOf(
                        {name, *number, std::llround(getNumber(line, "t") * 1000), getInt(line, "s")}));
            }
        }));
    }
    return {};
}

bool LiveRun::isDeleted() {
    const std::lock_guard lock(m_mutex);
    return m_deleted;
}

bool LiveRun::isAdopted() {
    const std::lock_guard lock(m_mutex);
    return m_said.start > 0;
}

bool LiveRun::isIdle() {
    const std::lock_guard lock(m_mutex);
    return m_waiting.empty() && (m_over || (!m_tracked && !m_sink));
}

bool LiveRun::isOver() {
    const std::lock_guard lock(m_mutex);
    return m_over;
}

Result<JournalWriter*> LiveRun::words() {
    if (!m_words) {
        auto writer = JournalWriter::open(joinPath(m_dir, kWordsFile));
        if (!writer && writer.error().code == ErrorCode::Exists)
            writer = JournalWriter::open(joinPath(m_dir, fmt::format("journal.mlflow-{}.jsonl", ::getpid())));
        if (!writer)
            return std::unexpected(std::move(writer).error());
        m_words = std::move(*writer);
    }
    return &*m_words;
}

Result<JournalWriter*> LiveRun::points() {
    if (!m_tracked)
        return words();
    if (!m_points) {
        auto writer = JournalWriter::open(joinPath(m_dir, "journal.jsonl"));
        if (!writer && writer.error().code == ErrorCode::Exists)
            return words();  // another endpoint has it
        if (!writer)
            return std::unexpected(std::move(writer).error());
        m_points = std::move(*writer);
    }
    return &*m_points;
}

Result<> LiveRun::drain() {
    while (!m_waiting.empty()) {
        LATHE_TRY_ASSIGN(JournalWriter* const writer, m_waiting.front().first ? points() : words());
        LATHE_TRY(m_waiting.front().second(*writer));
        m_waiting.pop_front();
    }
    return {};
}

Result<> LiveRun::write(bool toPoints, Write write) {
    auto done = drain();
    if (done) {
        const auto writer = toPoints ? points() : words();
        done = writer ? write(**writer) : Result<>(std::unexpected(writer.error()));
    }
    if (done || !isOutage(done.error()))
        return done;
    if (m_waiting.size() >= kMostWaiting)
        return fail(ErrorCode::Full,
                    "the disk takes nothing and no more is kept in memory: " + done.error().what,
                    done.error().on);
    m_waiting.emplace_back(toPoints, std::move(write));
    return {};
}

Result<> LiveRun::writeEvent(std::string_view kind, const Json& fields, bool toPoints) {
    return write(toPoints, [kind = std::string(kind), fields](JournalWriter& journal) {
        return journal.event(kind, fields);
    });
}

Result<> LiveRun::event(std::string_view kind, const Json& fields) {
    const std::lock_guard lock(m_mutex);
    LATHE_TRY(writeEvent(kind, fields));
    m_said.add(kind, fields);
    return {};
}

Result<> LiveRun::logMetrics(std::span<const Metric> metrics) {
    // One line for the values of one moment; a name comes once in a line.
    std::vector<const Metric*> line;
    const auto flush = [&]() -> Result<> {
        if (line.empty())
            return {};
        const double time = static_cast<double>(line[0]->timestamp) / 1000;
        const std::int64_t step = line[0]->step;
        if (m_sink) {
            std::vector<MetricValue> values;
            for (const Metric* metric : line)
                values.push_back({metric->key, metric->value});
            m_sink->metrics(time, step, values);
        } else {
            std::vector<std::pair<std::string, double>> values;
            for (const Metric* metric : line)
                values.emplace_back(metric->key, metric->value);
            LATHE_TRY(write(true, [values = std::move(values), time, step](JournalWriter& journal) {
                std::vector<JournalWriter::Metric> views(values.begin(), values.end());
                return journal.metrics(step, views, time);
            }));
        }
        line.clear();
        return {};
    };
    for (const Metric& metric : metrics) {
        if (!m_seen.insert(SeenRows::hashOf(metric)))
            continue;
        if (!line.empty() &&
            (line[0]->timestamp != metric.timestamp || line[0]->step != metric.step ||
             std::ranges::any_of(line, [&](const Metric* other) { return other->key == metric.key; })))
            LATHE_TRY(flush());
        line.push_back(&metric);
    }
    LATHE_TRY(flush());
    if (m_sink) {
        // Not written now is kept by the sink, which tells the user of it.
        if (const auto flushed = m_sink->flush(); !flushed && !isOutage(flushed.error()))
            return flushed;
    }
    return {};
}

Result<> LiveRun::setTag(const std::string& key, const std::string& value) {
    if (key == "mlflow.runName") {
        if (!value.empty())
            LATHE_TRY(writeEvent("name", Json{{"name", value}}));
        return {};
    }
    if (key == "mlflow.note.content")
        return writeEvent("note", Json{{"text", value}});
    const std::string tag = latheTagOf(key, value);
    const auto before = m_tags.find(key);
    const std::string old = before == m_tags.end() ? std::string() : latheTagOf(key, before->second);
    if (!tag.empty() && tag == old)
        return {};
    if (!tag.empty() || !old.empty()) {
        Json fields{{"add", Json::array()}, {"remove", Json::array()}};
        if (!tag.empty())
            fields["add"].push_back(tag);
        if (!old.empty())
            fields["remove"].push_back(old);
        LATHE_TRY(writeEvent("tags", fields));
        if (tag.empty())
            m_tags.erase(key);
        else
            m_tags.insert_or_assign(key, value);
    }
    if (tag.empty() ? m_said.labels.contains(key) && m_said.labels[key] == value
                    : !m_said.labels.contains(key))
        return {};
    const Json fields{{"v", Json{{key, tag.empty() ? Json(value) : Json()}}}};
    LATHE_TRY(writeEvent("labels", fields));
    m_said.add("labels", fields);
    return {};
}

Result<> LiveRun::deleteTag(const std::string& key) {
    const std::lock_guard lock(m_mutex);
    const auto tag = m_tags.find(key);
    const bool label = m_said.labels.contains(key);
    if (tag == m_tags.end() && !label)
        return fail(ErrorCode::NotFound,
                    fmt::format("No tag with name: {} in run with id {}", key, hexFromRunId(m_id)));
    if (tag != m_tags.end()) {
        LATHE_TRY(writeEvent(
            "tags", Json{{"add", Json::array()}, {"remove", Json::array({latheTagOf(key, tag->second)})}}));
        m_tags.erase(tag);
    }
    if (label) {
        const Json fields{{"v", Json{{key, Json()}}}};
        LATHE_TRY(writeEvent("labels", fields));
        m_said.add("labels", fields);
    }
    return {};
}

Result<> LiveRun::log(std::span<const Metric> metrics,
                      const std::vector<std::pair<std::string, std::string>>& params,
                      const std::vector<std::pair<std::string, std::string>>& tags) {
    const std::lock_guard lock(m_mutex);
    if (m_deleted)
        return fail(ErrorCode::Invalid,
                    fmt::format("The run {} must be in the 'active' state. Current state is deleted.",
                                hexFromRunId(m_id)));
    Json fresh = Json::object();
    for (const auto& [key, value] : params) {
        const auto known = m_said.params.find(key);
        if (known != m_said.params.end() && known->second != value)
            return fail(ErrorCode::Invalid, fmt::format("Changing param values is not allowed. Param with "
                                                        "key='{}' was already logged with value='{}' for "
                                                        "run ID='{}'. Attempted logging new value '{}'.",
                                                        key, known->second, hexFromRunId(m_id), value));
        if (known == m_said.params.end())
            fresh[key] = valueOfText(value);
    }
    if (!fresh.empty()) {
        LATHE_TRY(writeEvent("params", Json{{"v", fresh}}));
        for (const auto& [key, value] : params)
            m_said.params[key] = value;
    }
    LATHE_TRY(logMetrics(metrics));
    for (const auto& [key, value] : tags)
        LATHE_TRY(setTag(key, value));
    return {};
}

Result<> LiveRun::setDeleted(bool deleted) {
    const std::lock_guard lock(m_mutex);
    LATHE_TRY(writeEvent("delete", Json{{"deleted", deleted}}));
    m_deleted = deleted;
    return {};
}

Result<> LiveRun::setName(const std::string& name) {
    return event("name", Json{{"name", name}});
}

Result<> LiveRun::setStatus(const std::string& status, std::int64_t start, std::int64_t end,
                            const std::string& experiment) {
    const std::lock_guard lock(m_mutex);
    Json fields = Json::object();
    if (!status.empty())
        fields["status"] = status;
    if (start > 0)
        fields["start"] = start;
    if (end > 0)
        fields["end"] = end;
    if (!experiment.empty())
        fields["experiment"] = experiment;
    LATHE_TRY(writeEvent("mlflow", fields));
    m_said.add("mlflow", fields);
    const auto state = stateOf(status);
    if (!m_tracked || !state)
        return {};
    Json line{{"state", std::string(record::runStateName(*state))}};
    if (*state == record::RunState::Finished || *state == record::RunState::Failed)
        line["exit"] = *state == record::RunState::Failed ? 1 : 0;
    LATHE_TRY(writeEvent("state", line, true));
    m_over = record::isOver(*state);
    // Whoever holds the journal says that the run lives.
    if (m_over && m_waiting.empty())
        m_points.reset();
    return {};
}

Result<> LiveRun::settle(double now) {
    const std::lock_guard lock(m_mutex);
    LATHE_TRY(drain());
    if (m_over) {
        m_points.reset();
        m_words.reset();
    } else if (m_points && now - m_heartbeat >= kHeartbeatSeconds) {
        m_heartbeat = now;
        return m_points->event("heartbeat");
    }
    return {};
}

void LiveRun::abandon(const std::string& reason) {
    const std::lock_guard lock(m_mutex);
    if (m_tracked && !m_over && writeEvent("state", Json{{"state", "failed"}, {"reason", reason}}, true))
        m_over = true;
    (void)drain();  // the last try; settle() told of it
    m_points.reset();
    m_words.reset();
}

}  // namespace lathe::interop::mlflow
