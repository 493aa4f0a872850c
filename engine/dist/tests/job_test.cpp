// SPDX-License-Identifier: Apache-2.0
#include "dist/job.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <string>

using lathe::dist::jobFromEnvironment;

namespace {

// The launch environment, exactly as given, until the end of the scope.
class Environment {
public:
    explicit Environment(const std::map<std::string, std::string>& values) {
        clear();
        for (const auto& [name, value] : values)
            ::setenv(name.c_str(), value.c_str(), 1);
    }
    ~Environment() { clear(); }

private:
    static void clear() {
        for (const char* name :
             {"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"})
            ::unsetenv(name);
    }
};

}  // namespace

TEST_CASE("without WORLD_SIZE a process is a job of one") {
    const Environment environment({});
    const auto job = jobFromEnvironment();
    REQUIRE(job);
    CHECK(job->size == 1);
    CHECK(job->localSize == 1);
}

TEST_CASE("a rank's place is read from torchrun's variables") {
    const Environment environment({{"RANK", "3"},
                                   {"WORLD_SIZE", "4"},
                                   {"LOCAL_RANK", "1"},
                                   {"LOCAL_WORLD_SIZE", "2"},
                                   {"MASTER_ADDR", "10.0.0.1"},
                                   {"MASTER_PORT", "29500"}});
    const auto job = jobFromEnvironment();
    REQUIRE(job);
    CHECK(job->rank == 3);
    CHECK(job->localRank == 1);
    CHECK(job->localSize == 2);
    CHECK(job->address == "10.0.0.1");
    CHECK(job->port == 29500);
}

TEST_CASE("what is missing or impossible is named") {
    const auto failing = [](const std::map<std::string, std::string>& values) {
        const Environment environment(values);
        const auto job = jobFromEnvironment();
        REQUIRE(!job);
        return job.error().on;
    };
    CHECK(failing({{"WORLD_SIZE", "2"}}) == "RANK");
    CHECK(failing({{"WORLD_SIZE", "2"}, {"RANK", "1"}, {"MASTER_ADDR", "127.0.0.1"}}) == "MASTER_PORT");
    CHECK(failing({{"WORLD_SIZE", "2"}, {"RANK", "2"}}) == "RANK");
    CHECK(failing({{"WORLD_SIZE", "two"}}) == "WORLD_SIZE");
    CHECK(failing({{"WORLD_SIZE", "2"}, {"RANK", "0"}, {"MASTER_ADDR", "a"}, {"MASTER_PORT", "99999"}}) ==
          "MASTER_PORT");
}
