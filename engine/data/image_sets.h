// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/array.h"
#include "data/dataset.h"

#include <memory>
#include <string>
#include <vector>

namespace lathe::data {

// Images of one size that lie in memory: MNIST, CIFAR, arrays of bytes.
class MemoryImages final : public Dataset {
public:
    // `pixels` holds size() images of height × width × channels. Labels must be in [0, classes).
    MemoryImages(DatasetInfo info, std::string pixels, std::vector<std::int32_t> labels)
        : m_info(std::move(info)), m_pixels(std::move(pixels)), m_labels(std::move(labels)) {}

    const DatasetInfo& info() const override { return m_info; }
    std::uint64_t size() const override { return m_labels.size(); }
    Result<> read(std::uint64_t index, std::uint64_t phase, Sample& sample) const override;

private:
    DatasetInfo m_info;
    std::string m_pixels;
    std::vector<std::int32_t> m_labels;
};

// Files below a folder, one folder a class; classes are in the order of their names. Decoded when read.
class ImageFolder final : public Dataset {
public:
    // Invalid if there is no class with an image in it. `classes` (from the training part) gives the names
    // and their order, and an unknown one is an error.
    static Result<std::shared_ptr<const ImageFolder>> open(const std::string& path, std::int64_t least,
                                                           const std::vector<std::string>& classes = {});

    const DatasetInfo& info() const override { return m_info; }
    std::uint64_t size() const override { return m_files.size(); }
    Result<> read(std::uint64_t index, std::uint64_t phase, Sample& sample) const override;
    // "cats/3.png"
    const std::string& nameOf(std::uint64_t index) const { return m_files[index].path; }
    std::string fullPath(std::uint64_t index) const;
    std::int32_t labelOf(std::uint64_t index) const { return m_files[index].label; }

private:
    struct File {
        std::string path;
        std::int32_t label;
    };
    std::string m_path;
    std::int64_t m_least = 0;  // side that the decoder need not go below
    DatasetInfo m_info;
    std::vector<File> m_files;
};

// A pair of IDX files as MNIST names them, "PREFIX-images…" and "PREFIX-labels…", plain or gzip.
Result<std::shared_ptr<const MemoryImages>> openMnist(const std::string& folder, const std::string& prefix);
// Prefixes that the folder has: "train", "t10k", or any other.
Result<std::vector<std::string>> mnistPrefixes(const std::string& folder);

// Binary CIFAR files (www.cs.toronto.edu/~kriz/cifar.html): CIFAR-10 has one label byte a record, CIFAR-100
// two.
Result<std::shared_ptr<const MemoryImages>> openCifar(const std::vector<std::string>& files);

}  // namespace lathe::data
