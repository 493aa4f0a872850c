// SPDX-License-Identifier: Apache-2.0
#include "record/environment.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/process.h"
#include "core/text.h"
#include "record/code_state.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <set>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace lathe::record {

namespace {

constexpr double kListingSeconds = 60;
constexpr std::size_t kMaxLockFile = std::size_t{4} << 20;
constexpr int kMaxLevels = 12;

// The current folder is no part of the interpreter's packages, and what lies in it must not be run here.
constexpr const char* kListing = R"py(
import sys
sys.path[:] = [p for p in sys.path if p not in ("", ".")]
import json, os, platform
out = {"executable": sys.executable, "version": platform.python_version(), "implementation": platform.python_implementation(),
       "compiler": platform.python_compiler(), "prefix": sys.prefix, "base_prefix": getattr(sys, "base_prefix", sys.prefix)}
packages = {}
try:
    from importlib import metadata
    found = metadata.distributions()
except ImportError:
    found = []
site = [os.path.realpath(p) for p in sys.path if p.rstrip("/").endswith(("site-packages", "dist-packages"))]
for d in found:
    try:
        name = d.metadata["Name"]
        if not name or name.lower().replace("_", "-") in packages:
            continue
        entry = {"name": name, "version": d.version}
        direct = d.read_text("direct_url.json")
        if direct:
            direct = json.loads(direct)
            entry["url"] = direct.get("url", "")
            if direct.get("dir_info", {}).get("editable"):
                entry["editable"] = True
            vcs = direct.get("vcs_info")
            if vcs:
                entry["vcs"], entry["commit"] = vcs.get("vcs", ""), vcs.get("commit_id", "")
            hashes = direct.get("archive_info", {}).get("hashes") or direct.get("archive_info", {}).get("hash")
            if hashes:
                entry["hash"] = hashes
        else:
            where = os.path.realpath(str(d.locate_file("")))
            if site and where not in site:
                entry["location"] = where
        packages[name.lower().replace("_", "-")] = entry
    except Exception:
        pass
out["packages"] = [packages[name] for name in sorted(packages)]
meta = os.path.join(sys.prefix, "conda-meta")
if os.path.isdir(meta):
    conda = []
    for name in sorted(os.listdir(meta)):
        if name.endswith(".json"):
            try:
                with open(os.path.join(meta, name), encoding="utf-8") as file:
                    one = json.load(file)
                conda.append({key: one.get(key, "") for key in ("name", "version", "build", "url", "md5")})
            except Exception:
                pass
    out["conda"] = conda
print(json.dumps(out))
)py";

std::string firstLine(const std::string& path) {
    const std::string text = readFile(path, 1 << 16).value_or("");
    return std::string(trim(text.substr(0, text.find('\n'))));
}

std::string fieldOf(const std::string& text, std::string_view name) {
    const std::size_t at = text.find(name);
    if (at == std::string::npos)
        return {};
    const std::size_t colon = text.find(':', at);
    return colon == std::string::npos
               ? ""
               : std::string(trim(text.substr(colon + 1, text.find('\n', colon) - colon - 1)));
}

Json describeProcessor() {
    const std::string info = readFile("/proc/cpuinfo", std::size_t{16} << 20).value_or("");
    std::set<std::string> cores;
    std::string physical;
    for (const std::string& line : split(info, '\n')) {
        if (line.starts_with("physical id"))
            physical = line;
        else if (line.starts_with("core id"))
            cores.insert(physical + line);
    }
    const std::string model = fieldOf(info, "model name");
    Json processor{{"model", model.empty() ? fieldOf(info, "CPU part") : model},
                   {"threads", ::sysconf(_SC_NPROCESSORS_ONLN)}};
    if (!cores.empty())
        processor["cores"] = cores.size();
    return processor;
}

std::string distribution() {
    const std::string text = readFile("/etc/os-release", 1 << 16).value_or("");
    const std::string_view key = "PRETTY_NAME=";
    const std::size_t at = text.find(key);
    if (at == std::string::npos)
        return {};
    std::string name = text.substr(at + key.size(), text.find('\n', at) - at - key.size());
    std::erase(name, '"');
    return name;
}

std::string outputOf(std::vector<std::string> argv) {
    ProcessOptions options;
    options.argv = std::move(argv);
    options.in = Redirect::Null;
    const auto done = runCommand(std::move(options), {}, 5, 1 << 16);
    return done && done->status.ok() ? std::string(trim(done->out)) : "";
}

std::string cudaToolkit() {
    const char* home = std::getenv("CUDA_HOME");
    for (const std::string& root : {std::string(home ? home : ""), std::string("/usr/local/cuda")}) {
        if (root.empty())
            continue;
        const auto json = readJsonFile(joinPath(root, "version.json"));
        if (json && json->contains("cuda"))
            return getString((*json)["cuda"], "version");
        if (const std::string line = firstLine(joinPath(root, "version.txt")); !line.empty())
            return line;
    }
    return {};
}

// What the names of variables begin with that change how training behaves, and whole names.
bool isTelling(std::string_view name) {
    constexpr std::array<std::string_view, 44> starts{
        "CUDA",          "NCCL_",      "NVIDIA_",     "CUDNN",       "CUBLAS",    "TORCH",   "PYTORCH",
        "PYTHON",        "OMP_",       "KMP_",        "MKL_",        "OPENBLAS",  "NUMEXPR", "GOTO_NUM",
        "XLA_",          "JAX_",       "TF_",         "TENSORFLOW",  "KERAS",     "HF_",     "HUGGINGFACE",
        "TRANSFORMERS_", "DIFFUSERS_", "TOKENIZERS_", "ACCELERATE_", "DEEPSPEED", "DS_",     "FSDP_",
        "WANDB_",        "MLFLOW_",    "SLURM_",      "SLURMD_",     "OMPI_",     "PMI",     "UCX_",
        "GLOO_",         "LD_",        "LC_",         "CONDA_",      "UV_",       "PIP_",    "RAY_",
        "MASTER_",       "TRITON_"};
    constexpr std::array<std::string_view, 14> names{"PATH",
                                                     "LANG",
                                                     "TZ",
                                                     "SHELL",
                                                     "HOSTNAME",
                                                     "VIRTUAL_ENV",
                                                     "RANK",
                                                     "LOCAL_RANK",
                                                     "TMPDIR",
                                                     "XDG_CACHE_HOME",
                                                     "WORLD_SIZE",
                                                     "USER",
                                                     "MALLOC_ARENA_MAX",
                                                     "GPU_DEVICE_ORDINAL"};
    return std::ranges::find(names, name) != names.end() ||
           std::ranges::any_of(starts, [&](std::string_view start) { return name.starts_with(start); });
}

std::string withoutAddressSecrets(const std::string& text) {
    std::string clean = text;
    for (std::size_t at = clean.find("://"); at != std::string::npos; at = clean.find("://", at + 3)) {
        const std::size_t begin = at + 3;
        const std::size_t end = std::min(clean.find_first_of("/ \t\r\n\"'", begin), clean.size());
        const std::size_t sign = clean.rfind('@', end);
        if (sign != std::string::npos && sign >= begin && sign < end)
            clean.erase(begin, sign + 1 - begin);
    }
    return clean;
}

bool isPythonName(std::string_view path) {
    const std::string name = fileName(path);
    return name.starts_with("python") || name.starts_with("pypy");
}

std::string resolved(const std::string& program, const std::string& cwd, const std::string& searchPath) {
    if (program.find('/') != std::string::npos)
        return program.starts_with('/') ? program : cleanPath(joinPath(cwd, program));
    for (const std::string& folder : split(searchPath, ':')) {
        const std::string path = joinPath(folder.empty() ? "." : folder, program);
        if (::access(path.c_str(), X_OK) == 0 && !isDirectory(path))
            return path;
    }
    return {};
}

std::string pathOf(const std::string& environ) {
    for (const std::string& entry : split(environ, '\0'))
        if (entry.starts_with("PATH="))
            return entry.substr(5);
    return {};
}

}  // namespace

bool isSecretVariable(std::string_view name) {
    std::string upper(name);
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
    return std::ranges::any_of(
        std::array{"TOKEN", "SECRET", "PASSWORD", "PASSWD", "KEY", "CREDENTIAL", "AUTH"},
        [&](const char* word) { return upper.find(word) != std::string::npos; });
}

std::string redacted(std::string_view name, const std::string& value) {
    // TOKENIZERS_PARALLELISM is none, and neither is a flag.
    constexpr std::array<std::string_view, 7> flags{"", "0", "1", "true", "false", "yes", "no"};
    const bool flag = std::ranges::find(flags, value) != flags.end();
    if ((isSecretVariable(name) && !flag && !name.starts_with("TOKENIZERS_")) || holdsSecret(value))
        return "(redacted)";
    return withoutAddressSecrets(value);
}

Json describeHost() {
    utsname kernel{};
    ::uname(&kernel);
    Json host{{"name", kernel.nodename},
              {"kernel", kernel.release},
              {"machine", kernel.machine},
              {"os", distribution()},
              {"glibc", outputOf({"getconf", "GNU_LIBC_VERSION"})},
              {"cpu", describeProcessor()}};
    struct sysinfo memory {};
    if (::sysinfo(&memory) == 0)
        host["memory"] = static_cast<std::uint64_t>(memory.totalram) * memory.mem_unit;
    for (const auto& [key, path] : {std::pair{"memory_limit", "/sys/fs/cgroup/memory.max"},
                                    std::pair{"cpu_limit", "/sys/fs/cgroup/cpu.max"}})
        if (const std::string limit = firstLine(path); !limit.empty() && !limit.starts_with("max"))
            host[key] = limit;
    if (exists("/.dockerenv") || exists("/run/.containerenv"))
        host["container"] = true;
    if (const std::string toolkit = cudaToolkit(); !toolkit.empty())
        host["cuda_toolkit"] = toolkit;
    if (const std::string driver = firstLine("/proc/driver/nvidia/version"); !driver.empty())
        host["nvidia_kernel_module"] = driver;
    return host;
}

Json describeCommand(const std::vector<std::string>& argv, const std::string& cwd,
                     const std::map<std::string, std::string>& environment) {
    Json shown = Json::object();
    for (const auto& [name, value] : environment)
        if (isTelling(name))
            shown[name] = redacted(name, value);
    return Json{{"argv", argv}, {"cwd", cwd}, {"env", std::move(shown)}};
}

Json describePackages(const std::string& python, const std::string& cwd,
                      const std::map<std::string, std::string>& environment) {
    ProcessOptions options;
    options.argv = {python, "-c", kListing};
    options.cwd = cwd;
    for (char** entry = environ; entry && *entry; ++entry)
        if (const std::string_view text(*entry); text.find('=') != std::string_view::npos)
            options.env[std::string(text.substr(0, text.find('=')))] = std::nullopt;
    for (const auto& [name, value] : environment)
        options.env[name] = value;
    options.in = Redirect::Null;
    const auto done = runCommand(std::move(options), {}, kListingSeconds);
    if (!done || !done->status.ok())
        return Json::object();
    // What a .pth file prints comes before it.
    const std::string text(trim(done->out));
    auto listing = parseJson(text.substr(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1));
    if (!listing || !listing->is_object())
        return Json::object();
    for (const char* list : {"packages", "conda"})
        if (listing->contains(list))
            for (Json& package : (*listing)[list])
                if (package.is_object() && package.contains("url"))
                    package["url"] = withoutCredentials(getString(package, "url"));
    return std::move(*listing);
}

std::vector<std::string> copyLockFiles(const std::string& cwd, const std::string& runDir) {
    constexpr std::array<const char*, 12> names{"uv.lock",         "pylock.toml",       "poetry.lock",
                                                "pdm.lock",        "pixi.lock",         "conda-lock.yml",
                                                "Pipfile.lock",    "requirements.lock", "requirements.txt",
                                                "environment.yml", "environment.yaml",  "pyproject.toml"};
    std::vector<std::string> copied;
    for (const char* name : names) {
        std::string folder = cwd;
        for (int level = 0; level < kMaxLevels; ++level) {
            if (auto text = readFile(joinPath(folder, name), kMaxLockFile);
                text && !isDirectory(joinPath(folder, name))) {
                if (writeFileAtomic(joinPath(runDir, std::string("env/") + name),
                                    withoutAddressSecrets(*text)))
                    copied.emplace_back(name);
                break;
            }
            if (exists(joinPath(folder, ".git")) || folder == "/" || folder == homeDir())
                break;
            folder = parentPath(folder);
        }
    }
    return copied;
}

std::string findPython(const std::vector<std::string>& argv, const std::string& cwd,
                       const std::vector<pid_t>& tree) {
    const char* path = std::getenv("PATH");
    const std::string searchPath = path ? path : "/usr/bin:/bin";
    if (!argv.empty()) {
        const std::string program = resolved(argv[0], cwd, searchPath);
        if (isPythonName(argv[0]))
            return program;
        const std::string head = program.empty() ? "" : readFileFrom(program, 0, 256).value_or("");
        if (head.starts_with("#!")) {
            std::vector<std::string> words = split(trim(head.substr(2, head.find('\n') - 2)), ' ');
            if (words.size() > 1 && fileName(words[0]) == "env")
                words.erase(words.begin(), words.begin() + (words[1] == "-S" ? 2 : 1));
            if (!words.empty() && isPythonName(words[0]))
                return resolved(words[0], cwd, searchPath);
        }
    }
    for (const pid_t pid : tree) {
        // The name it was called by and not /proc/PID/exe, which is the base of a virtual environment.
        const std::string proc = "/proc/" + std::to_string(pid);
        const std::string line = readFileFrom(proc + "/cmdline", 0, 4096).value_or("");
        const std::string program = line.substr(0, line.find('\0'));
        if (!isPythonName(program))
            continue;
        const std::string found =
            resolved(program, cwd, pathOf(readFileFrom(proc + "/environ", 0, 1 << 20).value_or("")));
        if (!found.empty())
            return found;
    }
    return {};
}

}  // namespace lathe::record
