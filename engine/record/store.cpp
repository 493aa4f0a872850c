// SPDX-License-Identifier: Apache-2.0
#include "record/store.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/journal_writer.h"
#include "core/paths.h"
#include "core/text.h"
#include "record/index.h"
#include "record/query.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fmt/format.h>
#include <mutex>
#include <sys/stat.h>
#include <thread>

namespace lathe::record {

namespace {

class IndexedStore final : public Store {
public:
    IndexedStore(std::string path, std::unique_ptr<Index> index)
        : m_path(std::move(path)), m_index(std::move(index)) {
        m_index->onBetween([this] {
            m_mutex.unlock();
            // Long enough for all who wait to be woken, and for other processes to come to the file.
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
            m_mutex.lock();
        });
    }

    const std::string& path() const override { return m_path; }

    std::vector<std::string> takeWarnings() override {
        const std::lock_guard lock(m_mutex);
        return m_index->takeWarnings();
    }
    Result<std::vector<std::string>> refresh() override {
        const std::lock_guard one(m_taking);
        const std::lock_guard lock(m_mutex);
        return m_index->refresh();
    }
    Result<> reindex(const std::function<void(int, int)>& progress) override {
        const std::lock_guard one(m_taking);
        const std::lock_guard lock(m_mutex);
        return m_index->rebuild(progress);
    }
    Result<std::vector<RunSummary>> runs() override {
        const std::lock_guard lock(m_mutex);
        return m_index->runs(Index::Metrics::With, false);
    }
    Result<std::vector<RunSummary>> trash() override {
        const std::lock_guard lock(m_mutex);
        return m_index->runs(Index::Metrics::With, true);
    }
    Result<RunPage> query(const RunQuery& query) override {
        const std::lock_guard lock(m_mutex);
        return m_index->query(query);
    }
    Result<QueryCompletion> complete(const std::string& filter, std::size_t cursor) override {
        const std::lock_guard lock(m_mutex);
        return m_index->complete(filter, cursor);
    }
    Result<RunSummary> run(const std::string& id) override {
        const std::lock_guard lock(m_mutex);
        return m_index->run(id);
    }
    Result<std::vector<Point>> points(const std::string& id, const std::string& metric) override {
        const std::lock_guard lock(m_mutex);
        return m_index->points(id, metric);
    }
    Result<std::vector<Bucket>> buckets(const std::string& id, const std::string& metric, XAxis axis,
                                        double from, double to, std::size_t maxBuckets) override {
        const std::lock_guard lock(m_mutex);
        return m_index->buckets(id, metric, axis, from, to, maxBuckets);
    }
    Result<std::vector<TextSample>> texts(const std::string& id) override;
    Result<std::vector<Item>> items(const ItemFilter& filter) override {
        const std::lock_guard lock(m_mutex);
        return m_index->items(filter);
    }
    Result<std::vector<ItemSeries>> itemSeries(const std::string& id) override {
        const std::lock_guard lock(m_mutex);
        return m_index->itemSeries(id);
    }

    Result<std::string> createRun(const RunSpec& spec) override;
    Result<RunSummary> find(const std::string& idPrefixOrName) override;
    Result<> setTags(const std::string& id, const std::vector<std::string>& tags) override;
    Result<> setNote(const std::string& id, const std::string& note) override;
    Result<> rename(const std::string& id, const std::string& name) override;
    Result<> setGroup(const std::string& id, const std::string& group) override;
    Result<> setArchived(const std::string& id, bool archived) override;
    Result<> setDeleted(const std::string& id, bool deleted) override;
    Result<> setGoals(const std::string& id, const std::map<std::string, Goal>& goals) override;
    Result<> setSummary(const std::string& id, const Json& values) override;

private:
    Result<RunSummary> known(const std::string& id) {
        const std::lock_guard lock(m_mutex);
        return m_index->run(id, Index::Metrics::Without);
    }
    Result<> appendMeta(const RunSummary& run, std::string_view type, const Json& fields);

    const std::string m_path;
    std::mutex m_taking;  // one takes in what journals say
    std::mutex m_mutex;   // guards m_index; let go between two batches of that
    std::unique_ptr<Index> m_index;
};

Result<std::string> IndexedStore::createRun(const RunSpec& spec) {
    if (!isId(spec.id))
        return fail(ErrorCode::Invalid, "not a run id", spec.id);
    const std::string dir = runDir(spec.id);
    LATHE_TRY(makeDirs(m_path + "/runs"));
    if (::mkdir(dir.c_str(), 0755) != 0)
        return failErrno(errno, "cannot make the run's folder", dir);
    if (auto written = writeFileAtomic(dir + "/run.json", dumpJsonPretty(spec.toJson())); !written) {
        // A folder without its description would be listed as damaged.
        if (auto removed = removeTree(dir); !removed)
            written.error().hint = "remove the folder by hand";
        return std::unexpected(std::move(written).error());
    }
    return dir;
}

Result<RunSummary> IndexedStore::find(const std::string& idPrefixOrName) {
    if (idPrefixOrName.empty())
        return fail(ErrorCode::Invalid, "no run was named", {}, "give an id, the start of one, or a name");
    if (isId(idPrefixOrName))
        return run(idPrefixOrName);
    std::vector<RunSummary> all;
    {
        const std::lock_guard lock(m_mutex);
        LATHE_TRY_ASSIGN(all, m_index->runs(Index::Metrics::Without, false));
    }
    std::vector<const RunSummary*> matches;
    for (const RunSummary& run : all) {
        if (run.spec.id.starts_with(idPrefixOrName))
            matches.push_back(&run);
    }
    for (const RunSummary& run : all)
        if (run.spec.name == idPrefixOrName)
            return this->run(run.spec.id);
    if (matches.size() == 1)
        return run(matches.front()->spec.id);
    if (matches.size() > 1) {
        std::vector<std::string> shown;
        for (const RunSummary* run : matches) {
            if (shown.size() == 5) {
                shown.push_back("…");
                break;
            }
            shown.push_back(run->spec.id + " (" + run->spec.name + ")");
        }
        return fail(ErrorCode::Invalid, fmt::format("{} runs begin with this", matches.size()),
                    idPrefixOrName, "which one: " + join(shown, ", "));
    }
    std::vector<std::string> names;
    for (const RunSummary& run : all)
        names.push_back(run.spec.name);
    const auto nearest = nearestName(idPrefixOrName, names);
    return fail(ErrorCode::NotFound, "no such run", idPrefixOrName,
                nearest ? "did you mean " + *nearest + "?" : "`lathe ls` lists the runs");
}

Result<> IndexedStore::appendMeta(const RunSummary& run, std::string_view type, const Json& fields) {
    // A mirrored run's own journal.meta.jsonl is a copy that grows from its host; what is said here has its
    // own file.
    const std::string name = run.spec.host == "local" ? "journal.meta.jsonl" : "journal.meta-local.jsonl";
    const std::string path = runDir(run.spec.id) + "/" + name;
    const double deadline = monotonicSeconds() + 2;
    auto writer = JournalWriter::open(path);
    while (!writer && writer.error().code == ErrorCode::Exists && monotonicSeconds() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        writer = JournalWriter::open(path);
    }
    if (!writer)
        return std::unexpected(std::move(writer).error());
    LATHE_TRY(writer->event(type, fields));
    LATHE_TRY(writer->sync());
    return {};
}

Result<> IndexedStore::setTags(const std::string& id, const std::vector<std::string>& tags) {
    LATHE_TRY_ASSIGN(const RunSummary before, known(id));
    std::vector<std::string> added, removed;
    for (const std::string& tag : tags)
        if (std::ranges::find(before.tags, tag) == before.tags.end())
            added.push_back(tag);
    for (const std::string& tag : before.tags)
        if (std::ranges::find(tags, tag) == tags.end())
            removed.push_back(tag);
    if (added.empty() && removed.empty())
        return {};
    Json fields = Json::object();
    fields["add"] = added;
    fields["remove"] = removed;
    return appendMeta(before, "tags", fields);
}

Result<> IndexedStore::setNote(const std::string& id, const std::string& note) {
    LATHE_TRY_ASSIGN(const RunSummary before, known(id));
    Json fields = Json::object();
    fields["text"] = note;
    return appendMeta(before, "note", fields);
}

Result<> IndexedStore::rename(const std::string& id, const std::string& name) {
    LATHE_TRY_ASSIGN(const RunSummary before, known(id));
    if (trim(name).empty())
        return fail(ErrorCode::Invalid, "a run's name cannot be empty", before.spec.name);
    Json fields = Json::object();
    fields["name"] = name;
    return appendMeta(before, "name", fields);
}

Result<> IndexedStore::setGroup(const std::string& id, const std::string& group) {
    LATHE_TRY_ASSIGN(const RunSummary before, known(id));
    return appendMeta(before, "group", Json{{"group", group}});
}

Result<> IndexedStore::setDeleted(const std::string& id, bool deleted) {
    LATHE_TRY_ASSIGN(const RunSummary before, known(id));
    if (deleted && !isOver(before.state) && before.state != RunState::Queued)
        return fail(ErrorCode::Invalid, "the run is still running", before.spec.name,
                    "stop it first: lathe stop");
    return appendMeta(before, "delete", Json{{"deleted", deleted}});
}

Result<> IndexedStore::setGoals(const std::string& id, const std::map<std::string, Goal>& goals) {
    LATHE_TRY_ASSIGN(const RunSummary before, known(id));
    Json values = Json::object();
    for (const auto& [metric, goal] : goals)
        values[metric] = goalName(goal);
    return appendMeta(before, "goal", Json{{"v", values}});
}

Result<> IndexedStore::setSummary(const std::string& id, const Json& values) {
    LATHE_TRY_ASSIGN(const RunSummary before, known(id));
    if (!values.is_object())
        return fail(ErrorCode::Invalid, "a summary is made of names and values", before.spec.name);
    return appendMeta(before, "summary", Json{{"v", values}});
}

Result<std::vector<TextSample>> IndexedStore::texts(const std::string& id) {
    LATHE_TRY_ASSIGN(auto found, items({.run = id, .kind = ItemKind::Text}));
    std::vector<TextSample> all;
    for (Item& item : found)
        all.push_back({item.step, item.time, std::move(item.name), getString(item.fields, "text")});
    return all;
}

Result<> IndexedStore::setArchived(const std::string& id, bool archived) {
    LATHE_TRY_ASSIGN(const RunSummary before, known(id));
    Json fields = Json::object();
    fields["archived"] = archived;
    return appendMeta(before, "archive", fields);
}

constexpr std::array<std::string_view, 8> kItemKinds{"histogram", "image",    "audio",      "table",
                                                     "text",      "artifact", "checkpoint", "alert"};

}  // namespace

std::string_view itemKindName(ItemKind kind) {
    return kItemKinds[static_cast<std::size_t>(kind)];
}

std::optional<ItemKind> itemKindFromName(std::string_view name) {
    const auto found = std::ranges::find(kItemKinds, name);
    if (found == kItemKinds.end())
        return std::nullopt;
    return static_cast<ItemKind>(found - kItemKinds.begin());
}

Result<std::unique_ptr<Store>> Store::open(const std::string& path) {
    const std::string full = absolutePath(path);
    if (!isDirectory(full))
        LATHE_TRY(makeDirs(full));
    LATHE_TRY_ASSIGN(auto index, Index::open(full));
    return std::make_unique<IndexedStore>(full, std::move(index));
}

}  // namespace lathe::record
