// SPDX-License-Identifier: Apache-2.0
#include "interop/run_names.h"

#include "core/file.h"

#include <doctest/doctest.h>
#include <fstream>

using namespace lathe;
using interop::RunNames;

namespace {

void append(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::app | std::ios::binary) << text;
}

}  // namespace

TEST_CASE("names are found in the run's own journals, whatever wrote them") {
    const TempDir dir;
    append(dir / "journal.0.jsonl", R"({"t":1,"e":"metrics","s":1,"v":{"loss":0.5}})"
                                    "\n");
    append(dir / "journal.helper-7.jsonl", R"({"t": 1, "e": "metrics", "s": 1, "v": {"acc": 0.5}})"
                                           "\n");
    append(dir / "journal.jsonl", R"({"t":1,"e":"metrics","s":1,"v":{"console":0.5}})"
                                  "\n");
    append(dir / "other.jsonl", R"({"t":1,"e":"metrics","s":1,"v":{"other":0.5}})"
                                "\n");
    RunNames metrics(dir.path(), {"journal.jsonl"});
    metrics.look({"loss", "acc", "console", "other", "los"});
    CHECK(metrics.has("loss"));
    CHECK(metrics.has("acc"));
    CHECK_FALSE(metrics.has("console"));  // the supervisor's own
    CHECK_FALSE(metrics.has("other"));
    CHECK_FALSE(metrics.has("los"));
}

TEST_CASE("a parameter or a text of the same name is no metric") {
    const TempDir dir;
    append(dir / "journal.0.jsonl", R"({"t":1,"e":"params","v":{"lr":0.5}})"
                                    "\n"
                                    R"({"t":1,"e":"note","text":"loss"})"
                                    "\n");
    RunNames metrics(dir.path(), {"journal.jsonl"});
    metrics.look({"lr", "loss"});
    CHECK_FALSE(metrics.has("lr"));
    CHECK_FALSE(metrics.has("loss"));
}

TEST_CASE("growth, half lines and names asked for late are followed") {
    const TempDir dir;
    const std::string path = dir / "journal.0.jsonl";
    RunNames metrics(dir.path(), {"journal.jsonl"});
    metrics.look({"a"});
    append(path, R"({"t":1,"e":"metrics","s":1,"v":{"b":1}})"
                 "\n"
                 R"({"t":1,"e":"metrics","s":2,"v":{"a)");
    metrics.look({"a"});
    CHECK_FALSE(metrics.has("a"));
    append(path, R"(":1}})"
                 "\n");
    metrics.look({"a", "b"});
    CHECK(metrics.has("a"));
    CHECK(metrics.has("b"));  // was written before it was asked for
    append(path,
           "{\"t\":1,\"e\":\"metrics\",\"v\":{\"x\":\"" + std::string(3 << 20, 'y') + "\",\"late\":1}}\n");
    metrics.look({"late"});
    CHECK(metrics.has("late"));  // a line longer than one read
}
