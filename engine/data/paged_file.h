// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/json.h"
#include "data/augment.h"
#include "data/dataset.h"
#include "data/tokenizer.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace lathe::data {

// A data set packed into one file that is mapped into memory and read page by page (the idea of FFCV, Leclerc
// et al. 2023, arXiv:2306.12517): no folder of a million small files, and an order that is random among a few
// neighbouring pages at a time, so that a disk or a network file system streams.
//
//   0   "LATHEPK1"
//   8   u64 length of the header, then the header as JSON: kind, info, page, count, table, parts, facts
//   …   pages, each begun at a multiple of `page`; a sample does not cross pages unless it is longer than one
//   table  one entry a sample: u64 offset, u32 bytes, i32 label
//
// Samples of images are PNG, JPEG or raw pixels; of numbers, fp32 features and outputs. Tokens are u32 in one
// stretch for each part, with no table. All numbers are little-endian.

// What a pack holds, once opened. Several parts (train, validation) share one map.
class PagedFile {
public:
    // Corrupt if it is truncated or its table points outside.
    static Result<std::shared_ptr<const PagedFile>> open(const std::string& path);
    ~PagedFile();
    PagedFile(const PagedFile&) = delete;
    PagedFile& operator=(const PagedFile&) = delete;

    const DatasetInfo& info() const { return m_info; }
    const Json& header() const { return m_header; }
    const std::string& path() const { return m_path; }
    bool hasPart(std::string_view part) const;
    // "train" or "validation". `context` is for tokens, `least` for images (see decodeImage).
    static Result<std::shared_ptr<const Dataset>> part(const std::shared_ptr<const PagedFile>& file,
                                                       std::string_view part, std::int64_t context,
                                                       std::int64_t least);

    struct Entry {
        std::uint64_t offset;
        std::uint32_t bytes;
        std::int32_t label;
    };
    Entry entry(std::uint64_t sample) const;
    std::string_view bytes(const Entry& entry) const { return {m_map + entry.offset, entry.bytes}; }
    void willNeed(std::uint64_t offset, std::uint64_t bytes) const;
    std::int64_t pageBytes() const { return m_page; }

private:
    PagedFile() = default;
    Result<> read(std::string_view on);

    std::string m_path;
    const char* m_map = nullptr;
    std::uint64_t m_size = 0;
    Json m_header;
    DatasetInfo m_info;
    std::int64_t m_page = 0;
    std::uint64_t m_count = 0, m_table = 0;
};

struct PackOptions {
    std::int64_t page = 4 << 20;
    std::int64_t size = 0;  // images: shorter side to shrink to; 0: as they are
    int jpegQuality = 90;   // of shrunk images; 0: raw pixels
    Json facts = Json::object();
};

// Writes both parts (validation may be null) to `path`, atomically. Gives the bytes written.
Result<std::uint64_t> writePaged(const std::string& path, const Dataset& train, const Dataset* validation,
                                 const PackOptions& options);

}  // namespace lathe::data
