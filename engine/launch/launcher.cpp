// SPDX-License-Identifier: Apache-2.0
#include "launch/launcher.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/log.h"
#include "core/paths.h"
#include "core/text.h"
#include "launch/agent_client.h"
#include "launch/mirror.h"
#include "launch/start_run.h"
#include "record/environment.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>

namespace lathe::launch {
namespace {

constexpr double kMirrorSeconds = 0.5;
constexpr double kMirrorRetrySeconds = 10;

record::RunSpec specOf(const RunRequest& request, const std::string& cwd) {
    record::RunSpec spec;
    spec.id = newId();
    spec.name = request.name.empty() ? readableName(spec.id) : request.name;
    spec.experiment = request.experiment.empty() ? "default" : request.experiment;
    spec.kind = request.recipe.empty() ? "command" : "recipe";
    spec.argv = request.argv;
    spec.cwd = cwd;
    spec.ranks = request.ranks;
    spec.created = wallSeconds();
    spec.tags = request.tags;
    spec.note = request.note;
    for (const auto& [name, value] : request.env)
        spec.env[name] = record::redacted(name, value);
    return spec;
}

Result<> checkText(std::string_view what, const std::string& text) {
    if (!isValidUtf8(text) ||
        std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
        return fail(ErrorCode::Invalid, std::string(what) + " must be one line of UTF-8 text",
                    escapedForDisplay(text));
    if (text.size() > 512)
        return fail(ErrorCode::Invalid, std::string(what) + " is longer than 512 bytes",
                    escapedForDisplay(text, 64));
    return {};
}

}  // namespace

struct Launcher::State {
    record::Store& store;
    host::Hosts& hosts;

    Result<std::shared_ptr<host::Host>> connected(const std::string& id) {
        LATHE_TRY_ASSIGN(std::shared_ptr<host::Host> host, hosts.get(id));
        LATHE_TRY(host->connect({}));
        return host;
    }

    Result<std::string> workingFolder(const RunRequest& request, host::Host& host) {
        if (request.host == "local")
            return absolutePath(request.cwd.empty() ? "." : expandHome(request.cwd));
        if (request.cwd.starts_with('/'))
            return request.cwd;
        LATHE_TRY_ASSIGN(const std::string home, host.home());
        return cleanPath(joinPath(home, request.cwd));
    }

    Result<MirrorTarget> mirrorTarget(const std::string& runId, std::string& hostId) {
        const std::string dir = store.runDir(runId);
        LATHE_TRY_ASSIGN(const MirrorSource source, readMirrorSource(dir));
        hostId = source.host;
        return MirrorTarget{dir, runId, source.remoteDir, source.remoteStore};
    }

    // The remote runs of this store that may still grow, by host.
    std::map<std::string, std::vector<std::string>> openMirrors();
};

Launcher::Launcher(record::Store& store, host::Hosts& hosts)
    : m_state(std::make_unique<State>(store, hosts)) {}

Launcher::~Launcher() = default;

Result<RecipePlan> Launcher::plan(const RunRequest& request) {
    LATHE_TRY_ASSIGN(const auto host, m_state->connected(request.host));
    LATHE_TRY_ASSIGN(const std::string cwd, m_state->workingFolder(request, *host));
    host::ProcessSpec spec;
    spec.argv = {request.host == "local" ? programPath("lathe-train") : "lathe-train", "plan",
                 joinPath(cwd, request.recipe), "--json"};
    for (const std::string& setting : request.set)
        spec.argv.insert(spec.argv.end(), {"--set", setting});
    spec.cwd = cwd;
    auto output = host->run(spec, {}, 60);
    const auto missing = [&] {
        return fail(ErrorCode::Unavailable, "lathe-train is not there: recipes cannot run", request.host,
                    request.host == "local" ? "install it beside `lathe`"
                                            : "put it on the PATH of that host");
    };
    if (!output)
        return output.error().code == ErrorCode::NotFound ? missing() : std::unexpected(output.error());
    if (output->status.code == 127)
        return missing();
    const auto json = parseJson(output->out, "the plan of " + request.recipe);
    if (json) {
        if (auto error = errorFromJson(*json))
            return std::unexpected(onHost(std::move(*error), *host));
    }
    if (!json || !output->status.ok())
        return std::unexpected(onHost(Error{ErrorCode::Internal,
                                            "lathe-train plan failed (" + output->status.text() +
                                                "): " + escapedForDisplay(trim(output->err), 400),
                                            request.recipe,
                                            {}},
                                      *host));
    RecipePlan plan;
    plan.ranks = static_cast<int>(std::clamp<std::int64_t>(getInt(*json, "ranks", 1), 1, 4096));
    plan.steps = getInt(*json, "steps");
    plan.mainMetric = getString(*json, "main_metric");
    if (const auto params = json->find("params"); params != json->end())
        plan.params = flattenJson(*params);
    plan.raw = *json;
    return plan;
}

Result<record::RunSpec> Launcher::start(const RunRequest& request) {
    LATHE_TRY(checkText("the name", request.name));
    LATHE_TRY(checkText("the experiment", request.experiment));
    for (const std::string& tag : request.tags)
        LATHE_TRY(checkText("a tag", tag));
    if (request.recipe.empty() && (request.argv.empty() || request.argv[0].empty()))
        return fail(ErrorCode::Invalid, "nothing to run", "", "give a recipe, or -- and a command");
    if (request.recipe.empty() && !request.set.empty())
        return fail(ErrorCode::Invalid, "--set changes a recipe, and this is a command", request.set[0],
                    "put it among the command's own arguments");

    LATHE_TRY_ASSIGN(const auto host, m_state->connected(request.host));
    LATHE_TRY_ASSIGN(const std::string cwd, m_state->workingFolder(request, *host));
    const bool local = request.host == "local";
    StartRequest start;
    start.spec = specOf(request, cwd);
    start.env = request.env;
    if (!request.recipe.empty()) {
        LATHE_TRY_ASSIGN(const RecipePlan planned, plan(request));
        if (request.experiment.empty())
            start.spec.experiment = getString(planned.params, "experiment", start.spec.experiment);
        start.recipe = request.recipe;
        start.set = request.set;
        start.spec.ranks = planned.ranks;
        start.spec.params = planned.params;
        start.spec.totalSteps = planned.steps;
        start.spec.mainMetric = planned.mainMetric;
    }
    if (local)
        start.store = m_state->store.path();

    LATHE_TRY_ASSIGN(const Json answer, askAgent(*host, {"start"}, dumpJson(start.toJson())));
    const auto specJson = answer.find("spec");
    LATHE_TRY_ASSIGN(
        record::RunSpec spec,
        record::RunSpec::fromJson(specJson == answer.end() ? Json() : *specJson, "lathe-agent's answer"));
    if (spec.id != start.spec.id)
        return fail(ErrorCode::Corrupt, "lathe-agent answered for another run", request.host);
    if (local)
        return spec;

    spec.host = request.host;
    LATHE_TRY_ASSIGN(const std::string dir, m_state->store.createRun(spec));
    const std::string remoteDir = getString(answer, "dir");
    LATHE_TRY(beginMirror(request.host, {dir, spec.id, remoteDir, parentPath(parentPath(remoteDir))}));
    return spec;
}

Result<> Launcher::stop(const std::string& runId, double graceSeconds) {
    // From the run's folder and not from the index, which may not know a run of this moment yet.
    const std::string grace = numberText(std::max(0.0, graceSeconds));
    const double patience = graceSeconds + 30;
    if (!exists(joinPath(m_state->store.runDir(runId), kMirrorFile))) {
        LATHE_TRY(askAgent(*m_state->hosts.local(), {"stop", m_state->store.path(), runId, "--grace", grace},
                           {}, patience));
        return {};
    }
    std::string hostId;
    LATHE_TRY_ASSIGN(const MirrorTarget target, m_state->mirrorTarget(runId, hostId));
    LATHE_TRY_ASSIGN(const auto host, m_state->connected(hostId));
    LATHE_TRY(askAgent(*host, {"stop", target.remoteStore, runId, "--grace", grace}, {}, patience));
    return {};
}

Result<std::uint64_t> Launcher::mirror(const std::string& runId, std::stop_token stop) {
    std::string hostId;
    LATHE_TRY_ASSIGN(const MirrorTarget target, m_state->mirrorTarget(runId, hostId));
    LATHE_TRY_ASSIGN(const auto host, m_state->hosts.get(hostId));
    if (const auto reached = host->connect({}, stop); !reached) {
        return std::unexpected(reached.error());
    }
    return mirrorOnce(*host, target, stop);
}

std::map<std::string, std::vector<std::string>> Launcher::State::openMirrors() {
    std::map<std::string, std::vector<std::string>> open;
    for (const std::string& id :
         listDir(joinPath(store.path(), "runs")).value_or(std::vector<std::string>())) {
        const std::string dir = store.runDir(id);
        if (!isId(id) || !exists(joinPath(dir, kMirrorFile)) || isMirrorComplete(dir))
            continue;
        if (const auto source = readMirrorSource(dir))
            open[source->host].push_back(id);
    }
    return open;
}

void Launcher::mirrorAll(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::map<std::string, double> retryAt;  // hosts that did not answer
    while (!stop.stop_requested()) {
        for (const auto& [hostId, runs] : m_state->openMirrors()) {
            const auto host = m_state->hosts.get(hostId);
            // Connecting is the user's act: it may ask for passwords.
            if (!host || (*host)->state() != host::HostState::Connected ||
                monotonicSeconds() < retryAt[hostId])
                continue;
            for (const std::string& id : runs) {
                if (stop.stop_requested())
                    return;
                if (const auto copied = mirror(id, stop); !copied) {
                    logWarn("launch", "mirroring {}: {}", id, copied.error().text());
                    if (copied.error().code == ErrorCode::Unavailable) {
                        retryAt[hostId] = monotonicSeconds() + kMirrorRetrySeconds;
                        break;
                    }
                }
            }
        }
        std::unique_lock lock(mutex);
        wake.wait_for(lock, stop, std::chrono::duration<double>(kMirrorSeconds), [] { return false; });
    }
}

}  // namespace lathe::launch
