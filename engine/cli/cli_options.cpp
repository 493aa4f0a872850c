// SPDX-License-Identifier: Apache-2.0
#include "cli/cli_options.h"

#include "cli/commands.h"
#include "core/text.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <string>
#include <vector>

namespace lathe::cli {
namespace {

constexpr const char* kAbout =
    R"(Lathe runs, records and compares training: any command, or a recipe for the built-in trainer.

  lathe run -- python3 train.py                    run a script; what it logs or prints as loss=0.3 step=20 is recorded
  lathe run gpt.yaml --set train.steps=200         train a recipe
  lathe run --detach --host gpu-a -- ./train.sh    on another machine, without waiting for it
  lathe ls                                         every run, newest first
  lathe logs RUN -f                                what it prints, live
  lathe plot RUN RUN2 --key train/loss             curves, in the terminal or as --out chart.svg
  lathe stop RUN                                   end it

RUN is a name, an id, or the first letters of an id. A run goes on when this program, the window or the connection dies.)";

constexpr const char* kExitCodes =
    R"(Exit codes:
  0 done   1 the run failed or was lost   2 wrong use or bad value   3 not found (run, file, command, host)   4 denied
  5 exists or held by another   6 unreachable or missing   7 damaged data   8 disk full   9 other system failure
  10 not possible here   70 a bug in Lathe   130 stopped by Ctrl-C or lathe stop

Where: --store DIR, else LATHE_STORE, else store: in .lathe/config.yaml, else ~/.local/share/lathe/store.
Hosts: those of ~/.ssh/config, or of the file that LATHE_SSH_CONFIG names.)";

constexpr const char* kQueryHelp =
    R"(Query:
  train/loss.min < 0.3 and optim.lr >= 1e-4 and tag = ablation and state = finished
  tag in (a, b)   name ~ "yarn"   started > 2d   duration < 1h30m   changed(rope.kind)   console ~ "out of memory"
  Words alone are looked for in name, tags, note, experiment, group and state. and, or, not and ( ) as usual.
  = != < <= > >=  ~ (holds the text)  !~  in (…)  not in (…)  has(field)  changed(field)
Fields:
  name id state tag note experiment group host user kind branch commit command reason parent step ranks exit
  created started ended duration archived console text; then any parameter and any metric.
  A metric is its best value; .last .first .min .max .mean .recent (mean of the last 20) .count .nan .step name others.
  Numbers may end in k, M, G; times in s, m, h, d, w; dates are 2026-11-20 or 2026-11-20T13:00.

  lathe ls -q 'state = finished' --sort val/loss --columns val/loss,optim.lr -n 10
  lathe ls --group-by-all-but seed --columns val/acc --agg mean,std --sort -val/acc)";

class CommandLine {
public:
    CommandLine();
    Result<int> run(int argc, char** argv);

private:
    CLI::App* command(const std::string& name, const std::string& about, std::function<Result<int>()> action);
    void addRun();
    void addList();
    void addLife();
    void addReruns();
    void addArtifacts();
    const LifeOptions& onNamed() {
        m_life.runs = {m_name};
        return m_life;
    }
    void addReading();
    void addPlot();
    void addExchange();
    void addServe();
    Result<int> wrongUse(const CLI::ParseError& problem, const std::vector<std::string>& words);
    std::vector<std::string> namesOf(const CLI::App& app) const;

    CLI::App m_app{kAbout, "lathe"};
    Context m_context;
    RunOptions m_run;
    ListOptions m_list;
    LifeOptions m_life;
    LogOptions m_logs;
    PlotOptions m_plot;
    RerunOptions m_rerun;
    ArtifactOptions m_artifact;
    GcOptions m_gc;
    std::string m_folder;
    ExportOptions m_export;
    ImportOptions m_import;
    ServeOptions m_serve;
    std::string m_name, m_key;
    double m_grace = 10;
    std::function<Result<int>()> m_action;
};

CommandLine::CommandLine() {
    m_app.set_version_flag("--version", fmt::format("lathe {}", LATHE_VERSION));
    m_app.require_subcommand(0, 1);
    m_app.fallthrough();
    m_app.footer(kExitCodes);
    m_app.add_option("--store", m_context.storeOption, "The folder of runs to use")->type_name("DIR");
    addRun();
    addReading();
    addLife();
    addReruns();
    addArtifacts();
    addPlot();
    addExchange();
    addServe();
    command("reindex", "Build the index anew from the run folders; they hold everything", [this] {
        return reindexCommand(m_context);
    })->add_flag("--json", m_context.json, "Answer as JSON");
    command("doctor", "What of this machine Lathe can use", [this] {
        return doctorCommand(m_context);
    })->add_flag("--json", m_context.json, "Answer as JSON");
}

CLI::App* CommandLine::command(const std::string& name, const std::string& about,
                               std::function<Result<int>()> action) {
    CLI::App* made = m_app.add_subcommand(name, about);
    made->callback([this, action = std::move(action)] { m_action = action; });
    return made;
}

void CommandLine::addRun() {
    CLI::App* run = command("run", "Start a run: a recipe, or -- and any command",
                            [this] { return runCommand(m_context, std::move(m_run)); });
    launch::RunRequest& request = m_run.request;
    run->add_option("recipe", request.recipe, "Recipe for the built-in trainer")->type_name("RECIPE.yaml");
    run->add_option("--set", request.set, "Change a key of the recipe; may be given again")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    run->add_option("-e,--experiment", request.experiment, "Group it belongs to (default)")
        ->type_name("NAME");
    run->add_option("-n,--name", request.name, "Its name, instead of one like amber-otter-42")
        ->type_name("NAME");
    run->add_option("--tag", request.tags, "A tag; may be given again")
        ->type_name("TAG")
        ->allow_extra_args(false);
    run->add_option("--note", request.note, "A note about it")->type_name("TEXT");
    run->add_flag("-d,--detach", m_run.detach, "Start it and return at once");
    run->add_option("--host", request.host, "Machine to run on, by its SSH name (local)")->type_name("HOST");
    run->add_option("--cwd", request.cwd, "Folder to run in, on that machine (this one; elsewhere the home)")
        ->type_name("DIR");
    run->add_option("--env", m_run.env, "Environment variable for it; may be given again")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    run->add_option("--ranks", request.ranks, "Start the command N times, with torchrun's variables")
        ->type_name("N")
        ->check(CLI::Range(1, 4096));
    run->add_flag("--json", m_context.json, "Tell the run's end as JSON; its output goes to standard error");
    run->footer("Ctrl-C stops the run (TERM, ten seconds, KILL); Ctrl-C again leaves without waiting.\n"
                "Killing this program, or closing the terminal, does not touch the run.");
}

void CommandLine::addList() {
    CLI::App* list =
        command("ls", "List runs: filter, sort, group", [this] { return listCommand(m_context, m_list); });
    list->add_option("-q,--query", m_list.query, "Only runs that fit, see below")->type_name("QUERY");
    list->add_option("-s,--sort", m_list.sort, "By these fields, downwards after - (newest first)")
        ->type_name("[-]FIELD,…");
    list->add_option("-c,--columns", m_list.columns, "Show these fields")
        ->type_name("FIELD,…")
        ->allow_extra_args(false);
    list->add_option("--group-by", m_list.groupBy, "One line for runs that are equal in these")
        ->type_name("FIELD,…")
        ->allow_extra_args(false);
    list->add_option("--group-by-all-but", m_list.allBut,
                     "Group by every parameter that differs, except these")
        ->type_name("FIELD,…")
        ->allow_extra_args(false);
    list->add_option("--agg", m_list.aggregates,
                     "Of the columns in a group: mean, std, min, max, median, sum, count (mean)")
        ->type_name("NAME,…")
        ->allow_extra_args(false);
    list->add_option("-e,--experiment", m_list.experiment, "Only of this experiment")->type_name("NAME");
    list->add_option("--state", m_list.state,
                     "Only in this state: running, finished, failed, stopped, lost …")
        ->type_name("STATE");
    list->add_option("--baseline", m_list.baseline, "What changed(…) compares with (the most frequent value)")
        ->type_name("RUN");
    list->add_option("-n,--limit", m_list.limit, "At most N")->type_name("N")->check(CLI::PositiveNumber);
    list->add_option("--offset", m_list.offset, "Without the first N")->type_name("N");
    list->add_flag("-a,--archived", m_list.archived, "Archived ones as well");
    list->add_flag("--trash", m_list.trash, "Those that were removed");
    list->add_option("--view", m_list.view, "As this saved view says; other options go on top")
        ->type_name("NAME");
    list->add_option("--save-view", m_list.saveView, "Keep these settings under a name")->type_name("NAME");
    list->add_flag("--json", m_context.json, "Answer as JSON");
    list->add_flag("--csv", m_list.csv, "Answer as CSV");
    list->footer(kQueryHelp);

    CLI::App* views =
        command("views", "List saved views", [this] { return viewsCommand(m_context, m_name); });
    views->add_option("--remove", m_name, "Remove this one instead")->type_name("NAME");
    views->add_flag("--json", m_context.json, "Answer as JSON");
}

void CommandLine::addLife() {
    const auto onRuns = [this](CLI::App* command) {
        command->add_option("runs", m_life.runs, "The runs")->type_name("RUN…")->required();
        return command;
    };
    const auto onOne = [this](CLI::App* command, const std::string& name, const std::string& about) {
        command->add_option("run", m_name, "The run")->type_name("RUN")->required();
        command->add_option(name, m_life.text, about)->required();
    };
    CLI::App* tag = onRuns(command("tag", "Put tags on runs, or take them off",
                                   [this] { return tagCommand(m_context, m_life); }));
    tag->add_option("--add", m_life.add, "A tag; may be given again")
        ->type_name("TAG")
        ->allow_extra_args(false);
    tag->add_option("--remove", m_life.remove, "A tag to take off; may be given again")
        ->type_name("TAG")
        ->allow_extra_args(false);
    onOne(command("note", "Write a note about a run", [this] { return noteCommand(m_context, onNamed()); }),
          "text", "The note; empty takes it away");
    onOne(
        command("rename", "Give a run another name", [this] { return renameCommand(m_context, onNamed()); }),
        "name", "Its new name");
    onOne(command("group", "Put a run into a group", [this] { return groupCommand(m_context, onNamed()); }),
          "group", "The group; empty takes it out");
    onRuns(command("archive", "Hide runs from lists", [this] {
        return archiveCommand(m_context, m_life);
    }))->add_flag("--undo", m_life.undo, "Show them again");
    onRuns(command("rm", "Move runs into the trash; nothing on disk goes", [this] {
        return removeCommand(m_context, m_life);
    }))->add_flag("--undo", m_life.undo, "Bring them back");
}

void CommandLine::addReruns() {
    CLI::App* restore = command("restore", "Put the code of a run into a folder, exactly as it was",
                                [this] { return restoreCommand(m_context, m_name, m_folder); });
    restore->add_option("run", m_name, "The run")->type_name("RUN")->required();
    restore->add_option("folder", m_folder, "A new or empty folder")->type_name("DIR")->required();
    restore->add_flag("--json", m_context.json, "Answer as JSON");

    const auto addMaker = [this](CLI::App* made) {
        made->add_option("run", m_rerun.run, "The run")->type_name("RUN")->required();
        made->add_option("--set", m_rerun.set, "Change a key of the recipe, or of the command line")
            ->type_name("KEY=VALUE")
            ->allow_extra_args(false);
        made->add_option("--env", m_rerun.env, "Environment variable for it; may be given again")
            ->type_name("NAME=VALUE")
            ->allow_extra_args(false);
        made->add_option("-n,--name", m_rerun.name, "Its name")->type_name("NAME");
        made->add_option("--code", m_rerun.code, "Put the recorded code into this folder and run it there")
            ->type_name("DIR");
        made->add_flag("-d,--detach", m_rerun.detach, "Start it and return at once");
        made->add_flag("-y,--yes", m_rerun.yes, "Do not ask if something differs");
        made->add_flag("--dry-run", m_rerun.dryRun, "Only say what cannot be matched");
        made->add_flag("--json", m_context.json, "Answer as JSON");
    };
    const auto addCheckpoint = [this](CLI::App* made) {
        made->add_option("--step", m_rerun.step, "From the last checkpoint at or before this step (the last)")
            ->type_name("N")
            ->check(CLI::NonNegativeNumber);
        made->add_option("--checkpoint", m_rerun.checkpoint, "From this checkpoint, on the run's machine")
            ->type_name("PATH");
        made->footer(
            "A recipe goes on by itself. A command finds the checkpoint in LATHE_RESUME_FROM (in Python:\n"
            "lathe.resume_from()), its step in LATHE_RESUME_STEP.");
    };
    addMaker(command("rerun", "Start a run again; says first what cannot be matched",
                     [this] { return rerunCommand(m_context, m_rerun); }));
    CLI::App* resume = command("resume", "Go on with a run that is over, from a checkpoint",
                               [this] { return resumeCommand(m_context, m_rerun); });
    addMaker(resume);
    addCheckpoint(resume);
    CLI::App* fork = command("fork", "Start another run from a checkpoint of a run",
                             [this] { return forkCommand(m_context, m_rerun); });
    addMaker(fork);
    addCheckpoint(fork);
}

void CommandLine::addArtifacts() {
    CLI::App* list = command("artifacts", "List artifacts with versions, aliases and lineage",
                             [this] { return artifactsCommand(m_context, m_name); });
    list->add_option("name", m_name, "Only this one")->type_name("NAME");
    list->add_flag("--json", m_context.json, "Answer as JSON");

    CLI::App* artifact = m_app.add_subcommand("artifact", "Look at, fetch, add or alias an artifact");
    artifact->require_subcommand(1);
    const auto under = [this, artifact](const std::string& name, const std::string& about,
                                        std::function<Result<int>()> action) {
        CLI::App* made = artifact->add_subcommand(name, about);
        made->callback([this, action = std::move(action)] { m_action = action; });
        return made;
    };
    const char* which = "NAME, NAME:v3 or NAME:alias";
    CLI::App* show = under("show", "All about a version",
                           [this] { return artifactShowCommand(m_context, m_artifact.name); });
    show->add_option("artifact", m_artifact.name, which)->type_name("ARTIFACT")->required();
    show->add_flag("--json", m_context.json, "Answer as JSON");
    CLI::App* get = under("get", "Copy its files into a folder",
                          [this] { return artifactGetCommand(m_context, m_artifact.name, m_folder); });
    get->add_option("artifact", m_artifact.name, which)->type_name("ARTIFACT")->required();
    get->add_option("folder", m_folder, "Where to")->type_name("DIR")->required();
    CLI::App* add = under("add", "Keep a file or folder as a new version",
                          [this] { return artifactAddCommand(m_context, m_artifact); });
    add->add_option("name", m_artifact.name, "Its name")->type_name("NAME")->required();
    add->add_option("path", m_artifact.path, "The file or folder")->type_name("PATH")->required();
    add->add_option("--type", m_artifact.type, "What it is: model, data …")->type_name("TYPE");
    add->add_option("--alias", m_artifact.aliases, "An alias; may be given again")
        ->type_name("ALIAS")
        ->allow_extra_args(false);
    add->add_option("--run", m_artifact.run, "The run that made it (one of its own)")->type_name("RUN");
    add->add_flag("--reference", m_artifact.reference, "Fingerprint it only, for huge data");
    add->add_flag("--json", m_context.json, "Answer as JSON");
    CLI::App* alias = under("alias", "Give a version further names",
                            [this] { return artifactAliasCommand(m_context, m_artifact); });
    alias->add_option("artifact", m_artifact.name, which)->type_name("ARTIFACT")->required();
    alias->add_option("aliases", m_artifact.aliases, "The aliases")->type_name("ALIAS…")->required();

    CLI::App* gc =
        command("gc", "Delete what no run refers to any more", [this] { return gcCommand(m_context, m_gc); });
    gc->add_flag("--dry-run", m_gc.dryRun, "Only say what would go, and why");
    gc->add_option("--grace", m_gc.grace, "Leave what is younger (24h)")->type_name("TIME");
    gc->add_flag("--deleted", m_gc.deleted, "Also remove for good what is in the trash for long");
    gc->add_option("--keep-deleted", m_gc.keepDeleted, "How long the trash keeps a run (30d)")
        ->type_name("TIME");
    gc->add_flag("--json", m_context.json, "Answer as JSON");
}

void CommandLine::addReading() {
    addList();
    CLI::App* show = command("show", "All about a run", [this] { return showCommand(m_context, m_name); });
    show->add_option("run", m_name, "The run")->type_name("RUN")->required();
    show->add_flag("--json", m_context.json, "Answer as JSON");

    CLI::App* logs = command("logs", "What a run printed", [this] { return logsCommand(m_context, m_logs); });
    logs->add_option("run", m_logs.run, "The run")->type_name("RUN")->required();
    logs->add_flag("-f,--follow", m_logs.follow, "Go on until the run ends");
    logs->add_option("--rank", m_logs.rank, "Of this rank (0)")->type_name("N");
    logs->add_option("-n,--lines", m_logs.lines, "Only the last N lines")
        ->type_name("N")
        ->check(CLI::PositiveNumber);

    CLI::App* stop = command("stop", "End a run and everything it started",
                             [this] { return stopCommand(m_context, m_name, m_grace); });
    stop->add_option("run", m_name, "The run")->type_name("RUN")->required();
    stop->add_option("--grace", m_grace, "Seconds between TERM and KILL (10)")->type_name("S");

    CLI::App* series = command("series", "Every point of a metric",
                               [this] { return seriesCommand(m_context, m_name, m_key); });
    series->add_option("run", m_name, "The run")->type_name("RUN")->required();
    series->add_option("key", m_key, "The metric, as lathe show lists it")->type_name("KEY")->required();
    series->add_flag("--json", m_context.json, R"(Answer as {"points":[{"step","time","value"}]})");
}

void CommandLine::addPlot() {
    CLI::App* plot =
        command("plot", "Draw metrics of runs", [this] { return plotCommand(m_context, m_plot); });
    plot->add_option("runs", m_plot.runs, "The runs")->type_name("RUN…")->required();
    plot->add_option("-k,--key", m_plot.keys, "A metric; may be given again (the main one)")
        ->type_name("KEY")
        ->allow_extra_args(false);
    plot->add_option("--out", m_plot.out, "Write a picture instead: .svg, .png or .pdf")->type_name("FILE");
    plot->add_option("--x", m_plot.axis, "step, elapsed or clock (step)")
        ->type_name("AXIS")
        ->check(CLI::IsMember({"step", "elapsed", "clock"}));
    plot->add_flag("--log", m_plot.logY, "Logarithmic values");
}

void CommandLine::addExchange() {
    CLI::App* out = command("export", "Write runs as the files of another tool",
                            [this] { return exportCommand(m_context, m_export); });
    out->add_option("runs", m_export.runs, "The runs")->type_name("RUN…");
    out->add_flag("--all", m_export.all, "Every run of the store");
    out->add_option("--to", m_export.format, "tensorboard, mlflow (mlruns), mlflow-rest (a server), wandb, csv or jsonl")
        ->type_name("FORMAT")
        ->required();
    out->add_option("--out", m_export.out, "The folder to write into")->type_name("DIR");
    out->add_option("--uri", m_export.uri, "The server to send to, with mlflow-rest")->type_name("URL");
    out->add_flag("--json", m_context.json, "Answer as JSON");
    out->footer("Every point is written, bit for bit. Then: tensorboard --logdir DIR, mlflow ui "
                "--backend-store-uri DIR,\n"
                "or wandb sync DIR/offline-run-….");

    CLI::App* in = command("import", "Read what other tools have recorded into the store",
                           [this] { return importCommand(m_context, m_import); });
    in->add_option("paths", m_import.paths,
                   "Folders or files: event files, mlruns, mlflow.db, wandb, CSV, JSON lines")
        ->type_name("PATH…")
        ->required();
    in->add_option("--from", m_import.format, "tensorboard, mlflow, wandb, csv or jsonl, instead of looking")
        ->type_name("FORMAT");
    in->add_option("-e,--experiment", m_import.experiment,
                   "Group they belong to (as the other tool calls it)")
        ->type_name("NAME");
    in->add_flag("--json", m_context.json, "Answer as JSON");
    in->footer("Importing the same again adds only what is new. The other tool's files are only read.");
}

void CommandLine::addServe() {
    CLI::App* serve = command(
        "serve", "Answer MLflow's clients: what they log is recorded here, and every run is theirs to find",
        [this] { return serveCommand(m_context, m_serve); });
    serve->add_option("--port", m_serve.port, "Port to listen on, 0 for any (5000, else any)")
        ->type_name("N")
        ->check(CLI::Range(0, 65535));
    serve->add_option("--host", m_serve.host, "Numeric address to listen on (127.0.0.1: this machine alone)")
        ->type_name("ADDRESS");
    serve->add_option("--token", m_serve.token, "What clients must know (one of its own, the same each time)")
        ->type_name("TEXT");
    serve->add_flag("--json", m_context.json, "Tell address and token as JSON");
    serve->footer("A script that lathe run starts needs none of this: it is recorded without it.");
}

std::vector<std::string> CommandLine::namesOf(const CLI::App& app) const {
    std::vector<std::string> names;
    for (const CLI::App* level = &app; level; level = level->get_parent()) {
        for (const CLI::Option* option : level->get_options()) {
            for (const std::string& name : option->get_lnames())
                names.push_back("--" + name);
        }
    }
    return names;
}

Result<int> CommandLine::wrongUse(const CLI::ParseError& problem, const std::vector<std::string>& words) {
    const auto chosen = m_app.get_subcommands();
    const std::string help = chosen.empty() ? "lathe --help" : "lathe " + chosen[0]->get_name() + " --help";
    const std::string hint = help + " lists what there is";
    if (chosen.empty() && !words.empty() && !words[0].starts_with('-')) {
        std::vector<std::string> names;
        for (const CLI::App* command : m_app.get_subcommands([](CLI::App*) { return true; }))
            names.push_back(command->get_name());
        const auto nearest = nearestName(words[0], names);
        return fail(ErrorCode::Invalid, "no such command", words[0],
                    nearest ? "did you mean lathe " + *nearest + "?" : hint);
    }
    const auto names = namesOf(chosen.empty() ? m_app : *chosen[0]);
    for (const std::string& word : words) {
        const std::string option = word.substr(0, word.find('='));
        if (!option.starts_with("--") || std::ranges::find(names, option) != names.end())
            continue;
        const auto nearest = nearestName(option, names);
        return fail(ErrorCode::Invalid, "no such option", option,
                    nearest ? "did you mean " + *nearest + "?" : hint);
    }
    if (!chosen.empty() && chosen[0]->get_name() == "run" &&
        dynamic_cast<const CLI::ExtrasError*>(&problem)) {
        const auto first = std::ranges::find_if(
            words.begin() + 1, words.end(), [](const std::string& word) { return !word.starts_with('-'); });
        return fail(ErrorCode::Invalid, "a recipe is one file, and a command stands after --", "",
                    "lathe run -- " + join({first, words.end()}, " "));
    }
    return fail(ErrorCode::Invalid, problem.what(), "", hint);
}

Result<int> CommandLine::run(int argc, char** argv) {
    // What follows -- is the command of a run, whatever it looks like.
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    const auto dashes = std::ranges::find(words, "--");
    const bool hasCommand = dashes != words.end();
    if (hasCommand) {
        m_run.request.argv.assign(dashes + 1, words.end());
        words.erase(dashes, words.end());
    }
    try {
        std::vector<std::string> reversed(words.rbegin(), words.rend());
        m_app.parse(std::move(reversed));
    } catch (const CLI::Success& asked) {  // --help and --version
        return m_app.exit(asked);
    } catch (const CLI::ParseError& problem) {
        return wrongUse(problem, words);
    }
    if (!m_action) {
        fmt::print("{}", m_app.help());
        return words.empty() ? 0 : exitCodeOf(ErrorCode::Invalid);
    }
    if (hasCommand && !m_app.got_subcommand("run"))
        return fail(ErrorCode::Invalid, "only lathe run takes a command after --", "",
                    "lathe run -- COMMAND…");
    return m_action();
}

}  // namespace

Result<int> runCli(int argc, char** argv) {
    return CommandLine().run(argc, argv);
}

}  // namespace lathe::cli
