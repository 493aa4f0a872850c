// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/json.h"
#include "core/result.h"
#include "tensor/tensor.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace lathe::train {

// The safetensors container (huggingface.co/docs/safetensors): 64-bit little-endian length of a JSON header,
// the header, then the tensors' bytes, row-major, little-endian, without gaps.

struct NamedTensor {
    std::string name;
    tensor::Shape shape;   // as written into the header; its elements are `value`'s
    tensor::Tensor value;  // contiguous
};

// Streams the tensors to `path` without a copy of them, and syncs. `metadata` maps strings to strings.
Result<> writeSafetensors(const std::string& path, std::span<const NamedTensor> tensors,
                          const Json& metadata);

// An open file. The header is checked whole on opening: known dtypes, shapes that match their byte ranges,
// ranges inside the file and without overlap; so a truncated or hostile file is Corrupt here and not later.
class SafetensorsFile {
public:
    struct Entry {
        tensor::DType dtype = tensor::DType::F32;
        tensor::Shape shape;
        std::uint64_t begin = 0, end = 0;  // bytes in the file
    };

    static Result<SafetensorsFile> open(const std::string& path);

    const std::map<std::string, Entry>& entries() const { return m_entries; }
    const Json& metadata() const { return m_metadata; }
    const std::string& path() const { return m_path; }

    // Reads elements [first, first + target.elements()) of `entry` into `target`, which is contiguous, on the
    // CPU and of its dtype.
    Result<> read(const Entry& entry, std::int64_t first, const tensor::Tensor& target) const;

private:
    std::string m_path;
    UniqueFd m_fd;
    std::map<std::string, Entry> m_entries;
    Json m_metadata = Json::object();
};

}  // namespace lathe::train
