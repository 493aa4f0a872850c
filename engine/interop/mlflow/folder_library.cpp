// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/json.h"
#include "core/paths.h"
#include "interop/mlflow/run_library.h"
#include "interop/mlflow/run_words.h"
#include "record/digest.h"
#include "record/run_state.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <sys/stat.h>

namespace lathe::interop::mlflow {
namespace {

constexpr double kQuiet = std::numeric_limits<double>::quiet_NaN();

bool isJournal(const std::string& name) {
    return name.ends_with(".jsonl") && (name == "journal.jsonl" || name.starts_with("journal."));
}

void take(record::MetricSummary& sum, double time, std::int64_t step, double value) {
    if (sum.count == 0) {
        sum.first = value;
        sum.firstStep = step;
        sum.min = sum.max = kQuiet;
    }
    ++sum.count;
    // MLflow's latest point is the one of the greatest step, then time.
    if (sum.count == 1 || step > sum.lastStep || (step == sum.lastStep && time >= sum.lastTime)) {
        sum.last = value;
        sum.lastStep = step;
        sum.lastTime = time;
    }
    if (!std::isfinite(value)) {
        ++sum.nonFinite;
        return;
    }
    if (!(sum.min <= value)) {
        sum.min = value;
        sum.minStep = step;
    }
    if (!(sum.max >= value)) {
        sum.max = value;
        sum.maxStep = step;
    }
}

void forMetrics(const Json& line, const auto& use) {
    const auto values = line.find("v");
    if (values == line.end() || !values->is_object())
        return;
    const bool system = getString(line, "e") == "system";
    for (const auto& [name, value] : values->items()) {
        if (const auto number = numberFromJson(value))
            use(system ? "system/" + name : name, *number);
    }
}

class FolderLibrary final : public RunLibrary {
public:
    explicit FolderLibrary(std::string store) : m_store(std::move(store)) {}

    Result<std::vector<std::string>> changes() override {
        const std::lock_guard lock(m_mutex);
        std::vector<std::string> changed;
        const auto names = listDir(joinPath(m_store, "runs"));
        std::set<std::string> seen;
        for (const std::string& id : names.value_or(std::vector<std::string>())) {
            if (!isId(id))
                continue;
            seen.insert(id);
            const std::string stamp = stampOf(id);
            if (std::exchange(m_stamps[id], stamp) != stamp)
                changed.push_back(id);
        }
        std::erase_if(m_stamps, [&](const auto& entry) {
            if (seen.contains(entry.first))
                return false;
            changed.push_back(entry.first);
            return true;
        });
        return changed;
    }

    Result<std::string> experimentOf(const std::string& id) override {
        const RunWords words = readRunWords(dirOf(id));
        if (!words.experiment.empty())
            return words.experiment;
        LATHE_TRY_ASSIGN(const Json json, readJsonFile(joinPath(dirOf(id), "run.json")));
        const std::string name = getString(json, "experiment");
        return name.empty() ? "default" : name;
    }

    Result<record::RunSummary> run(const std::string& id) override {
        const std::lock_guard lock(m_mutex);
        const std::string dir = dirOf(id);
        const auto json = readJsonFile(joinPath(dir, "run.json"));
        if (!json)
            return fail(ErrorCode::NotFound, "no such run", id);
        record::RunSummary summary;
        LATHE_TRY_ASSIGN(summary.spec, record::RunSpec::fromJson(*json, joinPath(dir, "run.json")));
        summary.tags = summary.spec.tags;
        summary.note = summary.spec.note;
        summary.params = summary.spec.params;
        LATHE_TRY_ASSIGN(const auto names, listDir(dir));
        auto& files = m_files[id];
        std::vector<record::Digest> digests;
        for (const std::string& name : names) {
            if (!isJournal(name))
                continue;
            File& file = files[name];
            LATHE_TRY(readOn(joinPath(dir, name), file));
            digests.push_back(file.digest);
            for (const auto& [metric, sum] : file.metrics)
                merge(summary.metrics[metric], sum);
        }
        record::Digest::apply(digests, summary);
        record::observeState(dir, wallSeconds(), summary);
        return summary;
    }

    Result<std::vector<record::Point>> points(const std::string& id, const std::string& metric) override {
        const std::string dir = dirOf(id);
        const auto names = listDir(dir);
        if (!names)
            return fail(ErrorCode::NotFound, "no such run", id);
        std::vector<record::Point> found;
        for (const std::string& name : *names) {
            if (!isJournal(name))
                continue;
            std::uint64_t offset = 0;
            double time = 0;
            std::int64_t step = 0;
            LATHE_TRY(readJournalLines(joinPath(dir, name), offset, [&](const Json& line) {
                const std::string kind = getString(line, "e");
                time = getNumber(line, "t", time);
                if (kind != "metrics" && kind != "system")
                    return;
                step = getInt(line, "s", step);
                forMetrics(line, [&](const std::string& key, double value) {
                    if (key == metric)
                        found.push_back({step, time, value});
                });
            }));
        }
        std::ranges::stable_sort(found, {}, &record::Point::time);
        return found;
    }

private:
    struct File {
        std::uint64_t offset = 0;
        double time = 0;
        std::int64_t step = 0;
        record::Digest digest;
        std::map<std::string, record::MetricSummary> metrics;
    };

    std::string dirOf(const std::string& id) const { return joinPath(m_store, "runs/" + id); }

    std::string stampOf(const std::string& id) const {
        std::string stamp;
        for (const std::string& name : listDir(dirOf(id)).value_or(std::vector<std::string>())) {
            struct stat info {};
            if ((isJournal(name) || name == "run.json" || name == "mirror.json") &&
                ::stat(joinPath(dirOf(id), name).c_str(), &info) == 0)
                stamp +=
                    name + std::to_string(info.st_size) + ":" + std::to_string(info.st_mtim.tv_nsec) + ";";
        }
        return stamp;
    }

    static Result<> readOn(const std::string& path, File& file) {
        struct stat info {};
        if (::stat(path.c_str(), &info) == 0 && static_cast<std::uint64_t>(info.st_size) < file.offset)
            file = {};  // another file now
        return readJournalLines(path, file.offset, [&](const Json& line) {
            const std::string kind = getString(line, "e");
            file.time = getNumber(line, "t", file.time);
            if (kind == "metrics" || kind == "system") {
                file.step = getInt(line, "s", file.step);
                if (kind == "metrics")
                    file.digest.addStep(file.time, file.step);
                forMetrics(line, [&](const std::string& key, double value) {
                    take(file.metrics[key], file.time, file.step, value);
                });
            } else if (!kind.empty()) {
                file.digest.add(file.time, kind, line);
            }
        });
    }

    static void merge(record::MetricSummary& into, const record::MetricSummary& from) {
        if (into.count == 0) {
            into = from;
            return;
        }
        into.count += from.count;
        into.nonFinite += from.nonFinite;
        if (from.lastStep > into.lastStep ||
            (from.lastStep == into.lastStep && from.lastTime >= into.lastTime)) {
            into.last = from.last;
            into.lastStep = from.lastStep;
            into.lastTime = from.lastTime;
        }
        if (!(into.min <= from.min)) {
            into.min = from.min;
            into.minStep = from.minStep;
        }
        if (!(into.max >= from.max)) {
            into.max = from.max;
            into.maxStep = from.maxStep;
        }
    }

    const std::string m_store;
    std::mutex m_mutex;
    std::map<std::string, std::map<std::string, File>> m_files;
    std::map<std::string, std::string> m_stamps;
};

}  // namespace

std::unique_ptr<RunLibrary> makeFolderLibrary(std::string store) {
    return std::make_unique<FolderLibrary>(std::move(store));
}

}  // namespace lathe::interop::mlflow
