// SPDX-License-Identifier: Apache-2.0
#include "launch/capture_run.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/paths.h"
#include "core/process.h"
#include "launch/gpu_probe.h"
#include "launch/run_control.h"
#include "record/code_state.h"
#include "record/environment.h"
#include "record/run.h"

#include <chrono>
#include <map>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace lathe::launch {
namespace {

constexpr double kLookSeconds = 3;  // a shell script takes a moment to come to its Python

std::map<std::string, std::string> ownEnvironment() {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text(*entry);
        if (const auto equals = text.find('=');
            equals != std::string_view::npos && !text.starts_with("LATHE_"))
            variables[std::string(text.substr(0, equals))] = text.substr(equals + 1);
    }
    return variables;
}

std::vector<pid_t> runTree(const std::string& runDir, pid_t process) {
    std::vector<pid_t> tree;
    std::vector<pid_t> roots;
    if (process > 0)
        roots.push_back(process);
    else if (const auto marks = readJsonFile(joinPath(runDir, kSupervisorFile));
             marks && marks->contains("ranks"))
        for (const Json& mark : (*marks)["ranks"])
            if (isSameProcess(mark))
                roots.push_back(static_cast<pid_t>(getInt(mark, "pid")));
    for (const pid_t root : roots)
        for (const pid_t pid : processTree(root))
            tree.push_back(pid);
    return tree;
}

std::string awaitPython(const record::RunSpec& spec, const std::string& runDir, pid_t process) {
    const double deadline = monotonicSeconds() + kLookSeconds;
    for (;;) {
        const std::vector<pid_t> tree = runTree(runDir, process);
        std::string python = record::findPython(spec.argv, spec.cwd, tree);
        if (!python.empty() || tree.empty() || monotonicSeconds() > deadline)
            return python;
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

}  // namespace

Result<> captureRun(const std::string& runDir, pid_t process, bool withCode) {
    // The run comes first.
    [[maybe_unused]] const int nice = ::setpriority(PRIO_PROCESS, 0, 10);
    LATHE_TRY_ASSIGN(const Json json, readJsonFile(joinPath(runDir, "run.json")));
    LATHE_TRY_ASSIGN(const record::RunSpec spec,
                     record::RunSpec::fromJson(json, joinPath(runDir, "run.json")));
    LATHE_TRY(makeDirs(joinPath(runDir, "env")));
    const auto write = [&](const char* name, const Json& content) {
        return writeFileAtomic(joinPath(runDir, std::string("env/") + name), dumpJsonPretty(content));
    };
    const auto environment = ownEnvironment();
    LATHE_TRY(write("command.json", record::describeCommand(spec.argv, spec.cwd, environment)));
    if (withCode)
        (void)record::captureCode(spec.cwd, runDir);
    LATHE_TRY(write("host.json", record::describeHost()));
    if (auto gpus = GpuProbe::inventory()) {
        if (const auto visible = environment.find("CUDA_VISIBLE_DEVICES"); visible != environment.end())
            (*gpus)["visible"] = visible->second;
        LATHE_TRY(write("gpu.json", *gpus));
    }
    if (spec.kind == "recipe")
        return {};  // lathe-train is no Python
    const std::vector<std::string> locks = record::copyLockFiles(spec.cwd, runDir);
    const std::string python = awaitPython(spec, runDir, process);
    if (python.empty())
        return {};
    Json packages = record::describePackages(python, spec.cwd, environment);
    if (packages.empty())
        return {};
    packages["lock_files"] = locks;
    packages["source"] = !locks.empty() && locks[0] != "pyproject.toml" ? locks[0]
                         : packages.contains("conda")                   ? "conda"
                                                                        : "pip";
    return write("packages.json", packages);
}

}  // namespace lathe::launch
