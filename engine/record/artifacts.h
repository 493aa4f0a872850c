// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/json.h"
#include "core/result.h"
#include "record/store.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::record {

// One file of an artifact: kept in the store by its content, or only referred to.
struct ArtifactFile {
    std::string path;    // within the artifact
    std::string sha256;  // of a kept one
    std::string ref;     // of a referred one: an address, "file:///…" for one of that machine
    std::string digest;  // of a referred one: "sha256:…", or "sampled-sha256:…" of a large one
    std::uint64_t bytes = 0;
    bool executable = false;
};

struct ArtifactUse {
    std::string run, runName;
    double time = 0;
};

// A version is a distinct manifest of its name; versions count in the order in which they came to be.
struct ArtifactVersion {
    std::string name, type, manifest;
    int number = 0;                    // 3 is "v3"
    std::vector<std::string> aliases;  // the newest has "latest"
    std::uint64_t files = 0, bytes = 0;
    double created = 0;
    Json metadata = Json::object();
    std::vector<ArtifactUse> madeBy, usedBy;
};

// Every version of the artifact `name`, or of all if it is empty, by name and number. Runs in the trash
// count.
Result<std::vector<ArtifactVersion>> listArtifacts(Store& store, const std::string& name = {});
// "data" (its newest version), "data:v3", "data:best". NotFound names the nearest.
Result<ArtifactVersion> findArtifact(Store& store, const std::string& spec);

Result<std::vector<ArtifactFile>> readManifest(const std::string& store, const std::string& manifest);
// Copies the kept files into `folder`, and checks each; referred ones are left out. Returns how many were
// copied.
Result<std::uint64_t> copyArtifact(const std::string& store, const std::string& manifest,
                                   const std::string& folder);

// What tells whether referred data is the same: of a file up to 64 MB "sha256:…" of all of it, else
// "sampled-sha256:…" of its size and sixteen pieces of 1 MiB spread over it.
Result<std::string> fingerprint(const std::string& path);

std::string objectPath(const std::string& store, std::string_view sha256);

// Writes objects. While one lives, garbage collection deletes nothing.
class ObjectWriter {
public:
    // Waits up to ten seconds for a collection that is deleting just now.
    static Result<ObjectWriter> open(const std::string& store);

    Result<std::string> keepBytes(std::string_view bytes);
    Result<ArtifactFile> keepFile(const std::string& name, const std::string& source);
    // The manifest of these files, which are sorted here; returns its hash.
    Result<std::string> keepManifest(std::vector<ArtifactFile>& files);
    // To the disk; before the event that names them.
    Result<> settle();

private:
    ObjectWriter(std::string store, UniqueFd lock) : m_store(std::move(store)), m_lock(std::move(lock)) {}
    bool have(const std::string& path) const;
    Result<> place(const std::string& temporary, const std::string& path);

    std::string m_store;
    UniqueFd m_lock;
};

// Keeps a file or the files of a folder as a version of `name`, said in the journal "meta" of the run.
// `reference`: only fingerprinted. Returns the manifest.
Result<std::string> addArtifact(Store& store, const RunSummary& run, const std::string& name,
                                const std::string& type, const std::string& path,
                                const std::vector<std::string>& aliases, bool reference);
// Gives a version further aliases; one that another version had moves.
Result<> aliasArtifact(Store& store, const ArtifactVersion& version, const std::vector<std::string>& aliases);

}  // namespace lathe::record
