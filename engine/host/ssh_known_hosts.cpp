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

Result<KnownHosts> KnownHosts::lookUp(const SshTarget& target) {
    KnownHosts known;
    known.m_target = target;
    known.m_name = !target.hostKeyAlias.empty() ? target.hostKeyAlias
                   : target.port == 22          ? target.hostName
                                                : fmt::format("[{}]:{}", target.hostName, target.port);
    std::vector<std::string> files = target.userKnownHosts;
    files.insert(files.end(), target.globalKnownHosts.begin(), target.globalKnownHosts.end());
    for (const std::string& file : files) {
        if (!exists(file))
            continue;
        ProcessOptions search;
        search.argv = {"ssh-keygen", "-F", known.m_name, "-f", file};
        LATHE_TRY_ASSIGN(const CommandOutput output, runCommand(search, {}, 20));
        int number = 0;
        Marker marker = Marker::None;
        for (const std::string& text : split(output.out, '\n')) {
            constexpr std::string_view found = "found: line ";
            if (const auto at = text.find(found); text.starts_with('#') && at != std::string::npos) {
                number = std::atoi(text.c_str() + at + found.size());
                continue;
            }
            auto words = split(trim(text), ' ');
            marker = words[0] == "@revoked"          ? Marker::Revoked
                     : words[0] == "@cert-authority" ? Marker::Authority
                                                     : Marker::None;
            if (marker != Marker::None)
                words.erase(words.begin());
            if (words.size() >= 3)
                known.m_lines.push_back({file, number, marker, words[1], words[2]});
        }
    }
    return known;
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
