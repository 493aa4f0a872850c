// SPDX-License-Identifier: Apache-2.0
#include "record/index_file.h"

#include "core/file.h"
#include "core/id.h"
#include "core/paths.h"
#include "core/text.h"
#include "record/ingest.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <functional>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace lathe::record {

namespace {

constexpr std::int64_t kApplication = 0x4C544845;  // "LTHE", SQLite's application_id
constexpr std::string_view kBeside = ".new.";

// NFS, SMB, CIFS, SMB2, FUSE (sshfs), Lustre, GPFS, Ceph, AFS, BeeGFS: statfs(2).
constexpr std::array<unsigned long, 10> kNetworkFileSystems{0x6969,     0x517B,     0xFF534D42, 0xFE534D42,
                                                            0x65735546, 0x0BD00BD0, 0x47504653, 0x00C36400,
                                                            0x5346414F, 0x19830326};

bool isOnNetwork(const std::string& path) {
    struct statfs info {};
    if (::statfs(path.c_str(), &info) != 0)
        return false;
    for (const unsigned long type : kNetworkFileSystems)
        if (static_cast<unsigned long>(info.f_type) == type)
            return true;
    return false;
}

Result<std::string> indexPath(const std::string& store) {
    if (!isOnNetwork(store))
        return store + "/index.db";
    const std::string folder = cacheDir() + "/index";
    LATHE_TRY(makeDirs(folder));
    return fmt::format("{}/{:016x}.db", folder, std::hash<std::string>{}(store));
}

// Held while the file is made or replaced, never while it is filled.
Result<UniqueFd> lockIndex(const std::string& indexPath) {
    const std::string path = parentPath(indexPath) + "/index.lock";
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!fd)
        return failErrno(errno, "cannot keep an index", path);
    while (::flock(fd.get(), LOCK_EX) != 0)
        if (errno != EINTR)
            return failErrno(errno, "cannot lock the index", path);
    return fd;
}

void removeFiles(const std::string& path) {
    // A shared-memory file outliving its database would be taken for the new one's.
    for (const char* suffix : {"", "-wal", "-shm"})
        ::unlink((path + suffix).c_str());
}

ino_t inodeOf(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

Result<std::int64_t> pragma(Database& db, const char* sql) {
    Query query(db, sql);
    LATHE_TRY_ASSIGN(const bool row, query.next());
    return row ? query.integer(0) : 0;
}

Result<> makeTables(Database& db) {
    return db.exec(
        fmt::format("BEGIN IMMEDIATE; {} PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT;",
                    kIndexSchema, kApplication, kIndexVersion));
}

enum class Content { Empty, Ours, OtherVersion };

Result<Content> contentOf(Database& db) {
    LATHE_TRY_ASSIGN(const std::int64_t tables, pragma(db, "SELECT count(*) FROM sqlite_master"));
    LATHE_TRY_ASSIGN(const std::int64_t application, pragma(db, "PRAGMA application_id"));
    LATHE_TRY_ASSIGN(const std::int64_t version, pragma(db, "PRAGMA user_version"));
    if (tables == 0)
        return Content::Empty;
    return application == kApplication && version == kIndexVersion ? Content::Ours : Content::OtherVersion;
}

Result<IndexFile> openOnDisk(const std::string& path, bool hasRuns, bool mayReplace,
                             std::vector<std::string>& warnings) {
    LATHE_TRY_ASSIGN(const UniqueFd lock, lockIndex(path));
    if (::access(path.c_str(), F_OK) != 0) {
        removeFiles(path);
        if (hasRuns)
            warnings.push_back("the index was missing and is made anew");
    }
    const auto attempt = [&]() -> Result<IndexFile> {
        LATHE_TRY_ASSIGN(auto db, Database::open(path));
        LATHE_TRY_ASSIGN(const Content content, contentOf(*db));
        if (content == Content::OtherVersion)
            return fail(ErrorCode::Exists, "the index was made by another version of Lathe", path);
        if (content == Content::Empty)
            LATHE_TRY(makeTables(*db));
        return IndexFile{std::move(db), path, inodeOf(path)};
    };
    auto opened = attempt();
    if (opened)
        return opened;
    const ErrorCode code = opened.error().code;
    if (code == ErrorCode::Exists && !mayReplace)
        return opened;
    if (code != ErrorCode::Corrupt && code != ErrorCode::Exists)
        return opened;
    warnings.push_back(code == ErrorCode::Exists
                           ? "the index was made by another version of Lathe and is made anew"
                           : "the index was damaged and is made anew");
    removeFiles(path);
    return attempt();
}

}  // namespace

bool IndexFile::isCurrent() const {
    return path.empty() || inodeOf(path) == inode;
}

Result<IndexFile> openIndexInMemory() {
    LATHE_TRY_ASSIGN(auto db, Database::open(":memory:"));
    LATHE_TRY(makeTables(*db));
    return IndexFile{std::move(db), {}, 0};
}

Result<IndexFile> openIndexFile(const std::string& store, bool hasRuns, bool mayReplace,
                                std::vector<std::string>& warnings) {
    const auto path = indexPath(store);
    auto opened = path ? openOnDisk(*path, hasRuns, mayReplace, warnings) : std::unexpected(path.error());
    if (opened)
        return opened;
    warnings.push_back("no index is kept: " + opened.error().text() + "; runs are read anew at each start");
    return openIndexInMemory();
}

void discardIndexFile(const IndexFile& file) {
    if (file.path.empty())
        return;
    const auto lock = lockIndex(file.path);
    if (file.isCurrent())
        removeFiles(file.path);
}

Result<IndexFile> openIndexBeside(const IndexFile& file) {
    if (file.path.empty())
        return openIndexInMemory();
    const std::string prefix = fileName(file.path) + std::string(kBeside);
    LATHE_TRY_ASSIGN(const auto names, listDir(parentPath(file.path)));
    for (const std::string& name : names) {
        if (!name.starts_with(prefix))
            continue;
        int pid = 0;
        const char* const from = name.data() + prefix.size();
        std::from_chars(from, name.data() + name.size(), pid);
        if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH)
            ::unlink(joinPath(parentPath(file.path), name).c_str());  // left by a process that was killed
    }
    const std::string path = fmt::format("{}{}{}.{}", file.path, kBeside, ::getpid(), randomHex(4));
    LATHE_TRY_ASSIGN(auto db, Database::open(path));
    LATHE_TRY(makeTables(*db));
    return IndexFile{std::move(db), path, inodeOf(path)};
}

Result<> replaceIndexFile(const std::string& store, const IndexFile& old, IndexFile fresh) {
    if (old.path.empty())
        return {};
    const std::string path = fresh.path;
    fresh.db.reset();  // takes its log into the file
    LATHE_TRY_ASSIGN(const UniqueFd lock, lockIndex(old.path));
    removeFiles(old.path);
    if (::rename(path.c_str(), old.path.c_str()) != 0)
        return failErrno(errno, "cannot put the new index in its place", store);
    return {};
}

}  // namespace lathe::record
