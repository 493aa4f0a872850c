// SPDX-License-Identifier: Apache-2.0
// Artifacts and the cleaning of the store.
#include "cli/commands.h"
#include "cli/terminal.h"
#include "core/clock.h"
#include "core/id.h"
#include "core/journal_writer.h"
#include "core/paths.h"
#include "core/text.h"
#include "record/artifacts.h"
#include "record/gc.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace lathe::cli {
namespace {

constexpr std::size_t kFilesShown = 20;

Json usesJson(const std::vector<record::ArtifactUse>& uses) {
    Json list = Json::array();
    for (const record::ArtifactUse& use : uses)
        list.push_back(Json{{"run", use.run}, {"name", use.runName}, {"time", use.time}});
    return list;
}

Json versionJson(const record::ArtifactVersion& version) {
    return Json{{"name", version.name},
                {"version", fmt::format("v{}", version.number)},
                {"type", version.type},
                {"manifest", version.manifest},
                {"aliases", version.aliases},
                {"files", version.files},
                {"bytes", version.bytes},
                {"created", version.created},
                {"metadata", version.metadata},
                {"madeBy", usesJson(version.madeBy)},
                {"usedBy", usesJson(version.usedBy)}};
}

std::string runNames(const std::vector<record::ArtifactUse>& uses) {
    std::vector<std::string> names;
    for (const record::ArtifactUse& use : uses)
        if (std::ranges::find(names, use.runName) == names.end())
            names.push_back(use.runName);
    return escapedForDisplay(join(names, ", "), 200);
}

std::string title(const record::ArtifactVersion& version) {
    return fmt::format("{}:v{}", escapedForDisplay(version.name), version.number);
}

// What no run made is made by one of its own, so that the store says who added it, and when.
Result<record::RunSummary> runOfTheUser(record::Store& store, const std::string& name) {
    record::RunSpec spec;
    spec.id = newId();
    spec.name = "add " + name;
    spec.experiment = "artifacts";
    spec.kind = "command";
    spec.argv = {"lathe", "artifact", "add", name};
    spec.cwd = absolutePath(".");
    spec.created = wallSeconds();
    const char* user = std::getenv("USER");
    spec.user = user ? user : "";
    LATHE_TRY_ASSIGN(const std::string dir, store.createRun(spec));
    LATHE_TRY_ASSIGN(JournalWriter journal, JournalWriter::open(joinPath(dir, "journal.jsonl")));
    LATHE_TRY(journal.event("state", Json{{"state", "running"}}));
    LATHE_TRY(journal.event("state", Json{{"state", "finished"}, {"exit", 0}}));
    LATHE_TRY(store.refresh());
    return store.run(spec.id);
}

// "90", "30m", "24h", "7d" → seconds.
Result<double> secondsOf(const std::string& text) {
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    const std::string unit = end;
    const double factor = unit.empty() || unit == "s" ? 1
                          : unit == "m"               ? 60
                          : unit == "h"               ? 3600
                          : unit == "d"               ? 86400
                                                      : 0;
    if (end == text.c_str() || factor == 0 || !(number >= 0) || number > 1e9)
        return fail(ErrorCode::Invalid, "not a span of time", text, "such as 30m, 24h or 7d");
    return number * factor;
}

}  // namespace

Result<int> artifactsCommand(Context& context, const std::string& name) {
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    LATHE_TRY_ASSIGN(const auto versions, record::listArtifacts(engine->store(), name));
    if (context.json) {
        Json list = Json::array();
        for (const record::ArtifactVersion& version : versions)
            list.push_back(versionJson(version));
        fmt::print("{}\n", dumpJson(Json{{"artifacts", list}}));
        return 0;
    }
    if (versions.empty())
        fmt::print("no artifacts; lathe.artifact(name, path) in a script keeps one, and so does lathe "
                   "artifact add\n");
    for (const record::ArtifactVersion& version : versions)
        fmt::print("{:<28} {:<10} {:>9} {:>6} file{}  {}  {}{}{}\n", title(version),
                   escapedForDisplay(version.type), bytesText(version.bytes), version.files,
                   version.files == 1 ? " " : "s", localTimeText(version.created),
                   escapedForDisplay(join(version.aliases, ", ")),
                   version.madeBy.empty() ? "" : "  made by " + runNames(version.madeBy),
                   version.usedBy.empty() ? "" : "  used by " + runNames(version.usedBy));
    return 0;
}

Result<int> artifactShowCommand(Context& context, const std::string& spec) {
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    LATHE_TRY_ASSIGN(const record::ArtifactVersion version, record::findArtifact(engine->store(), spec));
    const auto files = record::readManifest(engine->store().path(), version.manifest);
    if (context.json) {
        Json json = versionJson(version);
        Json list = Json::array();
        if (files)
            for (const record::ArtifactFile& file : *files)
                list.push_back(file.ref.empty()
                                   ? Json{{"path", file.path}, {"bytes", file.bytes}, {"sha256", file.sha256}}
                                   : Json{{"path", file.path},
                                          {"bytes", file.bytes},
                                          {"ref", file.ref},
                                          {"digest", file.digest}});
        json["content"] = std::move(list);
        fmt::print("{}\n", dumpJson(json));
        return 0;
    }
    fmt::print("{}  {}\n", title(version), escapedForDisplay(join(version.aliases, ", ")));
    const auto row = [](const char* label, const std::string& value) {
        if (!value.empty())
            fmt::print("  {:<9} {}\n", label, value);
    };
    row("type", escapedForDisplay(version.type));
    row("size",
        fmt::format("{}, {} file{}", bytesText(version.bytes), version.files, version.files == 1 ? "" : "s"));
    row("created", localTimeText(version.created));
    row("manifest", version.manifest);
    row("made by", runNames(version.madeBy));
    row("used by", runNames(version.usedBy));
    row("metadata", version.metadata.empty() ? "" : escapedForDisplay(dumpJson(version.metadata)));
    if (!files) {
        printError(files.error());
        return 0;
    }
    for (std::size_t i = 0; i < std::min(files->size(), kFilesShown); ++i) {
        const record::ArtifactFile& file = (*files)[i];
        fmt::print("  {:>9}  {}{}\n", bytesText(file.bytes), escapedForDisplay(file.path),
                   file.ref.empty() ? "" : " → " + escapedForDisplay(file.ref));
    }
    if (files->size() > kFilesShown)
        fmt::print("  and {} more (--json lists all)\n", files->size() - kFilesShown);
    return 0;
}

Result<int> artifactGetCommand(Context& context, const std::string& spec, const std::string& folder) {
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    LATHE_TRY_ASSIGN(const record::ArtifactVersion version, record::findArtifact(engine->store(), spec));
    LATHE_TRY_ASSIGN(const std::uint64_t copied,
                     record::copyArtifact(engine->store().path(), version.manifest, folder));
    fmt::print("{}: {} file{} in {}\n", title(version), copied, copied == 1 ? "" : "s",
               escapedForDisplay(absolutePath(folder)));
    if (copied < version.files)
        fmt::print("{} only referred to, and left where they are (lathe artifact show)\n",
                   version.files - copied);
    return 0;
}

Result<int> artifactAddCommand(Context& context, const ArtifactOptions& options) {
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    record::Store& store = engine->store();
    LATHE_TRY_ASSIGN(const record::RunSummary run,
                     options.run.empty() ? runOfTheUser(store, options.name) : context.findRun(options.run));
    const auto added = record::addArtifact(store, run, options.name, options.type, options.path,
                                           options.aliases, options.reference);
    if (!added) {
        if (options.run.empty())
            (void)store.setDeleted(run.spec.id, true);
        return std::unexpected(added.error());
    }
    LATHE_TRY(store.refresh());
    LATHE_TRY_ASSIGN(const record::ArtifactVersion version,
                     record::findArtifact(store, options.name + ":" + *added));
    if (context.json)
        fmt::print("{}\n", dumpJson(versionJson(version)));
    else
        fmt::print("{}  {}, {} file{}\n", title(version), bytesText(version.bytes), version.files,
                   version.files == 1 ? "" : "s");
    return 0;
}

Result<int> artifactAliasCommand(Context& context, const ArtifactOptions& options) {
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    LATHE_TRY_ASSIGN(const record::ArtifactVersion version,
                     record::findArtifact(engine->store(), options.name));
    LATHE_TRY(record::aliasArtifact(engine->store(), version, options.aliases));
    fmt::print("{} is now {}\n", title(version), escapedForDisplay(join(options.aliases, ", ")));
    return 0;
}

Result<int> gcCommand(Context& context, const GcOptions& options) {
    record::GarbageOptions garbage{.dryRun = options.dryRun, .deletedRuns = options.deleted};
    LATHE_TRY_ASSIGN(garbage.graceSeconds, secondsOf(options.grace));
    LATHE_TRY_ASSIGN(garbage.deletedSeconds, secondsOf(options.keepDeleted));
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    LATHE_TRY_ASSIGN(const record::GarbageReport report, record::collectGarbage(engine->store(), garbage));
    if (context.json) {
        Json gone = Json::array();
        for (const record::Garbage& item : report.gone)
            gone.push_back(Json{{"path", item.path}, {"why", item.why}, {"bytes", item.bytes}});
        fmt::print("{}\n", dumpJson(Json{{"dryRun", options.dryRun},
                                         {"runs", report.runs},
                                         {"journals", report.journals},
                                         {"journalBytes", report.journalBytes},
                                         {"manifests", report.manifests},
                                         {"kept", report.kept},
                                         {"keptBytes", report.keptBytes},
                                         {"young", report.young},
                                         {"missing", report.missing},
                                         {"gone", std::move(gone)},
                                         {"goneBytes", report.goneBytes}}));
        return 0;
    }
    if (options.dryRun)
        for (const record::Garbage& item : report.gone)
            fmt::print("{:>9}  {}  ({})\n", bytesText(item.bytes), escapedForDisplay(item.path),
                       escapedForDisplay(item.why));
    fmt::print("read {} journals of {} runs ({}): {} objects are named and stay ({})\n", report.journals,
               report.runs, bytesText(report.journalBytes), report.kept, bytesText(report.keptBytes));
    if (report.young > 0)
        fmt::print("{} are not named but younger than {}, and stay\n", report.young, options.grace);
    fmt::print("{} {}: {}\n", report.gone.size(), options.dryRun ? "would go" : "gone",
               bytesText(report.goneBytes));
    return 0;
}

}  // namespace lathe::cli
