// SPDX-License-Identifier: Apache-2.0
#include "data/image_sets.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"
#include "data/gzip.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace lathe::data {

namespace {

constexpr std::size_t kLargestImageFile = std::size_t{256} << 20;

bool namedAsImage(std::string_view name) {
    const std::string ending = extension(name);
    return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

Result<> collect(const std::string& root, const std::string& relative, int depth,
                 std::vector<std::string>& files) {
    LATHE_TRY_ASSIGN(const auto names, listDir(joinPath(root, relative)));
    for (const std::string& name : names) {
        if (name.starts_with('.'))
            continue;
        const std::string path = relative + "/" + name;
        if (namedAsImage(name))
            files.push_back(path);
        else if (depth > 0 && isDirectory(joinPath(root, path)))
            LATHE_TRY(collect(root, path, depth - 1, files));
    }
    return {};
}

// The file of `folder` that begins so, or empty.
Result<std::string> findFile(const std::string& folder, const std::string& beginning) {
    LATHE_TRY_ASSIGN(const auto names, listDir(folder));
    for (const std::string& name : names)
        if (name.starts_with(beginning) && !isDirectory(joinPath(folder, name)))
            return joinPath(folder, name);
    return std::string();
}

}  // namespace

Result<> MemoryImages::read(std::uint64_t index, std::uint64_t, Sample& sample) const {
    sample.image.height = m_info.height;
    sample.image.width = m_info.width;
    sample.image.channels = m_info.channels;
    const auto bytes = static_cast<std::size_t>(sample.image.bytes());
    sample.image.pixels.resize(bytes);
    std::memcpy(sample.image.pixels.data(), m_pixels.data() + index * bytes, bytes);
    sample.label = m_labels[index];
    return {};
}

Result<std::shared_ptr<const ImageFolder>> ImageFolder::open(const std::string& path, std::int64_t least,
                                                             const std::vector<std::string>& classes) {
    auto folder = std::make_shared<ImageFolder>();
    folder->m_path = path;
    folder->m_least = least;
    folder->m_info.input = DatasetInfo::Input::Image;
    folder->m_info.channels = 3;
    LATHE_TRY_ASSIGN(const auto names, listDir(path));
    std::vector<std::string>& known = folder->m_info.classNames;
    known = classes;
    for (const std::string& name : names) {
        if (name.starts_with('.') || !isDirectory(joinPath(path, name)))
            continue;
        std::vector<std::string> files;
        LATHE_TRY(collect(path, name, 4, files));
        if (files.empty())
            continue;
        auto label = std::ranges::find(known, name);
        if (label == known.end()) {
            if (!classes.empty())
                return fail(ErrorCode::Invalid,
                            fmt::format("the class `{}` is not among the {} of the training images",
                                        escapedForDisplay(name, 80), classes.size()),
                            path, "give both parts the same class folders");
            known.push_back(name);
            label = std::prev(known.end());
        }
        for (std::string& file : files)
            folder->m_files.push_back({std::move(file), static_cast<std::int32_t>(label - known.begin())});
    }
    if (folder->m_files.empty())
        return fail(ErrorCode::Invalid, "there is no class folder with PNG or JPEG files in it", path,
                    "put images into one folder a class: PATH/cat/1.jpg, PATH/dog/1.jpg");
    folder->m_info.classes = static_cast<std::int64_t>(known.size());
    return std::shared_ptr<const ImageFolder>(std::move(folder));
}

std::string ImageFolder::fullPath(std::uint64_t index) const {
    return joinPath(m_path, m_files[index].path);
}

Result<> ImageFolder::read(std::uint64_t index, std::uint64_t, Sample& sample) const {
    const std::string path = fullPath(index);
    LATHE_TRY_ASSIGN(const std::string bytes, readFile(path, kLargestImageFile));
    sample.label = m_files[index].label;
    return decodeImage(bytes, m_least, sample.image, path);
}

Result<std::vector<std::string>> mnistPrefixes(const std::string& folder) {
    constexpr std::string_view mark = "-images";
    std::vector<std::string> prefixes;
    LATHE_TRY_ASSIGN(const auto names, listDir(folder));
    for (const std::string& name : names) {
        const auto at = name.find(mark);
        if (at != std::string::npos && name.find("idx3") != std::string::npos)
            prefixes.push_back(name.substr(0, at));
    }
    prefixes.erase(std::ranges::unique(prefixes).begin(), prefixes.end());
    return prefixes;
}

Result<std::shared_ptr<const MemoryImages>> openMnist(const std::string& folder, const std::string& prefix) {
    LATHE_TRY_ASSIGN(const std::string imagePath, findFile(folder, prefix + "-images"));
    LATHE_TRY_ASSIGN(const std::string labelPath, findFile(folder, prefix + "-labels"));
    if (labelPath.empty())
        return fail(ErrorCode::NotFound, fmt::format("there are images but no labels of `{}`", prefix),
                    folder, fmt::format("put {}-labels-idx1-ubyte beside them", prefix));
    LATHE_TRY_ASSIGN(std::string imageBytes, readPlainOrGzip(imagePath));
    LATHE_TRY_ASSIGN(std::string labelBytes, readPlainOrGzip(labelPath));
    LATHE_TRY_ASSIGN(Array images, parseIdx(std::move(imageBytes), imagePath));
    LATHE_TRY_ASSIGN(const Array labels, parseIdx(std::move(labelBytes), labelPath));
    if (images.shape.size() != 3 || labels.shape.size() != 1 || images.rows() != labels.rows())
        return fail(ErrorCode::Corrupt,
                    fmt::format("images {} and labels {} do not belong together", images.shapeText(),
                                labels.shapeText()),
                    imagePath);
    if (images.rows() == 0)
        return fail(ErrorCode::Invalid, "there are no images in it", imagePath);
    DatasetInfo info{.input = DatasetInfo::Input::Image,
                     .channels = 1,
                     .height = images.shape[1],
                     .width = images.shape[2]};
    std::vector<std::int32_t> values(static_cast<std::size_t>(labels.rows()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<unsigned char>(labels.bytes[i]);
        info.classes = std::max<std::int64_t>(info.classes, values[i] + 1);
    }
    info.classes = std::max<std::int64_t>(info.classes, 10);
    return std::make_shared<const MemoryImages>(std::move(info), std::move(images.bytes), std::move(values));
}

Result<std::shared_ptr<const MemoryImages>> openCifar(const std::vector<std::string>& files) {
    constexpr std::size_t side = 32, plane = side * side, pixels = 3 * plane;
    DatasetInfo info{
        .input = DatasetInfo::Input::Image, .channels = 3, .height = side, .width = side, .classes = 10};
    std::string all;
    std::vector<std::int32_t> labels;
    for (const std::string& file : files) {
        LATHE_TRY_ASSIGN(const std::string bytes, readPlainOrGzip(file));
        const std::size_t head = bytes.size() % (pixels + 1) == 0   ? 1
                                 : bytes.size() % (pixels + 2) == 0 ? 2
                                                                    : 0;
        if (head == 0 || bytes.empty())
            return fail(ErrorCode::Corrupt,
                        fmt::format("{} bytes are no whole number of CIFAR records: the file is truncated",
                                    bytes.size()),
                        file, "fetch the file again");
        if (head == 2)
            info.classes = 100;
        for (std::size_t at = 0; at < bytes.size(); at += head + pixels) {
            const int label = static_cast<unsigned char>(bytes[at + head - 1]);
            if (label >= info.classes)
                return fail(ErrorCode::Corrupt,
                            fmt::format("record {} has the label {}, but there are {} classes",
                                        at / (head + pixels), label, info.classes),
                            file);
            labels.push_back(label);
            const std::size_t begin = all.size();
            all.resize(begin + pixels);
            for (std::size_t channel = 0; channel < 3; ++channel)
                for (std::size_t i = 0; i < plane; ++i)
                    all[begin + i * 3 + channel] = bytes[at + head + channel * plane + i];
        }
    }
    return std::make_shared<const MemoryImages>(std::move(info), std::move(all), std::move(labels));
}

}  // namespace lathe::data
