// SPDX-License-Identifier: Apache-2.0
#include "core/journal_writer.h"

#include "core/process.h"
#include "core/text.h"

#include <cmath>
#include <csignal>
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lathe;

TEST_CASE("lines are the documented JSON and read back exactly") {
    const TempDir dir;
    const std::string path = dir / "journal.jsonl";
    {
        auto journal = JournalWriter::open(path);
        REQUIRE(journal);
        REQUIRE(journal->metrics(12, {{"train/loss", 0.1}, {"odd\"name", std::nan("")}}, 1763663050.12345));
        REQUIRE(journal->params(*parseJson(R"({"optim":{"lr":0.0003}})")));
        REQUIRE(journal->event("state", *parseJson(R"({"state":"running"})")));
    }
    const auto lines = split(readFile(path).value(), '\n');
    REQUIRE(lines.size() == 4);
    CHECK(lines[0] == R"({"t":1763663050.1235,"e":"metrics","s":12,"v":{"train/loss":0.1,"odd\"name":"nan"}})");
    CHECK(getString(parseJson(lines[1]).value(), "e") == "params");
    CHECK(parseJson(lines[1]).value()["v"]["optim.lr"] == 0.0003);
    CHECK(getString(parseJson(lines[2]).value(), "state") == "running");
    CHECK(lines[3].empty());
}

TEST_CASE("a second writer is refused, and let in once the first is gone") {
    const TempDir dir;
    auto first = JournalWriter::open(dir / "j");
    REQUIRE(first);
    const auto second = JournalWriter::open(dir / "j");
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::Exists);
    first = fail(ErrorCode::Cancelled, "closed");
    CHECK(JournalWriter::open(dir / "j"));
}

TEST_CASE("a torn last line cannot swallow the next one") {
    const TempDir dir;
    REQUIRE(writeFileAtomic(dir / "j", "{\"t\":1,\"e\":\"heartbeat\"}\n{\"t\":2,\"e\":\"me"));
    auto journal = JournalWriter::open(dir / "j");
    REQUIRE(journal);
    REQUIRE(journal->event("heartbeat"));
    const auto lines = split(readFile(dir / "j").value(), '\n');
    REQUIRE(lines.size() == 4);
    CHECK(lines[1] == "{\"t\":2,\"e\":\"me");
    CHECK(parseJson(lines[2]));
}

TEST_CASE("a full disk is an error each time and never spoils what is already there") {
    const TempDir dir;
    const std::string path = dir / "j";
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{500, RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &small);
        auto journal = JournalWriter::open(path);
        int failed = 0;
        for (int i = 0; i < 20; ++i) {
            if (!journal->metrics(i, {{"loss", 1.0 / (i + 1)}}))
                ++failed;
        }
        const rlimit large{RLIM_INFINITY, RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &large);
        const bool recovered = journal->metrics(99, {{"loss", 0.5}}).has_value();
        ::_exit(failed > 0 && recovered ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    REQUIRE(status == 0);
    int whole = 0, torn = 0;
    std::string last;
    for (const std::string& line : split(readFile(path).value(), '\n')) {
        if (line.empty())
            continue;
        if (parseJson(line)) {
            ++whole;
            last = line;
        } else {
            ++torn;
        }
    }
    CHECK(whole > 5);
    CHECK(torn <= 1);
    CHECK(last.find("\"s\":99") != std::string::npos);
}
