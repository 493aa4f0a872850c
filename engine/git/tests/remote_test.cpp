// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "git/repository.h"
#include "tests/servers/sshd.h"

#include <doctest/doctest.h>

using namespace lathe;
using namespace lathe::git;
using lathe::test::Sshd;

TEST_CASE("a repository on a remote host: status, hunks, commit, log, and a cut") {
    if (const std::string why = Sshd::missing(); !why.empty()) {
        MESSAGE("skipped: " << why);
        return;
    }
    const Sshd sshd;
    const auto hosts = host::Hosts::create(sshd.config());
    const auto box = hosts->get("box").value();
    REQUIRE(box->connect({}));
    REQUIRE(writeFileAtomic(sshd.home() + "/.gitconfig",
                            "[user]\n\tname = Ada Example\n\temail = ada@example.org\n"));
    const std::string dir = sshd.home() + "/it's a repo";
    REQUIRE(box->makeDirs(dir));
    const auto git = [&](const std::vector<std::string>& words) {
        host::ProcessSpec spec{{"git"}, dir};
        spec.argv.insert(spec.argv.end(), words.begin(), words.end());
        const auto output = box->run(spec);
        REQUIRE(output);
        REQUIRE_MESSAGE(output->status.ok(), output->err);
        return output->out;
    };
    git({"init", "-q", "-b", "main"});
    REQUIRE(box->write(dir + "/f", "a\nb\nc\n"));

    auto opened = Repository::open(box, dir + "/f");
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().text()));
    Repository& repo = **opened;
    CHECK(repo.backend() == "git");
    CHECK(repo.root() == dir);
    CHECK(repo.status()->files == std::vector<FileStatus>{{.path = "f", .untracked = true}});
    REQUIRE(repo.stage({"f"}));
    REQUIRE(repo.commit({"Add f"}));
    REQUIRE(box->write(dir + "/f", "a\nB\nc\n"));
    const auto diff = repo.diff("f", DiffSide::Unstaged);
    REQUIRE(diff);
    REQUIRE(repo.stageHunk("f", diff->hunks.at(0)));
    CHECK(git({"diff", "--cached", "--name-only"}) == "f\n");
    REQUIRE(repo.commit({"Shout"}));
    CHECK(repo.log()->commits.size() == 2);
    CHECK(repo.commitFiles("HEAD", "f")->at(0).hunks.size() == 1);
    CHECK(repo.content("f", Version::Head).value() == "a\nB\nc\n");
    CHECK(Repository::open(box, sshd.home()).error().code == ErrorCode::NotFound);

    sshd.cutConnections();
    CHECK(repo.status().error().code == ErrorCode::Unavailable);
    REQUIRE(box->connect({}));
    CHECK(repo.status()->files.empty());
}
