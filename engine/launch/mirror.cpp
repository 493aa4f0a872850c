// SPDX-License-Identifier: Apache-2.0
#include "launch/mirror.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/paths.h"
#include "core/text.h"
#include "launch/agent_client.h"
#include "launch/run_control.h"
#include "launch/run_files.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <map>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::launch {
namespace {

constexpr std::size_t kPiece = 4 << 20;
constexpr std::size_t kMaxFiles = 8192;
constexpr std::uint64_t kMaxPerPass = std::uint64_t{1}
                                      << 30;  // of one file; the rest comes with the next pass
constexpr std::uint64_t kMaxOnceBytes = 64 << 20;
constexpr std::uint64_t kTrickleBytes = 4096;  // heartbeats and samples of the machine

Result<> updateMirrorFile(const std::string& runDir, const Json& changes) {
    const std::string path = joinPath(runDir, kMirrorFile);
    Json json = readJsonFile(path).value_or(Json::object());
    if (!json.is_object())
        json = Json::object();
    for (const auto& [key, value] : changes.items())
        json[key] = value;
    return writeFileAtomic(path, dumpJsonPretty(json));
}

// Opens a file of the run folder for appending, never through a link and never anything but a plain file.
Result<UniqueFd> openForAppend(const std::string& path) {
    UniqueFd fd(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644));
    if (!fd)
        return failErrno(errno, "cannot write the mirrored file", path);
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return fail(ErrorCode::Corrupt, "is not a plain file", path);
    return fd;
}

std::uint64_t sizeOf(int fd) {
    struct stat info {};
    return ::fstat(fd, &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

// Cuts off the end of a file as far as it is not what the host has. Only pieces are compared: what lies
// before a piece that is right was written before it.
Result<> cutWrongEnd(host::Host& host, int fd, const std::string& path, const std::string& remotePath) {
    const std::uint64_t size = sizeOf(fd);
    std::uint64_t end = size;
    while (end > 0) {
        const std::uint64_t begin = end > kPiece ? end - kPiece : 0;
        const auto want = static_cast<std::size_t>(end - begin);
        LATHE_TRY_ASSIGN(const std::string mine, readFileFrom(path, begin, want));
        LATHE_TRY_ASSIGN(const std::string theirs, host.readFrom(remotePath, begin, want));
        if (mine == theirs)
            break;
        end = begin;
    }
    if (end < size && ::ftruncate(fd, static_cast<off_t>(end)) != 0)
        return failErrno(errno, "cannot mend the mirrored file", path);
    return {};
}

struct Growth {
    std::uint64_t copied = 0;
    bool whole = false;  // as long as the host said
};

Result<Growth> copyGrowth(host::Host& host, const MirrorTarget& target, const std::string& name,
                          std::uint64_t remoteSize, bool compare, bool last, std::stop_token stop) {
    const std::string path = joinPath(target.runDir, name);
    const std::string remotePath = joinPath(target.remoteDir, name);
    LATHE_TRY_ASSIGN(const UniqueFd fd, openForAppend(path));
    if (compare)
        LATHE_TRY(cutWrongEnd(host, fd.get(), path, remotePath));
    const std::uint64_t start = sizeOf(fd.get());
    std::uint64_t at = start;
    while (at < remoteSize && at - start < kMaxPerPass) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "stopped", path);
        const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, remoteSize - at));
        LATHE_TRY_ASSIGN(const std::string bytes, host.readFrom(remotePath, at, want));
        if (bytes.empty())
            break;
        if (bytes.size() > want)
            return fail(ErrorCode::Corrupt, "the host sent more than was asked for", path);
        if (const auto done = writeAll(fd.get(), bytes, path); !done) {
            // Half a piece would be followed by a whole one next time: go back to what is known.
            [[maybe_unused]] const int cut = ::ftruncate(fd.get(), static_cast<off_t>(at));
            return std::unexpected(done.error());
        }
        at += bytes.size();
    }
    if (last && ::fdatasync(fd.get()) != 0)
        return failErrno(errno, "cannot keep the mirrored file", path);
    return Growth{at - start, at >= remoteSize};
}

Result<std::uint64_t> copyOnce(host::Host& host, const MirrorTarget& target, const std::string& name,
                               std::uint64_t remoteSize) {
    const std::string path = joinPath(target.runDir, name);
    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0)
        return 0;
    if (remoteSize > kMaxOnceBytes)
        return fail(ErrorCode::Corrupt, "is larger than such a file can be", name);
    LATHE_TRY(makeDirs(parentPath(path)));  // env/
    LATHE_TRY_ASSIGN(const auto content, host.read(joinPath(target.remoteDir, name), kMaxOnceBytes));
    LATHE_TRY(writeFileAtomic(path, content.bytes));
    return content.bytes.size();
}

Result<> markUnreachable(const MirrorTarget& target) {
    return updateMirrorFile(target.runDir, Json{{"reachable", false}, {"checked", wallSeconds()}});
}

Result<std::uint64_t> copyRun(host::Host& host, const MirrorTarget& target, const Json& status,
                              const std::string& boot, std::stop_token stop) {
    if (auto error = errorFromJson(status))
        return std::unexpected(onHost(std::move(*error), host));
    const auto files = status.find("files");
    if (files == status.end() || !files->is_object() || files->size() > kMaxFiles)
        return fail(ErrorCode::Corrupt, "the host lists no usable files", host.id());
    const bool supervised = getBool(status, "supervised");
    const bool growing = supervised || getBool(status, "growing");
    const Json before = readJsonFile(joinPath(target.runDir, kMirrorFile)).value_or(Json::object());
    const std::string here = bootId();
    const std::string hereBefore = getString(before, "here", here);

    std::uint64_t copied = 0;
    bool whole = true;
    for (const auto& [name, sizeJson] : files->items()) {
        if (!isMirroredFile(name) || name == "run.json" || !sizeJson.is_number_unsigned())
            continue;  // run.json was written here when the run was started
        const auto size = sizeJson.get<std::uint64_t>();
        if (isWrittenOnce(name)) {
            LATHE_TRY_ASSIGN(const std::uint64_t got, copyOnce(host, target, name, size));
            copied += got;
            continue;
        }
        LATHE_TRY_ASSIGN(const Growth got,
                         copyGrowth(host, target, name, size, hereBefore != here, !growing, stop));
        copied += got.copied;
        whole = whole && got.whole;
    }
    // The status was taken before the copy: whoever was gone by then, all it ever wrote is here if the copy
    // is whole.
    LATHE_TRY(
        updateMirrorFile(target.runDir, Json{{"reachable", true},
                                             {"supervisorAlive", supervised || !whole},
                                             {"state", escapedForDisplay(getString(status, "state"), 32)},
                                             {"boot", escapedForDisplay(boot, 64)},
                                             {"here", here},
                                             {"complete", !growing && whole},
                                             {"checked", wallSeconds()}}));
    return copied;
}

}  // namespace

Result<> beginMirror(const std::string& hostId, const MirrorTarget& target) {
    return updateMirrorFile(target.runDir, Json{{"host", hostId},
                                                {"dir", target.remoteDir},
                                                {"store", target.remoteStore},
                                                {"reachable", true},
                                                {"supervisorAlive", true},
                                                {"here", bootId()},
                                                {"checked", wallSeconds()}});
}

Result<MirrorSource> readMirrorSource(const std::string& runDir) {
    LATHE_TRY_ASSIGN(const Json json, readJsonFile(joinPath(runDir, kMirrorFile)));
    MirrorSource source{getString(json, "host"), getString(json, "dir"), getString(json, "store")};
    if (source.host.empty() || !source.remoteDir.starts_with('/'))
        return fail(ErrorCode::Corrupt, "does not say where the run is", joinPath(runDir, kMirrorFile));
    return source;
}

bool isMirrorComplete(const std::string& runDir) {
    const auto json = readJsonFile(joinPath(runDir, kMirrorFile));
    return json && getBool(*json, "complete");
}

std::vector<Result<std::uint64_t>> mirrorRuns(host::Host& host, const std::vector<MirrorTarget>& targets,
                                              std::stop_token stop) {
    std::vector<Result<std::uint64_t>> results(targets.size(), std::uint64_t{0});
    std::vector<UniqueFd> locks(targets.size());
    std::vector<std::string> question;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const std::string path = joinPath(targets[i].runDir, "mirror.lock");
        UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
        if (!lock) {
            results[i] = failErrno(errno, "cannot mirror the run", targets[i].runDir);
        } else if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
            locks[i] = std::move(lock);
            if (question.empty())
                question = {"status", targets[i].remoteStore};
            question.push_back(targets[i].runId);
        }
    }
    if (question.empty())
        return results;
    const auto answer = askAgent(host, question, {}, 30, stop);
    const auto runs = answer ? answer->find("runs") : Json::const_iterator();
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (!locks[i])
            continue;
        if (!answer)
            results[i] = std::unexpected(answer.error());
        else if (runs == answer->end() || !runs->is_object() || !runs->contains(targets[i].runId))
            results[i] = fail(ErrorCode::Corrupt, "the host says nothing of the run", host.id());
        else
            results[i] =
                copyRun(host, targets[i], (*runs)[targets[i].runId], getString(*answer, "boot"), stop);
        if (results[i])
            continue;
        Error error = results[i].error();
        if (error.code == ErrorCode::Unavailable || (!answer && error.code == ErrorCode::Cancelled)) {
            if (const auto marked = markUnreachable(targets[i]); !marked)
                error = marked.error();
        }
        results[i] = std::unexpected(onHost(std::move(error), host));
    }
    return results;
}

Result<std::uint64_t> mirrorOnce(host::Host& host, const MirrorTarget& target, std::stop_token stop) {
    return std::move(mirrorRuns(host, {target}, std::move(stop)).front());
}

double MirrorPace::after(const Result<std::uint64_t>& copied) {
    if (!copied || *copied == 0)
        m_wait = std::min(m_wait * 2, kLatest);
    else if (*copied < kTrickleBytes)
        m_wait = std::min(m_wait * 1.5, kTrickle);
    else
        m_wait = kSoonest;
    return m_wait;
}

}  // namespace lathe::launch
