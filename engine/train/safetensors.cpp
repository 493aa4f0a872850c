// SPDX-License-Identifier: Apache-2.0
#include "train/safetensors.h"

#include "core/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace lathe::train {

using tensor::DType;
using tensor::Shape;

namespace {

constexpr std::uint64_t kLongestHeader = 100 << 20;  // the limit of the reference implementation

constexpr std::array<std::pair<DType, std::string_view>, 8> kTypes = {{{DType::F32, "F32"},
                                                                       {DType::F64, "F64"},
                                                                       {DType::F16, "F16"},
                                                                       {DType::BF16, "BF16"},
                                                                       {DType::I32, "I32"},
                                                                       {DType::I64, "I64"},
                                                                       {DType::U8, "U8"},
                                                                       {DType::Bool, "BOOL"}}};

std::string_view typeName(DType type) {
    return std::ranges::find(kTypes, type, &std::pair<DType, std::string_view>::first)->second;
}

Result<> readExactly(int fd, void* target, std::uint64_t offset, std::uint64_t bytes,
                     const std::string& path) {
    auto* out = static_cast<char*>(target);
    while (bytes > 0) {
        const ssize_t got = ::pread(fd, out, bytes, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, "cannot read", path);
        if (got == 0)
            return fail(ErrorCode::Corrupt, "the file is truncated", path);
        out += got;
        offset += static_cast<std::uint64_t>(got);
        bytes -= static_cast<std::uint64_t>(got);
    }
    return {};
}

// Null if it is not a shape or its elements overflow.
std::optional<Shape> shapeFromJson(const Json& json) {
    if (!json.is_array() || json.size() > tensor::maxRank)
        return {};
    Shape shape;
    std::int64_t elements = 1;
    for (const Json& extent : json) {
        if (!extent.is_number_unsigned() ||
            __builtin_mul_overflow(elements, extent.get<std::int64_t>(), &elements) || elements < 0)
            return {};
        shape.append(extent.get<std::int64_t>());
    }
    return shape;
}

}  // namespace

Result<> writeSafetensors(const std::string& path, std::span<const NamedTensor> tensors,
                          const Json& metadata) {
    Json header = Json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::uint64_t offset = 0;
    for (const NamedTensor& tensor : tensors) {
        assert(tensor.shape.elements() == tensor.value.elements() && tensor.value.isContiguous());
        header[tensor.name] = {{"dtype", typeName(tensor.value.dtype())},
                               {"shape", std::vector<std::int64_t>(tensor.shape.extents().begin(),
                                                                   tensor.shape.extents().end())},
                               {"data_offsets", {offset, offset + tensor.value.bytes()}}};
        offset += tensor.value.bytes();
    }
    std::string text = dumpJson(header);
    text.resize((text.size() + 7) / 8 * 8, ' ');  // so that the data is aligned
    std::string head(8, '\0');
    for (std::size_t i = 0; i < 8; ++i)
        head[i] = static_cast<char>(text.size() >> (8 * i));
    head += text;

    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!fd)
        return failErrno(errno, "cannot create", path);
    LATHE_TRY(writeAll(fd.get(), head, path));
    for (const NamedTensor& tensor : tensors)
        LATHE_TRY(
            writeAll(fd.get(), {static_cast<const char*>(tensor.value.raw()), tensor.value.bytes()}, path));
    if (::fsync(fd.get()) != 0)
        return failErrno(errno, "cannot write", path);
    return {};
}

Result<SafetensorsFile> SafetensorsFile::open(const std::string& path) {
    SafetensorsFile file;
    file.m_path = path;
    file.m_fd.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!file.m_fd || ::fstat(file.m_fd.get(), &status) != 0)
        return failErrno(errno, "cannot open", path);
    const auto size = static_cast<std::uint64_t>(status.st_size);
    const auto corrupt = [&](std::string what) { return fail(ErrorCode::Corrupt, std::move(what), path); };

    std::array<unsigned char, 8> head{};
    if (size < head.size())
        return corrupt("the file is truncated");
    LATHE_TRY(readExactly(file.m_fd.get(), head.data(), 0, head.size(), path));
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < head.size(); ++i)
        length |= std::uint64_t{head[i]} << (8 * i);
    if (length > kLongestHeader)
        return corrupt("not a safetensors file: its header would be too long");
    const std::uint64_t dataBegin = head.size() + length;
    if (dataBegin > size)
        return corrupt("the file is truncated");
    std::string text(length, '\0');
    LATHE_TRY(readExactly(file.m_fd.get(), text.data(), head.size(), length, path));
    LATHE_TRY_ASSIGN(const Json header, parseJson(text, path));
    if (!header.is_object())
        return corrupt("not a safetensors file: its header is no object");

    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
    for (const auto& [name, value] : header.items()) {
        if (name == "__metadata__") {
            file.m_metadata = value;
            continue;
        }
        const std::string shown = escapedForDisplay(name, 100);
        const std::string type = getString(value, "dtype");
        const auto known = std::ranges::find(kTypes, type, &std::pair<DType, std::string_view>::second);
        if (known == kTypes.end())
            return corrupt(fmt::format("{} has the unknown type {}", shown, escapedForDisplay(type, 20)));
        const auto shape = shapeFromJson(value.value("shape", Json()));
        const Json offsets = value.value("data_offsets", Json());
        if (!shape || !offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
            !offsets[1].is_number_unsigned())
            return corrupt(fmt::format("{} has no proper shape or place", shown));
        const auto begin = offsets[0].get<std::uint64_t>(), end = offsets[1].get<std::uint64_t>();
        if (begin > end || end > size - dataBegin)
            return corrupt(end > begin ? fmt::format("the file is truncated: {} lies beyond its end", shown)
                                       : fmt::format("{} has no proper place", shown));
        const auto elements = static_cast<std::uint64_t>(shape->elements());
        if ((end - begin) / sizeOf(known->first) != elements || (end - begin) % sizeOf(known->first) != 0)
            return corrupt(
                fmt::format("{} of shape {} does not fill its {} bytes", shown, shape->text(), end - begin));
        ranges.emplace_back(begin, end);
        file.m_entries[name] = {known->first, *shape, dataBegin + begin, dataBegin + end};
    }
    std::ranges::sort(ranges);
    for (std::size_t i = 1; i < ranges.size(); ++i)
        if (ranges[i].first < ranges[i - 1].second)
            return corrupt("two tensors overlap");
    return file;
}

Result<> SafetensorsFile::read(const Entry& entry, std::int64_t first, const tensor::Tensor& target) const {
    assert(target.dtype() == entry.dtype && target.isContiguous());
    assert(first >= 0 && first + target.elements() <= entry.shape.elements());
    return readExactly(m_fd.get(), target.raw(),
                       entry.begin + static_cast<std::uint64_t>(first) * sizeOf(entry.dtype), target.bytes(),
                       m_path);
}

}  // namespace lathe::train
