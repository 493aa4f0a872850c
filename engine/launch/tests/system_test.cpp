// SPDX-License-Identifier: Apache-2.0
#include "launch/gpu_probe.h"
#include "launch/journal_sync.h"
#include "launch/system_sampler.h"
#include "launch/tests/run_fixture.h"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <sys/wait.h>

using namespace lathe;
using namespace lathe::launch;

namespace {

std::optional<double> valueOf(const SystemSampler::Values& values, std::string_view name) {
    for (const auto& [known, value] : values)
        if (known == name)
            return value;
    return std::nullopt;
}

// NVIDIA's driver as fake_nvml.c plays it, while it lives.
struct FakeDriver {
    FakeDriver() { ::setenv("LATHE_NVML_LIBRARY", LATHE_FAKE_NVML, 1); }
    ~FakeDriver() {
        for (const char* name :
             {"LATHE_NVML_LIBRARY", "FAKE_NVML_PID", "FAKE_NVML_BROKEN", "CUDA_VISIBLE_DEVICES"})
            ::unsetenv(name);
    }
};

bool hasNoProbe() {
    if (GpuProbe::canWork())
        return false;
    MESSAGE("skipped: there is no probe for this processor");
    return true;
}

GpuReadings firstReadings(GpuProbe& probe) {
    RunFixture::waitFor("the probe's readings", [&] { return !probe.read() || !probe.readings().empty(); });
    return probe.readings();
}

}  // namespace

TEST_CASE("the processes below one are found, with what they use") {
    ProcessOptions options;
    options.argv = {"sh", "-c", "sleep 60 & sleep 60 & wait"};
    options.newSession = true;
    auto shell = Process::start(options);
    REQUIRE(shell);
    RunFixture::waitFor("the children", [&] { return processesBelow(shell->pid(), {}).size() == 2; });
    const auto below = processesBelow(::getpid(), {});
    CHECK(below.size() >= 3);
    CHECK(processesBelow(::getpid(), {shell->pid()}).size() == below.size() - 3);
    const auto found = std::ranges::find(below, shell->pid(), &ProcessStat::pid);
    REQUIRE(found != below.end());
    CHECK(found->parent == ::getpid());
    CHECK(found->start == processStartTicks(shell->pid()));
    CHECK(found->residentPages > 0);
    CHECK(shell->signalGroup(SIGKILL));
    CHECK(shell->wait());
    ProcessStat gone;
    CHECK_FALSE(readProcessStat(shell->pid(), gone));
}

TEST_CASE("time that processes used before they ended is counted once") {
    SystemSampler sampler("/tmp");
    sampler.sample(processesBelow(::getpid(), {}), 100);
    // Each burns about 0.1 s of CPU and is waited for by the shell; then the shell waits for us.
    TempDir folder;
    ProcessOptions options;
    options.argv = {"sh", "-c",
                    "for i in 1 2 3; do sh -c 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done'; done; "
                    "touch " +
                        folder / "done" + "; sleep 60"};
    options.newSession = true;
    auto shell = Process::start(options);
    REQUIRE(shell);
    double total = 0;
    double now = 100;
    RunFixture::waitFor("the work", [&] {
        now += 1;
        total += valueOf(sampler.sample(processesBelow(::getpid(), {}), now), "system/cpu").value_or(0);
        return exists(folder / "done");
    });
    total += valueOf(sampler.sample(processesBelow(::getpid(), {}), now + 1), "system/cpu").value_or(0);
    ProcessStat stat;
    REQUIRE(readProcessStat(shell->pid(), stat));
    const double ticks =
        static_cast<double>(stat.user + stat.system + stat.childrenUser + stat.childrenSystem);
    CHECK(total == doctest::Approx(100 * ticks / static_cast<double>(::sysconf(_SC_CLK_TCK))).epsilon(0.02));
    CHECK(shell->signalGroup(SIGKILL));
    CHECK(shell->wait());
}

TEST_CASE("memory, disk, network and the machine are told") {
    SystemSampler sampler("/tmp");
    const auto first = sampler.sample(processesBelow(::getppid(), {}), 1);
    CHECK(valueOf(first, "system/memory").value_or(0) > 0);
    CHECK_FALSE(valueOf(first, "system/cpu"));
    const auto values = sampler.sample(processesBelow(::getppid(), {}), 2);
    for (const char* name :
         {"system/cpu", "system/processes", "system/host_cpu", "system/host_memory", "system/host_disk_free",
          "system/host_network_received", "system/host_network_sent"})
        CHECK_MESSAGE((valueOf(values, name) || std::string_view(name) == "system/host_cpu"), name);
    for (const auto& [name, value] : values)
        CHECK_MESSAGE(value >= 0, name);
}

TEST_CASE("the devices that the driver knows") {
    const FakeDriver driver;
    if (hasNoProbe())
        return;
    const auto found = GpuProbe::inventory();
    REQUIRE_MESSAGE(found, found.error().text());
    CHECK(getString(*found, "driver") == "570.86.15");
    CHECK(getString(*found, "cuda") == "12.8");
    REQUIRE((*found)["devices"].size() == 2);
    CHECK((*found)["devices"][0] == Json{{"index", 0},
                                         {"uuid", "GPU-aaaa-1111"},
                                         {"name", "NVIDIA H200 NVL"},
                                         {"memory", 1000000},
                                         {"pci", "00000000:01:00.0"}});
    ::setenv("FAKE_NVML_BROKEN", "1", 1);
    CHECK(GpuProbe::inventory().error().code == ErrorCode::Unavailable);
    ::setenv("LATHE_NVML_LIBRARY", "/no/such/library.so", 1);
    CHECK(GpuProbe::inventory().error().code == ErrorCode::Unavailable);
}

TEST_CASE("what the devices do, and which share of it is the run's") {
    const FakeDriver driver;
    if (hasNoProbe())
        return;
    ProcessOptions options;
    options.argv = {"sleep", "60"};
    auto sleeper = Process::start(options);
    REQUIRE(sleeper);
    ::setenv("FAKE_NVML_PID", std::to_string(sleeper->pid()).c_str(), 1);
    auto probe = GpuProbe::start(0.02);
    REQUIRE_MESSAGE(probe, probe.error().text());
    const GpuReadings readings = firstReadings(*probe);
    REQUIRE(readings.size() == 2);
    CHECK(readings[0].utilization == 87);
    CHECK(readings[0].memory == 123456);
    CHECK(readings[0].power == 350.5);
    CHECK(readings[0].temperature == 61);
    CHECK(readings[0].processes.size() == 2);
    CHECK_FALSE(readings[1].utilization);
    CHECK_FALSE(readings[1].power);
    CHECK(readings[1].temperature == 30);

    const std::vector<ProcessStat> own{{.pid = sleeper->pid()}};
    const SystemSampler all("/");
    const auto values = all.gpuValues(readings, own);
    CHECK(valueOf(values, "system/gpu/0/run_memory") == 23456);
    CHECK(valueOf(values, "system/gpu/0/run_utilization") == 80);
    CHECK(valueOf(values, "system/gpu/0/memory") == 123456);
    CHECK(valueOf(values, "system/gpu/1/temperature") == 30);
    CHECK_FALSE(valueOf(values, "system/gpu/1/run_memory"));
    CHECK_FALSE(valueOf(SystemSampler("/", "1").gpuValues(readings, own), "system/gpu/0/memory"));
    CHECK(valueOf(SystemSampler("/", "GPU-aaaa").gpuValues(readings, own), "system/gpu/0/memory"));
    CHECK(SystemSampler("/", "").gpuValues(readings, own).empty());

    // It goes on until nobody reads.
    REQUIRE(::kill(probe->pid(), 0) == 0);
    CHECK(sleeper->signal(SIGKILL));
    CHECK(sleeper->wait());
}

TEST_CASE("a run records its GPUs and its env folder") {
    const FakeDriver driver;
    ::setenv("CUDA_VISIBLE_DEVICES", "0", 1);
    RunFixture runs;
    ::setenv("MY_API_TOKEN", "verysecret", 1);
    const std::string id = runs.shell("sleep 1.3");
    const Json end = runs.waitEnd(id);
    ::unsetenv("MY_API_TOKEN");
    const std::string env = runs.dirOf(id) + "/env/";
    const Json command = readJsonFile(env + "command.json").value_or(Json::object());
    CHECK(command["argv"] == Json::array({"sh", "-c", "sleep 1.3"}));
    CHECK(getString(command["env"], "CUDA_VISIBLE_DEVICES") == "0");
    CHECK(dumpJson(command).find("verysecret") == std::string::npos);
    CHECK_FALSE(getString(readJsonFile(env + "host.json").value_or(Json()), "kernel").empty());
    CHECK_FALSE(exists(env + "packages.json"));  // there was no Python
    CHECK_FALSE(end.contains("reason"));         // what describes the run is not taken for a part of it
    if (hasNoProbe())
        return;
    const Json gpus = readJsonFile(env + "gpu.json").value_or(Json::object());
    CHECK(gpus["devices"].size() == 2);
    CHECK(getString(gpus, "visible") == "0");
    const auto points = runs.points(id, "system/gpu/0/memory");
    REQUIRE_FALSE(points.empty());
    CHECK(points.back().second == 123456);
    CHECK(runs.points(id, "system/gpu/1/memory").empty());
}

TEST_CASE("a Python run records its packages, and starts without waiting for them") {
    if (findInPath("python3").empty()) {
        MESSAGE("skipped: python3 is not installed");
        return;
    }
    RunFixture runs;
    auto request = runs.request({"sh", "-c", "python3 -c 'import time; time.sleep(1)'"});
    REQUIRE(writeFileAtomic(runs.temp() + "/requirements.txt", "numpy==1.26\n"));
    const std::string id = runs.start(request);
    runs.waitEnd(id);
    const Json packages = readJsonFile(runs.dirOf(id) + "/env/packages.json").value_or(Json::object());
    CHECK(getString(packages, "version").starts_with("3."));
    CHECK(getString(packages, "source") == "requirements.txt");
    CHECK(readFile(runs.dirOf(id) + "/env/requirements.txt").value_or("") == "numpy==1.26\n");
}

TEST_CASE("what writers append is synced, each growth once") {
    const TempDir folder;
    REQUIRE(writeFileAtomic(folder / "journal.0.jsonl", "{}\n"));
    REQUIRE(writeFileAtomic(folder / "output.log", "text"));
    JournalSync sync(folder.path(), 0.01);
    RunFixture::waitFor("the first sync", [&] { return sync.synced() == 1; });
    REQUIRE(makeDirs(folder / "media"));
    REQUIRE(writeFileAtomic(folder / "media/x.png", "png"));
    RunFixture::waitFor("the media file", [&] { return sync.synced() >= 2; });
    const auto before = sync.synced();
    const UniqueFd fd(::open((folder / "journal.0.jsonl").c_str(), O_WRONLY | O_APPEND));
    REQUIRE(::write(fd.get(), "{}\n", 3) == 3);
    RunFixture::waitFor("the growth", [&] { return sync.synced() > before; });
}
