// SPDX-License-Identifier: Apache-2.0
#include "record/code_state.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"
#include "record/code_patch.h"
#include "record/git_command.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::record {

namespace {

constexpr std::size_t kMaxPatch = std::size_t{10} << 20;
constexpr std::size_t kMaxUntracked = std::size_t{1} << 20;  // of one file
constexpr std::size_t kMaxTracked = std::size_t{4}
                                    << 20;  // of one file, its old and its new content together
constexpr std::size_t kMaxListed = 1000;
constexpr std::size_t kMaxSubmodules = 64;
constexpr int kMaxDepth = 4;

struct Change {
    std::string path;
    std::string oldBlob;  // empty: not in the commit
    bool staged = false, unstaged = false, submodule = false;
};

struct Changes {
    std::vector<Change> tracked;
    std::vector<std::string> untracked;
};

struct Omitted {
    std::string path, why;
    std::uint64_t bytes = 0;
    bool deleted = false;
};

// Porcelain v2 with -z (git-status(1)): entries end in NUL; a rename is followed by its old path.
Changes parseStatus(std::string_view text, CodeState& state) {
    Changes changes;
    const std::vector<std::string> entries = split(text, '\0');
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::string& entry = entries[i];
        const auto from = [&](int spaces) {
            std::size_t at = 0;
            for (int n = 0; n < spaces && at != std::string::npos; ++n)
                at = entry.find(' ', at) == std::string::npos ? std::string::npos : entry.find(' ', at) + 1;
            return at == std::string::npos ? std::string() : entry.substr(at);
        };
        const auto word = [&](int number) {
            const std::string rest = from(number);
            return rest.substr(0, rest.find(' '));
        };
        const auto change = [&](std::string path, std::string oldBlob) {
            const std::string flags = word(1);
            Change made{std::move(path), std::move(oldBlob), flags[0] != '.',
                        flags.size() > 1 && flags[1] != '.', word(2).starts_with('S')};
            if (made.oldBlob.find_first_not_of('0') == std::string::npos)
                made.oldBlob.clear();
            changes.tracked.push_back(std::move(made));
        };
        if (entry.starts_with("# branch.head "))
            state.branch = from(2) == "(detached)" ? "" : from(2);
        else if (entry.starts_with("1 "))
            change(from(8), word(6));
        else if (entry.starts_with("u "))
            change(from(10), word(8));
        else if (entry.starts_with("? "))
            changes.untracked.push_back(from(1));
        else if (entry.starts_with("2 ")) {
            change(from(9), {});
            if (++i < entries.size())
                changes.tracked.push_back({entries[i], word(6), true, false, false});
        }
    }
    return changes;
}

// One repository: the one that the command runs in, or a submodule of it.
class RepositoryCapture {
public:
    RepositoryCapture(GitCommand git, std::string runDir, int depth)
        : m_git(std::move(git)), m_runDir(std::move(runDir)), m_depth(depth) {}

    // The repository's folder is that of the GitCommand. `patchName` is relative to the run folder.
    void capture(const std::string& patchName, int& submodules);

    CodeState state;
    Json details = Json::object();

private:
    Result<> askConfig();
    void writePatch(const std::string& patchName, const Changes& changes);
    std::string trackedPatch(const std::vector<Change>& changes);
    std::map<std::string, std::uint64_t> blobSizes(const std::vector<Change>& changes) const;
    std::string untrackedPatch(const std::vector<std::string>& files, std::size_t room);
    void captureSubmodules(int& submodules);
    std::string path(const std::string& file) const { return joinPath(m_git.folder(), file); }
    void list(const Changes& changes);

    GitCommand m_git;
    std::string m_runDir;
    int m_depth;
    std::vector<Omitted> m_omitted;
    std::vector<std::string> m_notes;
};

Result<> RepositoryCapture::askConfig() {
    // Without it nobody knows which filters to switch off.
    LATHE_TRY_ASSIGN(const std::string config, m_git.ask({"config", "--list", "-z"}, false));
    std::vector<std::string> keys;
    Json remotes = Json::object();
    for (const std::string& entry : split(config, '\0')) {
        const std::size_t end = std::min(entry.find('\n'), entry.size());
        const std::string key = entry.substr(0, end);
        keys.push_back(key);
        if (!key.starts_with("remote.") || !key.ends_with(".url") || end >= entry.size())
            continue;
        const std::string address = withoutCredentials(entry.substr(end + 1));
        remotes[key.substr(7, key.size() - 11)] = address;
        if (key == "remote.origin.url" || state.remote.empty())
            state.remote = address;
    }
    details["remotes"] = std::move(remotes);
    return m_git.disarmFilters(keys);
}

std::map<std::string, std::uint64_t> RepositoryCapture::blobSizes(const std::vector<Change>& changes) const {
    std::string ids;
    for (const Change& change : changes)
        if (!change.oldBlob.empty() && !change.submodule)
            ids += change.oldBlob + "\n";
    std::map<std::string, std::uint64_t> sizes;
    if (ids.empty())
        return sizes;
    const auto answer = m_git.ask({"cat-file", "--batch-check=%(objectname) %(objectsize)"}, true, ids);
    for (const std::string& line : split(answer.value_or(""), '\n'))
        if (const std::size_t space = line.find(' '); space != std::string::npos)
            sizes[line.substr(0, space)] = std::strtoull(line.c_str() + space, nullptr, 10);
    return sizes;
}

std::string RepositoryCapture::trackedPatch(const std::vector<Change>& changes) {
    if (changes.empty())
        return {};
    // Plumbing would need the index to be refreshed first, which writes it.
    std::vector<std::string> ask{
        "diff",     "--no-ext-diff", "--no-textconv",           "--no-color",      "--no-renames",
        "--binary", "--full-index",  "--ignore-submodules=all", "--src-prefix=a/", "--dst-prefix=b/"};
    ask.push_back(state.commit.empty() ? "--cached" : "HEAD");
    ask.insert(ask.end(), {"--", ":(top)"});
    const auto oldSizes = blobSizes(changes);
    for (const Change& change : changes) {
        if (change.submodule)
            continue;
        struct stat info {};
        const bool there = ::lstat(path(change.path).c_str(), &info) == 0;
        const auto old = oldSizes.find(change.oldBlob);
        const std::uint64_t bytes = there ? static_cast<std::uint64_t>(info.st_size) : 0;
        const bool large = bytes + (old == oldSizes.end() ? 0 : old->second) > kMaxTracked;
        if (!large && !isSecretFile(change.path))
            continue;
        ask.push_back(":(top,literal,exclude)" + change.path);
        m_omitted.push_back({change.path, large ? "large" : "secret", bytes, !there});
    }
    auto diff = m_git.ask(ask, true);
    if (diff && diff->size() <= kMaxPatch)
        return std::move(*diff);
    const std::string why = diff ? "they come to more than " + bytesText(kMaxPatch) : diff.error().what;
    m_notes.push_back("changes of tracked files are not in code.patch: " + why);
    for (const Change& change : changes)
        m_omitted.push_back({change.path, diff ? "large" : "not looked at", 0,
                             ::access(path(change.path).c_str(), F_OK) != 0});
    return {};
}

std::string RepositoryCapture::untrackedPatch(const std::vector<std::string>& files, std::size_t room) {
    struct Binary {
        std::string path, content, mode;
    };
    std::vector<Binary> binaries;
    std::string patch, names;
    for (const std::string& file : files) {
        struct stat info {};
        const bool there = ::lstat(path(file).c_str(), &info) == 0;
        const auto omit = [&](const char* why) {
            m_omitted.push_back({file, why, there ? static_cast<std::uint64_t>(info.st_size) : 0, false});
        };
        if (!there || (!S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode))) {
            omit(file.ends_with('/') ? "a repository of its own" : "no plain file");
            continue;
        }
        if (isSecretFile(file)) {
            omit("secret");
            continue;
        }
        const auto size = static_cast<std::size_t>(info.st_size);
        if (size > kMaxUntracked || patch.size() + names.size() + size + size / 3 + 512 > room) {
            omit("large");
            continue;
        }
        if (m_git.late()) {
            omit("not looked at");
            continue;
        }
        std::string mode = info.st_mode & S_IXUSR ? "100755" : "100644";
        Result<std::string> content = std::string();
        if (S_ISLNK(info.st_mode)) {
            char target[4096];
            const ssize_t length = ::readlink(path(file).c_str(), target, sizeof target);
            content = std::string(target, static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
            mode = "120000";
        } else {
            content = readFile(path(file), kMaxUntracked);
        }
        if (!content) {
            omit("unreadable");
        } else if (holdsSecret(*content)) {
            omit("secret");
        } else if (content->find('\0') == std::string::npos) {
            patch += newTextFile(file, *content, mode);
        } else {
            room -= std::min(room, content->size() + content->size() / 3);
            names += diffName("", file) + "\n";
            binaries.push_back({file, std::move(*content), mode});
        }
    }
    if (binaries.empty())
        return patch;
    const auto answer = m_git.ask({"hash-object", "--no-filters", "--stdin-paths"}, true, names);
    const std::vector<std::string> ids = split(answer.value_or(""), '\n');
    for (std::size_t i = 0; i < binaries.size(); ++i) {
        const Binary& binary = binaries[i];
        if (i < ids.size() && ids[i].size() >= 40)
            patch += newBinaryFile(binary.path, binary.content, binary.mode, ids[i]);
        else
            m_omitted.push_back({binary.path, "not looked at", binary.content.size(), false});
    }
    return patch;
}

void RepositoryCapture::writePatch(const std::string& patchName, const Changes& changes) {
    std::string patch = trackedPatch(changes.tracked);
    patch += untrackedPatch(changes.untracked, kMaxPatch - std::min(patch.size(), kMaxPatch));
    if (patch.empty())
        return;
    if (const auto written = writeFileAtomic(joinPath(m_runDir, patchName), patch); !written)
        m_notes.push_back(written.error().text());
    else
        details["patch"] = patchName;
}

void RepositoryCapture::list(const Changes& changes) {
    Json staged = Json::array(), unstaged = Json::array(), untracked = Json::array(), omitted = Json::array();
    for (const Change& change : changes.tracked) {
        if (change.staged && staged.size() < kMaxListed)
            staged.push_back(change.path);
        if (change.unstaged && unstaged.size() < kMaxListed)
            unstaged.push_back(change.path);
    }
    for (const std::string& file : changes.untracked)
        if (untracked.size() < kMaxListed)
            untracked.push_back(file);
    for (const Omitted& file : m_omitted) {
        if (omitted.size() >= kMaxListed)
            break;
        Json entry{{"path", file.path}, {"why", file.why}, {"bytes", file.bytes}};
        if (file.deleted)
            entry["deleted"] = true;
        omitted.push_back(std::move(entry));
    }
    details["staged"] = std::move(staged);
    details["unstaged"] = std::move(unstaged);
    details["untracked"] = std::move(untracked);
    details["omitted"] = std::move(omitted);
}

void RepositoryCapture::captureSubmodules(int& submodules) {
    if (m_depth >= kMaxDepth || !exists(path(".gitmodules")))
        return;
    const auto listed = m_git.ask(
        {"config", "-z", "--file", ".gitmodules", "--get-regexp", R"(^submodule\..*\.(path|url)$)"}, false);
    std::map<std::string, std::pair<std::string, std::string>> modules;  // name → path, address
    for (const std::string& entry : split(listed.value_or(""), '\0')) {
        const std::size_t end = entry.find('\n');
        const std::size_t dot = entry.rfind('.', end);
        if (end == std::string::npos || dot == std::string::npos || dot <= 10)
            continue;
        auto& module = modules[entry.substr(10, dot - 10)];
        (entry.compare(dot, 5, ".path") == 0 ? module.first : module.second) = entry.substr(end + 1);
    }
    Json found = Json::array();
    for (const auto& [name, module] : modules) {
        const auto& [folder, address] = module;
        if (folder.empty() || found.size() >= kMaxSubmodules)
            continue;
        Json entry{{"path", folder}, {"url", withoutCredentials(address)}};
        if (!exists(joinPath(path(folder), ".git"))) {
            entry["absent"] = true;  // never checked out: the command ran without it
        } else {
            RepositoryCapture inner(m_git, m_runDir, m_depth + 1);
            inner.m_git.moveTo(path(folder));
            inner.capture(fmt::format("env/submodule-{}.patch", submodules++), submodules);
            entry["commit"] = inner.state.commit;
            for (const auto& [key, value] : inner.details.items())
                entry[key] = value;
            if (!inner.state.note.empty())
                m_notes.push_back("submodule " + folder + ": " + inner.state.note);
            if (inner.details.contains("patch"))
                state.changedFiles.push_back(folder);
        }
        found.push_back(std::move(entry));
    }
    if (!found.empty())
        details["submodules"] = std::move(found);
}

std::string shortList(std::vector<std::string> names) {
    constexpr std::size_t shown = 10;
    if (names.size() <= shown)
        return join(names, ", ");
    const std::size_t more = names.size() - shown;
    names.resize(shown);
    return fmt::format("{} and {} more", join(names, ", "), more);
}

void RepositoryCapture::capture(const std::string& patchName, int& submodules) {
    if (const auto configured = askConfig(); !configured) {
        state.note = "code was not captured: " + configured.error().what;
        details["incomplete"] = true;
        return;
    }
    if (const auto head = m_git.ask({"rev-parse", "--verify", "--quiet", "HEAD"}, false))
        state.commit = trim(*head);
    if (const auto branch = m_git.ask({"symbolic-ref", "--quiet", "--short", "HEAD"}, false))
        state.branch = trim(*branch);
    const auto status = m_git.ask(
        {"status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--ignore-submodules=dirty"},
        true);
    if (!status) {
        state.note = "uncommitted work was not captured: " + status.error().what;
        details["incomplete"] = true;
        return;
    }
    const Changes changes = parseStatus(*status, state);
    for (const Change& change : changes.tracked)
        state.changedFiles.push_back(change.path);
    state.changedFiles.insert(state.changedFiles.end(), changes.untracked.begin(), changes.untracked.end());
    if (!state.changedFiles.empty())
        writePatch(patchName, changes);
    captureSubmodules(submodules);
    std::ranges::sort(state.changedFiles);
    state.changedFiles.erase(std::ranges::unique(state.changedFiles).begin(), state.changedFiles.end());
    list(changes);
    if (!m_omitted.empty()) {
        std::vector<std::string> names;
        for (const Omitted& file : m_omitted)
            names.push_back(fmt::format("{} ({})", file.path, file.why));
        m_notes.push_back("listed, not copied: " + shortList(std::move(names)));
    }
    if (const std::size_t all = state.changedFiles.size(); all > kMaxListed) {
        state.changedFiles.resize(kMaxListed);
        m_notes.push_back(fmt::format("{} changed files, the first {} are listed", all, kMaxListed));
    }
    state.note = join(m_notes, "; ");
}

}  // namespace

std::string withoutCredentials(std::string address) {
    const std::size_t scheme = address.find("://");
    if (scheme == std::string::npos)
        return address;
    const std::size_t begin = scheme + 3, slash = address.find('/', begin);
    const std::size_t at = address.rfind('@', slash);
    if (at != std::string::npos && at >= begin)
        address.erase(begin, at + 1 - begin);
    return address;
}

bool isSecretFile(std::string_view path) {
    const std::string name = fileName(path);
    constexpr std::array<std::string_view, 15> names{
        ".env",        ".netrc",           ".pgpass",      ".pypirc",      ".npmrc",      ".git-credentials",
        "credentials", "credentials.json", "secrets.json", "secrets.yaml", "secrets.yml", "secrets.toml",
        ".htpasswd",   "token.txt",        ".token"};
    constexpr std::array<std::string_view, 8> ends{".pem",      ".key", ".p12",  ".pfx",
                                                   ".keystore", ".jks", ".kdbx", ".ppk"};
    constexpr std::array<std::string_view, 5> starts{"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519",
                                                     "service-account"};
    constexpr std::array<std::string_view, 3> templates{".example", ".sample", ".template"};
    const auto endsWith = [&](std::string_view end) { return name.ends_with(end); };
    if (std::ranges::find(names, name) != names.end() || std::ranges::any_of(ends, endsWith))
        return true;
    if (name.starts_with(".env.") || name.ends_with(".env"))
        return std::ranges::none_of(templates, endsWith);
    return std::ranges::any_of(starts, [&](std::string_view start) { return name.starts_with(start); }) &&
           !name.ends_with(".pub");
}

bool holdsSecret(std::string_view text) {
    for (std::size_t at = text.find("-----BEGIN "); at != std::string_view::npos;
         at = text.find("-----BEGIN ", at + 1))
        if (text.substr(at, 64).find("PRIVATE KEY-----") != std::string_view::npos)
            return true;
    // What the issuers lead their tokens with, and how many letters and digits follow at least.
    struct Form {
        std::string_view start;
        std::size_t length;
    };
    constexpr std::array<Form, 8> forms{{{"ghp_", 36},
                                         {"gho_", 36},
                                         {"github_pat_", 40},
                                         {"glpat-", 20},
                                         {"hf_", 30},
                                         {"AKIA", 16},
                                         {"xoxb-", 20},
                                         {"sk-", 40}}};
    const auto isPart = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    };
    for (const auto& [start, length] : forms) {
        for (std::size_t at = text.find(start); at != std::string_view::npos; at = text.find(start, at + 1)) {
            const std::string_view rest = text.substr(at + start.size());
            const auto end = static_cast<std::size_t>(std::ranges::find_if_not(rest, isPart) - rest.begin());
            if (end >= length && end <= 255 && (at == 0 || !isPart(text[at - 1])) &&
                std::ranges::any_of(rest.substr(0, end),
                                    [](unsigned char c) { return std::isdigit(c) != 0; }))
                return true;
        }
    }
    return false;
}

CodeState captureCode(const std::string& cwd, const std::string& runDir, double budgetSeconds) {
    CodeState none;
    if (findInPath("git").empty())
        return none;
    GitCommand git(cwd, budgetSeconds);
    const auto top = git.ask({"rev-parse", "--show-toplevel", "--show-prefix"}, false);
    if (!top) {
        // "fatal: not a git repository" is no news; "dubious ownership" is.
        if (top.error().what.find("not a git repository") == std::string::npos)
            none.note = "git: " + top.error().what;
        return none;
    }
    const std::vector<std::string> lines = split(*top, '\n');
    git.moveTo(lines[0]);
    const auto made = makeDirs(joinPath(runDir, "env"));
    RepositoryCapture repository(std::move(git), runDir, 0);
    int submodules = 0;
    repository.capture("code.patch", submodules);
    CodeState& state = repository.state;
    Json details{{"root", lines[0]},
                 {"folder", lines.size() > 1 ? lines[1] : ""},
                 {"commit", state.commit},
                 {"branch", state.branch}};
    for (const auto& [key, value] : repository.details.items())
        details[key] = value;
    const auto written =
        made ? writeFileAtomic(joinPath(runDir, "env/code.json"), dumpJsonPretty(details)) : made;
    if (!written)
        state.note += (state.note.empty() ? "" : "; ") + written.error().text();
    return state;
}

}  // namespace lathe::record
