// SPDX-License-Identifier: Apache-2.0
#include "host/sftp_files.h"

#include "core/id.h"
#include "core/paths.h"
#include "core/text.h"
#include "host/path_rules.h"

#include <algorithm>
#include <deque>
#include <fmt/format.h>

namespace lathe::host {
namespace {

constexpr std::uint32_t blockBytes = 32768;  // what every server takes
constexpr std::size_t blocksUnderWay = 64;   // 2 MiB: a link of 170 Mbit/s at 100 ms stays full
constexpr std::size_t listsUnderWay = 8;
constexpr std::size_t maxEntries = 1'000'000;
constexpr int maxDepth = 256;

FileVersion versionOf(const FileInfo& info) {
    return {info.size, info.modified};
}

}  // namespace

// Closes the handle without waiting: the answer tells nothing that a reader could use.
class SftpFiles::OpenHandle {
public:
    OpenHandle(SftpClient& client, std::string bytes) : m_client(&client), m_bytes(std::move(bytes)) {}
    OpenHandle(OpenHandle&& other) noexcept
        : m_client(std::exchange(other.m_client, nullptr)), m_bytes(std::move(other.m_bytes)) {}
    OpenHandle& operator=(OpenHandle&&) = delete;
    ~OpenHandle() {
        if (m_client)
            (void)close();
    }
    SftpClient::Answer close() {
        return std::exchange(m_client, nullptr)->request(Sftp::Close, SftpBody().string(m_bytes).take());
    }
    const std::string& bytes() const { return m_bytes; }

private:
    SftpClient* m_client;
    std::string m_bytes;
};

std::string SftpFiles::on(const std::string& path) const {
    return m_host + ":" + escapedForDisplay(path);
}

std::unexpected<Error> SftpFiles::failed(const SftpReply& reply, std::string_view what,
                                         const std::string& path) const {
    if (reply.type != Sftp::Status)
        return fail(ErrorCode::Corrupt, fmt::format("{}: the answer is of the wrong kind", what), on(path));
    SftpReader reader(reply.body);
    const auto code = reader.u32();
    const std::string said = escapedForDisplay(reader.string().value_or(""), 200);
    if (!code)
        return fail(ErrorCode::Corrupt, fmt::format("{}: the answer is cut short", what), on(path));
    switch (*code) {
    case SftpNoSuchFile:
        return fail(ErrorCode::NotFound, fmt::format("{}: no such file or folder", what), on(path));
    case SftpDenied: return fail(ErrorCode::Denied, fmt::format("{}: permission denied", what), on(path));
    case SftpUnsupported:
        return fail(ErrorCode::Unsupported, fmt::format("{}: not possible on this server", what), on(path));
    // SFTP 3 has one code for a full disk, a name that is taken and all the rest.
    default:
        return fail(ErrorCode::Io, fmt::format("{}: {}", what, said.empty() ? "it failed there" : said),
                    on(path), "is there space left (`df`), and may this user write there?");
    }
}

Result<> SftpFiles::expectOk(Result<SftpReply> reply, std::string_view what, const std::string& path) const {
    if (!reply)
        return std::unexpected(std::move(reply).error());
    if (reply->type == Sftp::Status && SftpReader(reply->body).u32() == SftpOk)
        return {};
    return failed(*reply, what, path);
}

Result<FileInfo> SftpFiles::attributesOf(Result<SftpReply> reply, const std::string& path) const {
    if (!reply)
        return std::unexpected(std::move(reply).error());
    if (reply->type != Sftp::Attrs)
        return failed(*reply, "cannot look at", path);
    const auto info = SftpReader(reply->body).attributes();
    if (!info)
        return fail(ErrorCode::Corrupt, "cannot look at: the answer is cut short", on(path));
    return *info;
}

Result<std::string> SftpFiles::realPath(const std::string& path) {
    LATHE_TRY_ASSIGN(const SftpReply reply,
                     m_client.request(Sftp::Realpath, SftpBody().string(path).take()).wait());
    if (reply.type != Sftp::Name)
        return failed(reply, "cannot resolve", path);
    SftpReader reader(reply.body);
    const auto count = reader.u32();
    const auto name = reader.string();
    if (count != 1U || !name || !checkPath(std::string(*name)))
        return fail(ErrorCode::Corrupt, "cannot resolve: the answer is no path", on(path));
    return std::string(*name);
}

Result<std::string> SftpFiles::home() {
    return realPath(".");
}

Result<FileInfo> SftpFiles::stat(const std::string& path) {
    LATHE_TRY(checkPath(path, on(path)));
    auto own = m_client.request(Sftp::Lstat, SftpBody().string(path).take());
    auto followed = m_client.request(Sftp::Stat, SftpBody().string(path).take());
    LATHE_TRY_ASSIGN(FileInfo info, attributesOf(own.wait(), path));
    if (info.kind != FileKind::Link)
        return info;
    if (const auto target = attributesOf(followed.wait(), path)) {
        info = *target;
        info.linkToFolder = info.kind == FileKind::Folder;
        info.kind = FileKind::Link;
    }
    return info;
}

// A handle that comes after its request was given up is closed at once: servers have few of them (OpenSSH: a
// hundred or so), and they stay open as long as the connection.
Result<SftpReply> SftpFiles::openOrClose(Sftp type, std::string body, const std::stop_token& stop) {
    return m_client.request(type, std::move(body)).wait(stop, [client = &m_client](const SftpReply& late) {
        const auto handle = SftpReader(late.body).string();
        if (late.type == Sftp::Handle && handle)
            OpenHandle(*client, std::string(*handle)).close();
    });
}

Result<SftpFiles::OpenHandle> SftpFiles::open(const std::string& path, std::uint32_t flags,
                                              std::string attributes, const std::stop_token& stop) {
    std::string body = SftpBody().string(path).u32(flags).take() + attributes;
    LATHE_TRY_ASSIGN(const SftpReply reply, openOrClose(Sftp::Open, std::move(body), stop));
    const auto handle = SftpReader(reply.body).string();
    if (reply.type != Sftp::Handle || !handle)
        return failed(reply, "cannot open", path);
    return OpenHandle(m_client, std::string(*handle));
}

Result<std::vector<DirEntry>> SftpFiles::list(const std::string& path, const std::stop_token& stop) {
    LATHE_TRY(checkPath(path, on(path)));
    LATHE_TRY_ASSIGN(const SftpReply opened,
                     openOrClose(Sftp::Opendir, SftpBody().string(path).take(), stop));
    const auto raw = SftpReader(opened.body).string();
    if (opened.type != Sftp::Handle || !raw)
        return failed(opened, "cannot list", path);
    const OpenHandle handle(m_client, std::string(*raw));

    std::vector<DirEntry> entries;
    std::deque<SftpClient::Answer> answers;
    for (bool end = false; !end;) {
        while (answers.size() < listsUnderWay)
            answers.push_back(m_client.request(Sftp::Readdir, SftpBody().string(handle.bytes()).take()));
        LATHE_TRY_ASSIGN(const SftpReply reply, answers.front().wait(stop));
        answers.pop_front();
        SftpReader reader(reply.body);
        const auto count = reader.u32();
        if (reply.type == Sftp::Status && count == SftpEof)
            break;
        if (reply.type != Sftp::Name || !count)
            return failed(reply, "cannot list", path);
        for (std::uint32_t i = 0; i < *count; ++i) {
            const auto name = reader.string();
            const auto shown = reader.string();  // as `ls -l` would show it: not for programs
            const auto info = reader.attributes();
            if (!name || !shown || !info)
                return fail(ErrorCode::Corrupt, "cannot list: the answer is cut short", on(path));
            if (*name == "." || *name == "..")
                continue;
            // A name with a slash would lead out of the folder it is said to be in.
            if (!isEntryName(*name))
                return fail(ErrorCode::Corrupt, "cannot list: the host sent a name that no folder can hold",
                            on(path));
            if (entries.size() >= maxEntries)
                return fail(ErrorCode::Unsupported, fmt::format("has more than {} entries", maxEntries),
                            on(path));
            entries.push_back({std::string(*name), *info});
        }
    }

    std::deque<std::pair<std::size_t, SftpClient::Answer>> links;
    const auto settle = [&]() -> Result<> {
        auto [index, answer] = std::move(links.front());
        links.pop_front();
        LATHE_TRY_ASSIGN(SftpReply reply, answer.wait(stop));
        if (const auto target = attributesOf(std::move(reply), path)) {
            FileInfo& info = entries[index].info;
            info = *target;
            info.linkToFolder = info.kind == FileKind::Folder;
            info.kind = FileKind::Link;
        }
        return {};
    };
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].info.kind != FileKind::Link)
            continue;
        if (links.size() >= blocksUnderWay)
            LATHE_TRY(settle());
        links.emplace_back(
            i, m_client.request(Sftp::Stat, SftpBody().string(joinPath(path, entries[i].name)).take()));
    }
    while (!links.empty())
        LATHE_TRY(settle());
    std::ranges::sort(entries, {}, &DirEntry::name);
    return entries;
}

Result<std::string> SftpFiles::readRange(const OpenHandle& handle, std::uint64_t offset, std::size_t maxBytes,
                                         std::uint64_t expected, const std::string& path,
                                         const std::stop_token& stop) {
    struct Block {
        std::uint64_t offset;
        std::uint32_t size;
        SftpClient::Answer answer;
    };
    const auto ask = [&](std::uint64_t at, std::uint32_t size) {
        return Block{
            at, size,
            m_client.request(Sftp::Read, SftpBody().string(handle.bytes()).u64(at).u32(size).take())};
    };
    std::string bytes;
    std::deque<Block> blocks;
    const std::uint64_t end = offset + maxBytes;
    std::uint64_t next = offset;
    // One block more than the file is said to have: it finds its end, or that it has grown, in the same round
    // trip.
    const std::uint64_t foreseen = std::min<std::uint64_t>(end, offset + expected + 1);
    for (;;) {
        while (blocks.size() < blocksUnderWay && next < end && (next < foreseen || blocks.empty())) {
            const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(blockBytes, end - next));
            blocks.push_back(ask(next, size));
            next += size;
        }
        if (blocks.empty())
            return bytes;
        Block block = std::move(blocks.front());
        blocks.pop_front();
        LATHE_TRY_ASSIGN(const SftpReply reply, block.answer.wait(stop));
        SftpReader reader(reply.body);
        if (reply.type == Sftp::Status && reader.u32() == SftpEof)
            return bytes;
        const auto data = reply.type == Sftp::Data ? SftpReader(reply.body).string() : std::nullopt;
        if (!data)
            return failed(reply, "cannot read", path);
        if (data->size() > block.size || data->empty())
            return fail(ErrorCode::Corrupt, "cannot read: the host sent another amount than it was asked for",
                        on(path));
        bytes += *data;
        if (data->size() < block.size) {
            const auto got = static_cast<std::uint32_t>(data->size());
            blocks.push_front(ask(block.offset + got, block.size - got));
        }
    }
}

Result<FileContent> SftpFiles::read(const std::string& path, std::size_t maxBytes,
                                    const std::stop_token& stop) {
    LATHE_TRY(checkPath(path, on(path)));
    // Before opening: a server that opens a named pipe hangs, and every other file with it.
    auto before = m_client.request(Sftp::Stat, SftpBody().string(path).take());
    LATHE_TRY_ASSIGN(const FileInfo info, attributesOf(before.wait(stop), path));
    if (info.kind != FileKind::File)
        return fail(ErrorCode::Invalid,
                    info.kind == FileKind::Folder ? "is a folder, not a file"
                                                  : "is a device or a pipe, not a file",
                    on(path));
    LATHE_TRY(checkSize(info.size, maxBytes, on(path)));
    LATHE_TRY_ASSIGN(const OpenHandle handle, open(path, SftpRead, SftpBody().noAttributes().take(), stop));
    auto opened = m_client.request(Sftp::Fstat, SftpBody().string(handle.bytes()).take());
    LATHE_TRY_ASSIGN(std::string bytes, readRange(handle, 0, maxBytes + 1, info.size, path, stop));
    LATHE_TRY(checkSize(bytes.size(), maxBytes, on(path)));
    LATHE_TRY_ASSIGN(const FileInfo version, attributesOf(opened.wait(stop), path));
    return FileContent{std::move(bytes), versionOf(version)};
}

Result<std::string> SftpFiles::readFrom(const std::string& path, std::uint64_t offset, std::size_t maxBytes) {
    LATHE_TRY(checkPath(path, on(path)));
    LATHE_TRY_ASSIGN(const FileInfo info,
                     attributesOf(m_client.request(Sftp::Stat, SftpBody().string(path).take()).wait(), path));
    if (info.kind != FileKind::File)
        return fail(ErrorCode::Invalid, "is not a file", on(path));
    LATHE_TRY_ASSIGN(const OpenHandle handle, open(path, SftpRead, SftpBody().noAttributes().take()));
    return readRange(handle, offset, maxBytes, info.size > offset ? info.size - offset : 0, path, {});
}

Result<> SftpFiles::writeRange(const OpenHandle& handle, std::string_view bytes, const std::string& path) {
    std::deque<SftpClient::Answer> answers;
    const auto settle = [&]() -> Result<> {
        LATHE_TRY(expectOk(answers.front().wait(), "cannot write", path));
        answers.pop_front();
        return {};
    };
    for (std::size_t at = 0; at < bytes.size(); at += blockBytes) {
        if (answers.size() >= blocksUnderWay)
            LATHE_TRY(settle());
        answers.push_back(m_client.request(
            Sftp::Write,
            SftpBody().string(handle.bytes()).u64(at).string(bytes.substr(at, blockBytes)).take()));
    }
    while (!answers.empty())
        LATHE_TRY(settle());
    return {};
}

Result<> SftpFiles::replace(const std::string& from, const std::string& to) {
    if (!m_client.supports("posix-rename@openssh.com"))
        return fail(ErrorCode::Unsupported, "this server cannot replace a file in one step", on(to),
                    "use a host with OpenSSH's sftp-server");
    return expectOk(m_client
                        .request(Sftp::Extended,
                                 SftpBody().string("posix-rename@openssh.com").string(from).string(to).take())
                        .wait(),
                    "cannot replace", to);
}

Result<> SftpFiles::writeNew(const std::string& path, std::string_view bytes,
                             std::optional<std::uint32_t> mode) {
    LATHE_TRY(checkPath(path, on(path)));
    const std::string temporary = path + ".tmp-" + randomHex(6);
    const auto attempt = [&]() -> Result<> {
        LATHE_TRY_ASSIGN(OpenHandle handle, open(temporary, SftpWrite | SftpCreate | SftpExclusive,
                                                 SftpBody().mode(mode.value_or(0644)).take()));
        // The server's umask has cut the mode given to open.
        std::optional<SftpClient::Answer> modeSet;
        if (mode)
            modeSet = m_client.request(Sftp::Fsetstat, SftpBody().string(handle.bytes()).mode(*mode).take());
        LATHE_TRY(writeRange(handle, bytes, path));
        if (modeSet)
            LATHE_TRY(expectOk(modeSet->wait(), "cannot set the mode", path));
        if (m_client.supports("fsync@openssh.com"))
            LATHE_TRY(
                expectOk(m_client
                             .request(Sftp::Extended,
                                      SftpBody().string("fsync@openssh.com").string(handle.bytes()).take())
                             .wait(),
                         "cannot write", path));
        LATHE_TRY(expectOk(handle.close().wait(), "cannot write", path));
        return replace(temporary, path);
    };
    Result<> done = attempt();
    if (!done)
        (void)m_client.request(Sftp::Remove, SftpBody().string(temporary).take());
    return done;
}

Result<FileVersion> SftpFiles::write(const std::string& path, std::string_view bytes,
                                     std::optional<FileVersion> expected) {
    LATHE_TRY(checkPath(path, on(path)));
    auto own = m_client.request(Sftp::Lstat, SftpBody().string(path).take());
    auto followed = m_client.request(Sftp::Stat, SftpBody().string(path).take());
    const auto link = attributesOf(own.wait(), path);
    const auto now = attributesOf(followed.wait(), path);
    if (!now && now.error().code != ErrorCode::NotFound)
        return std::unexpected(now.error());
    if (now && now->kind != FileKind::File)
        return fail(ErrorCode::Invalid, "is not a file", on(path));
    if (expected)
        LATHE_TRY(checkVersion(now ? std::optional(versionOf(*now)) : std::nullopt, *expected, on(path)));
    std::string target = path;
    if (link && link->kind == FileKind::Link) {
        if (!now)
            return fail(ErrorCode::NotFound, "is a link to nothing", on(path));
        LATHE_TRY_ASSIGN(target, realPath(path));
    }
    LATHE_TRY(writeNew(target, bytes, now ? std::optional(now->mode) : std::nullopt));
    LATHE_TRY_ASSIGN(
        const FileInfo written,
        attributesOf(m_client.request(Sftp::Stat, SftpBody().string(target).take()).wait(), path));
    return versionOf(written);
}

Result<> SftpFiles::makeDirs(const std::string& path, std::optional<std::uint32_t> mode) {
    LATHE_TRY(checkPath(path, on(path)));
    const auto isFolder = [&]() -> Result<bool> {
        const auto info =
            attributesOf(m_client.request(Sftp::Stat, SftpBody().string(path).take()).wait(), path);
        if (!info && info.error().code != ErrorCode::NotFound)
            return std::unexpected(info.error());
        if (info && info->kind != FileKind::Folder)
            return fail(ErrorCode::Exists, "is not a folder", on(path));
        return info.has_value();
    };
    LATHE_TRY_ASSIGN(const bool there, isFolder());
    if (there)
        return {};
    if (const std::string parent = parentPath(path); parent != path)
        LATHE_TRY(makeDirs(parent, mode));
    SftpBody body;
    body.string(path);
    if (mode)
        body.mode(*mode);
    else
        body.noAttributes();
    const Result<> made =
        expectOk(m_client.request(Sftp::Mkdir, body.take()).wait(), "cannot make the folder", path);
    if (made)
        return {};
    LATHE_TRY_ASSIGN(const bool meanwhile, isFolder());  // another may have been faster
    return meanwhile ? Result<>{} : made;
}

Result<> SftpFiles::rename(const std::string& from, const std::string& to) {
    LATHE_TRY(checkPath(from, on(from)));
    LATHE_TRY(checkPath(to, on(to)));
    const Result<> done =
        expectOk(m_client.request(Sftp::Rename, SftpBody().string(from).string(to).take()).wait(),
                 "cannot rename", from);
    if (done || done.error().code == ErrorCode::NotFound)
        return done;
    // SFTP 3 does not say why; it refuses when the new name is taken.
    if (attributesOf(m_client.request(Sftp::Lstat, SftpBody().string(to).take()).wait(), to))
        return fail(ErrorCode::Exists, "there is already something of that name", on(to));
    return done;
}

Result<> SftpFiles::remove(const std::string& path, bool recursive) {
    LATHE_TRY(checkPath(path, on(path)));
    LATHE_TRY_ASSIGN(
        const FileInfo info,
        attributesOf(m_client.request(Sftp::Lstat, SftpBody().string(path).take()).wait(), path));
    if (info.kind != FileKind::Folder)
        return expectOk(m_client.request(Sftp::Remove, SftpBody().string(path).take()).wait(),
                        "cannot remove", path);
    if (recursive)
        return removeFolder(path, 0);
    return expectOk(m_client.request(Sftp::Rmdir, SftpBody().string(path).take()).wait(), "cannot remove",
                    path);
}

Result<> SftpFiles::removeFolder(const std::string& path, int depth) {
    if (depth > maxDepth)
        return fail(ErrorCode::Unsupported, "is nested too deeply to be removed over SFTP", on(path));
    LATHE_TRY_ASSIGN(const std::vector<DirEntry> entries, list(path));
    std::deque<std::pair<std::string, SftpClient::Answer>> answers;
    const auto settle = [&]() -> Result<> {
        auto [name, answer] = std::move(answers.front());
        answers.pop_front();
        return expectOk(answer.wait(), "cannot remove", name);
    };
    for (const DirEntry& entry : entries) {
        const std::string child = joinPath(path, entry.name);
        if (entry.info.kind == FileKind::Folder) {
            LATHE_TRY(removeFolder(child, depth + 1));
            continue;
        }
        if (answers.size() >= blocksUnderWay)
            LATHE_TRY(settle());
        answers.emplace_back(child, m_client.request(Sftp::Remove, SftpBody().string(child).take()));
    }
    while (!answers.empty())
        LATHE_TRY(settle());
    return expectOk(m_client.request(Sftp::Rmdir, SftpBody().string(path).take()).wait(), "cannot remove",
                    path);
}

}  // namespace lathe::host
