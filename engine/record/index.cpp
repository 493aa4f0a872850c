// SPDX-License-Identifier: Apache-2.0
#include "record/index.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/text.h"
#include "record/digest.h"
#include "record/ingest.h"
#include "record/run_state.h"

#include <algorithm>
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

// output.log, output.1.log …
bool isConsole(std::string_view name) {
    return name.starts_with("output.") && name.ends_with("log");
}

bool isJournal(std::string_view name) {
    return name.starts_with("journal.") && name.ends_with(".jsonl");
}

std::string stampOf(const struct stat& info) {
    return fmt::format("{}:{}:{}.{}", info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

}  // namespace

Result<> Index::recover(const Error& error, bool mayReplace) {
    if (error.code == ErrorCode::NotFound || error.code == ErrorCode::Invalid)
        return std::unexpected(error);
    m_changed.clear();
    if (error.code == ErrorCode::Corrupt && mayReplace) {
        m_warnings.push_back("the index was damaged and is made anew (" + error.what + ")");
        discardIndexFile(m_file);
        LATHE_TRY(openFile(true));
    } else {
        m_warnings.push_back("the index cannot be kept (" + error.text() +
                             "); this session works from memory");
        m_file = {};
        m_runs.clear();
        dropRuns();
        LATHE_TRY_ASSIGN(m_file, openIndexInMemory());
    }
    return follow(true, {});
}

// Nothing of the database that was open counts any more.
void Index::dropRuns() {
    m_series.clear();
    m_columns.clear();
    m_seenRev = 0;
    for (auto& [id, known] : m_runs) {
        known.files.clear();
        known.consoles.clear();
        known.stamp.clear();
        known.folderTime = 0;
        known.indexed = false;
        known.slot = 0;
    }
}

Result<> Index::openFile(bool mayReplace) {
    bool hasRuns = false;
    if (const auto names = listDir(m_store + "/runs"))
        hasRuns = std::ranges::any_of(*names, [](const std::string& name) { return isId(name); });
    m_file = {};
    dropRuns();
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
    fresh.m_between = m_between;
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
    dropRuns();
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
        if (known.indexed && !isOver(known.told.state))
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
        if (known != m_runs.end() && known->second.indexed && isOver(known->second.told.state))
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
    struct stat info {};
    if (::stat(dir.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
        return;
    KnownRun& known = m_runs[id];
    std::int64_t listed = 0;  // the folder's time, if what it holds was looked up now and may be remembered
    const std::int64_t folderTime = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
    const bool settled = wallSeconds() - static_cast<double>(info.st_mtim.tv_sec) >= kStampSeconds;
    if (known.folderTime != folderTime || !settled) {
        known.names.clear();
        if (auto names = listDir(dir)) {
            std::erase_if(*names,
                          [](const std::string& name) { return !isJournal(name) && !isConsole(name); });
            known.names = std::move(*names);
            known.folderTime = folderTime;
            listed = settled ? folderTime : 0;
        }
    }
    std::string stamp = "absent";
    if (::stat((dir + "/run.json").c_str(), &info) == 0)
        stamp = stampOf(info);
    if (stamp != known.stamp || !known.indexed)
        work.push_back({Work::Kind::Spec, id, "", stamp});
    for (const std::string& name : known.names) {
        if (::stat((dir + "/" + name).c_str(), &info) != 0 || !S_ISREG(info.st_mode))
            continue;
        const auto inode = static_cast<std::uint64_t>(info.st_ino),
                   size = static_cast<std::uint64_t>(info.st_size);
        if (isConsole(name)) {
            const auto mark = known.consoles.find(name);
            if (consoleHasNews(mark == known.consoles.end() ? ConsoleMark{} : mark->second, inode, size,
                               known.indexed && isOver(known.summary.state)))
                work.push_back({Work::Kind::Console, id, name, {}, inode, size});
            continue;
        }
        const auto file = known.files.find(name);
        if (file == known.files.end() || file->second.inode != inode || file->second.size != size)
            work.push_back({Work::Kind::Journal, id, name, {}, inode, size});
    }
    if (listed != 0)
        work.push_back({Work::Kind::Folder, id, join(known.names, "/"), {}, 0, 0, listed});
}

Result<> Index::take(const std::vector<Work>& work, const std::set<std::string>& vanished,
                     const Progress& progress) {
    std::size_t done = 0;
    bool first = true;
    while (first || done < work.size()) {
        Database& db = *m_file.db;  // a reader between two batches may have had to open the file anew
        LATHE_TRY_ASSIGN(auto transaction, Transaction::begin(db, "BEGIN IMMEDIATE"));
        LATHE_TRY(record::run(db, "UPDATE counter SET rev = rev + 1"));
        if (std::exchange(first, false))
            for (const std::string& id : vanished)
                LATHE_TRY(forgetRun(id));
        const double start = monotonicSeconds();
        while (done < work.size() && monotonicSeconds() - start < kBatchSeconds) {
            const Work& next = work[done];
            LATHE_TRY_ASSIGN(const bool more, takeOne(next));
            LATHE_TRY(
                record::run(db, "UPDATE run SET rev = (SELECT rev FROM counter) WHERE id = ?", next.run));
            if (!more && progress && ++done)
                progress(static_cast<int>(done), static_cast<int>(work.size()));
            else if (!more)
                ++done;
        }
        LATHE_TRY(transaction.commit());
        if (done == work.size())
            break;
        if (m_between)
            m_between();
        else if (!m_file.path.empty())
            ::usleep(2000);
    }
    for (const std::string& id : vanished) {
        if (const auto known = m_runs.find(id); known != m_runs.end()) {
            m_columns.remove(known->second.slot);
            m_runs.erase(known);
        }
        m_changed.insert(id);
    }
    return {};
}

// Returns whether there is more of the same to be taken.
Result<bool> Index::takeOne(const Work& work) {
    Database& db = *m_file.db;
    switch (work.kind) {
    case Work::Kind::Journal: return takeFile(work);
    case Work::Kind::Spec: LATHE_TRY(takeSpec(work)); break;
    case Work::Kind::Console: {
        KnownRun& known = m_runs[work.run];
        const bool over = known.indexed && isOver(known.summary.state);
        LATHE_TRY_ASSIGN(known.consoles[work.file],
                         takeConsole(db, work.run, work.file, dirOf(work.run) + "/" + work.file, over));
        break;
    }
    case Work::Kind::Folder:
        LATHE_TRY(record::run(db, "UPDATE run SET folder_time = ?, names = ? WHERE id = ?", work.folderTime,
                              work.file, work.run));
        break;
    }
    return false;
}

Result<> Index::takeSpec(const Work& work) {
    const std::string path = dirOf(work.run) + "/run.json";
    const auto json = readJsonFile(path);
    auto spec = json ? RunSpec::fromJson(*json, path) : std::unexpected(json.error());
    if (spec && spec->id != work.run)
        spec = fail(ErrorCode::Corrupt, "the run's description is of another run, " + spec->id, path);
    return record::run(
        *m_file.db,
        "INSERT INTO run(id, spec, problem, stamp) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(id) DO UPDATE"
        " SET spec = ?2, problem = ?3, stamp = ?4",
        work.run, spec ? dumpJson(spec->toJson()) : std::string(), spec ? std::string() : spec.error().text(),
        work.stamp);
}

Result<bool> Index::takeFile(const Work& work) {
    Database& db = *m_file.db;
    std::int64_t id = 0;
    JournalCursor cursor;
    Digest digest;
    std::string problem;
    {
        Query query(db,
                    "SELECT id, inode, size, offset, damaged, time, step, digest FROM file WHERE run = ? AND "
                    "name = ?",
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
    LATHE_TRY(forgetConsoles(db, id));
    return record::run(db, "DELETE FROM run WHERE id = ?", id);
}

}  // namespace lathe::record
