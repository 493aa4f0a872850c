// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/paths.h"
#include "core/process.h"
#include "core/text.h"
#include "git/libgit_repository.h"
#include "git/program_repository.h"

#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>
#include <set>
#include <string>
#include <vector>

namespace lathe::git {

// A configuration of its own for all of git in this process: nobody's name, hooks or filters get in.
inline const TempDir& gitHome() {
    static const TempDir home;
    static const bool once = [] {
        ::setenv("HOME", home.path().c_str(), 1);
        ::setenv("XDG_CONFIG_HOME", (home / ".config").c_str(), 1);
        ::setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
        (void)writeFileAtomic(home / ".gitconfig",
                              "[user]\n\tname = Ada Example\n\temail = ada@example.org\n"
                              "[init]\n\tdefaultBranch = main\n[protocol \"file\"]\n\tallow = always\n");
        return true;
    }();
    (void)once;
    return home;
}

ErrorCode codeOf(const auto& result) {
    return result ? ErrorCode::Internal : result.error().code;
}

// A real repository, made by the git program, and opened by one of the two implementations.
struct Repo {
    TempDir dir;
    std::string backend;
    std::unique_ptr<host::Hosts> hosts = host::Hosts::create();
    std::unique_ptr<Repository> repo;

    explicit Repo(std::string name, const std::vector<std::string>& options = {}) : backend(std::move(name)) {
        gitHome();
        std::vector<std::string> init = {"init", "-q"};
        init.insert(init.end(), options.begin(), options.end());
        git(init);
        open();
    }
    void open() {
        auto opened = backend == "git" ? ProgramRepository::open(hosts->local(), dir.path())
                                       : LibgitRepository::open(dir.path());
        REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().text()));
        repo = std::move(*opened);
    }
    std::string git(const std::vector<std::string>& words, bool mayFail = false) const {
        ProcessOptions options;
        options.argv = {"git"};
        options.argv.insert(options.argv.end(), words.begin(), words.end());
        options.cwd = dir.path();
        const auto output = runCommand(options);
        REQUIRE(output);
        if (!mayFail)
            REQUIRE_MESSAGE(output->status.ok(), (join(words, " ") + ": " + output->err));
        return output->out;
    }
    void write(const std::string& path, const std::string& text) const {
        REQUIRE(makeDirs(parentPath(dir / path)));
        REQUIRE(writeFileAtomic(dir / path, text));
    }
    std::string read(const std::string& path) const { return readFile(dir / path).value_or("(none)"); }
    void commitAll(const std::string& message) const {
        git({"add", "-A"});
        git({"commit", "-q", "-m", message});
    }
    std::string staged(const std::string& path) const { return git({"show", ":" + path}); }
};

#define BOTH_BACKENDS(name)                                                                                  \
    if (findInPath("git").empty()) {                                                                         \
        MESSAGE("skipped: git is missing");                                                                  \
        return;                                                                                              \
    }                                                                                                        \
    for (const std::string name : {"libgit2", "git"})

inline char letterOf(Change change) {
    switch (change) {
    case Change::None: return ' ';
    case Change::Added: return 'A';
    case Change::Modified: return 'M';
    case Change::Deleted: return 'D';
    case Change::Renamed: return 'R';
    case Change::TypeChanged: return 'T';
    }
    return '?';
}

// As `git status --porcelain -z` writes it; all kinds of conflict as one.
inline std::set<std::string> linesOf(const Status& status) {
    std::set<std::string> lines;
    for (const FileStatus& file : status.files) {
        if (file.conflicted)
            lines.insert("UU " + file.path);
        else if (file.untracked)
            lines.insert("?? " + file.path);
        else
            lines.insert(std::string{letterOf(file.staged), letterOf(file.unstaged), ' '} + file.path +
                         (file.oldPath.empty() ? "" : " <- " + file.oldPath));
    }
    return lines;
}

inline std::set<std::string> porcelain(const Repo& repo) {
    std::set<std::string> lines;
    auto records = split(repo.git({"status", "--porcelain", "-z"}), '\0');
    for (std::size_t i = 0; i < records.size(); ++i) {
        std::string line = records[i];
        if (line.empty())
            continue;
        for (const char* conflict : {"DD", "AU", "UD", "UA", "DU", "AA", "UU"}) {
            if (line.starts_with(conflict))
                line.replace(0, 2, "UU");
        }
        if (line[0] == 'R')
            line += " <- " + records[++i];
        lines.insert(line);
    }
    return lines;
}

inline std::string numbered(int from, int to) {
    std::string text;
    for (int i = from; i <= to; ++i)
        text += "line " + std::to_string(i) + "\n";
    return text;
}

inline std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

inline const std::string hostileNames[] = {"with space",
                                           "-rf",
                                           "new\nline",
                                           "\"quoted\"",
                                           "[a]*?.txt",
                                           ":(top)x",
                                           "\xE2\x80\xAE"
                                           "bidi",
                                           "größe",
                                           "back\\slash",
                                           "#hash",
                                           "\xff\xfe",
                                           "a'b$c`d"};

}  // namespace lathe::git
