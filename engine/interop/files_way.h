// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "interop/collect_journal.h"
#include "interop/event_folders.h"
#include "interop/folder_scan.h"
#include "interop/log_reader.h"
#include "interop/open_files.h"
#include "interop/way_in.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace lathe::interop {

// The logs that the script's own loggers write: TensorBoard event files, W&B's .wandb files, CSV (Lightning,
// Keras), DVCLive, JSON lines. They are found without being told: by what the run's processes hold open,
// wherever it lies, and by what is new or grows below the run's working folder. Where several runs work in
// one folder at once, a log that no process of this run was seen to hold is left alone, because nobody can
// tell whose it is; supervisor.log names it.
//
// For W&B it asks for a flush every second, and for offline mode where there is no login and the user chose
// no mode.
class FilesWay : public WayIn {
public:
    FilesWay(const RunEnvironment& run, CollectJournal& journal);

    std::string_view name() const override { return "files"; }
    Result<> start() override;
    std::map<std::string, std::string> environment() const override;
    bool poll() override;
    void finish() override;

private:
    struct Log {
        std::unique_ptr<LogReader> reader;
        std::unique_ptr<SourceSink> sink;
        bool first = true;  // nothing was read yet
    };
    void find(bool last);
    void seen(const std::string& path, std::uint64_t sizeBefore, bool held);
    void open(const std::string& path, LogKind kind, std::uint64_t sizeBefore);
    void takeYaml(const std::string& path);
    bool readAll();
    bool isAlone();
    void say(const std::string& path, const std::string& problem);

    const RunEnvironment& m_run;
    CollectJournal& m_journal;
    FolderScan m_scan;
    EventFolders m_folders;
    std::map<std::string, Log> m_logs;
    std::map<std::string, std::uint64_t> m_doubtful;  // found below the folder, not seen in a process's hands
    std::set<std::string> m_ignored;
    std::map<std::string, int> m_restarts;
    std::set<std::string> m_said;
    UniqueFd m_here;  // a shared lock that says: a run works in this folder
    double m_nextOpen = 0, m_nextScan = 0;
};

}  // namespace lathe::interop
