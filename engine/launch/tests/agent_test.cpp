// SPDX-License-Identifier: Apache-2.0
#include "launch/tests/run_fixture.h"

#include "launch/python_helper.h"

#include <cstdlib>
#include <sys/stat.h>

using namespace lathe;
using launch::RunFixture;

TEST_CASE("the agent is one static file") {
    if (std::string_view(LATHE_SANITIZERS) != "") {
        MESSAGE("skipped: a sanitizer build links its runtime dynamically");
        return;
    }
    ProcessOptions options;
    options.argv = {"ldd", programPath("lathe-agent")};
    options.env["LC_ALL"] = "C";
    const auto said = lathe::runCommand(options, {}, 30);
    if (said)
        CHECK((said->out + said->err).find("not a dynamic executable") != std::string::npos);
}

TEST_CASE("wrong requests are answered as errors, in JSON and in words") {
    RunFixture runs;
    for (const auto& [input, code] :
         {std::pair{std::string("{"), ErrorCode::Corrupt}, std::pair{std::string("{}"), ErrorCode::Invalid},
          std::pair{std::string(R"({"spec":{"id":"../x","argv":["true"]}})"), ErrorCode::Corrupt}}) {
        const auto output = runs.agent({"start"}, input);
        CHECK(output.status.code == exitCodeOf(code));
        const auto json = parseJson(output.out);
        REQUIRE(json);
        REQUIRE(errorFromJson(*json));
        CHECK(errorFromJson(*json)->code == code);
        CHECK_FALSE(output.err.empty());
    }
    auto request = runs.request({"true"});
    request.spec.cwd = "/no/such/folder";
    const auto output = runs.agent({"start"}, dumpJson(request.toJson()));
    CHECK(output.status.code == exitCodeOf(ErrorCode::NotFound));
    CHECK(output.err.find("/no/such/folder") != std::string::npos);
    CHECK_FALSE(exists(runs.dirOf(request.spec.id)));
    CHECK(runs.agent({"nonsense"}).status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(runs.agent({"--help"}).out.find("lathe-agent supervise") != std::string::npos);
}

TEST_CASE("an id is used once") {
    RunFixture runs;
    const auto request = runs.request({"true"});
    runs.start(request);
    const auto again = runs.agent({"start"}, dumpJson(request.toJson()));
    CHECK(again.status.code == exitCodeOf(ErrorCode::Exists));
    CHECK(getString(runs.waitEnd(request.spec.id), "state") == "finished");
}

TEST_CASE("status tells of the files and the supervisor") {
    RunFixture runs;
    const std::string id = runs.shell("echo hello; sleep 30");
    RunFixture::waitFor("output", [&] { return !runs.output(id).empty(); });
    REQUIRE(writeFileAtomic(runs.dirOf(id) + "/secret.txt", "x"));
    const std::string unknown = newId();
    auto json = parseJson(runs.agent({"status", runs.store(), id, unknown}).out);
    REQUIRE(json);
    const Json live = (*json)["runs"][id];
    CHECK(getBool(live, "supervised"));
    CHECK(getBool(live, "growing"));
    CHECK(getString(live, "state") == "running");
    CHECK(getInt(live["files"], "output.log") == 6);
    CHECK_FALSE(live["files"].contains("secret.txt"));
    REQUIRE(errorFromJson((*json)["runs"][unknown]));
    CHECK(errorFromJson((*json)["runs"][unknown])->code == ErrorCode::NotFound);
    CHECK_FALSE(runs.agent({"status", runs.store(), "../x"}).status.ok());
    REQUIRE(launch::stopRun(runs.dirOf(id), id, 0));
    runs.waitEnd(id);
    RunFixture::waitFor("the last helper", [&] { return !launch::mayStillGrow(runs.dirOf(id), id); });
    json = parseJson(runs.agent({"status", runs.store(), id}).out);
    REQUIRE(json);
    CHECK_FALSE(getBool((*json)["runs"][id], "supervised"));
    CHECK_FALSE(getBool((*json)["runs"][id], "growing"));
    CHECK(getString((*json)["runs"][id], "state") == "stopped");
}

TEST_CASE("the agent alone brings the Python helper along") {
    RunFixture runs;
    const TempDir away;
    const std::string lone = away / "lathe-agent";
    REQUIRE(writeFileAtomic(lone, readFile(programPath("lathe-agent")).value()));
    ::chmod(lone.c_str(), 0755);
    ProcessOptions options;
    options.argv = {lone, "start"};
    options.env["LATHE_BIN_DIR"] = std::nullopt;
    const auto request = runs.request({"sh", "-c", "cat ${PYTHONPATH%%:*}/lathe.py"});
    const auto output = lathe::runCommand(options, dumpJson(request.toJson()), 30);
    REQUIRE(output);
    REQUIRE_MESSAGE(output->status.ok(), output->err);
    runs.waitEnd(request.spec.id);
    CHECK(runs.output(request.spec.id) == launch::kPythonHelper);
    CHECK(launch::kPythonHelper ==
          readFile(std::string(std::getenv("LATHE_SOURCE_DIR")) + "/resources/python/lathe.py").value());
}
