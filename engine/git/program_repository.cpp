// SPDX-License-Identifier: Apache-2.0
#include "git/program_repository.h"

#include "core/inert_git.h"
#include "core/paths.h"
#include "core/text.h"
#include "git/path_check.h"
#include "git/program_output.h"

#include <algorithm>
#include <cstdlib>

namespace lathe::git {
namespace {

constexpr double callSeconds = 120;
constexpr std::size_t maxContent = std::size_t{64} << 20;

Change changeOf(char letter) {
    switch (letter) {
    case 'A':
    case 'C': return Change::Added;
    case 'M': return Change::Modified;
    case 'D': return Change::Deleted;
    case 'R': return Change::Renamed;
    case 'T': return Change::TypeChanged;
    default: return Change::None;
    }
}

}  // namespace

Result<std::unique_ptr<Repository>> ProgramRepository::open(std::shared_ptr<host::Host> host,
                                                            const std::string& path) {
    std::unique_ptr<ProgramRepository> repository(new ProgramRepository(std::move(host)));
    LATHE_TRY_ASSIGN(const host::FileInfo info, repository->m_host->stat(path));
    const bool folder = info.kind == host::FileKind::Folder || info.linkToFolder;
    repository->m_root = folder ? path : parentPath(path);
    LATHE_TRY_ASSIGN(const std::string root, repository->run({"rev-parse", "--show-toplevel"}));
    LATHE_TRY_ASSIGN(const std::string gitFolder, repository->run({"rev-parse", "--absolute-git-dir"}));
    repository->m_root = oneLine(root);
    repository->m_gitFolder = oneLine(gitFolder);
    if (!repository->m_root.starts_with('/'))
        return fail(ErrorCode::Unsupported, "has no working folder", escapedForDisplay(path),
                    "open a clone of it");
    LATHE_TRY(repository->readFilters());
    return repository;
}

// Filters are found by name in the configuration; each is replaced by nothing. Files that ask for one are
// refused by refuseFilters(), so that nothing is stored in the wrong form.
Result<> ProgramRepository::readFilters() {
    LATHE_TRY_ASSIGN(const CommandOutput output,
                     attempt({"config", "-z", "--name-only", "--get-regexp", "^filter\\."}));
    FilterSwitches switches = filterSwitches(fields(output.out));
    if (!switches.stubborn.empty())
        return fail(ErrorCode::Unsupported, "names a filter that cannot be switched off", m_root,
                    "remove " + escapedForDisplay(switches.stubborn[0], 100) +
                        " from the repository's configuration");
    m_switches = std::move(switches.words);
    return {};
}

Result<CommandOutput> ProgramRepository::attempt(std::vector<std::string> words, std::string_view input) {
    host::ProcessSpec spec;
    spec.cwd = m_root;
    spec.env = inertGitVariables();
    spec.env["GIT_LITERAL_PATHSPECS"] = "1";
    spec.argv = inertGitWords();
    append(spec.argv, {"-c", "core.quotePath=true"});
    append(spec.argv, m_switches);
    append(spec.argv, words);
    auto output = m_host->run(spec, input, callSeconds);
    if (output && output->status.code == 127)
        return fail(ErrorCode::Unavailable, "there is no git program on " + m_host->id(), m_root,
                    "install git there");
    return output;
}

std::unexpected<Error> ProgramRepository::failed(const CommandOutput& output) const {
    const std::string said = escapedForDisplay(trim(output.err.empty() ? output.out : output.err), 400);
    const auto says = [&](std::string_view part) { return said.find(part) != std::string::npos; };
    const std::string on = m_host->id() == "local" ? m_root : m_host->id() + ":" + escapedForDisplay(m_root);
    if (says("not a git repository"))
        return fail(ErrorCode::NotFound, "is not in a git repository", on, "`git init` makes one");
    if (says("dubious ownership"))
        return fail(ErrorCode::Denied, "the repository belongs to another user", on,
                    "if you trust it: git config --global --add safe.directory " + shellQuote(m_root));
    if (says("index.lock"))
        return fail(ErrorCode::Exists, "another git holds the index: " + said, on,
                    "if none is at work, remove .git/index.lock");
    if (says("tell me who you are") || says("empty ident name") || says("no email was given"))
        return fail(
            ErrorCode::Invalid, "git does not know who you are: user.name or user.email is not set", on,
            "git config --global user.name \"Your Name\"; git config --global user.email you@example.org");
    if (says("unknown revision") || says("bad revision") || says("Not a valid object name") ||
        says("bad object"))
        return fail(ErrorCode::NotFound, "there is no such commit, branch or tag", on);
    if (says("did not match any file"))
        return fail(ErrorCode::NotFound, "there is no such file", on);
    return fail(ErrorCode::Io, "git failed: " + (said.empty() ? output.status.text() : said), on);
}

Result<std::string> ProgramRepository::run(std::vector<std::string> words, std::string_view input) {
    LATHE_TRY_ASSIGN(CommandOutput output, attempt(std::move(words), input));
    if (!output.status.ok())
        return failed(output);
    return std::move(output.out);
}

Result<Status> ProgramRepository::status() {
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const std::string text,
                     run({"status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal",
                          "--ignore-submodules=dirty", "--find-renames"}));
    Status out;
    const auto records = fields(text);
    for (std::size_t i = 0; i < records.size(); ++i) {
        const std::string& record = records[i];
        const auto headed = [&](std::string_view key, std::string& value) {
            if (record.starts_with(key))
                value = record.substr(key.size());
        };
        // The path is what follows a given number of fields (git-status(1), porcelain format version 2).
        const auto pathAfter = [&](int skipped) {
            std::size_t at = 0;
            for (int n = 0; n < skipped && at != std::string::npos; ++n)
                at = record.find(' ', at + (n > 0));
            return at == std::string::npos ? std::string() : record.substr(at + 1);
        };
        if (record.starts_with('#')) {
            headed("# branch.oid ", out.head);
            headed("# branch.head ", out.branch);
            headed("# branch.upstream ", out.upstream);
            std::string counts;
            headed("# branch.ab ", counts);
            if (const auto space = counts.find(' '); space != std::string::npos) {
                out.ahead = std::abs(std::atoi(counts.c_str()));
                out.behind = std::abs(std::atoi(counts.c_str() + space));
            }
            continue;
        }
        FileStatus file;
        if (record.starts_with("? ")) {
            file.path = record.substr(2);
            file.untracked = true;
        } else if (record.starts_with("u ")) {
            file.path = pathAfter(10);
            file.conflicted = true;
        } else if ((record.starts_with("1 ") || record.starts_with("2 ")) && record.size() > 4) {
            const bool renamed = record[0] == '2';
            file.path = pathAfter(renamed ? 9 : 8);
            file.staged = changeOf(record[2]);
            file.unstaged = changeOf(record[3]);
            if (renamed && i + 1 < records.size())
                file.oldPath = records[++i];
        } else {
            continue;
        }
        out.files.push_back(std::move(file));
    }
    if (out.head == "(initial)")
        out.head.clear();
    if (out.branch == "(detached)")
        out.branch.clear();
    std::ranges::stable_sort(out.files, {}, &FileStatus::path);

    LATHE_TRY_ASSIGN(const auto entries, m_host->list(m_gitFolder));
    const std::pair<std::string_view, std::string_view> marks[] = {
        {"MERGE_HEAD", "merge"},   {"rebase-merge", "rebase"},          {"rebase-apply", "rebase"},
        {"REVERT_HEAD", "revert"}, {"CHERRY_PICK_HEAD", "cherry-pick"}, {"BISECT_LOG", "bisect"}};
    for (const auto& [name, operation] : marks) {
        if (out.operation.empty() && std::ranges::find(entries, name, &host::DirEntry::name) != entries.end())
            out.operation = operation;
    }
    return out;
}

Result<bool> ProgramRepository::isTracked(const std::string& path) {
    LATHE_TRY_ASSIGN(const std::string listed, run({"ls-files", "-z", "--", path}));
    return !listed.empty();
}

Result<FileDiff> ProgramRepository::untrackedDiff(const std::string& path, const DiffOptions& options) {
    auto words = diffWords(options);
    append(words, {"--no-index", "--", "/dev/null", path});
    // 1: they differ, as an untracked file does from nothing.
    LATHE_TRY_ASSIGN(const CommandOutput output, attempt(words));
    if (output.status.code > 1 || output.status.signal)
        return failed(output);
    auto files = parsePatch(output.out);
    if (files.empty())
        return fail(ErrorCode::NotFound, "has no unstaged change", escapedForDisplay(path));
    files[0].path = path;
    files[0].change = Change::Added;
    return std::move(files[0]);
}

Result<FileDiff> ProgramRepository::diff(const std::string& path, DiffSide side, const DiffOptions& options) {
    LATHE_TRY_ASSIGN(const std::string checked, checkedPath(path));
    const std::lock_guard lock(m_mutex);
    FileDiff large;
    large.path = checked;
    large.change = Change::Modified;
    large.tooLarge = true;
    if (side == DiffSide::Unstaged) {
        const auto info = m_host->stat(joinPath(m_root, checked));
        if (info && info->size > options.maxFileBytes)
            return large;
        LATHE_TRY_ASSIGN(const bool tracked, isTracked(checked));
        if (!tracked) {
            LATHE_TRY_ASSIGN(FileDiff file, untrackedDiff(checked, options));
            limit(file, options);
            return file;
        }
    } else {
        LATHE_TRY_ASSIGN(const CommandOutput size, attempt({"cat-file", "-s", ":" + checked}));
        if (size.status.ok() && static_cast<std::size_t>(std::atoll(size.out.c_str())) > options.maxFileBytes)
            return large;
    }
    auto words = diffWords(options);
    words.emplace_back("--no-renames");
    if (side == DiffSide::Staged)
        words.emplace_back("--cached");
    append(words, {"--", checked});
    LATHE_TRY_ASSIGN(const std::string text, run(words));
    for (FileDiff& file : parsePatch(text)) {
        if (file.path != checked)
            continue;
        limit(file, options);
        return std::move(file);
    }
    return fail(ErrorCode::NotFound,
                side == DiffSide::Staged ? "has no staged change" : "has no unstaged change",
                escapedForDisplay(path));
}

Result<std::vector<FileDiff>> ProgramRepository::diffAll(DiffSide side, const DiffOptions& options) {
    const std::lock_guard lock(m_mutex);
    auto words = diffWords(options);
    if (side == DiffSide::Staged)
        append(words, {"--cached", "--find-renames"});
    else
        words.emplace_back("--no-renames");
    LATHE_TRY_ASSIGN(const std::string text, run(words));
    auto files = parsePatch(text);
    if (side == DiffSide::Unstaged) {
        LATHE_TRY_ASSIGN(const std::string untracked,
                         run({"ls-files", "-z", "--others", "--exclude-standard"}));
        for (const std::string& path : fields(untracked)) {
            if (auto file = untrackedDiff(path, options))
                files.push_back(std::move(*file));
        }
    }
    for (FileDiff& file : files)
        limit(file, options);
    std::ranges::stable_sort(files, {}, &FileDiff::path);
    return files;
}

Result<std::string> ProgramRepository::content(const std::string& path, Version version) {
    LATHE_TRY_ASSIGN(const std::string checked, checkedPath(path));
    if (version == Version::Working) {
        LATHE_TRY_ASSIGN(auto content, m_host->read(joinPath(m_root, checked), maxContent));
        return std::move(content.bytes);
    }
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(CommandOutput output,
                     attempt({"cat-file", "blob", (version == Version::Head ? "HEAD:" : ":0:") + checked}));
    if (!output.status.ok())
        return fail(ErrorCode::NotFound, "is not there in that version", escapedForDisplay(path));
    return std::move(output.out);
}

Result<> ProgramRepository::refuseFilters(const std::vector<std::string>& paths) {
    std::vector<std::string> words = {"ls-files",           "-z", "--cached", "--others", "--modified",
                                      "--exclude-standard", "--"};
    append(words, paths);
    LATHE_TRY_ASSIGN(const std::string files, run(words));
    if (files.empty())
        return {};
    LATHE_TRY_ASSIGN(const std::string values, run({"check-attr", "-z", "--stdin", "filter"}, files));
    const auto triples = fields(values);
    for (std::size_t i = 0; i + 2 < triples.size(); i += 3) {
        const std::string& value = triples[i + 2];
        if (value != "unspecified" && value != "unset" && value != "set")
            return fail(ErrorCode::Unsupported,
                        "goes through the filter \"" + escapedForDisplay(value, 60) +
                            "\", which is not run here",
                        escapedForDisplay(triples[i]), "use `git add` or `git restore` in a terminal");
    }
    return {};
}

Result<> ProgramRepository::stage(const std::vector<std::string>& paths) {
    LATHE_TRY_ASSIGN(const auto checked, checkedPaths(paths));
    const std::lock_guard lock(m_mutex);
    LATHE_TRY(refuseFilters(checked));
    std::vector<std::string> words = {"add", "-A", "--"};
    append(words, checked);
    LATHE_TRY(run(words));
    return {};
}

Result<> ProgramRepository::unstage(const std::vector<std::string>& paths) {
    LATHE_TRY_ASSIGN(auto checked, checkedPaths(paths));
    const std::lock_guard lock(m_mutex);
    // Of a renamed file both names are put back.
    LATHE_TRY_ASSIGN(const std::string renames, run({"diff", "--cached", "--no-ext-diff", "--find-renames",
                                                     "--diff-filter=R", "--name-status", "-z"}));
    const auto triples = fields(renames);
    for (std::size_t i = 0; i + 2 < triples.size(); i += 3) {
        const auto wanted = [&](const std::string& path) {
            return std::ranges::any_of(checked, [&](const std::string& one) { return isUnder(path, one); });
        };
        if (wanted(triples[i + 1]) != wanted(triples[i + 2]))
            checked.push_back(triples[i + (wanted(triples[i + 1]) ? 2 : 1)]);
    }
    std::vector<std::string> words = {"reset", "-q", "--"};
    append(words, checked);
    LATHE_TRY(run(words));
    return {};
}

Result<> ProgramRepository::discard(const std::vector<std::string>& paths) {
    LATHE_TRY_ASSIGN(const auto checked, checkedPaths(paths));
    const std::lock_guard lock(m_mutex);
    LATHE_TRY(refuseFilters(checked));
    std::vector<std::string> list = {"ls-files", "-z", "--"};
    append(list, checked);
    LATHE_TRY_ASSIGN(const std::string tracked, run(list));
    if (!tracked.empty())
        LATHE_TRY(run({"checkout-index", "-f", "-q", "-z", "--stdin"}, tracked));
    std::vector<std::string> clean = {"clean", "-f", "-d", "-q", "--"};
    append(clean, checked);
    LATHE_TRY(run(clean));
    return {};
}

Result<> ProgramRepository::apply(const FileDiff& file, const Hunk& hunk, bool toIndex) {
    LATHE_TRY(refuseFilters({file.path}));
    std::vector<std::string> words = {"apply", "--whitespace=nowarn"};
    if (toIndex)
        words.emplace_back("--cached");
    if (std::ranges::none_of(hunk.lines, [](const DiffLine& line) { return line.kind == LineKind::Context; }))
        words.emplace_back("--unidiff-zero");
    words.emplace_back("-");
    LATHE_TRY_ASSIGN(const CommandOutput output, attempt(words, patchText(file, hunk)));
    if (output.status.ok())
        return {};
    if (output.err.find("index.lock") != std::string::npos)
        return failed(output);
    return fail(ErrorCode::Exists,
                "the change does not fit any more: " + escapedForDisplay(trim(output.err), 300),
                escapedForDisplay(file.path), "look at its difference again");
}

namespace {

// A file whose change is gone is no longer as it was shown.
Result<FileDiff> still(Result<FileDiff> file) {
    if (!file && file.error().code == ErrorCode::NotFound)
        return fail(ErrorCode::Exists, "has no such change any more", file.error().on,
                    "look at its difference again");
    return file;
}

}  // namespace

Result<> ProgramRepository::stageHunk(const std::string& path, const Hunk& hunk) {
    LATHE_TRY_ASSIGN(const FileDiff file, still(diff(path, DiffSide::Unstaged, {})));
    const std::lock_guard lock(m_mutex);
    return apply(file, hunk, true);
}

Result<> ProgramRepository::unstageHunk(const std::string& path, const Hunk& hunk) {
    LATHE_TRY_ASSIGN(const FileDiff file, still(diff(path, DiffSide::Staged, {})));
    const std::lock_guard lock(m_mutex);
    return apply(reversed(file), reversed(hunk), true);
}

Result<> ProgramRepository::discardHunk(const std::string& path, const Hunk& hunk) {
    LATHE_TRY_ASSIGN(const FileDiff file, still(diff(path, DiffSide::Unstaged, {})));
    const std::lock_guard lock(m_mutex);
    return apply(reversed(file), reversed(hunk), false);
}

Result<std::string> ProgramRepository::commit(const CommitRequest& request) {
    if (trim(request.message).empty())
        return fail(ErrorCode::Invalid, "a commit needs a message", m_root);
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const CommandOutput signs,
                     attempt({"config", "--type=bool", "--get", "commit.gpgSign"}));
    if (signs.status.ok() && trim(signs.out) == "true")
        return fail(ErrorCode::Unsupported,
                    "commit.gpgSign is on, and no signing program is started from here", m_root,
                    "use `git commit` in a terminal");
    LATHE_TRY_ASSIGN(const std::string conflicts, run({"ls-files", "-z", "--unmerged"}));
    if (!conflicts.empty())
        return fail(ErrorCode::Invalid, "there are files with conflicts", m_root,
                    "resolve and stage them first");
    std::vector<std::string> words = {"commit", "-q", "--no-verify", "--cleanup=whitespace", "-F", "-"};
    if (request.amend)
        words.emplace_back("--amend");
    if (request.allowEmpty || request.amend)
        words.emplace_back("--allow-empty");
    LATHE_TRY_ASSIGN(const CommandOutput output, attempt(words, request.message));
    const std::string said = output.out + output.err;
    if (said.find("nothing to commit") != std::string::npos ||
        said.find("no changes added") != std::string::npos ||
        said.find("nothing added to commit") != std::string::npos)
        return fail(ErrorCode::Invalid, "nothing is staged", m_root,
                    "stage the changes that belong to the commit");
    if (said.find("nothing to amend") != std::string::npos)
        return fail(ErrorCode::Invalid, "there is no commit to amend yet", m_root);
    if (!output.status.ok())
        return failed(output);
    LATHE_TRY_ASSIGN(const std::string id, run({"rev-parse", "HEAD"}));
    return oneLine(id);
}

}  // namespace lathe::git
