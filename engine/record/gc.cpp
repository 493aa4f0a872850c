// SPDX-License-Identifier: Apache-2.0
#include "record/gc.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/json.h"
#include "core/paths.h"
#include "core/text.h"
#include "record/artifacts.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <unordered_set>

namespace lathe::record {

namespace {

constexpr double kLockSeconds = 10;
constexpr std::size_t kPiece = 8 << 20;
constexpr std::size_t kBatch = 256;  // deletions under one hold of the lock
constexpr double kMinimumWithoutLocks = 3600;
constexpr std::string_view kKey = "\"manifest\"";

bool isHexDigit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool isSum(std::string_view text) {
    return text.size() == 64 && std::ranges::all_of(text, isHexDigit);
}

double modified(const struct stat& info) {
    return static_cast<double>(info.st_mtim.tv_sec) + static_cast<double>(info.st_mtim.tv_nsec) * 1e-9;
}

bool isHeld(const std::string& journal) {
    const UniqueFd fd(::open(journal.c_str(), O_RDONLY | O_CLOEXEC));
    return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

class Collector {
public:
    Collector(Store& store, const GarbageOptions& options)
        : m_store(store), m_options(options), m_root(store.path()) {}

    Result<GarbageReport> run();

private:
    Result<> begin();
    Result<bool> lock();  // false: this file system knows no locks
    Result<> removeDeletedRuns();
    Result<> markJournals();
    Result<> markJournal(const std::string& path);
    void markLine(std::string_view line);
    Result<> markManifests();
    Result<> sweep();
    Result<> sweepBatch(const std::vector<std::string>& names);

    Store& m_store;
    const GarbageOptions& m_options;
    std::string m_root;
    UniqueFd m_lock;
    double m_begun = 0;  // by the clock of the store's file system
    std::unordered_set<std::string> m_named;
    GarbageReport m_report;
};

Result<bool> Collector::lock() {
    const double deadline = monotonicSeconds() + kLockSeconds;
    while (::flock(m_lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return false;
        if (monotonicSeconds() > deadline)
            return fail(ErrorCode::Unavailable, "artifacts are being written just now", m_root,
                        "try again when they are done");
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
}

Result<> Collector::begin() {
    const std::string path = joinPath(m_root, "objects/.lock");
    LATHE_TRY(makeDirs(parentPath(path)));
    m_lock.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!m_lock)
        return failErrno(errno, "cannot lock the objects", path);
    LATHE_TRY_ASSIGN(const bool locks, lock());
    if (!locks && m_options.graceSeconds < kMinimumWithoutLocks)
        return fail(ErrorCode::Unsupported,
                    "this file system knows no locks, so the grace must be an hour at least", m_root,
                    "--grace 1h");
    // Nobody is in the middle of an artifact now: what earlier writers touched they have named, and later
    // ones touch after this moment.
    struct stat info {};
    if (::futimens(m_lock.get(), nullptr) != 0 || ::fstat(m_lock.get(), &info) != 0)
        return failErrno(errno, "cannot tell the time of the store", path);
    m_begun = modified(info);
    ::flock(m_lock.get(), LOCK_UN);
    return {};
}

Result<> Collector::removeDeletedRuns() {
    LATHE_TRY_ASSIGN(const std::vector<RunSummary> trash, m_store.trash());
    for (const RunSummary& run : trash) {
        const std::string dir = m_store.runDir(run.spec.id);
        double since = 0;
        for (const char* name : {"journal.meta.jsonl", "journal.meta-local.jsonl"}) {
            const auto text = readFile(joinPath(dir, name));
            for (const std::string& line : split(text.value_or(""), '\n'))
                if (const auto event = parseJson(line); event && getString(*event, "e") == "delete")
                    since = std::max(since, getNumber(*event, "t"));
        }
        if (since == 0 || wallSeconds() - since < m_options.deletedSeconds ||
            isHeld(joinPath(dir, "journal.jsonl")))
            continue;
        m_report.gone.push_back(
            {"runs/" + run.spec.id, "in the trash for " + durationText(wallSeconds() - since), 0});
        if (m_options.dryRun)
            continue;
        // Out of sight at once, so that nobody meets half a run.
        const std::string aside = joinPath(m_root, "runs/.gone-" + run.spec.id);
        if (::rename(dir.c_str(), aside.c_str()) != 0)
            return failErrno(errno, "cannot remove the run", dir);
        LATHE_TRY(removeTree(aside));
    }
    return {};
}

void Collector::markLine(std::string_view line) {
    for (std::size_t at = 0; at < line.size();) {
        if (!isHexDigit(line[at])) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < line.size() && isHexDigit(line[end]))
            ++end;
        if (end - at == 64)
            m_named.emplace(line.substr(at, 64));
        at = end;
    }
}

Result<> Collector::markJournal(const std::string& path) {
    // By the text and not by what it means: a damaged line keeps alive what it names.
    std::uint64_t offset = 0;
    std::string rest;
    for (;;) {
        LATHE_TRY_ASSIGN(const std::string piece, readFileFrom(path, offset, kPiece));
        if (piece.empty())
            break;
        offset += piece.size();
        rest += piece;
        const std::size_t end = rest.rfind('\n');
        const std::size_t whole = end == std::string::npos ? 0 : end + 1;
        for (std::size_t at = 0;
             (at = std::string_view(rest).substr(0, whole).find(kKey, at)) != std::string::npos;) {
            const std::size_t before = rest.rfind('\n', at);
            const std::size_t from = before == std::string::npos ? 0 : before + 1, to = rest.find('\n', at);
            markLine(std::string_view(rest).substr(from, to - from));
            at = to;
        }
        rest.erase(0, whole);
    }
    if (rest.find(kKey) != std::string::npos)
        markLine(rest);
    ++m_report.journals;
    m_report.journalBytes += offset;
    return {};
}

Result<> Collector::markJournals() {
    const std::string runs = joinPath(m_root, "runs");
    if (!exists(runs))
        return {};
    LATHE_TRY_ASSIGN(const std::vector<std::string> ids, listDir(runs));
    for (const std::string& id : ids) {
        const std::string dir = joinPath(runs, id);
        const auto names = listDir(dir);
        if (!names) {
            if (!exists(dir) || !isDirectory(dir))
                continue;
            return std::unexpected(names.error());
        }
        ++m_report.runs;
        for (const std::string& name : *names)
            if (name.starts_with("journal") && name.ends_with(".jsonl"))
                LATHE_TRY(markJournal(joinPath(dir, name)));
    }
    return {};
}

Result<> Collector::markManifests() {
    const std::vector<std::string> roots(m_named.begin(), m_named.end());
    for (const std::string& root : roots) {
        if (!exists(objectPath(m_root, root))) {
            m_report.missing.push_back(root);
            continue;
        }
        ++m_report.manifests;
        const auto files = readManifest(m_root, root);
        if (!files) {
            // A sum that stood on the line but names no manifest keeps its object. One that cannot be read
            // proves nothing.
            if (files.error().code == ErrorCode::Corrupt || files.error().code == ErrorCode::Invalid ||
                files.error().code == ErrorCode::Full)
                continue;
            return std::unexpected(files.error());
        }
        for (const ArtifactFile& file : *files)
            if (file.ref.empty())
                m_named.insert(file.sha256);
    }
    return {};
}

Result<> Collector::sweepBatch(const std::vector<std::string>& names) {
    if (!m_options.dryRun)
        LATHE_TRY(lock());
    for (const std::string& name : names) {
        const std::string path = joinPath(m_root, name);
        struct stat info {};
        // Looked at again under the lock: a writer may have found it meanwhile and given it a new time.
        if (::lstat(path.c_str(), &info) != 0)
            continue;
        if (modified(info) >= m_begun - m_options.graceSeconds) {
            ++m_report.young;
            continue;
        }
        if (!m_options.dryRun && ::unlink(path.c_str()) != 0)
            return failErrno(errno, "cannot delete the object", path);
        const auto bytes = static_cast<std::uint64_t>(info.st_size);
        m_report.gone.push_back(
            {name, name.ends_with(".new") ? "left by a writer that was killed" : "no event names it", bytes});
        m_report.goneBytes += bytes;
    }
    ::flock(m_lock.get(), LOCK_UN);
    return {};
}

Result<> Collector::sweep() {
    const std::string objects = joinPath(m_root, "objects");
    std::vector<std::string> batch;
    LATHE_TRY_ASSIGN(const std::vector<std::string> folders, listDir(objects));
    for (const std::string& folder : folders) {
        if (folder.ends_with(".new"))
            batch.push_back("objects/" + folder);
        if (folder.size() != 2 || !isDirectory(joinPath(objects, folder)))
            continue;
        LATHE_TRY_ASSIGN(const std::vector<std::string> names, listDir(joinPath(objects, folder)));
        for (const std::string& name : names) {
            const std::string path = "objects/" + folder + "/" + name;
            if (m_named.contains(name)) {
                struct stat info {};
                ++m_report.kept;
                if (::lstat(joinPath(m_root, path).c_str(), &info) == 0)
                    m_report.keptBytes += static_cast<std::uint64_t>(info.st_size);
            } else if (isSum(name) || name.ends_with(".new")) {
                batch.push_back(path);
            }
            if (batch.size() == kBatch) {
                LATHE_TRY(sweepBatch(batch));
                batch.clear();
            }
        }
    }
    return sweepBatch(batch);
}

Result<GarbageReport> Collector::run() {
    LATHE_TRY(begin());
    if (m_options.deletedRuns)
        LATHE_TRY(removeDeletedRuns());
    LATHE_TRY(markJournals());
    LATHE_TRY(markManifests());
    LATHE_TRY(sweep());
    return std::move(m_report);
}

}  // namespace

Result<GarbageReport> collectGarbage(Store& store, const GarbageOptions& options) {
    return Collector(store, options).run();
}

}  // namespace lathe::record
