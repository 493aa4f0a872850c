// SPDX-License-Identifier: Apache-2.0
#include "cli/reproduce.h"

#include "core/file.h"
#include "core/json.h"
#include "core/paths.h"
#include "core/text.h"
#include "launch/gpu_probe.h"
#include "record/artifacts.h"
#include "record/code_state.h"
#include "record/environment.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <map>
#include <unistd.h>

namespace lathe::cli {
namespace {

constexpr double kCodeSeconds = 20;
constexpr std::size_t kShown = 8;

std::string shortList(std::vector<std::string> names) {
    if (names.size() <= kShown)
        return join(names, ", ");
    const std::size_t more = names.size() - kShown;
    names.resize(kShown);
    return fmt::format("{} and {} more", join(names, ", "), more);
}

void compareCode(const record::RunSpec& spec, const std::string& runDir, const std::string& folder,
                 std::vector<std::string>& lines) {
    if (spec.code.commit.empty() && spec.code.changedFiles.empty()) {
        lines.push_back("code: none was recorded, so nobody knows whether it is the same");
        return;
    }
    const TempDir now;
    const record::CodeState state = record::captureCode(folder, now.path(), kCodeSeconds);
    if (state.commit != spec.code.commit) {
        lines.push_back(fmt::format("code: commit {} then, {} now", spec.code.commit.substr(0, 12),
                                    state.commit.empty() ? "no repository" : state.commit.substr(0, 12)));
    } else if (readFile(joinPath(runDir, "code.patch")).value_or("") !=
               readFile(now / "code.patch").value_or("")) {
        std::vector<std::string> files = spec.code.changedFiles;
        files.insert(files.end(), state.changedFiles.begin(), state.changedFiles.end());
        std::ranges::sort(files);
        files.erase(std::ranges::unique(files).begin(), files.end());
        lines.push_back("code: the uncommitted work differs: " + shortList(files));
    }
}

std::map<std::string, std::string> versionsOf(const Json& packages) {
    std::map<std::string, std::string> versions;
    for (const char* list : {"packages", "conda"}) {
        const auto found = packages.find(list);
        if (found == packages.end() || !found->is_array())
            continue;
        for (const Json& package : *found) {
            std::string version = getString(package, "version");
            if (const std::string commit = getString(package, "commit"); !commit.empty())
                version += "@" + commit.substr(0, 12);
            versions.emplace(getString(package, "name"), std::move(version));
        }
    }
    return versions;
}

void comparePackages(const record::RunSpec& spec, const std::string& runDir, const std::string& folder,
                     std::vector<std::string>& lines) {
    const auto recorded = readJsonFile(joinPath(runDir, "env/packages.json"));
    if (!recorded || !recorded->is_object())
        return;
    const std::string python = getString(*recorded, "executable");
    std::map<std::string, std::string> environment;
    for (char** entry = environ; entry && *entry; ++entry)
        if (const std::string_view text(*entry); text.find('=') != std::string_view::npos)
            environment[std::string(text.substr(0, text.find('=')))] = text.substr(text.find('=') + 1);
    const std::string found = record::findPython(spec.argv, folder, {});
    const Json now = record::describePackages(found.empty() ? python : found, folder, environment);
    if (now.empty()) {
        lines.push_back("packages: the interpreter " + python + " does not answer");
        return;
    }
    if (getString(now, "version") != getString(*recorded, "version"))
        lines.push_back(fmt::format("Python: {} then, {} now", getString(*recorded, "version"),
                                    getString(now, "version")));
    const auto before = versionsOf(*recorded), after = versionsOf(now);
    std::vector<std::string> differing;
    for (const auto& [name, version] : before) {
        const auto other = after.find(name);
        if (other == after.end())
            differing.push_back(name + " " + version + " is missing");
        else if (other->second != version)
            differing.push_back(name + " " + version + " is " + other->second);
    }
    if (!differing.empty())
        lines.push_back("packages: " + shortList(differing));
}

std::string devicesText(const Json& gpus) {
    std::map<std::string, int> counts;
    if (const auto devices = gpus.find("devices"); devices != gpus.end() && devices->is_array())
        for (const Json& device : *devices)
            ++counts[getString(device, "name")];
    std::vector<std::string> texts;
    for (const auto& [name, count] : counts)
        texts.push_back(fmt::format("{} × {}", count, name));
    return texts.empty() ? "none" : join(texts, ", ");
}

void compareMachine(const std::string& runDir, std::vector<std::string>& lines) {
    const Json then = readJsonFile(joinPath(runDir, "env/host.json")).value_or(Json::object());
    if (then.empty())
        return;
    const Json now = record::describeHost();
    const auto compare = [&](const char* title, const std::string& a, const std::string& b) {
        if (a != b && !a.empty())
            lines.push_back(fmt::format("{}: {} then, {} now", title, a, b.empty() ? "none" : b));
    };
    compare("machine", getString(then, "name"), getString(now, "name"));
    compare("glibc", getString(then, "glibc"), getString(now, "glibc"));
    if (then.contains("cpu"))
        compare("processor", getString(then["cpu"], "model"), getString(now["cpu"], "model"));
    const Json gpus = readJsonFile(joinPath(runDir, "env/gpu.json")).value_or(Json::object());
    if (gpus.empty())
        return;
    const Json present = launch::GpuProbe::inventory().value_or(Json::object());
    compare("GPUs", devicesText(gpus), devicesText(present));
    compare("NVIDIA driver", getString(gpus, "driver"), getString(present, "driver"));
}

void compareData(record::Store& store, const record::RunSummary& run, std::vector<std::string>& lines) {
    const auto items = store.items({.run = run.spec.id, .kind = record::ItemKind::Artifact});
    if (!items)
        return;
    for (const record::Item& item : *items) {
        if (getString(item.fields, "role") != "input")
            continue;
        const auto files = record::readManifest(store.path(), getString(item.fields, "manifest"));
        if (!files) {
            lines.push_back("data: " + item.name + ": " + files.error().text());
            continue;
        }
        std::vector<std::string> changed;
        for (const record::ArtifactFile& file : *files) {
            if (!file.ref.starts_with("file://"))
                continue;
            const auto digest = record::fingerprint(file.ref.substr(7));
            if (!digest || *digest != file.digest)
                changed.push_back(file.path + (digest ? " changed" : " is missing"));
        }
        if (!changed.empty())
            lines.push_back("data: " + item.name + ": " + shortList(changed));
    }
}

}  // namespace

std::vector<std::string> mismatches(record::Store& store, const record::RunSummary& run,
                                    const std::string& folder) {
    std::vector<std::string> lines;
    const std::string runDir = store.runDir(run.spec.id);
    if (run.spec.host != "local") {
        lines.push_back("code, packages, GPUs and data on " + run.spec.host + " are not compared");
    } else {
        if (run.spec.kind != "recipe") {
            compareCode(run.spec, runDir, folder, lines);
            comparePackages(run.spec, runDir, folder, lines);
        }
        compareMachine(runDir, lines);
        compareData(store, run, lines);
    }
    for (const auto& [name, value] : run.spec.env)
        if (value == "(redacted)")
            lines.push_back("environment: the value of " + name + " was not recorded: give it with --env " +
                            name + "=…");
    return lines;
}

Result<> setArgument(std::vector<std::string>& argv, const std::string& setting) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0)
        return fail(ErrorCode::Invalid, "--set wants key=value", setting, "--set lr=0.1");
    const std::string key = setting.substr(0, equals), value = setting.substr(equals + 1);
    for (std::size_t i = 1; i < argv.size(); ++i) {
        std::string& word = argv[i];
        const std::size_t dashes = std::min(word.find_first_not_of('-'), word.size());
        const std::string_view name = std::string_view(word).substr(dashes);
        if (dashes <= 2 && name.starts_with(key + "=")) {
            word = word.substr(0, dashes) + setting;
            return {};
        }
        if (dashes >= 1 && dashes <= 2 && name == key && i + 1 < argv.size()) {
            argv[i + 1] = value;
            return {};
        }
    }
    return fail(ErrorCode::Invalid, "the run's command line has no such key", key,
                "it is: " + escapedForDisplay(shellCommand(argv), 400));
}

std::vector<std::string> recipeSettings(const record::RunSpec& spec) {
    std::vector<std::string> settings;
    for (std::size_t i = 0; i + 1 < spec.argv.size(); ++i)
        if (spec.argv[i] == "--set")
            settings.push_back(spec.argv[++i]);
    return settings;
}

}  // namespace lathe::cli
