// SPDX-License-Identifier: Apache-2.0
#include "launch/mirror.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/paths.h"
#include "core/text.h"
#include "launch/agent_client.h"
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

Result<std::uint64_t> copyGrowth(host::Host& host, const MirrorTarget& target, const std::string& name,
                                 std::uint64_t remoteSize, std::stop_token stop) {
    const std::string path = joinPath(target.runDir, name);
    LATHE_TRY_ASSIGN(const UniqueFd fd, openForAppend(path));
    const std::uint64_t start = sizeOf(fd.get());
    std::uint64_t at = start;
    while (at < remoteSize && at - start < kMaxPerPass) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "stopped", path);
        const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, remoteSize - at));
        LATHE_TRY_ASSIGN(const std::string bytes, host.readFrom(joinPath(target.remoteDir, name), at, want));
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
    return at - start;
}

Result<std::uint64_t> copyOnce(host::Host& host, const MirrorTarget& target, const std::string& name,
                               std::uint64_t remoteSize) {
    const std::string path = joinPath(target.runDir, name);
    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0)
        return 0;
    if (remoteSize > kMaxOnceBytes)
        return fail(ErrorCode::Corrupt, "is larger than such a file can be", name);
    LATHE_TRY(makeDirs(parentPath(path)));
    LATHE_TRY_ASSIGN(const auto content, host.read(joinPath(target.remoteDir, name), kMaxOnceBytes));
    LATHE_TRY(writeFileAtomic(path, content.bytes));
    return content.bytes.size();
}

}  // namespace

Result<> beginMirror(const std::string& hostId, const MirrorTarget& target) {
    return updateMirrorFile(target.runDir, Json{{"host", hostId},
                                                {"dir", target.remoteDir},
                                                {"store", target.remoteStore},
                                                {"reachable", true},
                                                {"supervisorAlive", true},
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

Result<std::uint64_t> mirrorOnce(host::Host& host, const MirrorTarget& target, std::stop_token stop) {
    const std::string lockPath = joinPath(target.runDir, "mirror.lock");
    const UniqueFd lock(::open(lockPath.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!lock)
        return failErrno(errno, "cannot mirror the run", target.runDir);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        return 0;

    const auto status = askAgent(host, {"status", target.remoteStore, target.runId}, {}, 30, stop);
    if (!status) {
        if (status.error().code == ErrorCode::Unavailable || status.error().code == ErrorCode::Cancelled)
            LATHE_TRY(
                updateMirrorFile(target.runDir, Json{{"reachable", false}, {"checked", wallSeconds()}}));
        return std::unexpected(status.error());
    }
    const auto files = status->find("files");
    if (files == status->end() || !files->is_object() || files->size() > kMaxFiles)
        return fail(ErrorCode::Corrupt, "the host lists no usable files", host.id());

    std::uint64_t copied = 0;
    bool whole = true;
    for (const auto& [name, sizeJson] : files->items()) {
        if (!isMirroredFile(name) || name == "run.json" || !sizeJson.is_number_unsigned())
            continue;  // run.json was written here when the run was started
        const auto size = sizeJson.get<std::uint64_t>();
        const auto got = isWrittenOnce(name) ? copyOnce(host, target, name, size)
                                             : copyGrowth(host, target, name, size, stop);
        if (!got) {
            if (got.error().code == ErrorCode::Unavailable)
                LATHE_TRY(
                    updateMirrorFile(target.runDir, Json{{"reachable", false}, {"checked", wallSeconds()}}));
            return std::unexpected(onHost(got.error(), host));
        }
        copied += *got;
        whole = whole && *got < kMaxPerPass;
    }
    // The status was taken before the copy: if the supervisor was gone by then, all it ever wrote is here
    // now.
    const bool alive = getBool(*status, "supervised");
    LATHE_TRY(
        updateMirrorFile(target.runDir, Json{{"reachable", true},
                                             {"supervisorAlive", alive},
                                             {"state", escapedForDisplay(getString(*status, "state"), 32)},
                                             {"boot", escapedForDisplay(getString(*status, "boot"), 64)},
                                             {"complete", !alive && whole},
                                             {"checked", wallSeconds()}}));
    return copied;
}

}  // namespace lathe::launch
