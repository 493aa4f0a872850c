// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/tracking.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/paths.h"
#include "core/text.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fmt/format.h>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

namespace lathe::interop::mlflow {
namespace {

constexpr std::size_t kMostIdle = 256;  // runs that are over and still in memory

std::string tagOf(const Tracking::NewRun& wanted, std::string_view key) {
    for (const auto& [name, value] : wanted.tags) {
        if (name == key)
            return value;
    }
    return {};
}

std::string machineName() {
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

std::unexpected<Error> noRun(const std::string& id) {
    return fail(ErrorCode::NotFound, fmt::format("Run with id={} not found", escapedForDisplay(id, 100)));
}

}  // namespace

Tracking::Tracking(TrackingOptions options, RunLibrary& library)
    : m_options(std::move(options)), m_library(library),
      m_experiments(
          joinPath(m_options.store, "mlflow/experiments"), [this] { return experimentNames(); },
          !m_options.launchedRun.empty()),
      m_loggedModels(joinPath(m_options.store, "mlflow/logged-models")),
      m_registeredModels(joinPath(m_options.store, "mlflow/registered-models")) {}

Tracking::~Tracking() = default;

std::string Tracking::dirOf(const std::string& id) const {
    return joinPath(m_options.store, "runs/" + id);
}

std::set<std::string> Tracking::experimentNames() {
    std::set<std::string> names;
    const std::lock_guard lock(m_viewMutex);
    if (!followChanges())
        return names;
    for (const auto& [id, view] : m_views)
        names.insert(view.latheExperiment);
    return names;
}

Result<Run> Tracking::viewOf(const record::RunSummary& summary,
                             std::map<std::string, std::string>* locations) {
    const RunWords words = readRunWords(dirOf(summary.spec.id));
    // To its script the launched run is in the experiment that the script chose.
    const bool launched = !m_options.launchedRun.empty();
    Run run = runFrom(summary, words);
    run.experimentId = m_experiments.idOf(launched && !words.experiment.empty() ? words.experiment
                                                                                : summary.spec.experiment);
    std::string location;
    if (const auto known =
            locations ? locations->find(run.experimentId) : std::map<std::string, std::string>::iterator();
        locations && known != locations->end()) {
        location = known->second;
    } else {
        // An experiment that only its runs know of lies where all of them do; asking for it would read all
        // runs.
        location = m_experiments.locationOf(run.experimentId);
        if (locations)
            locations->emplace(run.experimentId, location);
    }
    run.artifactUri = location + "/" + run.id + "/artifacts";
    return run;
}

Result<> Tracking::followChanges() {
    LATHE_TRY_ASSIGN(const auto changed, m_library.changes());
    for (const std::string& id : changed) {
        // A run that vanished, or that cannot be read, is none.
        if (auto experiment = m_library.experimentOf(id))
            m_views[id] = {std::move(*experiment), nullptr};
        else
            m_views.erase(id);
    }
    return {};
}

Result<std::vector<std::shared_ptr<const Run>>>
Tracking::runs(const std::vector<std::string>& experimentIds) {
    const std::set<std::string> wanted(experimentIds.begin(), experimentIds.end());
    std::vector<std::shared_ptr<const Run>> found;
    std::map<std::string, std::string> locations, ids;
    const std::lock_guard lock(m_viewMutex);
    LATHE_TRY(followChanges());
    for (auto& [id, view] : m_views) {
        auto& experiment = ids[view.latheExperiment];
        if (experiment.empty())
            experiment = m_experiments.idOf(view.latheExperiment);
        if (!wanted.contains(experiment))
            continue;
        if (!view.run) {
            const auto summary = m_library.run(id);
            if (!summary || !summary->problem.empty())
                continue;
            LATHE_TRY_ASSIGN(Run run, viewOf(*summary, &locations));
            view.run = std::make_shared<const Run>(std::move(run));
        }
        found.push_back(view.run);
    }
    return found;
}

Result<Run> Tracking::run(const std::string& text) {
    const std::string id = anyRunId(text);
    if (id.empty())
        return noRun(text);
    const auto summary = m_library.run(id);
    if (!summary)
        return summary.error().code == ErrorCode::NotFound ? Result<Run>(noRun(text))
                                                           : std::unexpected(summary.error());
    if (!summary->problem.empty())
        return fail(ErrorCode::Corrupt, summary->problem, text);
    return viewOf(*summary);
}

Result<std::shared_ptr<LiveRun>> Tracking::live(const std::string& text) {
    const std::string id = anyRunId(text);
    const std::lock_guard lock(m_liveMutex);
    if (const auto known = m_live.find(id); known != m_live.end())
        return known->second;
    const auto summary = id.empty() ? Result<record::RunSummary>(noRun(text)) : m_library.run(id);
    if (!summary)
        return summary.error().code == ErrorCode::NotFound ? Result<std::shared_ptr<LiveRun>>(noRun(text))
                                                           : std::unexpected(summary.error());
    if (m_live.size() > kMostIdle)
        std::erase_if(m_live, [](const auto& entry) {
            return entry.second.use_count() == 1 && entry.second->isIdle();
        });
    RecordSink* const sink = id == m_options.launchedRun ? m_options.sink : nullptr;
    LATHE_TRY_ASSIGN(auto opened, LiveRun::open(dirOf(id), *summary, sink));
    m_live[id] = opened;
    return opened;
}

Result<Run> Tracking::createRun(const NewRun& wanted) {
    LATHE_TRY_ASSIGN(const Experiment experiment, m_experiments.get(wanted.experimentId));
    if (experiment.deleted)
        return fail(ErrorCode::Invalid,
                    fmt::format("The experiment {} must be in the 'active' state. Current state is deleted.",
                                experiment.id));
    if (!m_options.launchedRun.empty()) {
        const std::lock_guard lock(m_createMutex);  // of several ranks that start at once, one takes it
        LATHE_TRY_ASSIGN(const auto launched, live(m_options.launchedRun));
        if (!launched->isAdopted())
            return adopt(launched, wanted, experiment);
    }
    return makeRun(wanted, experiment);
}

Result<Run> Tracking::adopt(const std::shared_ptr<LiveRun>& launched, const NewRun& wanted,
                            const Experiment& experiment) {
    LATHE_TRY_ASSIGN(const record::RunSummary before, m_library.run(launched->id()));
    const std::string latheName = m_experiments.latheNameOf(experiment);
    LATHE_TRY(launched->setStatus(
        "RUNNING", wanted.start > 0 ? wanted.start : static_cast<std::int64_t>(wallSeconds() * 1000), 0,
        latheName));
    // What was said when the run was launched counts before what the script says.
    if (latheName != before.spec.experiment &&
        (before.spec.experiment.empty() || before.spec.experiment == "default"))
        LATHE_TRY(launched->event("experiment", Json{{"experiment", latheName}}));
    const bool named = before.spec.name != readableName(before.spec.id);
    auto tags = wanted.tags;
    std::erase_if(tags, [&](const auto& tag) { return tag.first == "mlflow.runName"; });
    if (!wanted.name.empty() && !named)
        tags.emplace_back("mlflow.runName", wanted.name);
    LATHE_TRY(launched->log({}, {}, tags));
    return run(launched->id());
}

Result<Run> Tracking::makeRun(const NewRun& wanted, const Experiment& experiment) {
    record::RunSpec spec;
    spec.id = newId();
    spec.name = !wanted.name.empty() ? wanted.name : tagOf(wanted, "mlflow.runName");
    if (spec.name.empty())
        spec.name = readableName(spec.id);
    spec.experiment = m_experiments.latheNameOf(experiment);
    spec.kind = std::string(kTrackedKind);
    if (const std::string source = tagOf(wanted, "mlflow.source.name"); !source.empty())
        spec.argv = {source};
    spec.hostName = machineName();
    spec.user = wanted.user.empty() ? tagOf(wanted, "mlflow.user") : wanted.user;
    spec.created = wanted.start > 0 ? static_cast<double>(wanted.start) / 1000 : wallSeconds();
    spec.code.commit = tagOf(wanted, "mlflow.source.git.commit");
    spec.note = tagOf(wanted, "mlflow.note.content");
    for (const auto& [key, value] : wanted.tags) {
        if (const std::string tag = latheTagOf(key, value); !tag.empty())
            spec.tags.push_back(tag);
    }
    spec.parent.run = anyRunId(tagOf(wanted, "mlflow.parentRunId"));
    if (spec.parent.run.empty())
        spec.parent.run = m_options.launchedRun;
    if (!spec.parent.run.empty())
        spec.parent.how = "nested";

    const std::string hidden = joinPath(m_options.store, "runs/." + spec.id), dir = dirOf(spec.id);
    LATHE_TRY(makeDirs(hidden));
    const auto make = [&]() -> Result<> {
        LATHE_TRY(writeFileAtomic(joinPath(hidden, "run.json"), dumpJsonPretty(spec.toJson())));
        LATHE_TRY_ASSIGN(const auto made, LiveRun::openNew(hidden, dir, spec));
        LATHE_TRY(made->setStatus("", static_cast<std::int64_t>(std::llround(spec.created * 1000)), 0, {}));
        auto tags = wanted.tags;
        std::erase_if(tags, [&](const auto& tag) {
            return tag.first == "mlflow.runName" || tag.first == "mlflow.note.content";
        });
        LATHE_TRY(made->log({}, {}, tags));
        if (::rename(hidden.c_str(), dir.c_str()) != 0)
            return failErrno(errno, "cannot make the run's folder", dir);
        const std::lock_guard lock(m_liveMutex);
        m_live[spec.id] = made;
        return {};
    };
    if (auto made = make(); !made) {
        (void)removeTree(hidden);
        return std::unexpected(std::move(made).error());
    }
    return run(spec.id);
}

Result<Run> Tracking::update(const std::string& id, const std::string& status, std::int64_t end,
                             const std::string& name) {
    LATHE_TRY_ASSIGN(const auto run, live(id));
    if (run->isDeleted())
        return fail(ErrorCode::Invalid,
                    fmt::format("The run {} must be in the 'active' state. Current state is deleted.", id));
    if (!status.empty() || end > 0)
        LATHE_TRY(run->setStatus(status, 0, end, {}));
    if (!name.empty())
        LATHE_TRY(run->setName(name));
    return this->run(id);
}

Result<> Tracking::log(const std::string& id, const std::vector<Metric>& metrics,
                       const std::vector<std::pair<std::string, std::string>>& params,
                       const std::vector<std::pair<std::string, std::string>>& tags) {
    LATHE_TRY_ASSIGN(const auto run, live(id));
    return run->log(metrics, params, tags);
}

Result<> Tracking::deleteTag(const std::string& id, const std::string& key) {
    LATHE_TRY_ASSIGN(const auto run, live(id));
    return run->deleteTag(key);
}

Result<> Tracking::setDeleted(const std::string& id, bool deleted) {
    LATHE_TRY_ASSIGN(const auto run, live(id));
    return run->setDeleted(deleted);
}

Result<> Tracking::logData(const std::string& id, std::string_view kind, const Json& fields) {
    LATHE_TRY_ASSIGN(const auto run, live(id));
    return run->event(kind, fields);
}

Result<std::vector<Metric>> Tracking::history(const std::string& id, const std::string& key) {
    const std::string runId = anyRunId(id);
    if (runId.empty())
        return noRun(id);
    auto points = m_library.points(runId, key);
    if (!points) {
        if (!m_library.run(runId))
            return noRun(id);
        if (points.error().code != ErrorCode::NotFound)
            return std::unexpected(std::move(points).error());
        points = std::vector<record::Point>();
    }
    std::vector<Metric> rows;
    rows.reserve(points->size());
    for (const record::Point& point : *points)
        rows.push_back({key, point.value, std::llround(point.time * 1000), point.step});
    std::ranges::stable_sort(rows, {}, [](const Metric& row) {
        return std::tuple(row.timestamp, row.step, std::isnan(row.value) ? -INFINITY : row.value);
    });
    return rows;
}

Result<> Tracking::setExperimentDeleted(const std::string& id, bool deleted) {
    LATHE_TRY(m_experiments.change(id, [&](Experiment& experiment) -> Result<> {
        experiment.deleted = deleted;
        return {};
    }));
    LATHE_TRY_ASSIGN(const auto all, runs({id}));
    for (const auto& run : all) {
        if (run->deleted != deleted)
            LATHE_TRY(setDeleted(run->id, deleted));
    }
    return {};
}

Result<Tracking::ArtifactPlace> Tracking::artifacts(const std::string& path) {
    LATHE_TRY_ASSIGN(const auto parts, ArtifactFiles::parts(path));
    const auto rest = [&](std::size_t from) {
        return join(std::vector<std::string>(parts.begin() +
                                                 static_cast<std::ptrdiff_t>(std::min(from, parts.size())),
                                             parts.end()),
                    "/");
    };
    for (std::size_t at = 0; at + 1 < parts.size(); ++at) {
        if (parts[at + 1] != "artifacts")
            continue;
        if (const std::string id = anyRunId(parts[at]); !id.empty() && isDirectory(dirOf(id)))
            return ArtifactPlace{ArtifactFiles(joinPath(dirOf(id), "artifacts")), rest(at + 2)};
        if (at > 0 && parts[at - 1] == "models" && m_loggedModels.has(parts[at]))
            return ArtifactPlace{ArtifactFiles(joinPath(m_options.store, "mlflow/models/" + parts[at])),
                                 rest(at + 2)};
    }
    return ArtifactPlace{ArtifactFiles(joinPath(m_options.store, "mlflow/artifacts")), rest(0)};
}

void Tracking::settle() {
    std::vector<std::shared_ptr<LiveRun>> all;
    {
        const std::lock_guard lock(m_liveMutex);
        for (const auto& [id, run] : m_live)
            all.push_back(run);
    }
    std::string problem;
    for (const auto& run : all) {
        if (const auto settled = run->settle(monotonicSeconds()); !settled)
            problem = settled.error().text();
    }
    if (!problem.empty() && problem != m_problem && m_options.onProblem)
        m_options.onProblem("what MLflow's clients logged waits in memory: " + problem);
    m_problem = problem;
}

void Tracking::abandonAll(const std::string& reason) {
    const std::lock_guard lock(m_liveMutex);
    for (const auto& [id, run] : m_live)
        run->abandon(reason);
    m_live.clear();
}

}  // namespace lathe::interop::mlflow
