// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/terminal.h"
#include "core/text.h"
#include "interop/export_run.h"
#include "interop/import_runs.h"

#include <atomic>
#include <csignal>
#include <fmt/format.h>

namespace lathe::cli {
namespace {

constexpr int kInterrupted = 130;

std::atomic<bool> g_interrupted = false;

void onInterrupt(int) {
    g_interrupted = true;
}

// Ctrl-C ends the work at the next piece while this lives; a second one ends the program.
class InterruptGuard {
public:
    InterruptGuard() {
        g_interrupted = false;
        struct sigaction action {};
        action.sa_handler = onInterrupt;
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        ::sigaction(SIGINT, &action, &m_before);
    }
    ~InterruptGuard() { ::sigaction(SIGINT, &m_before, nullptr); }
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    bool goOn() const { return !g_interrupted; }

private:
    struct sigaction m_before {};
};

void showProgress(int done, int total, const std::string& name) {
    if (isTerminal(stderr))
        fmt::print(stderr, "\r\x1b[K{} of {}  {}", done + 1, total, escapedForDisplay(name, 80));
}

void hideProgress() {
    if (isTerminal(stderr))
        fmt::print(stderr, "\r\x1b[K");
}

}  // namespace

Result<int> exportCommand(Context& context, const ExportOptions& options) {
    const auto format = interop::exportFormatFromName(options.format);
    if (!format)
        return fail(ErrorCode::Invalid, "no such format", options.format,
                    "tensorboard, mlflow, wandb, csv or jsonl");
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    std::vector<record::RunSummary> runs;
    if (options.all) {
        LATHE_TRY_ASSIGN(runs, engine->store().runs());
    }
    for (const std::string& name : options.runs) {
        LATHE_TRY_ASSIGN(record::RunSummary run, context.findRun(name));
        runs.push_back(std::move(run));
    }
    if (runs.empty())
        return fail(ErrorCode::Invalid, "no run was named", "",
                    "lathe export RUN --to csv --out DIR, or --all");

    const InterruptGuard interrupt;
    Json exported = Json::array();
    int done = 0;
    for (const record::RunSummary& run : runs) {
        showProgress(done, static_cast<int>(runs.size()), run.spec.name);
        const auto written =
            interop::exportRun(engine->store(), run, *format, options.out, [&] { return interrupt.goOn(); });
        hideProgress();
        if (!written)
            return std::unexpected(written.error());
        if (written->cancelled) {
            fmt::print(stderr, "lathe: stopped; {} of {} runs are exported\n", done, runs.size());
            return kInterrupted;
        }
        ++done;
        if (context.json)
            exported.push_back(
                Json{{"run", run.spec.id}, {"path", written->path}, {"points", written->points}});
        else
            fmt::print("{}: {} points to {}\n", escapedForDisplay(run.spec.name),
                       groupedText(static_cast<std::int64_t>(written->points)),
                       escapedForDisplay(written->path));
    }
    if (context.json)
        fmt::print("{}\n", dumpJson(Json{{"exported", exported}}));
    return 0;
}

Result<int> importCommand(Context& context, const ImportOptions& options) {
    interop::ImportRequest request{options.paths, {}, options.experiment};
    if (!options.format.empty()) {
        request.format = interop::importFormatFromName(options.format);
        if (!request.format)
            return fail(ErrorCode::Invalid, "no such format", options.format,
                        "tensorboard, mlflow, wandb, csv or jsonl");
    }
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    const InterruptGuard interrupt;
    const auto outcome =
        interop::importRuns(engine->store(), request, showProgress, [&] { return interrupt.goOn(); });
    hideProgress();
    if (!outcome)
        return std::unexpected(outcome.error());
    for (const std::string& problem : outcome->problems)
        fmt::print(stderr, "lathe: {}\n", escapedForDisplay(problem));
    if (context.json)
        fmt::print("{}\n", dumpJson(Json{{"new", outcome->made},
                                         {"grown", outcome->grown},
                                         {"same", outcome->same},
                                         {"cancelled", outcome->cancelled},
                                         {"runs", outcome->runs},
                                         {"problems", outcome->problems}}));
    else
        fmt::print("{} new, {} with more than before, {} as they were{}\n", outcome->made, outcome->grown,
                   outcome->same,
                   outcome->cancelled ? "; stopped before the end: import again to go on" : "");
    if (outcome->cancelled)
        return kInterrupted;
    const bool nothing = outcome->runs.empty() && !outcome->problems.empty();
    return nothing ? exitCodeOf(ErrorCode::Corrupt) : 0;
}

}  // namespace lathe::cli
