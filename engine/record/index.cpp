// SPDX-License-Identifier: Apache-2.0
#include "record/index.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "record/digest.h"
#include "record/ingest.h"
#include "record/run_state.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::record {

namespace {

// A transaction is ended after this much, so that other processes get their turn.
constexpr std::size_t kBatchBytes = std::size_t{32} << 20;
constexpr double kBatchSeconds = 0.3;
// Runs that are over hardly ever change; with more than this many of them, each refresh looks at so many.
constexpr std::size_t kSweep = 1000;
// A folder changed within the resolution of its time stamp may change again without showing it.
constexpr std::int64_t kStampSeconds = 2;

bool isJournal(std::string_view name) {
    return name.starts_with("journal.") && name.ends_with(".jsonl");
}

class Transaction {
public:
    static Result<Transaction> begin(Database& db, const char* how) {
        LATHE_TRY(run(db, how));
        return Transaction(&db);
    }
    Transaction(Transaction&& other) noexcept : m_db(std::exchange(other.m_db, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction() {
        if (m_db)
            (void)m_db->exec("ROLLBACK");  // what failed is already on its way to the caller
    }
    Result<> commit() {
        LATHE_TRY(run(*m_db, "COMMIT"));
        m_db = nullptr;
        return {};
    }

private:
    explicit Transaction(Database* db) : m_db(db) {}
    Database* m_db;
};

std::string stampOf(const struct stat& info) {
    return fmt::format("{}:{}:{}.{}", info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

void mergeMetric(MetricSummary& sum, double& sumFirstTime, const MetricSummary& part, double firstTime) {
    if (sum.count == 0) {
        sum = part;
        sumFirstTime = firstTime;
        return;
    }
    sum.count += part.count;
    sum.nonFinite += part.nonFinite;
    if (firstTime < sumFirstTime) {
        sumFirstTime = firstTime;
        sum.first = part.first;
        sum.firstStep = part.firstStep;
    }
    if (part.lastTime >= sum.lastTime) {
        sum.last = part.last;
        sum.lastStep = part.lastStep;
        sum.lastTime = part.lastTime;
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

}  // namespace

template <class Action> auto Index::recovering(const Action& action) -> decltype(action()) {
    auto result = action();
    for (int attempt = 0; attempt < 2 && !result; ++attempt) {
        const Error error = result.error();
        if (error.code == ErrorCode::NotFound || error.code == ErrorCode::Invalid)
            return result;
        m_changed.clear();
        if (error.code == ErrorCode::Corrupt && attempt == 0) {
            m_warnings.push_back("the index was damaged and is made anew (" + error.what + ")");
            discardIndexFile(m_file);
            LATHE_TRY(openFile(true));
        } else {
            m_warnings.push_back("the index cannot be kept (" + error.text() + "); this session works from memory");
            m_file = {};
            m_series.clear();
            m_runs.clear();
            m_seenRev = 0;
            LATHE_TRY_ASSIGN(m_file, openIndexInMemory());
        }
        LATHE_TRY(follow(true, {}));
        result = action();
    }
    return result;
}

Result<> Index::openFile(bool mayReplace) {
    bool hasRuns = false;
    if (const auto names = listDir(m_store + "/runs"))
        hasRuns = std::ranges::any_of(*names, [](const std::string& name) { return isId(name); });
    m_file = {};
    m_series.clear();
    m_seenRev = 0;
    for (auto& [id, known] : m_runs) {
        known.files.clear();
        known.stamp.clear();
        known.indexed = false;
    }
    LATHE_TRY_ASSIGN(m_file, openIndexFile(m_store, hasRuns, mayReplace, m_warnings));
    return {};
}

Result<> Index::reopenIfReplaced() {
    if (m_file.isCurrent())
        return {};
    return openFile(false);
}

Result<std::unique_ptr<Index>> Index::open(const std::string& store) {
    std::unique_ptr<Index> index(new Index(store));
    LATHE_TRY(index->openFile(true));
    LATHE_TRY(index->recovering([&] { return index->follow(true, {}); }));
    index->m_changed.clear();
    return index;
}

Result<std::vector<std::string>> Index::refresh() {
    LATHE_TRY(recovering([&] { return follow(false, {}); }));
    const std::set<std::string> changed = std::exchange(m_changed, {});
    return std::vector<std::string>(changed.begin(), changed.end());
}

Result<> Index::rebuild(const Progress& progress) {
    LATHE_TRY_ASSIGN(IndexFile beside, openIndexBeside(m_file));
    Index fresh(m_store);
    fresh.m_file = std::move(beside);
    const std::string path = fresh.m_file.path;
    if (auto followed = fresh.follow(true, progress); !followed) {
        fresh.m_file = {};
        for (const char* suffix : {"", "-wal", "-shm"})
            ::unlink((path + suffix).c_str());
        return followed;
    }
    if (m_file.path.empty()) {
        m_file = std::move(fresh.m_file);
    } else {
        LATHE_TRY(replaceIndexFile(m_store, m_file, std::move(fresh.m_file)));
    }
    m_series.clear();
    m_seenRev = 0;
    if (!m_file.path.empty())
        LATHE_TRY(openFile(true));
    return recovering([&] { return follow(true, {}); });
}

Result<> Index::follow(bool everything, const Progress& progress) {
    LATHE_TRY(reopenIfReplaced());
    LATHE_TRY(load());  // first, so that work others did is not done again
    std::set<std::string> vanished;
    LATHE_TRY_ASSIGN(const auto work, scan(everything, vanished));
    if (!work.empty() || !vanished.empty()) {
        LATHE_TRY(take(work, vanished, progress));
        LATHE_TRY(load());
    }
    for (auto& [id, known] : m_runs)
        if (!isOver(known.recorded.state))
            observe(id, known);
    return {};
}

Result<std::vector<Index::Work>> Index::scan(bool everything, std::set<std::string>& vanished) {
    std::vector<Work> work;
    std::set<std::string> present;
    const std::string folder = m_store + "/runs";
    if (exists(folder)) {
        LATHE_TRY_ASSIGN(const auto names, listDir(folder));
        for (const std::string& name : names)
            if (isId(name))
                present.insert(present.end(), name);
    }
    std::vector<const std::string*> over;
    for (const std::string& id : present) {
        const auto known = m_runs.find(id);
        if (known != m_runs.end() && known->second.indexed && isOver(known->second.recorded.state))
            over.push_back(&id);
        else
            scanRun(id, work);
    }
    const std::size_t count = everything ? over.size() : std::min(over.size(), kSweep);
    for (std::size_t i = 0; i < count; ++i)
        scanRun(*over[(m_sweep + i) % over.size()], work);
    m_sweep = over.empty() ? 0 : (m_sweep + count) % over.size();

    for (const auto& [id, known] : m_runs)
        if (!present.contains(id))
            vanished.insert(id);
    return work;
}

void Index::scanRun(const std::string& id, std::vector<Work>& work) {
    const std::string dir = dirOf(id);
    struct stat info{};
    if (::stat(dir.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
        return;
    KnownRun& known = m_runs[id];
    const std::int64_t folderTime = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
    if (known.folderTime != folderTime || wallSeconds() - static_cast<double>(info.st_mtim.tv_sec) < kStampSeconds) {
        known.names.clear();
        if (auto names = listDir(dir)) {
            std::erase_if(*names, [](const std::string& name) { return !isJournal(name); });
            known.names = std::move(*names);
            known.folderTime = folderTime;
        }
    }
    std::string stamp = "absent";
    if (::stat((dir + "/run.json").c_str(), &info) == 0)
        stamp = stampOf(info);
    if (stamp != known.stamp || !known.indexed)
        work.push_back({id, "", stamp});
    for (const std::string& name : known.names) {
        if (::stat((dir + "/" + name).c_str(), &info) != 0 || !S_ISREG(info.st_mode))
            continue;
        const auto inode = static_cast<std::uint64_t>(info.st_ino), size = static_cast<std::uint64_t>(info.st_size);
        const auto file = known.files.find(name);
        if (file == known.files.end() || file->second.inode != inode || file->second.size != size)
            work.push_back({id, name, {}, inode, size});
    }
}

Result<> Index::take(const std::vector<Work>& work, const std::set<std::string>& vanished, const Progress& progress) {
    Database& db = *m_file.db;
    std::size_t done = 0;
    bool first = true;
    while (first || done < work.size()) {
        LATHE_TRY_ASSIGN(auto transaction, Transaction::begin(db, "BEGIN IMMEDIATE"));
        LATHE_TRY(record::run(db, "UPDATE counter SET rev = rev + 1"));
        if (std::exchange(first, false))
            for (const std::string& id : vanished)
                LATHE_TRY(forgetRun(id));
        const double start = monotonicSeconds();
        while (done < work.size() && monotonicSeconds() - start < kBatchSeconds) {
            const Work& next = work[done];
            bool more = false;
            if (next.file.empty()) {
                LATHE_TRY(takeSpec(next));
            } else {
                LATHE_TRY_ASSIGN(more, takeFile(next));
            }
            LATHE_TRY(record::run(db, "UPDATE run SET rev = (SELECT rev FROM counter) WHERE id = ?", next.run));
            if (!more && progress && ++done)
                progress(static_cast<int>(done), static_cast<int>(work.size()));
            else if (!more)
                ++done;
        }
        LATHE_TRY(transaction.commit());
        if (done < work.size() && !m_file.path.empty())
            ::usleep(2000);
    }
    for (const std::string& id : vanished) {
        m_runs.erase(id);
        m_changed.insert(id);
    }
    return {};
}

Result<> Index::takeSpec(const Work& work) {
    const std::string path = dirOf(work.run) + "/run.json";
    const auto json = readJsonFile(path);
    auto spec = json ? RunSpec::fromJson(*json, path) : std::unexpected(json.error());
    if (spec && spec->id != work.run)
        spec = fail(ErrorCode::Corrupt, "the run's description is of another run, " + spec->id, path);
    return record::run(*m_file.db,
                       "INSERT INTO run(id, spec, problem, stamp) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(id) DO UPDATE"
                       " SET spec = ?2, problem = ?3, stamp = ?4",
                       work.run, spec ? dumpJson(spec->toJson()) : std::string(),
                       spec ? std::string() : spec.error().text(), work.stamp);
}

Result<bool> Index::takeFile(const Work& work) {
    Database& db = *m_file.db;
    std::int64_t id = 0;
    JournalCursor cursor;
    Digest digest;
    std::string problem;
    {
        Query query(db,
                    "SELECT id, inode, size, offset, damaged, time, step, digest FROM file WHERE run = ? AND name = ?",
                    work.run, work.file);
        LATHE_TRY_ASSIGN(const bool known, query.next());
        if (known) {
            id = query.integer(0);
            const auto inode = static_cast<std::uint64_t>(query.integer(1));
            const auto size = static_cast<std::uint64_t>(query.integer(2));
            cursor.offset = static_cast<std::uint64_t>(query.integer(3));
            cursor.damaged = static_cast<std::uint64_t>(query.integer(4));
            cursor.time = query.real(5);
            cursor.step = query.integer(6);
            if (inode == work.inode && size == work.size)
                return false;  // another process was here first
            if (inode == work.inode && work.size >= cursor.offset) {
                LATHE_TRY_ASSIGN(const Json told, parseJson(query.text(7)));
                digest = Digest::fromJson(told);
            } else {
                cursor = {};  // another file, or cut off: what was read of it is no longer there
            }
        }
    }
    if (id != 0 && cursor.offset == 0)
        LATHE_TRY(forgetFile(db, std::exchange(id, 0)));
    if (id == 0) {
        LATHE_TRY(record::run(db, "INSERT INTO file(run, name) VALUES(?, ?)", work.run, work.file));
        id = db.lastInsertId();
    }
    FileIngest ingest(db, id, std::move(digest));
    const auto read = m_reader.read(dirOf(work.run) + "/" + work.file, cursor, kBatchBytes, ingest);
    if (!read)
        problem = read.error().text();
    LATHE_TRY(ingest.flush());
    const bool more = read && *read && cursor.offset < work.size;
    const std::uint64_t size = more ? cursor.offset : std::max(work.size, cursor.offset);
    LATHE_TRY(record::run(db,
                          "UPDATE file SET inode = ?, size = ?, offset = ?, damaged = ?, time = ?, step = ?,"
                          " digest = ?, problem = ? WHERE id = ?",
                          static_cast<std::int64_t>(work.inode), static_cast<std::int64_t>(size),
                          static_cast<std::int64_t>(cursor.offset), static_cast<std::int64_t>(cursor.damaged),
                          cursor.time, cursor.step, dumpJson(ingest.digest().toJson()), problem, id));
    return more;
}

Result<> Index::forgetRun(const std::string& id) {
    Database& db = *m_file.db;
    std::vector<std::int64_t> files;
    {
        Query query(db, "SELECT id FROM file WHERE run = ?", id);
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, query.next());
            if (!more)
                break;
            files.push_back(query.integer(0));
        }
    }
    for (const std::int64_t file : files)
        LATHE_TRY(forgetFile(db, file));
    return record::run(db, "DELETE FROM run WHERE id = ?", id);
}

Result<> Index::load() {
    Database& db = *m_file.db;
    LATHE_TRY_ASSIGN(auto transaction, Transaction::begin(db, "BEGIN"));
    std::vector<std::string> ids;
    std::int64_t newest = m_seenRev;
    {
        Query query(db, "SELECT id, rev FROM run WHERE rev > ?", m_seenRev);
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, query.next());
            if (!more)
                break;
            ids.emplace_back(query.text(0));
            newest = std::max(newest, query.integer(1));
        }
    }
    for (const std::string& id : ids) {
        LATHE_TRY(loadRun(id, m_runs[id]));
        m_changed.insert(id);
    }
    LATHE_TRY(transaction.commit());
    m_seenRev = newest;
    return {};
}

Result<> Index::loadRun(const std::string& id, KnownRun& known) {
    Database& db = *m_file.db;
    RunSummary summary;
    {
        Query query(db, "SELECT spec, problem, stamp FROM run WHERE id = ?", id);
        LATHE_TRY_ASSIGN(const bool found, query.next());
        if (!found)
            return fail(ErrorCode::Corrupt, "a run is missing from the index", id);
        summary.problem = query.text(1);
        known.stamp = query.text(2);
        if (summary.problem.empty()) {
            LATHE_TRY_ASSIGN(const Json json, parseJson(query.text(0)));
            LATHE_TRY_ASSIGN(summary.spec, RunSpec::fromJson(json, id));
        } else {
            summary.spec.id = id;
            summary.spec.name = readableName(id);
            summary.spec.experiment = "default";
            summary.spec.created = static_cast<double>(idMilliseconds(id)) / 1000;
        }
    }
    known.indexed = true;
    known.files.clear();
    std::vector<Digest> digests;
    std::uint64_t unread = 0;
    {
        Query query(db, "SELECT name, inode, size, offset, damaged, digest, problem FROM file WHERE run = ? ORDER BY name",
                    id);
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, query.next());
            if (!more)
                break;
            KnownFile& file = known.files[std::string(query.text(0))];
            file.inode = static_cast<std::uint64_t>(query.integer(1));
            file.size = static_cast<std::uint64_t>(query.integer(2));
            file.offset = static_cast<std::uint64_t>(query.integer(3));
            summary.tornLines += static_cast<std::uint64_t>(query.integer(4));
            unread += file.size > file.offset ? 1 : 0;
            LATHE_TRY_ASSIGN(const Json json, parseJson(query.text(5)));
            digests.push_back(Digest::fromJson(json));
            if (summary.problem.empty())
                summary.problem = query.text(6);
        }
    }
    Digest::apply(digests, summary);
    if (isOver(summary.state))
        summary.tornLines += unread;  // nobody will end these lines any more
    LATHE_TRY(loadMetrics(id, summary));
    known.recorded = std::move(summary);
    const RunState before = known.shown.state;
    known.shown = known.recorded;
    known.shown.state = before;
    observe(id, known);
    return {};
}

Result<> Index::loadMetrics(const std::string& id, RunSummary& summary) {
    std::map<std::string, double, std::less<>> firstTimes;
    Query query(*m_file.db,
                "SELECT s.name, s.count, s.non_finite, s.first, s.last, s.min, s.max, s.first_step, s.last_step,"
                " s.min_step, s.max_step, s.last_time, s.first_time FROM file f JOIN series s ON s.file = f.id"
                " WHERE f.run = ? ORDER BY f.name, s.name",
                id);
    while (true) {
        LATHE_TRY_ASSIGN(const bool more, query.next());
        if (!more)
            return {};
        MetricSummary part;
        part.count = static_cast<std::uint64_t>(query.integer(1));
        part.nonFinite = static_cast<std::uint64_t>(query.integer(2));
        part.first = query.real(3);
        part.last = query.real(4);
        part.min = query.real(5);
        part.max = query.real(6);
        part.firstStep = query.integer(7);
        part.lastStep = query.integer(8);
        part.minStep = query.integer(9);
        part.maxStep = query.integer(10);
        part.lastTime = query.real(11);
        const std::string name(query.text(0));
        mergeMetric(summary.metrics[name], firstTimes[name], part, query.real(12));
    }
}

void Index::observe(const std::string& id, KnownRun& known) {
    const RunState before = known.shown.state;
    known.shown = known.recorded;
    observeState(dirOf(id), wallSeconds(), known.shown);
    if (known.shown.state != before)
        m_changed.insert(id);
}

Result<std::vector<RunSummary>> Index::runs() {
    std::vector<RunSummary> all;
    all.reserve(m_runs.size());
    for (auto known = m_runs.rbegin(); known != m_runs.rend(); ++known)
        if (known->second.indexed)
            all.push_back(known->second.shown);
    return all;
}

Result<RunSummary> Index::run(const std::string& id) {
    const auto known = m_runs.find(id);
    if (known == m_runs.end() || !known->second.indexed)
        return fail(ErrorCode::NotFound, "no such run", id, "`lathe ls` lists the runs");
    return known->second.shown;
}

Result<std::vector<Point>> Index::points(const std::string& id, const std::string& metric) {
    LATHE_TRY(run(id));
    return recovering([&]() -> Result<std::vector<Point>> {
        LATHE_TRY_ASSIGN(auto transaction, Transaction::begin(*m_file.db, "BEGIN"));
        auto points = m_series.points(*m_file.db, id, metric);
        LATHE_TRY(transaction.commit());
        return points;
    });
}

Result<std::vector<Bucket>> Index::buckets(const std::string& id, const std::string& metric, XAxis axis, double from,
                                           double to, std::size_t maxBuckets) {
    LATHE_TRY_ASSIGN(const RunSummary summary, run(id));
    const double started = summary.started > 0 ? summary.started : summary.spec.created;
    const double origin = axis == XAxis::Elapsed ? started : 0;
    return recovering([&]() -> Result<std::vector<Bucket>> {
        LATHE_TRY_ASSIGN(auto transaction, Transaction::begin(*m_file.db, "BEGIN"));
        auto buckets = m_series.buckets(*m_file.db, id, metric, axis, origin, from, to, maxBuckets);
        LATHE_TRY(transaction.commit());
        return buckets;
    });
}

Result<std::vector<TextSample>> Index::texts(const std::string& id) {
    LATHE_TRY(run(id));
    return recovering([&]() -> Result<std::vector<TextSample>> {
        std::vector<TextSample> all;
        Query query(*m_file.db,
                    "SELECT t.step, t.time, t.name, t.text FROM file f JOIN text t ON t.file = f.id WHERE f.run = ?"
                    " ORDER BY f.name, t.id",
                    id);
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, query.next());
            if (!more)
                break;
            all.push_back({query.integer(0), query.real(1), std::string(query.text(2)), std::string(query.text(3))});
        }
        std::ranges::stable_sort(all, {}, &TextSample::time);
        return all;
    });
}

}  // namespace lathe::record
