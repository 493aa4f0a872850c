// SPDX-License-Identifier: Apache-2.0
#include "cli/run_follower.h"

#include "core/file.h"

#include <doctest/doctest.h>
#include <fstream>

using namespace lathe;
using cli::RunFollower;

namespace {

void append(const std::string& path, std::string_view text) { std::ofstream(path, std::ios::app | std::ios::binary) << text; }

}  // namespace

TEST_CASE("what comes is handed over once, whole lines of a journal only") {
    const TempDir dir;
    std::string output, metrics;
    RunFollower follower(dir.path(), 0, {
        .output = [&](std::string_view bytes) { output += bytes; },
        .metric = [&](std::int64_t step, const std::string& name, double, double) { metrics += name + std::to_string(step) + " "; },
    });
    CHECK_FALSE(follower.poll());
    append(dir / "output.log", "half");
    append(dir / "journal.jsonl", R"({"t":1,"e":"metrics","s":1,"v":{"a":1}})" "\n" R"({"t":1,"e":"met)");
    CHECK(follower.poll());
    CHECK_FALSE(follower.poll());
    append(dir / "output.log", " line\n");
    append(dir / "journal.jsonl", R"(rics","s":2,"v":{"a":2}})" "\ngarbage \xff\n");
    append(dir / "journal.0.jsonl", R"({"t":1,"e":"metrics","s":3,"v":{"b":"nan"}})" "\n");
    CHECK(follower.poll());
    CHECK(output == "half line\n");
    CHECK(metrics == "a1 b3 a2 ");
    CHECK_FALSE(follower.end());
    append(dir / "journal.jsonl", R"({"t":1,"e":"state","state":"running"})" "\n");
    follower.poll();
    CHECK_FALSE(follower.end());
    append(dir / "journal.jsonl", R"({"t":1,"e":"state","state":"failed","exit":3})" "\n");
    follower.poll();
    REQUIRE(follower.end());
    CHECK(getInt(*follower.end(), "exit") == 3);
}

TEST_CASE("only the last lines are shown when asked for") {
    const TempDir dir;
    const auto last = [&](std::size_t lines) {
        std::string output;
        RunFollower follower(dir.path(), 0, {.output = [&](std::string_view bytes) { output += bytes; }});
        follower.skipToLast(lines);
        follower.poll();
        return output;
    };
    CHECK(last(2) == "");
    append(dir / "output.log", "one\ntwo\nthree\n");
    CHECK(last(1) == "three\n");
    CHECK(last(2) == "two\nthree\n");
    CHECK(last(9) == "one\ntwo\nthree\n");
    append(dir / "output.log", "four");
    CHECK(last(2) == "three\nfour");
    append(dir / "output.log", std::string(3 << 20, 'x') + "\nend\n");
    CHECK(last(1) == "end\n");
    CHECK(last(2).size() > (3 << 20));
}
