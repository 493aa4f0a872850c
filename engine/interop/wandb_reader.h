// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interop/growing_file.h"
#include "interop/log_reader.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace lathe::interop {

// What of a .wandb file is wanted beside its history, summary, config, tags, notes, group, alerts and
// artifacts.
struct WandbOptions {
    bool name = false;                              // the run's name as a "name" event
    bool system = false;                            // W&B's samples of the machine, as system/…
    std::string store;                              // where artifacts are kept; empty: nowhere
    std::function<void(std::string_view)> console;  // what the script printed, in order
    std::function<void(const Json&)>
        start;  // {"run_id","project","name","host","started","program","python"…}, as known
    std::function<void(int)> exit;  // exit code
};

// W&B's transaction log, run-<id>.wandb: LevelDB's log format (leveldb doc/log_format.md) behind a head of
// seven bytes, with the plain CRC-32 as its sum; each record is a protobuf `Record`
// (wandb/proto/wandb_internal.proto). Media that the history names is taken from the folder `files` beside
// the log.
class WandbReader : public LogReader {
public:
    WandbReader(GrowingFile file, WandbOptions options);

    Result<bool> read(SourceSink& sink) override;
    Result<> finish(SourceSink& sink) override;
    std::uint64_t damaged() const override { return m_damaged; }

private:
    Result<bool> nextChunk(SourceSink& sink);
    void take(std::string_view record, SourceSink& sink);
    void takeRun(std::string_view message, SourceSink& sink);
    void takeEnvironment(std::string_view message);
    void takeConfig(std::string_view message, SourceSink& sink);
    void takeHistory(std::string_view message, SourceSink& sink);
    void takeSummary(std::string_view message);
    void takeStats(std::string_view message, SourceSink& sink);
    void takeAlert(std::string_view message, SourceSink& sink);
    void takeArtifact(std::string_view message, SourceSink& sink);
    void takeObject(const std::string& name, const Json& value, double time, std::int64_t step,
                    SourceSink& sink);
    void takeImage(const std::string& name, const Json& value, const std::string& path, int index,
                   double time, std::int64_t step, SourceSink& sink);
    void giveSummary(SourceSink& sink);
    Result<std::string> fileBeside(const std::string& path) const;

    GrowingFile m_file;
    WandbOptions m_options;
    std::string m_filesDir;
    std::string m_record;  // the parts of a record so far
    std::uint64_t m_recordAt = 0;
    bool m_inRecord = false;
    bool m_headRead = false;
    bool m_final = false;
    int m_tries = 0;
    std::uint64_t m_damaged = 0;
    double m_started = 0;
    Json m_start = Json::object();
    Json m_summary = Json::object();       // dotted name → value
    std::map<std::string, double> m_last;  // newest value of each metric of the history
    std::map<std::string, std::string> m_lastText;
    bool m_summaryGiven = false;
};

}  // namespace lathe::interop
