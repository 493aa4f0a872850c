// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/json.h"
#include "core/paths.h"
#include "core/process.h"
#include "core/text.h"
#include "dist/tests/ranks.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <csignal>
#include <fcntl.h>
#include <functional>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

namespace lathe::train {

inline bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// A text that has something to learn: numbered lines of a few words.
inline void writeText(const std::string& folder, int lines = 800) {
    REQUIRE(makeDirs(folder));
    static constexpr const char* words[] = {"loss",  "falls",  "while", "the",
                                            "model", "learns", "what",  "follows"};
    std::string text;
    for (int line = 0; line < lines; ++line)
        text += fmt::format("{} {} {} {}.\n", words[line % 8], words[line * 3 % 7], words[line * 5 % 8],
                            line % 10);
    REQUIRE(writeFileAtomic(folder + "/text.txt", text));
}

// A model that takes a few milliseconds a step. `text` is the folder of writeText.
inline std::string smallRecipe(const std::string& text) {
    return fmt::format("name: small\n"
                       "model: {{layers: 2, width: 32, heads: 2, context: 32}}\n"
                       "data: {{path: {}}}\n"
                       "optim: {{lr: 1e-2, warmup_steps: 2}}\n"
                       "train: {{steps: 20, batch: 6, val_every: 10, val_sequences: 8, log_every: 1}}\n",
                       text);
}

// Runs lathe-train and waits. Its launch environment is that of a process alone, unless `env` says otherwise.
inline CommandOutput runTrainer(const std::vector<std::string>& arguments,
                                std::map<std::string, std::optional<std::string>> env = {}) {
    ProcessOptions options;
    options.argv = {programPath("lathe-train")};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    for (const char* name :
         {"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "LATHE_RUN_DIR", "LATHE_WORKSPACE"})
        env.try_emplace(name, std::nullopt);
    options.env = std::move(env);
    const auto output = runCommand(std::move(options), {}, 120);
    if (!output)
        FAIL(output.error().text());
    return *output;
}

// Ranks of one job on loopback, with a run folder; the output of rank R is in out.R and err.R beside it.
class TrainJob {
public:
    // `before` may put something into the run folder.
    TrainJob(int ranks, const std::string& recipe, const std::vector<std::string>& sets,
             const std::function<void(const std::string& runFolder)>& before = {})
        : m_port(dist::freePort()) {
        REQUIRE(makeDirs(runFolder()));
        if (before)
            before(runFolder());
        for (int rank = 0; rank < ranks; ++rank)
            start(rank, ranks, recipe, sets);
    }
    ~TrainJob() {
        for (Process& process : m_processes)
            if (!process.poll())
                (void)process.signal(SIGKILL);
    }

    std::string runFolder() const { return m_dir / "run"; }
    std::string out(int rank) const { return readFile(m_dir / fmt::format("out.{}", rank)).value_or(""); }
    std::string err(int rank) const { return readFile(m_dir / fmt::format("err.{}", rank)).value_or(""); }
    void signal(int rank, int number) { REQUIRE(at(rank).signal(number)); }
    ExitStatus wait(int rank) { return at(rank).wait().value(); }
    // Until rank 0 has said `text`, or ended.
    void waitFor(std::string_view text) {
        while (!contains(out(0), text) && !at(0).poll())
            ::usleep(2000);
        REQUIRE(contains(out(0), text));
    }

private:
    Process& at(int rank) { return m_processes[static_cast<std::size_t>(rank)]; }

    void start(int rank, int ranks, const std::string& recipe, const std::vector<std::string>& sets) {
        ProcessOptions options;
        options.argv = {programPath("lathe-train"), "train", recipe};
        for (const std::string& set : sets)
            options.argv.insert(options.argv.end(), {"--set", set});
        options.env = {{"RANK", std::to_string(rank)},       {"WORLD_SIZE", std::to_string(ranks)},
                       {"LOCAL_RANK", std::to_string(rank)}, {"LOCAL_WORLD_SIZE", std::to_string(ranks)},
                       {"MASTER_ADDR", "127.0.0.1"},         {"MASTER_PORT", std::to_string(m_port)},
                       {"LATHE_RUN_DIR", runFolder()},       {"LATHE_RUN_ID", "test"},
                       {"LATHE_WORKSPACE", std::nullopt}};
        const auto opened = [&](const char* name) {
            return UniqueFd(::open((m_dir / fmt::format("{}.{}", name, rank)).c_str(),
                                   O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
        };
        const UniqueFd out = opened("out"), err = opened("err");
        options.out = options.err = Redirect::ToFd;
        options.outFd = out.get();
        options.errFd = err.get();
        options.dieWithParent = true;
        auto process = Process::start(options);
        if (!process)
            FAIL(process.error().text());
        m_processes.push_back(std::move(*process));
    }

    TempDir m_dir;
    std::uint16_t m_port;
    std::vector<Process> m_processes;
};

inline std::vector<Json> journal(const std::string& runFolder, int rank = 0) {
    std::vector<Json> lines;
    for (const std::string& line :
         split(readFile(fmt::format("{}/journal.{}.jsonl", runFolder, rank)).value_or(""), '\n'))
        if (!line.empty())
            lines.push_back(parseJson(line, "journal").value());
    return lines;
}

// The points of one series: value by step.
inline std::map<std::int64_t, double> series(const std::string& runFolder, const std::string& name) {
    std::map<std::int64_t, double> points;
    for (const Json& line : journal(runFolder))
        if (getString(line, "e") == "metrics" && line["v"].contains(name))
            points[getInt(line, "s")] = numberFromJson(line["v"][name]).value();
    return points;
}

inline std::vector<Json> events(const std::string& runFolder, std::string_view type, int rank = 0) {
    std::vector<Json> found;
    for (Json& line : journal(runFolder, rank))
        if (getString(line, "e") == type)
            found.push_back(std::move(line));
    return found;
}

}  // namespace lathe::train
