// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "host/host.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The packets of SFTP version 3 (draft-ietf-secsh-filexfer-02), which every server speaks. libssh's own SFTP
// calls block the one thread that may use its session, and with it every other channel; requests and answers
// as values run beside them, any number at a time.
namespace lathe::host {

enum class Sftp : std::uint8_t {
    Init = 1,
    Version = 2,
    Open = 3,
    Close = 4,
    Read = 5,
    Write = 6,
    Lstat = 7,
    Fstat = 8,
    Setstat = 9,
    Fsetstat = 10,
    Opendir = 11,
    Readdir = 12,
    Remove = 13,
    Mkdir = 14,
    Rmdir = 15,
    Realpath = 16,
    Stat = 17,
    Rename = 18,
    Readlink = 19,
    Symlink = 20,
    Status = 101,
    Handle = 102,
    Data = 103,
    Name = 104,
    Attrs = 105,
    Extended = 200,
    ExtendedReply = 201,
};

enum SftpStatus : std::uint32_t {
    SftpOk = 0,
    SftpEof = 1,
    SftpNoSuchFile = 2,
    SftpDenied = 3,
    SftpFailure = 4,
    SftpUnsupported = 8,
};

enum SftpOpen : std::uint32_t {
    SftpRead = 1,
    SftpWrite = 2,
    SftpCreate = 8,
    SftpTruncate = 16,
    SftpExclusive = 32
};

// Builds the body of a packet: everything behind its type and id.
class SftpBody {
public:
    SftpBody& u32(std::uint32_t value);
    SftpBody& u64(std::uint64_t value);
    SftpBody& string(std::string_view bytes);
    SftpBody& mode(std::uint32_t mode);  // attributes with nothing but this mode
    SftpBody& noAttributes() { return u32(0); }
    std::string take() { return std::move(m_bytes); }

private:
    std::string m_bytes;
};

// Reads the body of a packet. Every length is checked against what is there; after a failure all reads give
// nothing.
class SftpReader {
public:
    explicit SftpReader(std::string_view bytes) : m_rest(bytes) {}
    std::optional<std::uint32_t> u32();
    std::optional<std::uint64_t> u64();
    std::optional<std::string_view> string();
    std::optional<FileInfo> attributes();
    std::size_t left() const { return m_rest.size(); }

private:
    std::optional<std::string_view> take(std::size_t size);
    std::string_view m_rest;
};

struct SftpReply {
    Sftp type = Sftp::Status;
    std::string body;  // behind the id
};

// A whole packet with its length; `id` is the second field of all but Init.
std::string sftpPacket(Sftp type, std::uint32_t id, std::string_view body);

}  // namespace lathe::host
