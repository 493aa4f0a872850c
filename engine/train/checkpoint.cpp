// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::train {

using optim::Box;
using optim::NamedShard;
using tensor::Shape;

namespace {

constexpr std::string_view kReplaced = ".old";

constexpr std::int64_t kFormat = 2;
constexpr std::string_view kMarker = "checkpoint.json";
constexpr std::string_view kPiece = "lathe.piece:";
constexpr std::string_view kModelFile = "model-0.safetensors";
constexpr std::string_view kOptimizerFile = "optimizer-0.safetensors";

bool isWhole(const NamedShard& shard) {
    return shard.box.extent == shard.global && shard.begin == 0 && shard.end == shard.global.elements();
}

Json shapeJson(const Shape& shape) {
    return std::vector<std::int64_t>(shape.extents().begin(), shape.extents().end());
}

std::optional<Shape> shapeFromJson(const Json& json, int rank) {
    if (!json.is_array() || static_cast<int>(json.size()) != rank)
        return {};
    Shape shape;
    for (const Json& extent : json) {
        if (!extent.is_number_unsigned())
            return {};
        shape.append(extent.get<std::int64_t>());
    }
    return shape;
}

Result<std::uint64_t> writeShards(const std::string& path, std::span<const NamedShard> shards) {
    std::vector<NamedTensor> tensors;
    Json metadata = {{"format", "pt"}};  // what readers of the Python world expect of a row-major file
    for (const NamedShard& shard : shards) {
        if (isWhole(shard)) {
            tensors.push_back({shard.name, shard.global, shard.local});
            continue;
        }
        tensors.push_back({shard.name, {shard.end - shard.begin}, shard.local});
        metadata[std::string(kPiece) + shard.name] = dumpJson({{"global", shapeJson(shard.global)},
                                                               {"offset", shapeJson(shard.box.offset)},
                                                               {"extent", shapeJson(shard.box.extent)},
                                                               {"begin", shard.begin},
                                                               {"end", shard.end}});
    }
    LATHE_TRY(writeSafetensors(path, tensors, metadata));
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return failErrno(errno, "cannot write the checkpoint", path);
    return static_cast<std::uint64_t>(status.st_size);
}

Result<> syncFolder(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0)
        return failErrno(errno, "cannot write the checkpoint", path);
    return {};
}

Result<> renamePath(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0)
        return failErrno(errno, "cannot put the checkpoint in its place", to);
    return {};
}

Result<std::string> writeInto(const std::string& temporary, const std::string& final,
                              const CheckpointInfo& info, std::span<const NamedShard> parameters,
                              std::span<const NamedShard> optimizer) {
    LATHE_TRY(makeDirs(temporary));
    LATHE_TRY_ASSIGN(const auto modelBytes, writeShards(joinPath(temporary, kModelFile), parameters));
    LATHE_TRY_ASSIGN(const auto optimizerBytes, writeShards(joinPath(temporary, kOptimizerFile), optimizer));
    const Json marker = {{"format", kFormat},
                         {"step", info.step},
                         {"sample", info.sample},
                         {"optimizer_steps", info.optimizerSteps},
                         {"text", fmt::format("{:016x}", info.text)},
                         {"files", {{kModelFile, modelBytes}, {kOptimizerFile, optimizerBytes}}},
                         {"val_loss", info.valLoss ? jsonNumber(*info.valLoss) : Json()},
                         {"counters", info.counters},
                         {"input", info.input},
                         {"data", info.data},
                         {"recipe", info.recipe}};
    LATHE_TRY(writeFileAtomic(joinPath(temporary, kMarker), dumpJsonPretty(marker) + "\n"));
    LATHE_TRY(syncFolder(temporary));
    if (!exists(final)) {
        LATHE_TRY(renamePath(temporary, final));
        LATHE_TRY(syncFolder(parentPath(final)));
        return final;
    }
    // A resumed run comes past a step again. The two change places in one act: whenever it is cut off, a
    // whole one lies under the name.
    std::string old = temporary;
    if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, final.c_str(), RENAME_EXCHANGE) != 0) {
        if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP)
            return failErrno(errno, "cannot put the checkpoint in its place", final);
        // A file system that cannot (NFS): findCheckpoint() knows the old one under this name.
        old = temporary + std::string(kReplaced);
        LATHE_TRY(removeTree(old));
        LATHE_TRY(renamePath(final, old));
        LATHE_TRY(renamePath(temporary, final));
    }
    LATHE_TRY(syncFolder(parentPath(final)));
    LATHE_TRY(removeTree(old));
    return final;
}

std::optional<std::int64_t> stepOf(std::string_view name) {
    constexpr std::string_view prefix = "step_";
    std::int64_t step = 0;
    if (!name.starts_with(prefix))
        return {};
    name.remove_prefix(prefix.size());
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), step);
    if (error != std::errc{} || end != name.data() + name.size())
        return {};
    return step;
}

// Of ".step_N.tmp.old": what was under step_N when writing it anew was cut off.
std::optional<std::int64_t> replacedStepOf(std::string_view name) {
    constexpr std::string_view tail = ".tmp.old";
    static_assert(tail.ends_with(kReplaced));
    if (!name.starts_with('.') || !name.ends_with(tail))
        return {};
    return stepOf(name.substr(1, name.size() - 1 - tail.size()));
}

bool isComplete(const std::string& path) {
    return exists(joinPath(path, kMarker));
}

}  // namespace

Result<std::string> writeCheckpoint(const std::string& folder, const CheckpointInfo& info,
                                    std::span<const NamedShard> parameters,
                                    std::span<const NamedShard> optimizer) {
    const std::string name = fmt::format("step_{}", info.step);
    const std::string temporary = joinPath(folder, "." + name + ".tmp");
    LATHE_TRY(removeTree(temporary));
    auto written = writeInto(temporary, joinPath(folder, name), info, parameters, optimizer);
    if (!written)
        (void)removeTree(temporary);  // gives its space back; the failure itself is what matters
    return written;
}

Result<std::string> findCheckpoint(const std::string& path) {
    if (isComplete(path))
        return path;
    const std::string nested = joinPath(path, "checkpoints");
    const std::string folder = isDirectory(nested) ? nested : path;
    if (!isDirectory(folder))
        return fail(ErrorCode::NotFound, "no such checkpoint", path,
                    "give a run folder or one of its checkpoints/step_N");
    LATHE_TRY_ASSIGN(const auto names, listDir(folder));
    std::int64_t last = -1;
    std::string found;
    for (const std::string& name : names) {
        const auto step = name.starts_with('.') ? replacedStepOf(name) : stepOf(name);
        // A step's own folder before one that was about to be replaced by it: names with a dot come first.
        if (step && *step >= last && isComplete(joinPath(folder, name))) {
            last = *step;
            found = name;
        }
    }
    if (last < 0)
        return fail(ErrorCode::NotFound, "there is no complete checkpoint in it", path,
                    "give a run folder or one of its checkpoints/step_N");
    return joinPath(folder, found);
}

Result<std::vector<std::int64_t>> completeSteps(const std::string& folder) {
    LATHE_TRY_ASSIGN(const auto names, listDir(folder));
    std::vector<std::int64_t> steps;
    for (const std::string& name : names)
        if (const auto step = stepOf(name); step && isComplete(joinPath(folder, name)))
            steps.push_back(*step);
    return steps;
}

Result<> removeCheckpoint(const std::string& path) {
    if (::unlink(joinPath(path, kMarker).c_str()) != 0)
        return failErrno(errno, "cannot remove the checkpoint", path);
    return removeTree(path);
}

Result<Checkpoint> Checkpoint::open(const std::string& path) {
    const std::string markerPath = joinPath(path, kMarker);
    if (!exists(markerPath))
        return fail(ErrorCode::NotFound, "not a complete checkpoint: it has no checkpoint.json", path,
                    "give another step of the same run");
    LATHE_TRY_ASSIGN(const Json marker, readJsonFile(markerPath));
    if (getInt(marker, "format") != kFormat)
        return fail(ErrorCode::Unsupported,
                    fmt::format("written in format {}, but this Lathe reads format {}",
                                getInt(marker, "format"), kFormat),
                    markerPath, "use the Lathe that wrote it, or a newer one");
    for (const char* key : {"recipe", "input", "data", "counters"})
        if (!marker.contains(key) || !marker[key].is_object())
            return fail(ErrorCode::Corrupt, fmt::format("`{}` is missing", key), markerPath);
    for (const char* key : {"step", "sample", "optimizer_steps"})
        if (!marker.contains(key) || !marker[key].is_number_unsigned())
            return fail(ErrorCode::Corrupt, fmt::format("`{}` is missing", key), markerPath);
    const std::string text = getString(marker, "text");
    Checkpoint checkpoint;
    checkpoint.m_path = path;
    checkpoint.m_info = {.step = getInt(marker, "step"),
                         .sample = marker["sample"].get<std::uint64_t>(),
                         .optimizerSteps = getInt(marker, "optimizer_steps"),
                         .recipe = marker.value("recipe", Json::object()),
                         .input = marker.value("input", Json::object()),
                         .data = marker.value("data", Json::object()),
                         .counters = marker.value("counters", Json::object()),
                         .valLoss = numberFromJson(marker.value("val_loss", Json()))};
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), checkpoint.m_info.text, 16);
    if (parsed.ec != std::errc{} || !marker.contains("files") || !marker["files"].is_object())
        return fail(ErrorCode::Corrupt, "`text` or `files` is missing", markerPath);
    for (const auto& [name, size] : marker["files"].items())
        LATHE_TRY(checkpoint.addFile(name, size.is_number_unsigned() ? size.get<std::uint64_t>() : 0));
    return checkpoint;
}

Result<> Checkpoint::addFile(const std::string& name, std::uint64_t size) {
    const bool model = name.starts_with("model-");
    if (name.find('/') != std::string::npos || !(model || name.starts_with("optimizer-")))
        return fail(ErrorCode::Corrupt,
                    fmt::format("it lists the unknown file {}", escapedForDisplay(name, 80)), m_path);
    const std::string path = joinPath(m_path, name);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return failErrno(errno, "a file of the checkpoint is missing", path,
                         "use another checkpoint of the run");
    if (static_cast<std::uint64_t>(status.st_size) != size)
        return fail(ErrorCode::Corrupt,
                    fmt::format("the file is {}: {} of {} bytes",
                                static_cast<std::uint64_t>(status.st_size) < size ? "truncated" : "too long",
                                status.st_size, size),
                    path, "use another checkpoint of the run");
    LATHE_TRY_ASSIGN(auto file, SafetensorsFile::open(path));

    for (const auto& [tensorName, entry] : file.entries()) {
        Piece piece{.file = m_files.size(),
                    .entry = entry,
                    .place = {.name = tensorName,
                              .global = entry.shape,
                              .box = Box::whole(entry.shape),
                              .begin = 0,
                              .end = entry.shape.elements()}};
        const std::string described = getString(file.metadata(), std::string(kPiece) + tensorName);
        if (!described.empty()) {
            LATHE_TRY_ASSIGN(const Json json, parseJson(described, path));
            const Json global = json.value("global", Json());
            const int rank =
                global.is_array() ? static_cast<int>(std::min<std::size_t>(global.size(), 9)) : 9;
            const auto whole = shapeFromJson(global, rank);
            const auto offset = shapeFromJson(json.value("offset", Json()), rank);
            const auto extent = shapeFromJson(json.value("extent", Json()), rank);
            const std::int64_t begin = getInt(json, "begin", -1), end = getInt(json, "end", -1);
            bool proper = rank <= tensor::maxRank && whole && offset && extent && begin >= 0 &&
                          end - begin == entry.shape.elements() && end <= extent->elements();
            for (int dim = 0; proper && dim < rank; ++dim)
                proper = (*offset)[dim] + (*extent)[dim] <= (*whole)[dim];
            if (!proper)
                return fail(
                    ErrorCode::Corrupt,
                    fmt::format("the place of {} in it makes no sense", escapedForDisplay(tensorName, 100)),
                    path);
            piece.place = {
                .name = tensorName, .global = *whole, .box = {*offset, *extent}, .begin = begin, .end = end};
        }
        (model ? m_parameters : m_optimizer).emplace(tensorName, std::move(piece));
    }
    m_files.push_back(std::move(file));
    return {};
}

Result<> Checkpoint::readParameters(std::span<const NamedShard> parameters) const {
    std::set<std::string_view> known;
    for (const NamedShard& parameter : parameters)
        known.insert(parameter.name);
    LATHE_TRY(read(m_parameters, parameters));
    for (const auto& [name, piece] : m_parameters)
        if (!known.contains(name))
            return fail(ErrorCode::Invalid,
                        fmt::format("the checkpoint holds {} {}, which this model does not have", name,
                                    piece.place.global.text()),
                        m_path, "use the model.* keys of the run that wrote it");
    return {};
}

Result<> Checkpoint::readOptimizer(std::span<const NamedShard> state) const {
    return read(m_optimizer, state);
}

Result<> Checkpoint::read(const Pieces& pieces, std::span<const NamedShard> wanted) const {
    for (const NamedShard& shard : wanted) {
        const auto [begin, end] = pieces.equal_range(shard.name);
        if (begin == end)
            return fail(ErrorCode::Invalid,
                        fmt::format("the checkpoint does not hold {} {}", shard.name, shard.global.text()),
                        m_path, "use the model.* and optim.kind keys of the run that wrote it");
        std::int64_t filled = 0;
        for (auto it = begin; it != end; ++it) {
            const Piece& piece = it->second;
            if (piece.place.global != shard.global)
                return fail(ErrorCode::Invalid,
                            fmt::format("{} is {} in the checkpoint, but {} in this model", shard.name,
                                        piece.place.global.text(), shard.global.text()),
                            m_path, "use the model.* keys of the run that wrote it");
            if (piece.entry.dtype != shard.local.dtype())
                return fail(ErrorCode::Invalid,
                            fmt::format("{} is {} in the checkpoint, but {} in this model", shard.name,
                                        nameOf(piece.entry.dtype), nameOf(shard.local.dtype())),
                            m_path);
            LATHE_TRY_ASSIGN(const std::int64_t copied, copyOverlap(piece, shard));
            filled += copied;
        }
        if (filled != shard.end - shard.begin)
            return fail(ErrorCode::Corrupt,
                        fmt::format("{} of {} numbers of {} are in the checkpoint", filled,
                                    shard.end - shard.begin, shard.name),
                        m_path);
    }
    return {};
}

Result<std::int64_t> Checkpoint::copyOverlap(const Piece& piece, const NamedShard& wanted) const {
    const SafetensorsFile& file = m_files[piece.file];
    const NamedShard& have = piece.place;
    // Elements [begin, end) of the wanted box, which lie one after the other from `source` on in the piece's
    // box.
    const auto copyRun = [&](std::int64_t begin, std::int64_t end,
                             std::int64_t source) -> Result<std::int64_t> {
        const std::int64_t first = std::max({begin, wanted.begin, begin + have.begin - source});
        const std::int64_t last = std::min({end, wanted.end, begin + have.end - source});
        if (first >= last)
            return 0;
        LATHE_TRY(file.read(piece.entry, source + first - begin - have.begin,
                            wanted.local.window(first - wanted.begin, {last - first})));
        return last - first;
    };
    if (have.box.offset == wanted.box.offset && have.box.extent == wanted.box.extent)
        return copyRun(0, wanted.box.extent.elements(), 0);

    // Otherwise row by row of the wanted box's last dimension.
    const int rank = wanted.global.rank();
    const Shape haveStrides = have.box.extent.contiguousStrides();
    const std::int64_t width = wanted.box.extent.back();
    std::int64_t copied = 0;
    for (std::int64_t row = wanted.begin / width; row * width < wanted.end; ++row) {
        std::int64_t rest = row, source = 0;
        bool inside = true;
        for (int dim = rank - 2; dim >= 0; --dim) {
            const std::int64_t at =
                wanted.box.offset[dim] + rest % wanted.box.extent[dim] - have.box.offset[dim];
            rest /= wanted.box.extent[dim];
            inside = inside && at >= 0 && at < have.box.extent[dim];
            source += at * haveStrides[dim];
        }
        const std::int64_t shift = wanted.box.offset[rank - 1] - have.box.offset[rank - 1];
        const std::int64_t first = std::max<std::int64_t>(0, -shift);
        const std::int64_t last = std::min(width, have.box.extent.back() - shift);
        if (!inside || first >= last)
            continue;
        LATHE_TRY_ASSIGN(const std::int64_t run,
                         copyRun(row * width + first, row * width + last, source + first + shift));
        copied += run;
    }
    return copied;
}

}  // namespace lathe::train
