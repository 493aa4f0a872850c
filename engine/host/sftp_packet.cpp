// SPDX-License-Identifier: Apache-2.0
#include "host/sftp_packet.h"

#include <sys/stat.h>

namespace lathe::host {
namespace {

enum Attribute : std::uint32_t {
    HasSize = 1,
    HasOwner = 2,
    HasMode = 4,
    HasTimes = 8,
    HasExtended = 0x80000000,
};

void appendU32(std::string& to, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        to += static_cast<char>(value >> shift & 0xFF);
}

}  // namespace

SftpBody& SftpBody::u32(std::uint32_t value) {
    appendU32(m_bytes, value);
    return *this;
}

SftpBody& SftpBody::u64(std::uint64_t value) {
    u32(static_cast<std::uint32_t>(value >> 32));
    return u32(static_cast<std::uint32_t>(value));
}

SftpBody& SftpBody::string(std::string_view bytes) {
    u32(static_cast<std::uint32_t>(bytes.size()));
    m_bytes += bytes;
    return *this;
}

SftpBody& SftpBody::mode(std::uint32_t mode) {
    return u32(HasMode).u32(mode);
}

std::optional<std::string_view> SftpReader::take(std::size_t size) {
    if (size > m_rest.size()) {
        m_rest = {};
        return std::nullopt;
    }
    const auto taken = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return taken;
}

std::optional<std::uint32_t> SftpReader::u32() {
    const auto bytes = take(4);
    if (!bytes)
        return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : *bytes)
        value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

std::optional<std::uint64_t> SftpReader::u64() {
    const auto high = u32();
    const auto low = u32();
    if (!high || !low)
        return std::nullopt;
    return std::uint64_t{*high} << 32 | *low;
}

std::optional<std::string_view> SftpReader::string() {
    const auto size = u32();
    return size ? take(*size) : std::nullopt;
}

std::optional<FileInfo> SftpReader::attributes() {
    const auto flags = u32();
    if (!flags)
        return std::nullopt;
    FileInfo info;
    if (*flags & HasSize) {
        const auto size = u64();
        if (!size)
            return std::nullopt;
        info.size = *size;
    }
    if ((*flags & HasOwner) && !take(8))
        return std::nullopt;
    if (*flags & HasMode) {
        const auto mode = u32();
        if (!mode)
            return std::nullopt;
        info.mode = *mode & 07777;
        info.kind = S_ISREG(*mode)   ? FileKind::File
                    : S_ISDIR(*mode) ? FileKind::Folder
                    : S_ISLNK(*mode) ? FileKind::Link
                                     : FileKind::Other;
    }
    if (*flags & HasTimes) {
        const auto accessed = u32();
        const auto modified = u32();
        if (!accessed || !modified)
            return std::nullopt;
        info.modified = *modified;
    }
    if (*flags & HasExtended) {
        const auto count = u32();
        if (!count)
            return std::nullopt;
        for (std::uint32_t i = 0; i < *count; ++i) {
            if (!string() || !string())
                return std::nullopt;
        }
    }
    return info;
}

std::string sftpPacket(Sftp type, std::uint32_t id, std::string_view body) {
    std::string packet;
    packet.reserve(9 + body.size());
    appendU32(packet, static_cast<std::uint32_t>(5 + body.size()));
    packet += static_cast<char>(type);
    appendU32(packet, id);
    packet += body;
    return packet;
}

}  // namespace lathe::host
