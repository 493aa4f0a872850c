// SPDX-License-Identifier: Apache-2.0
#include "core/json.h"
#include "core/process.h"
#include "record/tests/store_fixture.h"

#include <cmath>
#include <cstdlib>

using namespace lathe;
using namespace lathe::record;
using namespace lathe::record::test;

namespace {

constexpr const char* kPython = "/usr/bin/python3";

std::string readerOfDocument() {
    const char* source = std::getenv("LATHE_SOURCE_DIR");
    REQUIRE(source);
    const auto document = readFile(std::string(source) + "/engine/record/FORMAT.md");
    REQUIRE(document.has_value());
    const std::size_t begin = document->find("```python\n");
    REQUIRE(begin != std::string::npos);
    return document->substr(begin + 10, document->find("\n```", begin) - begin - 9);
}

}  // namespace

TEST_CASE("the reader printed in FORMAT.md reads what the store reads") {
    if (!exists(kPython)) {
        MESSAGE("skipped: ", kPython, " is missing");
        return;
    }
    StoreFixture fixture;
    const auto store = fixture.open();
    RunSpec spec = StoreFixture::spec("documented");
    spec.params["optim.lr"] = 0.5;
    spec.params["seed"] = 1;
    REQUIRE(store->createRun(spec).has_value());
    {
        JournalWriter main = fixture.writer(spec.id), rank = fixture.writer(spec.id, "journal.0.jsonl");
        setState(main, "running");
        REQUIRE(rank.params({{"optim", {{"lr", 0.25}}}}).has_value());
        for (int step = 0; step < 500; ++step)
            REQUIRE(rank.metrics(step, {{"loss", step == 3 ? std::nan("") : 1.0 / (step + 1)}}).has_value());
        REQUIRE(main.metrics(7, {{"throughput", 1e300}}).has_value());
        setState(main, "finished", {{"exit", 0}});
    }
    fixture.append(spec.id, "garbage\n{\"t\":1,\"e\":\"unheard-of\"}\n{\"t\":1,\"e\":\"metr", "journal.0.jsonl");
    const std::string empty = fixture.makeRun(*store);
    REQUIRE(store->refresh().has_value());

    const std::string script = readerOfDocument() + R"(
import sys
print(json.dumps({run: [spec.get("name"), {n: [[s, t, repr(v)] for s, t, v in p] for n, p in series.items()}, params, state]
                  for run, (spec, series, params, state) in read_store(sys.argv[1]).items()}))
)";
    ProcessOptions options;
    options.argv = {kPython, "-c", script, fixture.path};
    const auto output = runCommand(options);
    REQUIRE(output.has_value());
    REQUIRE_MESSAGE(output->status.ok(), output->err);
    const auto told = parseJson(output->out);
    REQUIRE(told.has_value());
    CHECK(told->size() == 2);
    CHECK((*told)[empty][3] == "starting");
    const Json& run = (*told)[spec.id];
    const auto summary = store->run(spec.id);
    CHECK(run[0] == "documented");
    CHECK(run[2] == summary->params);
    CHECK(run[3] == std::string(runStateName(summary->state)));
    CHECK(run[1].size() == summary->metrics.size());
    for (const auto& [name, metric] : summary->metrics) {
        const auto points = store->points(spec.id, name);
        REQUIRE(run[1][name].size() == points->size());
        for (std::size_t i = 0; i < points->size(); ++i) {
            const Json& point = run[1][name][i];
            REQUIRE(point[0] == (*points)[i].step);
            REQUIRE(point[1] == (*points)[i].time);
            const double value = std::strtod(point[2].get<std::string>().c_str(), nullptr);
            REQUIRE((value == (*points)[i].value || (std::isnan(value) && std::isnan((*points)[i].value))));
        }
    }
}
