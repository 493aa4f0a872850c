// SPDX-License-Identifier: Apache-2.0
#include "host/ssh_known_hosts.h"

#include "core/file.h"
#include "core/log.h"
#include "core/paths.h"
#include "core/process.h"
#include "core/text.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace lathe::host {

namespace {

// As OpenSSH splits a line: at any run of blanks and tabs.
std::vector<std::string> wordsOf(std::string_view line) {
    std::vector<std::string> words;
    for (std::size_t at = 0; (at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos;) {
        const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
        words.emplace_back(line.substr(at, end - at));
        at = end;
    }
    return words;
}

// False if there is no such file. One that is there and cannot be read may hold the key that this host must
// show: that is no "unknown host".
Result<bool> isReadable(const std::string& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return false;
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd || ::fstat(fd.get(), &info) != 0)
        return failErrno(errno, "cannot read the known host keys", file);
    if (S_ISCHR(info.st_mode))  // /dev/null
        return false;
    if (!S_ISREG(info.st_mode))
        return fail(ErrorCode::Invalid, "cannot read the known host keys: is not a file", file,
                    "set UserKnownHostsFile in the SSH configuration");
    return true;
}

}  // namespace

Result<KnownHosts> KnownHosts::lookUp(const SshTarget& target) {
    KnownHosts known;
    known.m_target = target;
    known.m_name = !target.hostKeyAlias.empty() ? target.hostKeyAlias
                   : target.port == 22          ? target.hostName
                                                : fmt::format("[{}]:{}", target.hostName, target.port);
    std::vector<std::string> files = target.userKnownHosts;
    files.insert(files.end(), target.globalKnownHosts.begin(), target.globalKnownHosts.end());
    for (const std::string& file : files) {
        LATHE_TRY_ASSIGN(const bool readable, isReadable(file));
        if (!readable)
            continue;
        ProcessOptions search;
        search.argv = {"ssh-keygen", "-F", known.m_name, "-f", file};
        LATHE_TRY_ASSIGN(const CommandOutput output, runCommand(search, {}, 20));
        if (output.status.signal != 0 || output.status.code > 1)  // 1: not found
            return fail(ErrorCode::Io,
                        "cannot search the known host keys: " + escapedForDisplay(trim(output.err), 400),
                        file);
        LATHE_TRY(known.take(output.out, file));
    }
    return known;
}

// ssh-keygen says "# Host NAME found: line N", then the line as it stands in the file.
Result<> KnownHosts::take(const std::string& found, const std::string& file) {
    int number = 0;
    for (const std::string& text : split(found, '\n')) {
        constexpr std::string_view mark = "found: line ";
        if (const auto at = text.find(mark); text.starts_with('#') && at != std::string::npos) {
            number = std::atoi(text.c_str() + at + mark.size());
            continue;
        }
        auto words = wordsOf(text);
        if (words.empty())
            continue;
        const Marker marker = words[0] == "@revoked"          ? Marker::Revoked
                              : words[0] == "@cert-authority" ? Marker::Authority
                                                              : Marker::None;
        if (marker != Marker::None)
            words.erase(words.begin());
        if (words.size() < 3)
            return fail(ErrorCode::Corrupt,
                        fmt::format("line {} of {} speaks of this host and cannot be read: not connecting",
                                    number, file),
                        m_target.id, "mend or remove the line");
        m_lines.push_back({file, number, marker, words[1], words[2]});
    }
    return {};
}

std::vector<std::string> KnownHosts::types() const {
    std::vector<std::string> types;
    for (const Line& line : m_lines) {
        if (line.marker == Marker::None && std::ranges::find(types, line.type) == types.end())
            types.push_back(line.type);
    }
    return types;
}

Result<> KnownHosts::check(const ServerKey& key, const Prompts& prompts) const {
    const Line* same = nullptr;
    const Line* changed = nullptr;
    const Line* other = nullptr;
    for (const Line& line : m_lines) {
        const bool equal = line.type == key.type && line.base64 == key.base64;
        if (line.marker == Marker::Revoked && equal)
            return fail(ErrorCode::Denied,
                        fmt::format("the host's {} key {} is revoked by line {} of {}: not connecting",
                                    key.type, key.sha256, line.number, line.file),
                        m_target.id, "ask who runs this host");
        if (line.marker != Marker::None)
            continue;
        if (equal)
            same = &line;
        else if (line.type == key.type)
            changed = &line;
        else
            other = &line;
    }
    if (same)
        return {};
    if (const Line* line = changed ? changed : other)
        return fail(
            ErrorCode::Denied,
            fmt::format(
                "the host key is not the known one: {} {} was sent, line {} of {} has another {}. Somebody "
                "may be posing as this host; not connecting",
                key.type, key.sha256, line->number, line->file, changed ? "key" : "type of key"),
            m_target.id,
            fmt::format("if the host was truly set up anew, remove the old key with `ssh-keygen -R {} -f {}`",
                        shellQuote(m_name), shellQuote(line->file)));
    if (m_target.strictHostKeyChecking == "yes")
        return fail(ErrorCode::Denied,
                    fmt::format("the host key ({} {}) is unknown and StrictHostKeyChecking is yes", key.type,
                                key.sha256),
                    m_target.id, "add the key to known_hosts first");
    if (m_target.strictHostKeyChecking == "accept-new")
        return save(key);
    const HostKeyAnswer answer =
        prompts.unknownKey ? prompts.unknownKey({m_target.id, key.type, key.sha256}) : HostKeyAnswer::Cancel;
    if (answer == HostKeyAnswer::Cancel)
        return fail(ErrorCode::Denied,
                    fmt::format("the host key ({} {}) is unknown and was not accepted", key.type, key.sha256),
                    m_target.id, "compare the fingerprint with the host's own, then accept it");
    return answer == HostKeyAnswer::AcceptAndSave ? save(key) : Result<>{};
}

Result<> KnownHosts::save(const ServerKey& key) const {
    if (m_target.userKnownHosts.empty()) {
        logWarn("host", "{}: no known_hosts file is configured, the host key is not saved", m_target.id);
        return {};
    }
    const std::string& file = m_target.userKnownHosts.front();
    const std::string folder = parentPath(file);
    if (!isDirectory(folder)) {
        LATHE_TRY(makeDirs(folder));
        ::chmod(folder.c_str(), 0700);
    }
    const UniqueFd fd(::open(file.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!fd)
        return failErrno(errno, "cannot save the host key", file);
    const auto old = readFile(file);
    const bool torn = old && !old->empty() && old->back() != '\n';
    return writeAll(fd.get(), fmt::format("{}{} {} {}\n", torn ? "\n" : "", m_name, key.type, key.base64),
                    file);
}

}  // namespace lathe::host
