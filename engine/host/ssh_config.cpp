// SPDX-License-Identifier: Apache-2.0
#include "host/ssh_config.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/process.h"
#include "core/text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <glob.h>
#include <set>

namespace lathe::host {
namespace {

struct NamedPort {
    std::string name;
    std::string port;
};

// "user@box:2222" → {"user@box", "2222"}; a bare IPv6 address has more than one colon and no port.
NamedPort splitPort(const std::string& id) {
    const auto colon = id.rfind(':');
    const auto close = id.find(']');
    if (close != std::string::npos) {
        const auto open = id.find('[');
        std::string name = id.substr(0, open) + id.substr(open + 1, close - open - 1);
        return {std::move(name), colon > close && colon != std::string::npos ? id.substr(colon + 1) : ""};
    }
    if (colon == std::string::npos || id.find(':') != colon)
        return {id, ""};
    return {id.substr(0, colon), id.substr(colon + 1)};
}

int number(std::string_view text, int fallback) {
    int value = fallback;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// %-tokens of IdentityFile and ProxyCommand (ssh_config(5), TOKENS) that do not need the connection.
std::string expandTokens(std::string_view text, const SshTarget& target) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        switch (text[++i]) {
        case '%': out += '%'; break;
        case 'h': out += target.hostName; break;
        case 'n': out += target.id; break;
        case 'p': out += std::to_string(target.port); break;
        case 'r': out += target.user; break;
        case 'k': out += target.hostKeyAlias.empty() ? target.id : target.hostKeyAlias; break;
        case 'd': out += homeDir(); break;
        default: out.append({'%', text[i]});
        }
    }
    return out;
}

// The list is printed without quotes; a word that starts no path belongs to the one before.
std::vector<std::string> splitPaths(std::string_view text) {
    std::vector<std::string> paths;
    for (const std::string& word : split(text, ' ')) {
        if (word.starts_with('/') || word.starts_with('~') || paths.empty())
            paths.push_back(word);
        else
            paths.back() += " " + word;
    }
    std::erase_if(
        paths, [](const std::string& path) { return path.empty() || path == "none" || path == "/dev/null"; });
    for (std::string& path : paths)
        path = expandHome(path);
    return paths;
}

std::string lowered(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

void collectNames(const std::string& file, int depth, std::vector<std::string>& names,
                  std::set<std::string>& seen) {
    const auto content = depth > 8 ? std::string() : readFile(file, 4 << 20).value_or("");
    for (const std::string& line : split(content, '\n')) {
        std::string text(trim(line));
        if (text.empty() || text[0] == '#')
            continue;
        if (const auto equals = text.find('=');
            equals != std::string::npos && text.find_first_of(" \t") > equals)
            text[equals] = ' ';
        const auto words = shellSplit(text).value_or(std::vector<std::string>{});
        if (words.size() < 2)
            continue;
        const std::string key = lowered(words[0]);
        for (std::size_t i = 1; i < words.size(); ++i) {
            if (key == "host" && words[i].find_first_of("*?!") == std::string::npos &&
                SshConfig::checkName(words[i]) && seen.insert(words[i]).second)
                names.push_back(words[i]);
            if (key != "include")
                continue;
            const std::string pattern = joinPath(joinPath(homeDir(), ".ssh"), expandHome(words[i]));
            glob_t found{};
            if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
                for (std::size_t n = 0; n < found.gl_pathc; ++n)
                    collectNames(found.gl_pathv[n], depth + 1, names, seen);
            }
            ::globfree(&found);
        }
    }
}

}  // namespace

Result<> SshConfig::checkName(const std::string& id) {
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@:[]+=,%";
    const bool ok = !id.empty() && id.size() <= 255 && id[0] != '-' && id.find("@-") == std::string::npos &&
                    std::ranges::all_of(id,
                                        [&](char c) {
                                            return allowed.find(c) != std::string_view::npos ||
                                                   static_cast<unsigned char>(c) >= 0x80;
                                        }) &&
                    isValidUtf8(id) && escapedForDisplay(id) == id;
    if (!ok)
        return fail(ErrorCode::Invalid, "is not the name of a host", escapedForDisplay(id, 255),
                    "use a Host of ~/.ssh/config, or user@host:port");
    return {};
}

std::vector<std::string> SshConfig::options() const {
    return m_file.empty() ? std::vector<std::string>{} : std::vector<std::string>{"-F", m_file};
}

Result<SshTarget> SshConfig::resolve(const std::string& id) const {
    LATHE_TRY(checkName(id));
    const NamedPort named = splitPort(id);
    ProcessOptions ssh;
    ssh.argv = {"ssh", "-G"};
    for (const std::string& option : options())
        ssh.argv.push_back(option);
    if (!named.port.empty()) {
        if (number(named.port, 0) < 1 || number(named.port, 0) > 65535 ||
            named.port.find_first_not_of("0123456789") != std::string::npos)
            return fail(ErrorCode::Invalid, "has no valid port", id, "a port is a number from 1 to 65535");
        ssh.argv.insert(ssh.argv.end(), {"-p", named.port});
    }
    ssh.argv.insert(ssh.argv.end(), {"--", named.name});
    const auto output = runCommand(ssh, {}, 20);
    if (!output && output.error().code == ErrorCode::NotFound)
        return fail(ErrorCode::Unavailable, "the ssh program is missing, which reads the SSH configuration",
                    id, "install openssh-client");
    if (!output)
        return std::unexpected(output.error());
    if (!output->status.ok())
        return fail(ErrorCode::Invalid,
                    "ssh refuses its configuration: " + escapedForDisplay(trim(output->err), 400), id,
                    "`ssh -G " + id + "` shows it");
    return parseResolved(id, output->out);
}

SshTarget parseResolved(const std::string& id, const std::string& printed) {
    SshTarget target;
    target.id = id;
    std::string proxyCommand;
    const auto yes = [](std::string_view value) { return value == "yes" || value == "true"; };
    for (const std::string& line : split(printed, '\n')) {
        const auto space = line.find(' ');
        if (space == std::string::npos)
            continue;
        const std::string_view key = std::string_view(line).substr(0, space);
        const std::string value = line.substr(space + 1);
        if (key == "hostname")
            target.hostName = value;
        else if (key == "user")
            target.user = value;
        else if (key == "port")
            target.port = number(value, 22);
        else if (key == "hostkeyalias")
            target.hostKeyAlias = value;
        else if (key == "proxyjump" && value != "none")
            target.proxyJump = value;
        else if (key == "proxycommand" && value != "none")
            proxyCommand = value;
        else if (key == "identityfile" && value != "none")
            target.identityFiles.push_back(value);
        else if (key == "certificatefile" && value != "none")
            target.certificateFiles.push_back(value);
        else if (key == "identitiesonly")
            target.identitiesOnly = yes(value);
        else if (key == "identityagent")
            target.identityAgent = value;
        else if (key == "pubkeyauthentication")
            target.publicKeySignIn = value != "no" && value != "false";
        else if (key == "passwordauthentication")
            target.passwordSignIn = yes(value);
        else if (key == "kbdinteractiveauthentication")
            target.keyboardSignIn = yes(value);
        else if (key == "userknownhostsfile")
            target.userKnownHosts = splitPaths(value);
        else if (key == "globalknownhostsfile")
            target.globalKnownHosts = splitPaths(value);
        else if (key == "stricthostkeychecking")
            target.strictHostKeyChecking = value == "true"                      ? "yes"
                                           : value == "false" || value == "off" ? "no"
                                                                                : value;
        else if (key == "addressfamily")
            target.addressFamily = value;
        else if (key == "connecttimeout" && number(value, 0) > 0)
            target.connectSeconds = number(value, 15);
        else if (key == "serveraliveinterval" && number(value, 0) > 0)
            target.aliveSeconds = number(value, 5);
        else if (key == "serveralivecountmax" && number(value, 0) > 0)
            target.aliveCount = number(value, 3);
    }
    for (auto* files : {&target.identityFiles, &target.certificateFiles}) {
        for (std::string& file : *files)
            file = expandTokens(expandHome(file), target);
    }
    target.proxyCommand = expandTokens(proxyCommand, target);
    return target;
}

std::vector<std::string> SshConfig::names() const {
    std::vector<std::string> names;
    std::set<std::string> seen;
    collectNames(m_file.empty() ? joinPath(homeDir(), ".ssh/config") : m_file, 0, names, seen);
    return names;
}

}  // namespace lathe::host
