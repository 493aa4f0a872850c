// SPDX-License-Identifier: Apache-2.0
#include "record/code_state.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/inert_git.h"
#include "core/paths.h"
#include "core/process.h"
#include "core/text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <sys/stat.h>

namespace lathe::record {

namespace {

constexpr std::size_t kMaxPatch = std::size_t{10} << 20;
constexpr std::size_t kMaxFile = std::size_t{1} << 20;
constexpr std::size_t kMaxListed = 1000;
// For questions whose cost does not grow with the repository.
constexpr double kQuickSeconds = 2;

class Git {
public:
    Git(std::string folder, double budget)
        : m_folder(std::move(folder)), m_deadline(monotonicSeconds() + budget) {}

    // `bounded`: within the budget.
    Result<std::string> ask(const std::vector<std::string>& arguments, bool bounded) const {
        ProcessOptions options;
        options.argv = inertGitWords();
        options.argv.insert(options.argv.end(), {"-c", "core.quotePath=false"});
        options.argv.insert(options.argv.end(), m_disarm.begin(), m_disarm.end());
        options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
        options.cwd = m_folder;
        for (const auto& [name, value] : inertGitVariables())
            options.env[name] = value;
        options.in = Redirect::Null;
        double seconds = kQuickSeconds;
        if (bounded) {
            seconds = m_deadline - monotonicSeconds();
            if (seconds <= 0)
                return fail(ErrorCode::Unavailable, "the time was up");
        }
        LATHE_TRY_ASSIGN(auto output, runCommand(std::move(options), {}, seconds, kMaxPatch));
        if (!output.status.ok())
            return fail(ErrorCode::Io, std::string(trim(output.err)));
        return std::move(output.out);
    }

    // Filters are programs named by the repository's configuration; git would run them to compare a changed
    // file.
    Result<> disarmFilters(const std::vector<std::string>& configKeys) {
        FilterSwitches switches = filterSwitches(configKeys);
        if (!switches.stubborn.empty())
            return fail(ErrorCode::Unsupported,
                        "the repository names a filter that cannot be switched off: " +
                            escapedForDisplay(switches.stubborn[0], 100));
        m_disarm = std::move(switches.words);
        return {};
    }

    void moveTo(std::string folder) { m_folder = std::move(folder); }
    bool late() const { return monotonicSeconds() > m_deadline; }

private:
    std::string m_folder;
    double m_deadline;
    std::vector<std::string> m_disarm;
};

std::string withoutCredentials(std::string remote) {
    const std::size_t scheme = remote.find("://");
    if (scheme == std::string::npos)
        return remote;
    const std::size_t begin = scheme + 3, slash = remote.find('/', begin);
    const std::size_t at = remote.rfind('@', slash);
    if (at != std::string::npos && at >= begin)
        remote.erase(begin, at + 1 - begin);
    return remote;
}

struct Changes {
    std::vector<std::string> tracked, untracked;
};

// Porcelain v2 with -z (git-status(1)): entries end in NUL; a rename is followed by its old path.
Changes parseStatus(std::string_view text, CodeState& state) {
    Changes changes;
    const std::vector<std::string> entries = split(text, '\0');
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::string& entry = entries[i];
        const auto field = [&](int spaces) {
            std::size_t at = 0;
            for (int n = 0; n < spaces && at != std::string::npos; ++n)
                at = entry.find(' ', at) == std::string::npos ? std::string::npos : entry.find(' ', at) + 1;
            return at == std::string::npos ? std::string() : entry.substr(at);
        };
        if (entry.starts_with("# branch.head "))
            state.branch = field(2) == "(detached)" ? "" : field(2);
        else if (entry.starts_with("1 "))
            changes.tracked.push_back(field(8));
        else if (entry.starts_with("u "))
            changes.tracked.push_back(field(10));
        else if (entry.starts_with("? "))
            changes.untracked.push_back(field(1));
        else if (entry.starts_with("2 ")) {
            changes.tracked.push_back(field(9));
            if (++i < entries.size())
                changes.tracked.push_back(entries[i]);
        }
    }
    return changes;
}

// As git writes names in a diff: C-quoted where they hold quotes, backslashes or control characters.
std::string diffName(std::string_view prefix, std::string_view path) {
    std::string name(prefix);
    bool quoted = false;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            quoted = true;
            name += '\\';
            name += c;
        } else if (byte < 0x20 || byte == 0x7F) {
            quoted = true;
            name += fmt::format("\\{:03o}", byte);
        } else {
            name += c;
        }
    }
    return quoted ? '"' + name + '"' : name;
}

std::string newFileDiff(const std::string& path, const std::string& content, bool executable) {
    std::string diff = fmt::format("diff --git {} {}\nnew file mode {}\n", diffName("a/", path),
                                   diffName("b/", path), executable ? "100755" : "100644");
    if (content.empty())
        return diff;
    const auto newlines = static_cast<std::size_t>(std::ranges::count(content, '\n'));
    const bool ended = content.back() == '\n';
    const std::string tab = path.find(' ') == std::string::npos ? "" : "\t";
    diff += fmt::format("--- /dev/null\n+++ {}{}\n@@ -0,0 +1,{} @@\n", diffName("b/", path), tab,
                        newlines + (ended ? 0 : 1));
    for (std::size_t at = 0; at < content.size();) {
        const std::size_t end = std::min(content.find('\n', at), content.size());
        diff.append("+").append(content, at, end - at).append("\n");
        at = end + 1;
    }
    if (!ended)
        diff += "\\ No newline at end of file\n";
    return diff;
}

// Takes out the sections of binary files: without their content `git apply` would refuse the whole patch.
std::string textSections(const std::string& diff, std::vector<std::string>& omitted) {
    constexpr std::string_view start = "diff --git ";
    std::string kept;
    for (std::size_t at = 0; at < diff.size();) {
        std::size_t next = diff.find(fmt::format("\n{}", start), at);
        next = next == std::string::npos ? diff.size() : next + 1;
        const std::string_view section(diff.data() + at, next - at);
        const std::size_t body = section.find("\n@@ ");
        if (section.substr(0, body).find("\nBinary files ") == std::string_view::npos)
            kept += section;
        else
            omitted.emplace_back(section.substr(start.size(), section.find('\n') - start.size()));
        at = next;
    }
    return kept;
}

std::string untrackedPatch(const Git& git, const std::string& top, const std::vector<std::string>& files,
                           std::size_t room, std::vector<std::string>& omitted) {
    std::string patch;
    for (const std::string& file : files) {
        const std::string path = joinPath(top, file);
        struct stat info {};
        const bool plain = ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
        if (!plain || isSecretFile(file) || static_cast<std::size_t>(info.st_size) > kMaxFile || git.late()) {
            omitted.push_back(file);
            continue;
        }
        const auto content = readFile(path, kMaxFile);
        if (!content || content->find('\0') != std::string::npos ||
            patch.size() + content->size() + content->size() / 16 > room) {
            omitted.push_back(file);
            continue;
        }
        patch += newFileDiff(file, *content, info.st_mode & S_IXUSR);
    }
    return patch;
}

std::string shortList(std::vector<std::string> names) {
    constexpr std::size_t shown = 10;
    if (names.size() <= shown)
        return join(names, ", ");
    const std::size_t more = names.size() - shown;
    names.resize(shown);
    return fmt::format("{} and {} more", join(names, ", "), more);
}

void capturePatch(const Git& git, const std::string& top, const std::string& runDir, Changes changes,
                  CodeState& state) {
    std::vector<std::string> omitted, notes;
    std::string patch;
    if (!changes.tracked.empty()) {
        std::vector<std::string> ask{"diff",
                                     "--no-ext-diff",
                                     "--no-textconv",
                                     "--no-color",
                                     "--ignore-submodules=dirty",
                                     "--src-prefix=a/",
                                     "--dst-prefix=b/"};
        ask.push_back(state.commit.empty() ? "--cached" : "HEAD");
        ask.insert(ask.end(), {"--", ":(top)"});
        for (const std::string& file : changes.tracked) {
            if (!isSecretFile(file))
                continue;
            ask.push_back(":(top,literal,exclude)" + file);
            omitted.push_back(file);
        }
        if (const auto diff = git.ask(ask, true))
            patch = textSections(*diff, omitted);
        else
            notes.push_back("changes of tracked files are not in code.patch: " + diff.error().what);
    }
    patch +=
        untrackedPatch(git, top, changes.untracked, kMaxPatch - std::min(patch.size(), kMaxPatch), omitted);
    if (!omitted.empty())
        notes.push_back("listed, not copied (secret, binary, large, or out of time): " + shortList(omitted));
    if (!patch.empty())
        if (const auto written = writeFileAtomic(joinPath(runDir, "code.patch"), patch); !written)
            notes.push_back(written.error().text());
    state.note = join(notes, "; ");
}

}  // namespace

bool isSecretFile(std::string_view path) {
    const std::string name = fileName(path);
    constexpr std::array<std::string_view, 8> names{".env",        ".netrc",          ".pgpass",
                                                    ".pypirc",     ".npmrc",          ".git-credentials",
                                                    "credentials", "credentials.json"};
    constexpr std::array<std::string_view, 8> ends{".pem",      ".key", ".p12",  ".pfx",
                                                   ".keystore", ".jks", ".kdbx", ".ppk"};
    constexpr std::array<std::string_view, 4> starts{"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"};
    constexpr std::array<std::string_view, 3> templates{".example", ".sample", ".template"};
    const auto endsWith = [&](std::string_view end) { return name.ends_with(end); };
    if (std::ranges::find(names, name) != names.end() || std::ranges::any_of(ends, endsWith))
        return true;
    if (name.starts_with(".env.") || name.ends_with(".env"))
        return std::ranges::none_of(templates, endsWith);
    return std::ranges::any_of(starts, [&](std::string_view start) { return name.starts_with(start); }) &&
           !name.ends_with(".pub");
}

CodeState captureCode(const std::string& cwd, const std::string& runDir, double budgetSeconds) {
    CodeState state;
    if (findInPath("git").empty())
        return state;
    Git git(cwd, budgetSeconds);
    const auto top = git.ask({"rev-parse", "--show-toplevel"}, false);
    if (!top) {
        // "fatal: not a git repository" is no news; "dubious ownership" is.
        if (top.error().what.find("not a git repository") == std::string::npos)
            state.note = "git: " + top.error().what;
        return state;
    }
    const std::string root(top->substr(0, top->find_last_not_of('\n') + 1));
    git.moveTo(root);
    // Without it nobody knows which filters to switch off.
    const auto config = git.ask({"config", "--list", "-z"}, false);
    if (!config) {
        state.note = "code was not captured: " + config.error().what;
        return state;
    }
    std::vector<std::string> keys;
    for (const std::string& entry : split(*config, '\0')) {
        const std::size_t end = std::min(entry.find('\n'), entry.size());
        keys.push_back(entry.substr(0, end));
        if (keys.back() == "remote.origin.url" && end < entry.size())
            state.remote = withoutCredentials(entry.substr(end + 1));
    }
    if (const auto disarmed = git.disarmFilters(keys); !disarmed) {
        state.note = "code was not captured: " + disarmed.error().what;
        return state;
    }
    if (const auto head = git.ask({"rev-parse", "--verify", "--quiet", "HEAD"}, false))
        state.commit = trim(*head);
    if (const auto branch = git.ask({"symbolic-ref", "--quiet", "--short", "HEAD"}, false))
        state.branch = trim(*branch);
    const auto status = git.ask(
        {"status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--ignore-submodules=dirty"},
        true);
    if (!status) {
        state.note = "uncommitted work was not captured: " + status.error().what;
        return state;
    }
    Changes changes = parseStatus(*status, state);
    state.changedFiles = changes.tracked;
    state.changedFiles.insert(state.changedFiles.end(), changes.untracked.begin(), changes.untracked.end());
    std::ranges::sort(state.changedFiles);
    const std::size_t all = state.changedFiles.size();
    if (all > 0)
        capturePatch(git, root, runDir, std::move(changes), state);
    if (all > kMaxListed) {
        state.changedFiles.resize(kMaxListed);
        state.note += fmt::format("{}{} changed files, the first {} are listed",
                                  state.note.empty() ? "" : "; ", all, kMaxListed);
    }
    return state;
}

}  // namespace lathe::record
