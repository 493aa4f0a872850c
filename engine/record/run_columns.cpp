// SPDX-License-Identifier: Apache-2.0
#include "record/run_columns.h"

#include <algorithm>
#include <cmath>

namespace lathe::record {

namespace {

// About 4 MB each in a store of 30,000 runs.
constexpr std::size_t kMaxColumns = 64;
// With more changes than this a column is read anew.
constexpr std::size_t kMaxUpdates = 500;

}  // namespace

void mergeMetric(MetricSummary& sum, double& sumFirstTime, const MetricSummary& part, double firstTime) {
    if (sum.count == 0) {
        sum = part;
        sumFirstTime = firstTime;
        return;
    }
    sum.count += part.count;
    sum.nonFinite += part.nonFinite;
    sum.sum += part.sum;
    if (firstTime < sumFirstTime) {
        sumFirstTime = firstTime;
        sum.first = part.first;
        sum.firstStep = part.firstStep;
    }
    if (part.lastTime >= sum.lastTime) {
        sum.last = part.last;
        sum.lastStep = part.lastStep;
        sum.lastTime = part.lastTime;
        sum.recent = part.recent;
    }
    if (!std::isnan(part.min) && (std::isnan(sum.min) || part.min < sum.min)) {
        sum.min = part.min;
        sum.minStep = part.minStep;
    }
    if (!std::isnan(part.max) && (std::isnan(sum.max) || part.max > sum.max)) {
        sum.max = part.max;
        sum.maxStep = part.maxStep;
    }
}

MetricSummary metricFrom(const Query& query, int at, double& firstTime) {
    MetricSummary part;
    part.count = static_cast<std::uint64_t>(query.integer(at));
    part.nonFinite = static_cast<std::uint64_t>(query.integer(at + 1));
    part.first = query.real(at + 2);
    part.last = query.real(at + 3);
    part.min = query.real(at + 4);
    part.max = query.real(at + 5);
    part.firstStep = query.integer(at + 6);
    part.lastStep = query.integer(at + 7);
    part.minStep = query.integer(at + 8);
    part.maxStep = query.integer(at + 9);
    part.lastTime = query.real(at + 10);
    part.sum = query.real(at + 11);
    part.recent = query.real(at + 12);
    firstTime = query.real(at + 13);
    return part;
}

std::size_t RunColumns::place(std::size_t slot, const std::vector<std::int64_t>& files) {
    if (slot == 0 && !m_free.empty()) {
        slot = m_free.back();
        m_free.pop_back();
    } else if (slot == 0) {
        slot = m_files.size();
        m_files.emplace_back();
    }
    for (const std::int64_t file : m_files[slot])
        m_slotOf.erase(file);
    m_files[slot] = files;
    for (const std::int64_t file : files)
        m_slotOf[file] = slot;
    if (!m_metrics.empty())
        m_log.push_back(slot);
    m_names.reset();
    return slot;
}

void RunColumns::remove(std::size_t slot) {
    if (slot == 0)
        return;
    for (const std::int64_t file : m_files[slot])
        m_slotOf.erase(file);
    m_files[slot].clear();
    m_free.push_back(slot);
    if (!m_metrics.empty())
        m_log.push_back(slot);
    m_names.reset();
}

void RunColumns::addParams(const Json& params) {
    for (const auto& [name, value] : params.items())
        if (!m_params.contains(name))
            m_params.insert(name);
}

void RunColumns::clear() {
    *this = RunColumns();
}

Result<std::shared_ptr<const RunColumns::MetricColumn>> RunColumns::metric(Database& db,
                                                                           const std::string& name) {
    Held& held = m_metrics[name];
    held.used = ++m_clock;
    if (auto updated = update(db, name, held); !updated) {
        m_metrics.erase(name);
        return std::unexpected(std::move(updated).error());
    }
    std::shared_ptr<const MetricColumn> column = held.values;
    if (m_metrics.size() > kMaxColumns)
        m_metrics.erase(std::ranges::min_element(
            m_metrics, [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
    return column;
}

Result<> RunColumns::update(Database& db, const std::string& name, Held& held) {
    if (held.values && held.seen == m_log.size() && held.values->size() == m_files.size())
        return {};
    if (!held.values || m_log.size() - held.seen > kMaxUpdates) {
        held.values = std::make_shared<MetricColumn>(m_files.size());
        LATHE_TRY(read(db, name, *held.values));
    } else {
        // Someone may still hold the column as it was.
        if (held.values.use_count() > 1)
            held.values = std::make_shared<MetricColumn>(*held.values);
        held.values->resize(m_files.size());
        for (std::size_t i = held.seen; i < m_log.size(); ++i)
            LATHE_TRY(readSlot(db, name, m_log[i], (*held.values)[m_log[i]]));
    }
    held.seen = m_log.size();
    return {};
}

Result<> RunColumns::read(Database& db, const std::string& name, MetricColumn& column) {
    std::vector<double> firstTimes(column.size());
    Query query(db,
                "SELECT s.file, " LATHE_SUMMARY_COLUMNS
                " FROM name n JOIN series s ON s.name = n.id WHERE n.name = ?",
                name);
    while (true) {
        LATHE_TRY_ASSIGN(const bool more, query.next());
        if (!more)
            break;
        const auto slot = m_slotOf.find(query.integer(0));
        if (slot == m_slotOf.end())
            continue;
        if (m_files[slot->second].size() > 1)
            continue;  // below, in the order of its journals
        double firstTime = 0;
        const MetricSummary part = metricFrom(query, 1, firstTime);
        mergeMetric(column[slot->second], firstTimes[slot->second], part, firstTime);
    }
    for (std::size_t slot = 0; slot < m_files.size(); ++slot)
        if (m_files[slot].size() > 1)
            LATHE_TRY(readSlot(db, name, slot, column[slot]));
    return {};
}

Result<> RunColumns::readSlot(Database& db, const std::string& name, std::size_t slot, MetricSummary& into) {
    into = {};
    double firstTimeOfAll = 0;
    for (const std::int64_t file : m_files[slot]) {
        Query query(db,
                    "SELECT " LATHE_SUMMARY_COLUMNS
                    " FROM series s WHERE s.file = ? AND s.name = (SELECT id FROM name WHERE name = ?)",
                    file, name);
        LATHE_TRY_ASSIGN(const bool found, query.next());
        if (!found)
            continue;
        double firstTime = 0;
        const MetricSummary part = metricFrom(query, 0, firstTime);
        mergeMetric(into, firstTimeOfAll, part, firstTime);
    }
    return {};
}

Result<std::shared_ptr<const std::vector<std::string>>> RunColumns::metricNames(Database& db) {
    if (!m_names) {
        auto names = std::make_shared<std::vector<std::string>>();
        Query query(db,
                    "SELECT name FROM name WHERE EXISTS (SELECT 1 FROM series WHERE series.name = name.id)"
                    " ORDER BY name");
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, query.next());
            if (!more)
                break;
            names->emplace_back(query.text(0));
        }
        m_names = std::move(names);
    }
    return m_names;
}

}  // namespace lathe::record
