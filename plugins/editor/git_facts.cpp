// SPDX-License-Identifier: GPL-3.0-or-later
#include "git_facts.h"

#include "git/repository.h"

namespace lathe::editor {

Result<std::string> headContent(std::shared_ptr<host::Host> host, const std::string& path) {
    LATHE_TRY_ASSIGN(auto repository, git::Repository::open(std::move(host), path));
    if (!path.starts_with(repository->root() + "/"))
        return fail(ErrorCode::NotFound, "the file is not in the repository", path);
    return repository->content(path.substr(repository->root().size() + 1), git::Version::Head);
}

Result<std::map<std::string, char>> statusLetters(std::shared_ptr<host::Host> host, const std::string& folder) {
    LATHE_TRY_ASSIGN(auto repository, git::Repository::open(std::move(host), folder));
    LATHE_TRY_ASSIGN(const auto status, repository->status());
    std::map<std::string, char> letters;
    for (const git::FileStatus& file : status.files) {
        std::string path = repository->root() + "/" + file.path;
        if (path.ends_with('/'))
            path.pop_back();
        letters[path] = file.conflicted                                                                    ? '!'
                        : file.untracked                                                                   ? 'U'
                        : file.unstaged == git::Change::Deleted || file.staged == git::Change::Deleted     ? 'D'
                        : file.staged == git::Change::Added                                                ? 'A'
                                                                                                           : 'M';
    }
    return letters;
}

} // namespace lathe::editor
