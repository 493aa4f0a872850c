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
#include <cctype>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <sys/stat.h>

namespace lathe::launch {
namespace {

constexpr std::size_t kRunsPerQuestion = 128;
constexpr double kRetrySeconds = 10;  // a host that did not answer
constexpr double kLookSeconds = 0.5;  // for new runs: one stat(2)
constexpr std::size_t kMaxChangedFiles = 1000;

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
    spec.group = request.group;
    spec.parent = request.parent;
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

bool isHex(std::string_view text) {
    return text.size() <= 64 && std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c); });
}

// What only the host can know of the run; all else stays as it was asked for. The host is not trusted: texts
// are made harmless and short, since they are shown, and put into commands to be pasted.
Result<> takeFromHost(const record::RunSpec& said, record::RunSpec& spec) {
    constexpr std::size_t words = 4096, bytes = std::size_t{1} << 20;
    if (spec.kind == "recipe") {  // a command's own words are known here
        std::size_t size = 0;
        for (const std::string& word : said.argv) {
            size += word.size();
            if (std::ranges::any_of(word, [](unsigned char c) { return c < 0x20 || c == 0x7F; }) ||
                size > bytes)
                return fail(ErrorCode::Corrupt, "the host names an impossible command",
                            escapedForDisplay(word, 64));
        }
        if (said.argv.size() > words)
            return fail(ErrorCode::Corrupt, "the host names an impossible command", "");
        spec.argv = said.argv;
    }
    constexpr std::size_t shown = 512;
    spec.hostName = escapedForDisplay(said.hostName, shown);
    spec.user = escapedForDisplay(said.user, shown);
    spec.code.commit = isHex(said.code.commit) ? said.code.commit : "";
    spec.code.branch = escapedForDisplay(said.code.branch, shown);
    spec.code.remote = escapedForDisplay(said.code.remote, shown);
    spec.code.note = escapedForDisplay(said.code.note, 4 * shown);
    spec.code.changedFiles.clear();
    for (const std::string& file : said.code.changedFiles) {
        if (file.size() <= 4096 && spec.code.changedFiles.size() < kMaxChangedFiles)
            spec.code.changedFiles.push_back(file);
    }
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

    struct OpenMirror {
        std::string host;
        MirrorTarget target;
    };
    // The remote runs of this store that may still grow.
    std::vector<OpenMirror> openMirrors();
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
        record::RunSpec said,
        record::RunSpec::fromJson(specJson == answer.end() ? Json() : *specJson, "lathe-agent's answer"));
    if (said.id != start.spec.id)
        return fail(ErrorCode::Corrupt, "lathe-agent answered for another run", request.host);
    if (local)
        return said;

    record::RunSpec spec = start.spec;
    spec.host = request.host;
    LATHE_TRY(takeFromHost(said, spec));
    const std::string remoteDir = getString(answer, "dir");
    if (remoteDir.size() > 4096 || !remoteDir.starts_with('/') || !remoteDir.ends_with("/runs/" + spec.id))
        return fail(ErrorCode::Corrupt, "lathe-agent names an impossible folder",
                    escapedForDisplay(remoteDir, 200));
    LATHE_TRY_ASSIGN(const std::string dir, m_state->store.createRun(spec));
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

std::vector<Launcher::State::OpenMirror> Launcher::State::openMirrors() {
    std::vector<OpenMirror> open;
    for (const std::string& id :
         listDir(joinPath(store.path(), "runs")).value_or(std::vector<std::string>())) {
        const std::string dir = store.runDir(id);
        if (!isId(id) || !exists(joinPath(dir, kMirrorFile)) || isMirrorComplete(dir))
            continue;
        if (const auto source = readMirrorSource(dir))
            open.push_back({source->host, {dir, id, source->remoteDir, source->remoteStore}});
    }
    return open;
}

namespace {

// Runs of one host and store, as one question to it.
class MirrorGroup {
public:
    MirrorGroup(std::string host, std::string store) : m_host(std::move(host)), m_store(std::move(store)) {}
    bool isOf(const std::string& host, const MirrorTarget& target) const {
        return m_host == host && m_store == target.remoteStore && m_targets.size() < kRunsPerQuestion;
    }
    void add(MirrorTarget target) { m_targets.push_back(std::move(target)); }
    const std::string& host() const { return m_host; }
    double due() const { return m_due; }
    bool isEmpty() const { return m_targets.empty(); }

    void pass(host::Host& host, const std::stop_token& stop) {
        Result<std::uint64_t> copied = std::uint64_t{0};
        bool unreachable = false;
        const auto results = mirrorRuns(host, m_targets, stop);
        for (std::size_t i = 0; i < results.size(); ++i) {
            if (results[i]) {
                if (copied)
                    *copied += *results[i];
                continue;
            }
            unreachable = unreachable || results[i].error().code == ErrorCode::Unavailable;
            if (results[i].error().code != ErrorCode::Cancelled)
                logWarn("launch", "mirroring {}: {}", m_targets[i].runId, results[i].error().text());
        }
        std::erase_if(m_targets, [](const MirrorTarget& target) { return isMirrorComplete(target.runDir); });
        const double wait = m_pace.after(copied);
        m_due = monotonicSeconds() + (unreachable ? std::max(wait, kRetrySeconds) : wait);
    }

private:
    std::string m_host, m_store;
    std::vector<MirrorTarget> m_targets;
    MirrorPace m_pace;
    double m_due = 0;
};

// Changes when a run folder is made or removed.
std::pair<std::int64_t, std::int64_t> stampOf(const std::string& folder) {
    struct stat info {};
    if (::stat(folder.c_str(), &info) != 0)
        return {};
    return {info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

}  // namespace

void Launcher::mirrorAll(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::vector<MirrorGroup> groups;
    std::set<std::string> taken;
    std::optional<std::pair<std::int64_t, std::int64_t>> seen;
    const std::string folder = joinPath(m_state->store.path(), "runs");
    while (!stop.stop_requested()) {
        if (const auto stamp = stampOf(folder); stamp != seen) {
            seen = stamp;
            for (State::OpenMirror& open : m_state->openMirrors()) {
                if (!taken.insert(open.target.runId).second)
                    continue;
                auto group = std::ranges::find_if(
                    groups, [&](const MirrorGroup& one) { return one.isOf(open.host, open.target); });
                if (group == groups.end())
                    group = groups.emplace(groups.end(), open.host, open.target.remoteStore);
                group->add(std::move(open.target));
            }
        }
        double next = monotonicSeconds() + kLookSeconds;
        bool anyConnected = false;
        for (MirrorGroup& group : groups) {
            const auto host = m_state->hosts.get(group.host());
            // Connecting is the user's act: it may ask for passwords.
            if (!host || (*host)->state() != host::HostState::Connected)
                continue;
            if (monotonicSeconds() >= group.due())
                group.pass(**host, stop);
            if (stop.stop_requested())
                return;
            anyConnected = anyConnected || !group.isEmpty();
            next = std::min(next, group.due());
        }
        std::erase_if(groups, [](const MirrorGroup& group) { return group.isEmpty(); });
        if (!anyConnected)
            return;
        std::unique_lock lock(mutex);
        const double wait = std::max(0.0, next - monotonicSeconds());
        wake.wait_for(lock, stop, std::chrono::duration<double>(wait), [] { return false; });
    }
}

}  // namespace lathe::launch
