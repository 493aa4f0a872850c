// SPDX-License-Identifier: Apache-2.0
#include "git/repository.h"

#include "git/libgit_repository.h"
#include "git/program_repository.h"

namespace lathe::git {

Result<std::unique_ptr<Repository>> Repository::open(std::shared_ptr<host::Host> host,
                                                     const std::string& path) {
    if (host->id() != "local")
        return ProgramRepository::open(std::move(host), path);
    auto repository = LibgitRepository::open(path);
    if (repository || repository.error().code != ErrorCode::Unsupported)
        return repository;
    auto byProgram = ProgramRepository::open(std::move(host), path);
    return byProgram ? std::move(byProgram) : std::move(repository);
}

}  // namespace lathe::git
