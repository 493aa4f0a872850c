// SPDX-License-Identifier: Apache-2.0
#include "record/artifacts.h"

#include "core/clock.h"
#include "core/id.h"
#include "core/journal_writer.h"
#include "core/paths.h"
#include "core/sha256.h"
#include "core/text.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace lathe::record {

namespace {

constexpr std::uint64_t kSampleAbove = std::uint64_t{64} << 20;
constexpr std::size_t kPiece = 1 << 20;
constexpr double kLockSeconds = 10;
constexpr unsigned long kShareBlocks = _IOW(0x94, 9, int);  // ioctl_ficlone(2)
constexpr std::size_t kMaxManifest = std::size_t{256} << 20;

Json fileToJson(const ArtifactFile& file) {
    Json json{{"path", file.path}};
    if (!file.ref.empty()) {
        json["ref"] = file.ref;
        if (!file.digest.empty()) {
            json["bytes"] = file.bytes;
            json["digest"] = file.digest;
        }
        return json;
    }
    json["sha256"] = file.sha256;
    json["bytes"] = file.bytes;
    if (file.executable)
        json["exec"] = true;
    return json;
}

bool isSum(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Shares the blocks where the file system can, else copies the bytes.
Result<> copyBytes(const std::string& source, const std::string& target) {
    const UniqueFd from(::open(source.c_str(), O_RDONLY | O_CLOEXEC));
    if (!from)
        return failErrno(errno, "cannot read", source);
    const UniqueFd to(::open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!to)
        return failErrno(errno, "cannot write", target);
    if (::ioctl(to.get(), kShareBlocks, from.get()) == 0)
        return {};
    std::string buffer(kPiece, '\0');
    for (;;) {
        const ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
        if (got == 0)
            return {};
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, "cannot read", source);
        LATHE_TRY(writeAll(to.get(), std::string_view(buffer.data(), static_cast<std::size_t>(got)), target));
    }
}

Result<std::vector<Item>> artifactItems(Store& store, const std::string& name) {
    LATHE_TRY_ASSIGN(std::vector<Item> items, store.items({.kind = ItemKind::Artifact, .name = name}));
    LATHE_TRY_ASSIGN(const std::vector<RunSummary> trash, store.trash());
    for (const RunSummary& run : trash) {
        LATHE_TRY_ASSIGN(const std::vector<Item> more,
                         store.items({.run = run.spec.id, .kind = ItemKind::Artifact, .name = name}));
        items.insert(items.end(), more.begin(), more.end());
    }
    std::ranges::stable_sort(items, [](const Item& a, const Item& b) {
        return a.time != b.time ? a.time < b.time
                                : getString(a.fields, "manifest") < getString(b.fields, "manifest");
    });
    return items;
}

Result<> appendToRun(Store& store, const RunSpec& spec, const Json& fields) {
    const std::string path =
        store.runDir(spec.id) + (spec.host == "local" ? "/journal.meta.jsonl" : "/journal.meta-local.jsonl");
    const double deadline = monotonicSeconds() + 2;
    auto writer = JournalWriter::open(path);
    while (!writer && writer.error().code == ErrorCode::Exists && monotonicSeconds() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        writer = JournalWriter::open(path);
    }
    if (!writer)
        return std::unexpected(std::move(writer).error());
    LATHE_TRY(writer->event("artifact", fields));
    LATHE_TRY(writer->sync());
    return {};
}

// (name within the artifact, where it is) of the plain files at `path`.
Result<std::vector<std::pair<std::string, std::string>>> filesAt(const std::string& path) {
    std::vector<std::pair<std::string, std::string>> found;
    if (!isDirectory(path)) {
        if (!exists(path))
            return fail(ErrorCode::NotFound, "no such file or folder", path);
        found.emplace_back(fileName(path), path);
        return found;
    }
    std::error_code problem;
    for (auto at = std::filesystem::recursive_directory_iterator(path, problem);
         !problem && at != std::filesystem::recursive_directory_iterator(); at.increment(problem))
        if (at->is_regular_file(problem))
            found.emplace_back(at->path().lexically_relative(path).string(), at->path().string());
    if (problem)
        return fail(ErrorCode::Io, "cannot read the folder: " + problem.message(), path);
    return found;
}

}  // namespace

std::string objectPath(const std::string& store, std::string_view sha256) {
    return joinPath(store, fmt::format("objects/{}/{}", sha256.substr(0, 2), sha256));
}

Result<std::vector<ArtifactVersion>> listArtifacts(Store& store, const std::string& name) {
    LATHE_TRY_ASSIGN(const std::vector<Item> items, artifactItems(store, name));
    LATHE_TRY_ASSIGN(std::vector<RunSummary> runs, store.runs());
    LATHE_TRY_ASSIGN(const std::vector<RunSummary> trash, store.trash());
    runs.insert(runs.end(), trash.begin(), trash.end());
    std::map<std::string, std::string> runNames;
    for (const RunSummary& run : runs)
        runNames[run.spec.id] = run.spec.name;
    std::map<std::string, std::vector<ArtifactVersion>> byName;
    std::map<std::pair<std::string, std::string>, std::string> aliases;  // (artifact, alias) → manifest
    for (const Item& item : items) {
        const std::string manifest = getString(item.fields, "manifest"),
                          role = getString(item.fields, "role");
        if (!isSum(manifest))
            continue;
        std::vector<ArtifactVersion>& versions = byName[item.name];
        auto found = std::ranges::find(versions, manifest, &ArtifactVersion::manifest);
        if (found == versions.end()) {
            ArtifactVersion made;
            made.name = item.name;
            made.manifest = manifest;
            made.number = static_cast<int>(versions.size());
            made.type = getString(item.fields, "type");
            made.files = static_cast<std::uint64_t>(getInt(item.fields, "files"));
            made.bytes = static_cast<std::uint64_t>(getInt(item.fields, "bytes"));
            made.created = item.time;
            found = versions.insert(versions.end(), std::move(made));
        }
        if (const auto metadata = item.fields.find("metadata");
            metadata != item.fields.end() && metadata->is_object() && !metadata->empty())
            found->metadata = *metadata;
        if (role == "output" || role == "input")
            (role == "output" ? found->madeBy : found->usedBy)
                .push_back({item.run, runNames[item.run], item.time});
        if (const auto given = item.fields.find("aliases"); given != item.fields.end() && given->is_array())
            for (const Json& alias : *given)
                if (alias.is_string())
                    aliases[{item.name, alias.get<std::string>()}] = manifest;
    }
    std::vector<ArtifactVersion> all;
    for (auto& [known, versions] : byName) {
        for (ArtifactVersion& version : versions)
            for (const auto& [key, manifest] : aliases)
                if (key.first == known && manifest == version.manifest && key.second != "latest")
                    version.aliases.push_back(key.second);
        versions.back().aliases.insert(versions.back().aliases.begin(), "latest");
        std::ranges::move(versions, std::back_inserter(all));
    }
    return all;
}

Result<ArtifactVersion> findArtifact(Store& store, const std::string& spec) {
    const std::size_t colon = spec.find(':');
    const std::string name = spec.substr(0, colon),
                      want = colon == std::string::npos ? "latest" : spec.substr(colon + 1);
    LATHE_TRY_ASSIGN(const std::vector<ArtifactVersion> versions, listArtifacts(store, name));
    if (name.empty() || versions.empty()) {
        LATHE_TRY_ASSIGN(const std::vector<ArtifactVersion> all, listArtifacts(store));
        std::vector<std::string> names;
        for (const ArtifactVersion& version : all)
            names.push_back(version.name);
        const auto nearest = nearestName(name, names);
        return fail(ErrorCode::NotFound, "no such artifact", name,
                    nearest ? "did you mean " + *nearest + "?" : "`lathe artifacts` lists them");
    }
    for (const ArtifactVersion& version : versions)
        if (want == fmt::format("v{}", version.number) ||
            (want.size() >= 8 && version.manifest.starts_with(want)) ||
            std::ranges::find(version.aliases, want) != version.aliases.end())
            return version;
    return fail(ErrorCode::NotFound, "the artifact has no such version", spec,
                fmt::format("it has v0 to v{}", versions.back().number));
}

Result<std::vector<ArtifactFile>> readManifest(const std::string& store, const std::string& manifest) {
    const std::string path = objectPath(store, manifest);
    const auto text = readFile(path, kMaxManifest);
    if (!text)
        return fail(text.error().code, "the manifest is not in this store", manifest.substr(0, 12),
                    "an artifact of a mirrored run lies on the host where it was made");
    LATHE_TRY_ASSIGN(const Json json, parseJson(*text, path));
    const auto list = json.find("files");
    if (!json.is_object() || list == json.end() || !list->is_array())
        return fail(ErrorCode::Corrupt, "is no manifest", path);
    std::vector<ArtifactFile> files;
    for (const Json& entry : *list) {
        ArtifactFile file{getString(entry, "path"),
                          getString(entry, "sha256"),
                          getString(entry, "ref"),
                          getString(entry, "digest"),
                          static_cast<std::uint64_t>(getInt(entry, "bytes")),
                          getBool(entry, "exec")};
        if (file.path.empty() || (file.ref.empty() && !isSum(file.sha256)))
            return fail(ErrorCode::Corrupt, "the manifest holds a file without content", path);
        files.push_back(std::move(file));
    }
    return files;
}

Result<std::uint64_t> copyArtifact(const std::string& store, const std::string& manifest,
                                   const std::string& folder) {
    LATHE_TRY_ASSIGN(const std::vector<ArtifactFile> files, readManifest(store, manifest));
    const std::string root = absolutePath(folder);
    std::uint64_t copied = 0;
    for (const ArtifactFile& file : files) {
        if (!file.ref.empty())
            continue;
        const std::string target = cleanPath(joinPath(root, file.path));
        if (file.path.starts_with('/') || !target.starts_with(root + "/"))
            return fail(ErrorCode::Corrupt, "the manifest names a file outside of the artifact", file.path);
        LATHE_TRY(makeDirs(parentPath(target)));
        LATHE_TRY(copyBytes(objectPath(store, file.sha256), target));
        LATHE_TRY_ASSIGN(const std::string sum, sha256OfFile(target));
        if (sum != file.sha256)
            return fail(ErrorCode::Corrupt, "the store's content of this file is damaged", file.path);
        if (file.executable && ::chmod(target.c_str(), 0755) != 0)
            return failErrno(errno, "cannot set the mode", target);
        ++copied;
    }
    return copied;
}

Result<std::string> fingerprint(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        return failErrno(errno, "cannot read", path);
    const auto size = static_cast<std::uint64_t>(info.st_size);
    if (size <= kSampleAbove) {
        LATHE_TRY_ASSIGN(const std::string sum, sha256OfFile(path));
        return "sha256:" + sum;
    }
    Sha256 sum;
    sum.add(fmt::format("{}\n", size));
    for (std::uint64_t index = 0; index < 16; ++index) {
        LATHE_TRY_ASSIGN(const std::string piece, readFileFrom(path, (size - kPiece) * index / 15, kPiece));
        sum.add(piece);
    }
    return "sampled-sha256:" + sum.hex();
}

Result<ObjectWriter> ObjectWriter::open(const std::string& store) {
    const std::string folder = joinPath(store, "objects"), path = joinPath(folder, ".lock");
    LATHE_TRY(makeDirs(folder));
    UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!lock)
        return failErrno(errno, "cannot write objects", path);
    const double deadline = monotonicSeconds() + kLockSeconds;
    while (::flock(lock.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        if (monotonicSeconds() > deadline)
            return fail(ErrorCode::Unavailable, "the store is being cleaned", store, "try again in a moment");
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return ObjectWriter(store, std::move(lock));
}

bool ObjectWriter::have(const std::string& path) const {
    // The new time keeps an old object from being taken for garbage before the event that names it is
    // written.
    return ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0 || (errno != ENOENT && exists(path));
}

Result<> ObjectWriter::place(const std::string& temporary, const std::string& path) {
    LATHE_TRY(makeDirs(parentPath(path)));
    if (::rename(temporary.c_str(), path.c_str()) != 0)
        return failErrno(errno, "cannot keep the object", path);
    return {};
}

Result<std::string> ObjectWriter::keepBytes(std::string_view bytes) {
    std::string sum = sha256Hex(bytes);
    const std::string path = objectPath(m_store, sum);
    if (!have(path)) {
        LATHE_TRY(makeDirs(parentPath(path)));
        LATHE_TRY(writeFileAtomic(path, bytes));
    }
    return sum;
}

Result<ArtifactFile> ObjectWriter::keepFile(const std::string& name, const std::string& source) {
    struct stat info {};
    if (::stat(source.c_str(), &info) != 0)
        return failErrno(errno, "cannot read", source);
    ArtifactFile file;
    file.path = name;
    file.bytes = static_cast<std::uint64_t>(info.st_size);
    file.executable = info.st_mode & S_IXUSR;
    LATHE_TRY_ASSIGN(file.sha256, sha256OfFile(source));
    if (have(objectPath(m_store, file.sha256)))
        return file;
    const std::string temporary = joinPath(m_store, fmt::format("objects/{}.new", randomHex(8)));
    const auto copied = [&]() -> Result<> {
        LATHE_TRY(copyBytes(source, temporary));
        LATHE_TRY_ASSIGN(file.sha256, sha256OfFile(temporary));  // it may have changed meanwhile
        if (::stat(temporary.c_str(), &info) == 0)
            file.bytes = static_cast<std::uint64_t>(info.st_size);
        return place(temporary, objectPath(m_store, file.sha256));
    }();
    if (!copied) {
        ::unlink(temporary.c_str());
        return std::unexpected(copied.error());
    }
    return file;
}

Result<std::string> ObjectWriter::keepManifest(std::vector<ArtifactFile>& files) {
    std::ranges::sort(files, {}, &ArtifactFile::path);
    Json list = Json::array();
    for (const ArtifactFile& file : files)
        list.push_back(fileToJson(file));
    return keepBytes(dumpJson(Json{{"files", std::move(list)}}));
}

Result<> ObjectWriter::settle() {
    if (::syncfs(m_lock.get()) != 0)
        return failErrno(errno, "cannot write the objects to the disk", m_store);
    return {};
}

Result<std::string> addArtifact(Store& store, const RunSummary& run, const std::string& name,
                                const std::string& type, const std::string& path,
                                const std::vector<std::string>& aliases, bool reference) {
    if (name.empty() || name.size() > 256 || name.find_first_of("/:") != std::string::npos)
        return fail(ErrorCode::Invalid, "an artifact's name is 1 to 256 characters without / and :", name);
    std::vector<ArtifactFile> files;
    LATHE_TRY_ASSIGN(ObjectWriter writer, ObjectWriter::open(store.path()));
    if (path.find("://") != std::string::npos) {
        ArtifactFile file;
        file.path = fileName(path).empty() ? "data" : fileName(path);
        file.ref = path;
        files.push_back(std::move(file));
    } else {
        LATHE_TRY_ASSIGN(const auto sources, filesAt(absolutePath(path)));
        for (const auto& [inner, source] : sources) {
            if (!reference) {
                LATHE_TRY_ASSIGN(ArtifactFile kept, writer.keepFile(inner, source));
                files.push_back(std::move(kept));
                continue;
            }
            ArtifactFile file;
            file.path = inner;
            file.ref = "file://" + source;
            struct stat info {};
            file.bytes = ::stat(source.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
            LATHE_TRY_ASSIGN(file.digest, fingerprint(source));
            files.push_back(std::move(file));
        }
    }
    LATHE_TRY_ASSIGN(const std::string manifest, writer.keepManifest(files));
    LATHE_TRY(writer.settle());
    std::uint64_t bytes = 0;
    for (const ArtifactFile& file : files)
        bytes += file.bytes;
    LATHE_TRY(appendToRun(store, run.spec,
                          Json{{"name", name},
                               {"type", type},
                               {"manifest", manifest},
                               {"role", "output"},
                               {"aliases", aliases},
                               {"files", files.size()},
                               {"bytes", bytes},
                               {"metadata", Json::object()}}));
    return manifest;
}

Result<> aliasArtifact(Store& store, const ArtifactVersion& version,
                       const std::vector<std::string>& aliases) {
    for (const std::string& alias : aliases)
        if (alias.empty() || alias == "latest" || alias.find_first_of("/:") != std::string::npos ||
            (alias[0] == 'v' && alias.size() > 1 &&
             alias.find_first_not_of("0123456789", 1) == std::string::npos))
            return fail(ErrorCode::Invalid, "no alias: latest and v0, v1 … have their meaning already",
                        alias);
    const std::vector<ArtifactUse>& uses = version.madeBy.empty() ? version.usedBy : version.madeBy;
    if (uses.empty())
        return fail(ErrorCode::NotFound, "no run of this store knows the artifact", version.name);
    LATHE_TRY_ASSIGN(const RunSummary run, store.run(uses.front().run));
    return appendToRun(store, run.spec,
                       Json{{"name", version.name},
                            {"type", version.type},
                            {"manifest", version.manifest},
                            {"role", "alias"},
                            {"aliases", aliases},
                            {"files", version.files},
                            {"bytes", version.bytes},
                            {"metadata", Json::object()}});
}

}  // namespace lathe::record
