// SPDX-License-Identifier: Apache-2.0
#include "record/restore.h"

#include "core/file.h"
#include "core/json.h"
#include "core/paths.h"
#include "core/process.h"
#include "core/text.h"

#include <fmt/format.h>
#include <optional>
#include <unistd.h>

namespace lathe::record {

namespace {

constexpr double kGitSeconds = 3600;  // a large repository over a slow line

Result<std::string> git(const std::string& folder, std::vector<std::string> arguments) {
    ProcessOptions options;
    options.argv = {"git", "-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.cwd = folder;
    for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"})
        options.env[name] = std::nullopt;
    options.env["LC_ALL"] = "C";
    options.in = Redirect::Null;
    LATHE_TRY_ASSIGN(const CommandOutput done, runCommand(std::move(options), {}, kGitSeconds));
    if (!done.status.ok())
        return fail(ErrorCode::Unavailable, "git " + arguments[0] + ": " + std::string(trim(done.err)),
                    folder);
    return done.out;
}

bool isCommitId(const std::string& text) {
    return text.size() >= 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool holdsCommit(const std::string& folder, const std::string& commit) {
    return isDirectory(folder) && git(folder, {"cat-file", "-e", commit + "^{commit}"}).has_value();
}

class Restorer {
public:
    Restorer(std::string runDir, RestoredCode& report) : m_runDir(std::move(runDir)), m_report(report) {}

    // `origin` is where this repository lay when the run started; `name` is its path within the whole ("" for
    // the top).
    Result<> restore(const Json& details, const std::string& commit, const std::string& origin,
                     const std::string& destination, const std::string& name);

private:
    Result<std::string> fetch(const Json& details, const std::string& commit, const std::string& origin,
                              const std::string& destination);
    Result<> applyPatch(const Json& details, const std::string& destination);
    void tellOmitted(const Json& details, const std::string& destination, const std::string& name);
    void restoreSubmodules(const Json& details, const std::string& origin, const std::string& destination,
                           const std::string& name);

    std::string m_runDir;
    RestoredCode& m_report;
};

Result<std::string> Restorer::fetch(const Json& details, const std::string& commit, const std::string& origin,
                                    const std::string& destination) {
    std::vector<std::string> remotes;
    if (const auto listed = details.find("remotes"); listed != details.end() && listed->is_object())
        for (const auto& [remote, address] : listed->items())
            if (address.is_string())
                remotes.insert(remote == "origin" ? remotes.begin() : remotes.end(),
                               address.get<std::string>());
    if (const std::string url = getString(details, "url"); !url.empty())
        remotes.push_back(url);
    LATHE_TRY(git(destination, {"init", "-q"}));
    if (!remotes.empty())
        LATHE_TRY(git(destination, {"remote", "add", "origin", remotes.front()}));
    std::vector<std::string> sources;
    if (!origin.empty() && holdsCommit(origin, commit))
        sources.push_back(origin);
    for (const std::string& remote : remotes)
        if (!remote.starts_with('-') && !remote.starts_with('.'))
            sources.push_back(remote);
    std::vector<std::string> reasons;
    for (const std::string& source : sources) {
        // By its id first: it may be on no branch any more. Servers that do not give that out give their
        // branches.
        for (const std::vector<std::string>& what :
             {std::vector<std::string>{commit},
              std::vector<std::string>{"+refs/heads/*:refs/remotes/origin/*"}}) {
            std::vector<std::string> ask{"-c", "protocol.file.allow=always", "fetch", "-q", source};
            ask.insert(ask.end(), what.begin(), what.end());
            const auto got = git(destination, ask);
            if (got && holdsCommit(destination, commit))
                return source;
            reasons.push_back(source + ": " + (got ? "has no such commit" : got.error().what));
        }
    }
    return fail(ErrorCode::NotFound, "the commit " + commit.substr(0, 12) + " is nowhere to be had",
                origin.empty() ? destination : origin,
                reasons.empty() ? "no remote is recorded, and the repository is not on this machine"
                                : join(reasons, "; "));
}

Result<> Restorer::applyPatch(const Json& details, const std::string& destination) {
    const std::string name = getString(details, "patch");
    const std::string path = joinPath(m_runDir, name);
    // The name is the host's own word.
    if (name.empty() || (name != "code.patch" && !name.starts_with("env/")) ||
        name.find("..") != std::string::npos)
        return {};
    if (!exists(path)) {
        m_report.missing.push_back(name + " is not here: the uncommitted work is missing");
        return {};
    }
    LATHE_TRY(git(destination, {"-c", "core.autocrlf=false", "-c", "core.safecrlf=false", "apply",
                                "--whitespace=nowarn", path}));
    return {};
}

void Restorer::tellOmitted(const Json& details, const std::string& destination, const std::string& name) {
    const auto omitted = details.find("omitted");
    if (omitted == details.end() || !omitted->is_array())
        return;
    for (const Json& file : *omitted) {
        const std::string path = getString(file, "path"), why = getString(file, "why");
        const std::string target = cleanPath(joinPath(destination, path));
        if (getBool(file, "deleted") && target.starts_with(destination + "/")) {
            ::unlink(target.c_str());
            continue;
        }
        m_report.missing.push_back(fmt::format("{}: {} when the run started, and not copied{}",
                                               joinPath(name, path), why,
                                               exists(target) ? "; here as committed" : ""));
    }
}

void Restorer::restoreSubmodules(const Json& details, const std::string& origin,
                                 const std::string& destination, const std::string& name) {
    const auto modules = details.find("submodules");
    if (modules == details.end() || !modules->is_array())
        return;
    for (const Json& module : *modules) {
        const std::string path = getString(module, "path"), commit = getString(module, "commit");
        const std::string target = cleanPath(joinPath(destination, path));
        if (path.empty() || !target.starts_with(destination + "/") || getBool(module, "absent"))
            continue;
        const auto made = makeDirs(target);
        const auto done = made ? restore(module, commit, origin.empty() ? "" : joinPath(origin, path), target,
                                         joinPath(name, path))
                               : made;
        if (!done)
            m_report.missing.push_back("submodule " + joinPath(name, path) + ": " + done.error().text());
    }
}

Result<> Restorer::restore(const Json& details, const std::string& commit, const std::string& origin,
                           const std::string& destination, const std::string& name) {
    if (commit.empty()) {
        LATHE_TRY(git(destination,
                      {"init", "-q"}));  // a repository without a commit yet: all of it is in the patch
    } else if (!isCommitId(commit)) {
        return fail(ErrorCode::Corrupt, "the recorded commit is no id", escapedForDisplay(commit, 80));
    } else {
        LATHE_TRY_ASSIGN(const std::string source, fetch(details, commit, origin, destination));
        if (name.empty())
            m_report.source = source;
        LATHE_TRY(git(destination, {"checkout", "-q", "--detach", commit}));
    }
    LATHE_TRY(applyPatch(details, destination));
    tellOmitted(details, destination, name);
    if (getBool(details, "incomplete"))
        m_report.missing.push_back((name.empty() ? "" : name + ": ") +
                                   "there was no time to look at the uncommitted work when the run started");
    restoreSubmodules(details, origin, destination, name);
    return {};
}

}  // namespace

Result<RestoredCode> restoreCode(const RunSpec& spec, const std::string& runDir,
                                 const std::string& destination) {
    if (findInPath("git").empty())
        return fail(ErrorCode::Unavailable, "the git program is not installed");
    RestoredCode report;
    report.commit = spec.code.commit;
    Json details = readJsonFile(joinPath(runDir, "env/code.json")).value_or(Json::object());
    if (details.empty()) {  // of a run from before env/code.json
        if (spec.code.commit.empty())
            return fail(ErrorCode::NotFound,
                        "no code was recorded with this run: it was not started in a git repository",
                        spec.name);
        details = Json{{"remotes", {{"origin", spec.code.remote}}}, {"patch", "code.patch"}};
        if (spec.code.remote.empty())
            details["remotes"] = Json::object();
        if (!exists(joinPath(runDir, "code.patch")))
            details.erase("patch");
        if (!spec.code.note.empty())
            report.missing.push_back(spec.code.note);
    }
    const std::string target = absolutePath(destination);
    const bool made = !exists(target);
    if (!made && (!isDirectory(target) || !listDir(target).value_or(std::vector<std::string>{"?"}).empty()))
        return fail(ErrorCode::Exists, "is there already and not an empty folder", target,
                    "name a new folder");
    LATHE_TRY(makeDirs(target));
    // Where the run was started, if that was this machine; the git program says whether the commit is still
    // there.
    std::string origin;
    if (spec.host == "local") {
        origin = getString(details, "root");
        if (origin.empty()) {
            if (const auto top =
                    git(isDirectory(spec.cwd) ? spec.cwd : "/", {"rev-parse", "--show-toplevel"}))
                origin = trim(*top);
        }
    }
    if (const auto done = Restorer(runDir, report).restore(details, spec.code.commit, origin, target, "");
        !done) {
        if (made)
            (void)removeTree(target);
        return std::unexpected(done.error());
    }
    report.folder = cleanPath(joinPath(target, getString(details, "folder")));
    return report;
}

}  // namespace lathe::record
