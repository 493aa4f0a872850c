// SPDX-License-Identifier: Apache-2.0
#include "interop/files_way.h"

#include "core/clock.h"
#include "core/id.h"
#include "core/paths.h"
#include "core/sha256.h"
#include "interop/csv_reader.h"
#include "interop/event_file_reader.h"
#include "interop/json_lines_reader.h"
#include "interop/wandb_mode.h"
#include "interop/wandb_reader.h"
#include "interop/yaml_values.h"

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

namespace lathe::interop {
namespace {

constexpr double kOpenSeconds = 0.5;
constexpr double kScanSeconds = 2;
constexpr double kCostShare = 50;  // looking may take a fiftieth of the time
constexpr std::size_t kMaxLogs = 5'000;
constexpr int kMaxRestarts = 100;
constexpr std::size_t kMaxYaml = 1 << 20;

std::string wayOf(LogKind kind) {
    switch (kind) {
    case LogKind::Events: return "tensorboard";
    case LogKind::Wandb: return "wandb";
    case LogKind::Tsv: return "dvclive";
    case LogKind::JsonLines: return "jsonl";
    default: return "csv";
    }
}

// Outer folders first: what lies below them is named after them.
bool isBefore(const std::string& a, const std::string& b) {
    const auto depth = [](const std::string& path) { return std::ranges::count(path, '/'); };
    return std::pair(depth(a), a) < std::pair(depth(b), b);
}

// dvclive/plots/metrics/train/loss.tsv holds train/loss.
std::string dvcliveName(const std::string& path) {
    constexpr std::string_view middle = "/plots/metrics/";
    const std::string name = path.substr(path.find(middle) + middle.size());
    return name.substr(0, name.size() - std::string_view(".tsv").size());
}

}  // namespace

FilesWay::FilesWay(const RunEnvironment& run, CollectJournal& journal)
    : m_run(run), m_journal(journal), m_scan(run.store) {}

Result<> FilesWay::start() {
    const std::string cwd = cleanPath(m_run.spec.cwd);
    const std::string folder = joinPath(runtimeDir(), "collect");
    if (makeDirs(folder)) {
        m_here.reset(::open(joinPath(folder, sha256Hex(cwd).substr(0, 32)).c_str(),
                            O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        if (m_here)
            ::flock(m_here.get(), LOCK_SH | LOCK_NB);
    }
    const bool again = !m_journal.sources().empty();
    if (!again)
        m_scan.begin(cwd);
    // What a collector that died was reading comes first and in its order, so that its names stay what they
    // were.
    for (const auto& [way, path] : m_journal.sources())
        seen(path, 0, true);
    if (again)
        m_scan.begin(cwd);
    return {};
}

std::map<std::string, std::string> FilesWay::environment() const {
    return wandbEnvironment(m_run.spec.cwd);
}

// An exclusive lock is to be had only if no other run's collector holds the shared one.
bool FilesWay::isAlone() {
    if (!m_here)
        return true;
    const bool alone = ::flock(m_here.get(), LOCK_EX | LOCK_NB) == 0;
    ::flock(m_here.get(), LOCK_SH | LOCK_NB);
    return alone;
}

void FilesWay::say(const std::string& path, const std::string& problem) {
    if (m_said.size() < 100 && m_said.insert(path).second)
        std::fputs(fmt::format("{} {}: {}\n", isoTimeText(wallSeconds()), path, problem).c_str(), stderr);
}

void FilesWay::open(const std::string& path, LogKind kind, std::uint64_t sizeBefore) {
    if (m_logs.size() >= kMaxLogs) {
        say(path, "this run has too many logs; the others are not read");
        return;
    }
    auto file = GrowingFile::open(path);
    if (!file) {
        say(path, file.error().text());
        m_ignored.insert(path);
        return;
    }
    Log log;
    std::string identity = file->identity();
    if (const int restarts = m_restarts[path]; restarts > 0)
        identity += "#" + std::to_string(restarts);
    log.sink = m_journal.source(wayOf(kind), path, identity);
    switch (kind) {
    case LogKind::Events:
        log.reader =
            std::make_unique<EventFileReader>(std::move(*file), m_folders.renameOf(parentPath(path)));
        break;
    case LogKind::Wandb: {
        WandbOptions options;
        options.name = m_run.spec.name == readableName(m_run.spec.id);  // the user gave none
        options.store = m_run.store;
        log.reader = std::make_unique<WandbReader>(std::move(*file), std::move(options));
        break;
    }
    case LogKind::JsonLines:
        log.reader = std::make_unique<JsonLinesReader>(std::move(*file),
                                                       JsonLinesOptions{.skipBytes = sizeBefore, .time = {}});
        break;
    default: {
        CsvOptions options;
        options.skipBytes = sizeBefore;
        if (kind == LogKind::Tsv) {
            options.separator = '\t';
            options.rename = [name = dvcliveName(path)](std::string_view) { return name; };
        }
        log.reader = std::make_unique<CsvReader>(std::move(*file), std::move(options));
    }
    }
    m_logs.emplace(path, std::move(log));
}

void FilesWay::takeYaml(const std::string& path) {
    const auto text = readFile(path, kMaxYaml);
    const auto values = text ? yamlValues(*text) : std::unexpected(text.error());
    if (!values || !values->is_object() || values->empty())
        return;
    m_journal.direct("files")->event(Json{{"e", "params"}, {"v", flattenJson(*values)}});
}

// `held`: a process of the run was seen writing it, or a collector before this one read it.
void FilesWay::seen(const std::string& path, std::uint64_t sizeBefore, bool held) {
    const LogKind kind = logKindOf(path);
    if (kind == LogKind::None || m_logs.contains(path) || m_ignored.contains(path) ||
        path.starts_with(m_run.store + "/"))
        return;
    if (!held) {
        m_doubtful.try_emplace(path, sizeBefore);
        return;
    }
    if (const auto doubtful = m_doubtful.find(path); doubtful != m_doubtful.end()) {
        sizeBefore = doubtful->second;
        m_doubtful.erase(doubtful);
    }
    if (kind == LogKind::Yaml) {
        m_ignored.insert(path);  // read when it is whole, which only the folder's scan can tell
        return;
    }
    open(path, kind, sizeBefore);
}

void FilesWay::find(bool last) {
    const double begun = monotonicSeconds();
    std::vector<pid_t> processes;
    if (last || begun >= m_nextOpen) {
        processes = m_run.processes();
        std::vector<std::string> paths = logsOpenedBy(processes);
        std::ranges::sort(paths, isBefore);
        for (const std::string& path : paths) {
            seen(path, 0, true);
            m_scan.add(parentPath(path));
        }
        m_nextOpen = begun + std::max(kOpenSeconds, kCostShare * (monotonicSeconds() - begun));
    }
    if (!last && begun < m_nextScan)
        return;
    for (const auto& [path, sizeBefore] : m_scan.look())
        seen(path, sizeBefore, false);
    if (!m_doubtful.empty()) {
        const bool alone = isAlone();
        std::vector<std::pair<std::string, std::uint64_t>> doubtful(m_doubtful.begin(), m_doubtful.end());
        m_doubtful.clear();
        std::ranges::sort(doubtful, isBefore, &std::pair<std::string, std::uint64_t>::first);
        for (const auto& [path, sizeBefore] : doubtful) {
            const LogKind kind = logKindOf(path);
            if (isOpenElsewhere(path, processes)) {
                if (!last)
                    m_doubtful.emplace(path, sizeBefore);  // it may come into this run's hands
            } else if (kind == LogKind::Yaml) {
                if (alone)
                    takeYaml(path);
                m_ignored.insert(path);
            } else if (alone) {
                open(path, kind, sizeBefore);
            } else if (last) {
                say(path, "several runs worked in this folder at once and none was seen writing this log; it "
                          "is left alone");
            } else {
                m_doubtful.emplace(path, sizeBefore);
            }
        }
    }
    m_nextScan = begun + std::max(kScanSeconds, kCostShare * (monotonicSeconds() - begun));
}

bool FilesWay::readAll() {
    bool more = false;
    std::vector<std::string> ended;
    for (auto& [path, log] : m_logs) {
        if (!log.reader)
            continue;
        const auto read = log.reader->read(*log.sink);
        if (read) {
            more |= *read;
            continue;
        }
        if (read.error().code == ErrorCode::Invalid) {  // no log after all
            log.reader.reset();
            continue;
        }
        say(path, read.error().text());
        if (read.error().code == ErrorCode::Corrupt && ++m_restarts[path] <= kMaxRestarts)
            ended.push_back(path);
        else
            log.reader.reset();
    }
    for (const std::string& path : ended) {
        m_logs.erase(path);
        open(path, logKindOf(path), 0);
    }
    return more;
}

bool FilesWay::poll() {
    find(false);
    return readAll();
}

void FilesWay::finish() {
    find(true);
    for (auto& [path, log] : m_logs) {
        if (!log.reader)
            continue;
        if (const auto done = log.reader->finish(*log.sink); !done && done.error().code != ErrorCode::Invalid)
            say(path, done.error().text());
        if (log.reader->damaged() > 0)
            say(path + " ", fmt::format("{} damaged records were skipped", log.reader->damaged()));
    }
}

}  // namespace lathe::interop
