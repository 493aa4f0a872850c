// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/gpu_list.h"
#include "cli/terminal.h"
#include "core/file.h"
#include "core/paths.h"
#include "core/process.h"
#include "core/text.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <thread>
#include <unistd.h>

namespace lathe::cli {
namespace {

constexpr double kAnswerSeconds = 10;

// One line of the report: whether Lathe can use it, what it is, and what to do if it should be there.
struct Finding {
    std::string id;
    bool usable = false;
    std::string text, hint;
    Json details = Json::object();
};

std::string firstLine(std::string_view text) {
    text = trim(text);
    return escapedForDisplay(text.substr(0, text.find('\n')), 160);
}

Finding program(const std::string& id, const std::string& name, std::vector<std::string> arguments, const std::string& hint) {
    Finding finding{.id = id, .text = "not found", .hint = hint};
    const std::string path = findInPath(name);
    if (path.empty())
        return finding;
    ProcessOptions options;
    options.argv = std::move(arguments);
    options.argv.insert(options.argv.begin(), path);
    const auto said = lathe::runCommand(options, {}, kAnswerSeconds);
    finding.usable = said && said->status.ok();
    if (!said)
        finding.text = said.error().text();
    else  // ssh -V speaks on stderr
        finding.text = firstLine(said->out.empty() ? said->err : said->out);
    if (finding.usable)
        finding.hint.clear();
    finding.details["path"] = path;
    return finding;
}

Finding library(const std::string& id, const std::vector<std::string>& names, const std::string& hint) {
    for (const std::string& name : names) {
        if (void* held = ::dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL)) {
            ::dlclose(held);
            return {.id = id, .usable = true, .text = name};
        }
    }
    return {.id = id, .text = "not found", .hint = hint};
}

Finding storeFinding(Context& context) {
    Finding finding{.id = "store"};
    const auto engine = context.engine();
    if (!engine) {
        finding.text = engine.error().text();
        finding.hint = engine.error().hint;
        return finding;
    }
    const std::string& path = (*engine)->store().path();
    struct statvfs disk{};
    const std::uint64_t space = ::statvfs(path.c_str(), &disk) == 0 ? disk.f_bavail * disk.f_frsize : 0;
    // access() says yes to root even where the disk is read-only or full: only a write tells.
    const std::string probe = joinPath(path, ".doctor-" + std::to_string(::getpid()));
    const auto written = writeFileAtomic(probe, "x");
    ::unlink(probe.c_str());
    finding.usable = written.has_value();
    finding.text = fmt::format("{}, {} free", escapedForDisplay(path), bytesText(space));
    if (!written) {
        finding.text += ", cannot be written: " + written.error().what;
        finding.hint = "choose another with --store or LATHE_STORE";
    }
    finding.details = Json{{"path", path}, {"writable", finding.usable}, {"free_bytes", space}};
    return finding;
}

Finding gpuFinding() {
    Finding finding{.id = "gpu"};
    const auto list = listGpus();
    finding.details["gpus"] = Json::array();
    if (!list) {
        finding.text = list.error().what;
        finding.hint = "training runs on the CPU";
        return finding;
    }
    std::vector<std::string> texts;
    for (const Gpu& gpu : list->gpus) {
        texts.push_back(fmt::format("{} ({}, {} free)", escapedForDisplay(gpu.name), bytesText(gpu.memoryBytes),
                                    bytesText(gpu.freeBytes)));
        finding.details["gpus"].push_back(Json{{"name", gpu.name}, {"uuid", gpu.uuid},
                                               {"memory_bytes", gpu.memoryBytes}, {"free_bytes", gpu.freeBytes}});
    }
    finding.details["driver"] = list->driver;
    finding.details["cuda"] = list->cudaVersion;
    finding.usable = !list->gpus.empty();
    finding.text = fmt::format("{}; driver {}, CUDA {}.{}", texts.empty() ? "none" : join(texts, ", "),
                               escapedForDisplay(list->driver), list->cudaVersion / 1000, list->cudaVersion % 1000 / 10);
    return finding;
}

Finding cpuFinding() {
    Finding finding{.id = "cpu", .usable = true};
    std::string model = "unknown";
    const std::string cpuinfo = readFile("/proc/cpuinfo", 16 << 20).value_or("");
    if (const auto at = cpuinfo.find("model name"); at != std::string::npos) {
        const auto colon = cpuinfo.find(':', at);
        model = std::string(trim(std::string_view(cpuinfo).substr(colon + 1, cpuinfo.find('\n', at) - colon - 1)));
    }
    const auto memory = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const unsigned cores = std::thread::hardware_concurrency();
    finding.text = fmt::format("{}, {} cores, {}", escapedForDisplay(model), cores, bytesText(memory));
    finding.details = Json{{"model", model}, {"cores", cores}, {"memory_bytes", memory}};
    return finding;
}

Finding trainerFinding() {
    Finding finding{.id = "trainer", .text = "lathe-train is not installed", .hint = "recipes cannot run; commands can"};
    const std::string path = programPath("lathe-train");
    if (!path.starts_with('/'))
        return finding;
    ProcessOptions options;
    options.argv = {path, "doctor", "--json"};
    const auto said = lathe::runCommand(options, {}, 60);
    const auto json = said ? parseJson(said->out, "lathe-train doctor") : Result<Json>(std::unexpected(said.error()));
    if (!json || !said->status.ok()) {
        finding.text = json ? "lathe-train: " + firstLine(said->err) : json.error().text();
        finding.hint = path + " doctor tells more";
        return finding;
    }
    finding.usable = true;
    finding.hint.clear();
    finding.details = *json;
    finding.text = fmt::format("GEMM {:.0f} GFLOP/s fp32 on {} threads: {} ({})", getNumber(*json, "gemm_gflops"),
                               getInt(*json, "threads"), escapedForDisplay(getString(*json, "device")),
                               escapedForDisplay(getString(*json, "detail")));
    return finding;
}

Finding hostsFinding(Context& context) {
    Finding finding{.id = "hosts", .usable = true};
    const auto engine = context.engine();
    const std::vector<std::string> names = engine ? (*engine)->hosts().configured() : std::vector<std::string>();
    finding.text = names.empty() ? "none in the SSH configuration" : escapedForDisplay(join(names, ", "), 300);
    finding.details["configured"] = names;
    return finding;
}

Finding agentFinding() {
    const std::string path = programPath("lathe-agent");
    Finding finding{.id = "agent", .usable = path.starts_with('/'), .text = path};
    if (!finding.usable) {
        finding.text = "lathe-agent is not installed";
        finding.hint = "no run can be started; install it beside lathe";
    }
    return finding;
}

std::vector<Finding> examine(Context& context) {
    std::vector<Finding> findings;
    findings.push_back(storeFinding(context));
    findings.push_back(agentFinding());
    findings.push_back(cpuFinding());
    findings.push_back(trainerFinding());
    findings.push_back(gpuFinding());
    findings.push_back(library("cuda", {"libcudart.so.13", "libcudart.so.12", "libcudart.so"}, "needed for training on GPUs only"));
    findings.push_back(library("cudnn", {"libcudnn.so.9", "libcudnn.so.8"}, "needed for training on GPUs only"));
    findings.push_back(library("nccl", {"libnccl.so.2"}, "needed for several GPUs only"));
    findings.push_back(program("git", "git", {"--version"}, "install git to record the code of a run"));
    findings.push_back(program("python", "python3", {"--version"}, "install python3 for Python scripts"));
    findings.push_back(program("ssh", "ssh", {"-V"}, "install openssh-client for jump hosts"));
    findings.push_back(hostsFinding(context));
    findings.push_back(program("slurm", "sbatch", {"--version"}, "needed on clusters only"));
    findings.push_back(program("clangd", "clangd", {"--version"}, "language server for C and C++: apt install clangd"));
    findings.push_back(program("pylsp", "pylsp", {"--version"}, "language server for Python: apt install python3-pylsp"));
    findings.push_back(program("pyright", "pyright", {"--version"}, "language server for Python: pip install pyright"));
    const std::string window = programPath("lathe-workbench");
    findings.push_back({.id = "workbench", .usable = window.starts_with('/'),
                        .text = window.starts_with('/') ? window : "not installed"});
    return findings;
}

}  // namespace

Result<int> doctorCommand(Context& context) {
    const std::vector<Finding> findings = examine(context);
    const bool works = findings[0].usable && findings[1].usable;  // without a store and an agent nothing can run
    if (context.json) {
        Json json{{"works", works}, {"version", LATHE_VERSION}};
        for (const Finding& finding : findings) {
            Json entry{{"usable", finding.usable}, {"text", finding.text}};
            if (!finding.hint.empty())
                entry["hint"] = finding.hint;
            entry.update(finding.details);
            json[finding.id] = entry;
        }
        fmt::print("{}\n", dumpJson(json));
    } else {
        const bool colour = wantsColour(stdout);
        for (const Finding& finding : findings)
            fmt::print("{} {:<10} {}{}\n", finding.usable ? "✓" : "–", finding.id, finding.text,
                       finding.hint.empty() ? "" : dimText("  (" + finding.hint + ")", colour));
    }
    return works ? 0 : exitCodeOf(findings[0].usable ? ErrorCode::Unavailable : ErrorCode::Denied);
}

}  // namespace lathe::cli
