// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/documents.h"

#include "core/file.h"
#include "core/paths.h"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace lathe::interop::mlflow {
namespace {

constexpr std::string_view kKeyField = "_key";  // the file's name does not hold the whole key

}  // namespace

// A readable beginning, and a hash (FNV-1a) that tells keys apart.
std::string Documents::fileOf(std::string_view key) const {
    std::uint64_t hash = 1469598103934665603ULL;
    std::string start;
    for (const char c : key) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           c == '-' || c == '_';
        if (start.size() < 40)
            start += plain ? c : '_';
    }
    return joinPath(m_folder, fmt::format("{}-{:016x}.json", start, hash));
}

bool Documents::has(std::string_view key) const {
    return get(key).has_value();
}

Result<Json> Documents::get(std::string_view key) const {
    const std::string path = fileOf(key);
    if (!exists(path))
        return fail(ErrorCode::NotFound, fmt::format("'{}' not found", key));
    LATHE_TRY_ASSIGN(Json json, readJsonFile(path));
    if (!json.is_object() || getString(json, kKeyField) != key)
        return fail(ErrorCode::NotFound, fmt::format("'{}' not found", key));
    json.erase(std::string(kKeyField));
    return json;
}

Result<std::vector<Json>> Documents::all() const {
    std::vector<Json> list;
    if (!isDirectory(m_folder))
        return list;
    LATHE_TRY_ASSIGN(const auto names, listDir(m_folder));
    for (const std::string& name : names) {
        if (!name.ends_with(".json"))
            continue;
        auto json = readJsonFile(joinPath(m_folder, name));
        if (!json || !json->is_object())
            continue;
        json->erase(std::string(kKeyField));
        list.push_back(std::move(*json));
    }
    return list;
}

Result<Json> Documents::change(std::string_view key, const std::function<Result<>(Json&)>& change) {
    const std::lock_guard guard(m_mutex);
    LATHE_TRY(makeDirs(m_folder));
    const std::string lockPath = joinPath(m_folder, ".lock");
    const UniqueFd lock(::open(lockPath.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!lock)
        return failErrno(errno, "cannot open the lock", lockPath);
    while (::flock(lock.get(), LOCK_EX) != 0) {
        if (errno != EINTR)
            return failErrno(errno, "cannot take the lock", lockPath);
    }
    auto json = get(key);
    if (!json && json.error().code != ErrorCode::NotFound)
        return json;
    Json value = json ? std::move(*json) : Json();
    LATHE_TRY(change(value));
    if (!value.is_object()) {
        if (::unlink(fileOf(key).c_str()) != 0 && errno != ENOENT)
            return failErrno(errno, "cannot remove", fileOf(key));
        return value;
    }
    Json stored = value;
    stored[std::string(kKeyField)] = std::string(key);
    LATHE_TRY(writeFileAtomic(fileOf(key), dumpJsonPretty(stored)));
    return value;
}

}  // namespace lathe::interop::mlflow
