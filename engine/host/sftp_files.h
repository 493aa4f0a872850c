// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/sftp_client.h"

#include <functional>
#include <vector>

namespace lathe::host {

// The file half of Host over SFTP. Blocks, thread-safe. Requests are pipelined: as many are under way as the
// data needs, so that a distant host costs round trips per file, not per block.
class SftpFiles {
public:
    SftpFiles(std::string host, SftpClient& client) : m_host(std::move(host)), m_client(client) {}

    Result<std::string> home();
    Result<FileInfo> stat(const std::string& path);
    Result<std::vector<DirEntry>> list(const std::string& path, const std::stop_token& stop = {});
    Result<FileContent> read(const std::string& path, std::size_t maxBytes, const std::stop_token& stop = {});
    Result<std::string> readFrom(const std::string& path, std::uint64_t offset, std::size_t maxBytes);
    Result<FileVersion> write(const std::string& path, std::string_view bytes,
                              std::optional<FileVersion> expected);
    // As write(), with this mode from the first byte on; without one as the server's umask has it.
    Result<> writeNew(const std::string& path, std::string_view bytes, std::optional<std::uint32_t> mode);
    Result<> makeDirs(const std::string& path, std::optional<std::uint32_t> mode = {});
    Result<> rename(const std::string& from, const std::string& to);
    Result<> remove(const std::string& path, bool recursive);

private:
    class OpenHandle;

    std::string on(const std::string& path) const;  // "gpu-a:/x", for errors
    std::unexpected<Error> failed(const SftpReply& reply, std::string_view what,
                                  const std::string& path) const;
    Result<> expectOk(Result<SftpReply> reply, std::string_view what, const std::string& path) const;
    Result<FileInfo> attributesOf(Result<SftpReply> reply, const std::string& path) const;
    Result<std::string> realPath(const std::string& path);
    Result<SftpReply> openOrClose(Sftp type, std::string body, const std::stop_token& stop);
    Result<OpenHandle> open(const std::string& path, std::uint32_t flags, std::string attributes,
                            const std::stop_token& stop = {});
    // [offset, offset+maxBytes) as far as the file reaches; `expected` bytes are asked for at once.
    Result<std::string> readRange(const OpenHandle& handle, std::uint64_t offset, std::size_t maxBytes,
                                  std::uint64_t expected, const std::string& path,
                                  const std::stop_token& stop);
    Result<> writeRange(const OpenHandle& handle, std::string_view bytes, const std::string& path);
    Result<> replace(const std::string& from, const std::string& to);
    Result<> removeFolder(const std::string& path, int depth);

    const std::string m_host;
    SftpClient& m_client;
};

}  // namespace lathe::host
