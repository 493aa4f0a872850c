// SPDX-License-Identifier: Apache-2.0
#include "data/paged_file.h"

#include "core/text.h"
#include "data/hash.h"
#include "data/shuffle.h"
#include "data/text_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::data {

static_assert(std::endian::native == std::endian::little, "packs are mapped as they lie");

namespace {

constexpr std::string_view kMagic = "LATHEPK1";
constexpr std::uint64_t kEntryBytes = 16;
constexpr std::uint64_t kLongestHeader = 64 << 20;
constexpr std::uint64_t kPagesAtOnce = 16;  // among which the order of samples is random

Json infoJson(const DatasetInfo& info) {
    return {{"input", static_cast<int>(info.input)},
            {"vocabulary", info.vocabulary},
            {"channels", info.channels},
            {"height", info.height},
            {"width", info.width},
            {"features", info.features},
            {"classes", info.classes},
            {"outputs", info.outputs},
            {"class_names", info.classNames}};
}

// Samples [begin, end) of a pack.
class PackedSamples final : public Dataset {
public:
    PackedSamples(std::shared_ptr<const PagedFile> file, std::uint64_t begin, std::uint64_t end,
                  std::int64_t least)
        : m_file(std::move(file)), m_begin(begin), m_end(end), m_least(least) {
        const auto first = m_file->entry(begin), last = m_file->entry(end - 1);
        const std::uint64_t pages =
            (last.offset + last.bytes - first.offset) / static_cast<std::uint64_t>(m_file->pageBytes()) + 1;
        m_group = std::clamp<std::uint64_t>((end - begin) * kPagesAtOnce / pages, 1, end - begin);
    }

    const DatasetInfo& info() const override { return m_file->info(); }
    std::uint64_t size() const override { return m_end - m_begin; }

    std::uint64_t orderOf(std::uint64_t position, std::uint64_t key) const override {
        // Whole groups in random order, the incomplete one last, and a random order within each.
        const std::uint64_t groups = size() / m_group, group = position / m_group;
        const std::uint64_t which = group < groups ? Shuffle(groups, key)[group] : groups;
        const std::uint64_t length = which < groups ? m_group : size() - groups * m_group;
        const std::uint64_t first = which * m_group, within = position % m_group;
        if (within == 0) {
            const auto begin = m_file->entry(m_begin + first),
                       end = m_file->entry(m_begin + first + length - 1);
            m_file->willNeed(begin.offset, end.offset + end.bytes - begin.offset);
        }
        return first + Shuffle(length, mixBits(key, which))[within];
    }

    Result<> read(std::uint64_t index, std::uint64_t, Sample& sample) const override {
        const auto entry = m_file->entry(m_begin + index);
        const std::string_view bytes = m_file->bytes(entry);
        const DatasetInfo& what = info();
        sample.label = entry.label;
        if (what.input == DatasetInfo::Input::Image) {
            if (looksLikeImage(bytes))
                return decodeImage(bytes, m_least, sample.image,
                                   fmt::format("{}, sample {}", m_file->path(), m_begin + index));
            return readRaw(bytes, sample.image);
        }
        const auto features = static_cast<std::size_t>(what.features),
                   outputs = static_cast<std::size_t>(what.outputs);
        if (bytes.size() != (features + outputs) * sizeof(float))
            return fail(ErrorCode::Corrupt, fmt::format("sample {} has another length", index),
                        m_file->path());
        sample.numbers.resize(features);
        sample.values.resize(outputs);
        std::memcpy(sample.numbers.data(), bytes.data(), features * sizeof(float));
        std::memcpy(sample.values.data(), bytes.data() + features * sizeof(float), outputs * sizeof(float));
        return {};
    }

private:
    // Raw pixels behind their height, width and channels as u32.
    Result<> readRaw(std::string_view bytes, Image& image) const {
        std::uint32_t head[3] = {};
        const bool whole = bytes.size() >= sizeof head;
        if (whole)
            std::memcpy(head, bytes.data(), sizeof head);
        image.height = head[0];
        image.width = head[1];
        image.channels = head[2];
        if (!whole || head[0] > 65535 || head[1] > 65535 || (head[2] != 1 && head[2] != 3) ||
            static_cast<std::size_t>(image.bytes()) != bytes.size() - sizeof head)
            return fail(ErrorCode::Corrupt, "an image in the pack has no proper size", m_file->path());
        image.pixels.assign(bytes.begin() + sizeof head, bytes.end());
        return {};
    }

    std::shared_ptr<const PagedFile> m_file;
    std::uint64_t m_begin, m_end, m_group = 1;
    std::int64_t m_least;
};

// Appends to a file, padding where a page would be crossed.
class PageWriter {
public:
    PageWriter(int fd, std::string on, std::uint64_t page) : m_fd(fd), m_on(std::move(on)), m_page(page) {}

    Result<std::uint64_t> add(std::string_view bytes) {
        const std::uint64_t within = m_offset % m_page;
        if (within != 0 && within + bytes.size() > m_page)
            LATHE_TRY(pad(m_page - within));
        const std::uint64_t at = m_offset;
        LATHE_TRY(put(bytes));
        return at;
    }
    Result<> pad(std::uint64_t count) { return put(std::string(count, '\0')); }
    Result<> put(std::string_view bytes) {
        m_buffer += bytes;
        m_offset += bytes.size();
        return m_buffer.size() > (1 << 20) ? flush() : Result<>();
    }
    Result<> flush() {
        LATHE_TRY(writeAll(m_fd, m_buffer, m_on));
        m_buffer.clear();
        return {};
    }
    std::uint64_t offset() const { return m_offset; }

private:
    int m_fd;
    std::string m_on, m_buffer;
    std::uint64_t m_page, m_offset = 0;
};

Result<std::string> packedBytes(Sample& sample, const DatasetInfo& info, const PackOptions& options) {
    if (info.input == DatasetInfo::Input::Numbers) {
        std::string bytes(reinterpret_cast<const char*>(sample.numbers.data()),
                          sample.numbers.size() * sizeof(float));
        bytes.append(reinterpret_cast<const char*>(sample.values.data()),
                     sample.values.size() * sizeof(float));
        return bytes;
    }
    Image& image = sample.image;
    const std::int64_t shorter = std::min(image.height, image.width);
    Image smaller;
    if (options.size > 0 && shorter > options.size) {
        resizeImage(image, image.height * options.size / shorter, image.width * options.size / shorter,
                    smaller);
        std::swap(image, smaller);
    }
    // Small images of one size would only grow by a head.
    if (options.jpegQuality > 0 && info.height == 0)
        return encodeJpeg(image, options.jpegQuality);
    const std::uint32_t head[3] = {static_cast<std::uint32_t>(image.height),
                                   static_cast<std::uint32_t>(image.width),
                                   static_cast<std::uint32_t>(image.channels)};
    std::string bytes(reinterpret_cast<const char*>(head), sizeof head);
    bytes.append(reinterpret_cast<const char*>(image.pixels.data()), image.pixels.size());
    return bytes;
}

Result<> writeInto(int fd, const std::string& path,
                   const std::vector<std::pair<std::string, const Dataset*>>& parts,
                   const PackOptions& options) {
    const DatasetInfo& info = parts.front().second->info();
    const auto page = static_cast<std::uint64_t>(options.page);
    // The header's place is kept free; what it says is known only at the end.
    constexpr std::uint64_t headerRoom = 1 << 16;
    PageWriter writer(fd, path, page);
    std::string header = dumpJson(infoJson(info)) + dumpJson(options.facts);
    const std::uint64_t room = (header.size() + headerRoom + page - 1) / page * page;
    LATHE_TRY(writer.pad(room));
    Json ranges = Json::object();
    std::string table;
    std::uint64_t count = 0;
    for (const auto& [name, dataset] : parts) {
        const std::uint64_t begin = count;
        if (info.input == DatasetInfo::Input::Tokens) {
            const auto* stream = dynamic_cast<const TokenStream*>(dataset);
            if (!stream)
                return fail(ErrorCode::Internal, "tokens to pack that are no stream", path);
            const auto tokens = stream->tokens();
            const std::uint64_t at = writer.offset();
            LATHE_TRY(writer.put({reinterpret_cast<const char*>(tokens.data()), tokens.size_bytes()}));
            ranges[name] = {at, tokens.size()};
            continue;
        }
        Sample sample;
        for (std::uint64_t i = 0; i < dataset->size(); ++i, ++count) {
            LATHE_TRY(dataset->read(i, 0, sample));
            LATHE_TRY_ASSIGN(const std::string bytes, packedBytes(sample, info, options));
            if (bytes.size() > std::numeric_limits<std::uint32_t>::max())
                return fail(ErrorCode::Unsupported, "one sample is larger than 4 GB", path);
            LATHE_TRY_ASSIGN(const std::uint64_t offset, writer.add(bytes));
            const PagedFile::Entry entry{offset, static_cast<std::uint32_t>(bytes.size()), sample.label};
            table.append(reinterpret_cast<const char*>(&entry), sizeof entry);
        }
        ranges[name] = {begin, count};
    }
    const std::uint64_t tableAt = (writer.offset() + kEntryBytes - 1) / kEntryBytes * kEntryBytes;
    LATHE_TRY(writer.pad(tableAt - writer.offset()));
    LATHE_TRY(writer.put(table));
    LATHE_TRY(writer.flush());
    const std::string text = dumpJson({{"info", infoJson(info)},
                                       {"page", options.page},
                                       {"count", count},
                                       {"table", tableAt},
                                       {"parts", ranges},
                                       {"facts", options.facts}});
    const std::uint64_t length = text.size();
    std::string head(kMagic);
    head.append(reinterpret_cast<const char*>(&length), sizeof length);
    head += text;
    if (head.size() > room)
        return fail(ErrorCode::Internal, "the head of the pack is longer than its place", path);
    if (::pwrite(fd, head.data(), head.size(), 0) != static_cast<ssize_t>(head.size()) || ::fsync(fd) != 0)
        return failErrno(errno, "cannot write the pack", path);
    return {};
}

}  // namespace

static_assert(sizeof(PagedFile::Entry) == kEntryBytes);

Result<std::shared_ptr<const PagedFile>> PagedFile::open(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0)
        return failErrno(errno, "cannot open the pack", path, "check data.path");
    std::shared_ptr<PagedFile> file(new PagedFile);
    file->m_path = path;
    file->m_size = static_cast<std::uint64_t>(status.st_size);
    if (file->m_size < kMagic.size() + 8)
        return fail(ErrorCode::Corrupt, "the pack is truncated", path);
    void* map = ::mmap(nullptr, file->m_size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
    if (map == MAP_FAILED)
        return failErrno(errno, "cannot map the pack into memory", path);
    file->m_map = static_cast<const char*>(map);
    LATHE_TRY(file->read(path));
    return std::shared_ptr<const PagedFile>(std::move(file));
}

PagedFile::~PagedFile() {
    if (m_map)
        ::munmap(const_cast<char*>(m_map), m_size);
}

Result<> PagedFile::read(std::string_view on) {
    const auto corrupt = [&](std::string what) {
        return fail(ErrorCode::Corrupt, std::move(what), std::string(on),
                    "pack it again with `lathe-train pack`");
    };
    if (std::string_view(m_map, kMagic.size()) != kMagic)
        return corrupt("not a pack of lathe-train");
    std::uint64_t length = 0;
    std::memcpy(&length, m_map + kMagic.size(), sizeof length);
    const std::uint64_t begin = kMagic.size() + sizeof length;
    if (length > kLongestHeader || length > m_size - begin)
        return corrupt("the pack is truncated");
    LATHE_TRY_ASSIGN(m_header, parseJson(std::string_view(m_map + begin, length), on));
    const Json info = m_header.is_object() ? m_header.value("info", Json::object()) : Json::object();
    const std::int64_t input = getInt(info, "input", -1);
    m_page = getInt(m_header, "page", -1);
    const std::int64_t count = getInt(m_header, "count", -1), table = getInt(m_header, "table", -1);
    if (input < 0 || input > 2 || m_page < 1 || count < 0 || table < 0 ||
        static_cast<std::uint64_t>(table) > m_size ||
        static_cast<std::uint64_t>(count) > (m_size - static_cast<std::uint64_t>(table)) / kEntryBytes)
        return corrupt("the pack is truncated, or its head is damaged");
    m_count = static_cast<std::uint64_t>(count);
    m_table = static_cast<std::uint64_t>(table);
    m_info = {.input = static_cast<DatasetInfo::Input>(input),
              .vocabulary = getInt(info, "vocabulary"),
              .channels = getInt(info, "channels"),
              .height = getInt(info, "height"),
              .width = getInt(info, "width"),
              .features = getInt(info, "features"),
              .classes = getInt(info, "classes"),
              .outputs = getInt(info, "outputs")};
    for (const Json& name : info.value("class_names", Json::array()))
        if (name.is_string())
            m_info.classNames.push_back(name.get<std::string>());
    for (std::uint64_t i = 0; i < m_count; ++i) {
        const Entry at = entry(i);
        if (at.offset > m_size || at.bytes > m_size - at.offset)
            return corrupt(fmt::format("sample {} lies beyond the end of the pack", i));
        if (m_info.classes > 0 && (at.label < 0 || at.label >= m_info.classes))
            return corrupt(fmt::format("sample {} has the label {}, but there are {} classes", i, at.label,
                                       m_info.classes));
    }
    return {};
}

PagedFile::Entry PagedFile::entry(std::uint64_t sample) const {
    Entry entry{};
    std::memcpy(&entry, m_map + m_table + sample * kEntryBytes, sizeof entry);
    return entry;
}

void PagedFile::willNeed(std::uint64_t offset, std::uint64_t bytes) const {
    const auto system = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const std::uint64_t begin = offset / system * system;
    ::madvise(const_cast<char*>(m_map) + begin, std::min(m_size, offset + bytes) - begin, MADV_WILLNEED);
}

bool PagedFile::hasPart(std::string_view part) const {
    const Json parts = m_header.value("parts", Json::object());
    return parts.is_object() && parts.contains(std::string(part));
}

Result<std::shared_ptr<const Dataset>> PagedFile::part(const std::shared_ptr<const PagedFile>& file,
                                                       std::string_view part, std::int64_t context,
                                                       std::int64_t least) {
    const Json parts = file->m_header.value("parts", Json::object());
    const Json range = parts.is_object() ? parts.value(std::string(part), Json()) : Json();
    if (!range.is_array() || range.size() != 2 || !range[0].is_number_unsigned() ||
        !range[1].is_number_unsigned())
        return fail(ErrorCode::NotFound, fmt::format("the pack has no part `{}`", part), file->m_path);
    const auto first = range[0].get<std::uint64_t>(), second = range[1].get<std::uint64_t>();
    if (file->m_info.input == DatasetInfo::Input::Tokens) {
        if (first % sizeof(std::uint32_t) != 0 || first > file->m_size ||
            second > (file->m_size - first) / sizeof(std::uint32_t))
            return fail(ErrorCode::Corrupt, "the pack is truncated", file->m_path);
        const auto* tokens = reinterpret_cast<const std::uint32_t*>(file->m_map + first);
        LATHE_TRY_ASSIGN(auto stream, TokenStream::make({tokens, second}, file, file->m_info.vocabulary,
                                                        context, file->m_path));
        return std::shared_ptr<const Dataset>(std::move(stream));
    }
    if (second > file->m_count || first > second)
        return fail(ErrorCode::Corrupt, fmt::format("the part `{}` lies beyond the samples", part),
                    file->m_path);
    if (first == second)
        return fail(ErrorCode::Invalid, fmt::format("the part `{}` is empty", part), file->m_path);
    return std::make_shared<const PackedSamples>(file, first, second, least);
}

Result<std::uint64_t> writePaged(const std::string& path, const Dataset& train, const Dataset* validation,
                                 const PackOptions& options) {
    std::vector<std::pair<std::string, const Dataset*>> parts = {{"train", &train}};
    if (validation)
        parts.emplace_back("validation", validation);
    const std::string temporary = path + ".tmp";
    const UniqueFd fd(::open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!fd)
        return failErrno(errno, "cannot create the pack", temporary);
    auto written = writeInto(fd.get(), temporary, parts, options);
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0)
        written = failErrno(errno, "cannot put the pack in its place", path);
    if (!written) {
        ::unlink(temporary.c_str());
        return std::unexpected(written.error());
    }
    struct stat status {};
    ::fstat(fd.get(), &status);
    return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace lathe::data
