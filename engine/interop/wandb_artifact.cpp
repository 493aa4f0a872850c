// SPDX-License-Identifier: Apache-2.0
// The artifacts of a .wandb file; the rest of WandbReader is in wandb_reader.cpp.
#include "interop/media.h"
#include "interop/protobuf.h"
#include "interop/wandb_reader.h"

#include <algorithm>
#include <vector>

namespace lathe::interop {
namespace {

constexpr std::size_t kMaxFiles = 100'000;
constexpr std::int64_t kMaxCopied = 64
                                    << 20;  // a larger file is named, not copied: the collector must keep up

// ArtifactManifestEntry.
Json entryOf(std::string_view message, const std::string& store) {
    std::string path, digest, reference, local;
    std::int64_t size = 0;
    ProtoReader reader(message);
    while (const auto field = reader.next()) {
        switch (field->number) {
        case 1: path = field->bytes; break;
        case 2: digest = field->bytes; break;
        case 3: reference = field->bytes; break;
        case 4: size = field->integer(); break;
        case 6: local = field->bytes; break;
        default: break;
        }
    }
    Json entry{{"path", path}};
    if (reference.empty() && !local.empty() && size <= kMaxCopied) {
        const auto bytes = readFile(local, static_cast<std::size_t>(kMaxCopied));
        const auto sum = bytes ? keepObject(store, *bytes) : std::unexpected(bytes.error());
        if (sum) {
            entry["sha256"] = *sum;
            entry["bytes"] = bytes->size();
            return entry;
        }
    }
    entry["ref"] = !reference.empty() ? reference
                   : !local.empty()   ? "file://" + local
                                      : "wandb-md5:" + digest;
    entry["bytes"] = size;
    if (!digest.empty())
        entry["digest"] = digest;
    return entry;
}

}  // namespace

void WandbReader::takeArtifact(std::string_view message, SourceSink& sink) {
    std::string name, type, metadata;
    Json aliases = Json::array();
    std::vector<Json> files;
    std::int64_t bytes = 0;
    ProtoReader reader(message);
    while (const auto field = reader.next()) {
        switch (field->number) {
        case 4: type = field->bytes; break;
        case 5: name = field->bytes; break;
        case 8: metadata = field->bytes; break;
        case 11: aliases.push_back(std::string(field->bytes)); break;
        case 12: {
            if (m_options.store.empty())
                break;
            ProtoReader manifest(field->bytes);
            while (const auto part = manifest.next()) {
                if (part->number == 4 && files.size() < kMaxFiles) {
                    files.push_back(entryOf(part->bytes, m_options.store));
                    bytes += getInt(files.back(), "bytes");
                }
            }
            break;
        }
        default: break;
        }
    }
    // W&B makes artifacts of its own for tables and job descriptions.
    if (name.empty() || files.empty() || type == "run_table" || type == "job" || type == "wandb-history")
        return;
    std::ranges::sort(files, {}, [](const Json& file) { return getString(file, "path"); });
    const auto manifest = keepObject(m_options.store, dumpJson(Json{{"files", files}}));
    if (!manifest)
        return;
    const auto known = parseJson(metadata.empty() ? "{}" : metadata);
    sink.event(Json{{"e", "artifact"},
                    {"name", name},
                    {"type", type},
                    {"manifest", *manifest},
                    {"role", "output"},
                    {"aliases", aliases},
                    {"files", files.size()},
                    {"bytes", bytes},
                    {"metadata", known ? *known : Json::object()}});
}

}  // namespace lathe::interop
