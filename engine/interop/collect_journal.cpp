// SPDX-License-Identifier: Apache-2.0
#include "interop/collect_journal.h"

#include "core/clock.h"
#include "core/paths.h"
#include "interop/journal_line.h"
#include "interop/media.h"

#include <algorithm>
#include <charconv>

namespace lathe::interop {
namespace {

constexpr std::size_t kMaxName = 1024;      // FORMAT.md
constexpr std::size_t kMaxNames = 200'000;  // a script that makes names without end must not fill the memory
constexpr std::size_t kWriteBytes = 256 << 10;
constexpr std::size_t kFullBytes = 4 << 20;
constexpr std::size_t kMaxWaiting = 100'000;  // values
constexpr std::size_t kMaxKept = 64 << 20;    // bytes that wait for a disk that takes nothing
constexpr std::size_t kResumeChunk = 4 << 20;

// The number behind `"src":` in the head of a line that this file wrote; -1 if there is none.
int sourceNumber(std::string_view line) {
    constexpr std::string_view key = ",\"src\":";
    const auto at = line.substr(0, 128).find(key);
    int number = -1;
    if (at != std::string_view::npos)
        std::from_chars(line.data() + at + key.size(), line.data() + line.size(), number);
    return number;
}

}  // namespace

class CollectJournal::Direct : public RecordSink {
public:
    Direct(CollectJournal& journal, SourceState& state) : m_journal(journal), m_state(state) {}

    void metrics(double time, std::int64_t step, std::span<const MetricValue> values) override {
        const std::lock_guard lock(m_journal.m_mutex);
        if (!m_journal.isDecided(m_state, values))
            m_journal.decide(monotonicSeconds());
        m_journal.write(m_state, time, step, values);
    }
    void event(const Json& line) override {
        const std::lock_guard lock(m_journal.m_mutex);
        m_journal.write(m_state, line);
    }
    Result<std::string> media(std::string_view bytes, std::string_view extension) override {
        return keepMedia(m_journal.m_runDir, bytes, extension);
    }
    Result<> flush() override {
        const std::lock_guard lock(m_journal.m_mutex);
        return m_journal.flush();
    }

private:
    CollectJournal& m_journal;
    SourceState& m_state;
};

class CollectJournal::Source : public SourceSink {
public:
    Source(CollectJournal& journal, SourceState& state) : m_journal(journal), m_state(state) {}

    void at(std::uint64_t offset) override {
        const std::lock_guard lock(m_journal.m_mutex);
        m_state.offset = offset;
        m_state.lines = 0;
    }
    bool full() const override {
        const std::lock_guard lock(m_journal.m_mutex);
        return m_journal.isFull(m_state);
    }
    void metrics(double time, std::int64_t step, std::span<const MetricValue> values) override {
        const std::lock_guard lock(m_journal.m_mutex);
        m_journal.take(m_state, time, step, values);
    }
    void event(const Json& line) override {
        const std::lock_guard lock(m_journal.m_mutex);
        if (m_state.waiting.empty())
            m_journal.write(m_state, line);
        else
            m_state.waiting.push_back({m_state.offset, 0, 0, {}, line});
    }
    Result<std::string> media(std::string_view bytes, std::string_view extension) override {
        return keepMedia(m_journal.m_runDir, bytes, extension);
    }
    Result<> flush() override {
        const std::lock_guard lock(m_journal.m_mutex);
        return m_journal.flush();
    }

private:
    CollectJournal& m_journal;
    SourceState& m_state;
};

CollectJournal::CollectJournal(JournalWriter writer, std::string runDir)
    : m_writer(std::move(writer)), m_runDir(std::move(runDir)), m_elsewhere(m_runDir, {kFileName}) {}

CollectJournal::~CollectJournal() = default;

Result<std::unique_ptr<CollectJournal>> CollectJournal::open(const std::string& runDir) {
    LATHE_TRY_ASSIGN(JournalWriter writer, JournalWriter::open(joinPath(runDir, kFileName)));
    std::unique_ptr<CollectJournal> journal(new CollectJournal(std::move(writer), runDir));
    LATHE_TRY(journal->resume());
    return journal;
}

Result<> CollectJournal::resume() {
    const std::string path = joinPath(m_runDir, kFileName);
    std::string held;
    for (std::uint64_t offset = 0;;) {
        LATHE_TRY_ASSIGN(const std::string bytes, readFileFrom(path, offset, kResumeChunk));
        if (bytes.empty()) {
            if (parseJson(held))  // only its newline is missing, and the writer puts one there
                resumeLine(held);
            return {};
        }
        offset += bytes.size();
        held += bytes;
        std::size_t begin = 0;
        for (std::size_t end; (end = held.find('\n', begin)) != std::string::npos; begin = end + 1)
            resumeLine(std::string_view(held).substr(begin, end - begin));
        held.erase(0, begin);
    }
}

void CollectJournal::resumeLine(std::string_view line) {
    const std::string_view head = line.substr(0, 64);
    if (head.find("\"e\":\"source\"") != std::string_view::npos) {
        if (const auto mark = parseJson(line, kFileName)) {
            const auto number = getInt(*mark, "src");
            const auto known =
                std::ranges::find(m_sources, number, [](const auto& entry) { return entry.second.number; });
            SourceState& source = known != m_sources.end()
                                      ? known->second
                                      : stateOf(getString(*mark, "way"), getString(*mark, "path"),
                                                getString(*mark, "identity"));
            source.announced = true;
            source.marked = source.resume =
                static_cast<std::uint64_t>(std::max<std::int64_t>(getInt(*mark, "offset"), 0));
            source.markedLines = source.skip =
                static_cast<std::uint64_t>(std::max<std::int64_t>(getInt(*mark, "lines"), 0));
        }
    } else if (head.find("\"e\":\"claim\"") != std::string_view::npos) {
        const auto claim = parseJson(line, kFileName);
        if (!claim || !claim->contains("names") || !(*claim)["names"].is_array())
            return;
        const int way = wayNumber(getString(*claim, "way"));
        for (const Json& name : (*claim)["names"]) {
            if (name.is_string())
                m_names[name.get<std::string>()] = {way, 0, true, true};
        }
    } else if (const int number = sourceNumber(line); number >= 0) {
        for (auto& [key, source] : m_sources) {
            if (source.number == number)
                ++source.skip;
        }
    }
}

int CollectJournal::wayNumber(const std::string& way) {
    const auto found = std::ranges::find(m_ways, way);
    if (found != m_ways.end())
        return static_cast<int>(found - m_ways.begin());
    m_ways.push_back(way);
    return static_cast<int>(m_ways.size()) - 1;
}

CollectJournal::SourceState& CollectJournal::stateOf(const std::string& way, const std::string& path,
                                                     const std::string& identity) {
    const auto [found, made] = m_sources.try_emplace(path + '\n' + identity);
    SourceState& state = found->second;
    if (made) {
        state.number = static_cast<int>(m_sources.size());
        state.way = way;
        state.path = path;
    }
    return state;
}

std::vector<std::pair<std::string, std::string>> CollectJournal::sources() const {
    const std::lock_guard lock(m_mutex);
    std::map<int, std::pair<std::string, std::string>> ordered;
    for (const auto& [key, source] : m_sources)
        ordered[source.number] = {source.way, source.path};
    std::vector<std::pair<std::string, std::string>> found;
    for (auto& [number, source] : ordered)
        found.push_back(std::move(source));
    return found;
}

std::unique_ptr<RecordSink> CollectJournal::direct(std::string way) {
    const std::lock_guard lock(m_mutex);
    SourceState& state = m_directs[way];
    state.way = std::move(way);
    return std::make_unique<Direct>(*this, state);
}

std::unique_ptr<SourceSink> CollectJournal::source(std::string way, std::string path, std::string identity) {
    const std::lock_guard lock(m_mutex);
    SourceState& state = stateOf(way, path, identity);
    if (!state.announced) {  // its number is in the file before any line that bears it
        writeMark(state, Json{{"way", way}, {"path", path}, {"identity", identity}});
        state.announced = true;
    }
    return std::make_unique<Source>(*this, state);
}

CollectJournal::Name* CollectJournal::nameOf(std::string_view text, int way) {
    if (const auto found = m_names.find(text); found != m_names.end())
        return &found->second;
    if (text.empty() || text.size() > kMaxName || m_names.size() >= kMaxNames)
        return nullptr;
    Name& name = m_names[std::string(text)];
    name.way = way;
    name.since = monotonicSeconds();
    m_undecided.emplace(text);
    return &name;
}

bool CollectJournal::isDecided(const SourceState& source, std::span<const MetricValue> values) {
    bool all = true;
    for (const MetricValue& value : values) {
        const Name* const name = nameOf(value.name, wayNumber(source.way));
        all &= !name || name->decided;
    }
    return all;
}

void CollectJournal::decide(double before) {
    std::set<std::string, std::less<>> due;
    for (const std::string& text : m_undecided) {
        if (m_names.find(text)->second.since <= before)
            due.insert(text);
    }
    if (due.empty())
        return;
    m_elsewhere.look(due);
    std::map<int, Json> claims;
    for (const std::string& text : due) {
        Name& name = m_names.find(text)->second;
        name.decided = true;
        name.ours = !m_elsewhere.has(text);
        if (name.ours)
            claims[name.way].push_back(text);
        m_undecided.erase(text);
    }
    for (const auto& [way, names] : claims)
        appendEventLine(
            m_out, Json{{"e", "claim"}, {"way", m_ways[static_cast<std::size_t>(way)]}, {"names", names}});
}

// After a restart the file's records are given again; those that are in the journal are dropped.
bool CollectJournal::wasWritten(SourceState& source) {
    if (source.offset < source.resume)
        return true;
    if (source.skip == 0)
        return false;
    --source.skip;
    ++source.lines;
    return true;
}

void CollectJournal::write(SourceState& source, double time, std::int64_t step,
                           std::span<const MetricValue> values) {
    const int way = wayNumber(source.way);
    m_taken.clear();
    for (const MetricValue& value : values) {
        const Name* const name = nameOf(value.name, way);
        if (name && name->decided && name->ours && name->way == way)
            m_taken.push_back(value);
    }
    if (m_taken.empty() || wasWritten(source))
        return;
    if (m_out.size() > kMaxKept) {
        ++m_dropped;
        return;
    }
    appendMetricsLine(m_out, time, step, m_taken,
                      source.number > 0 ? std::optional(source.number) : std::nullopt);
    ++source.lines;
    if (m_out.size() >= kWriteBytes && m_problem.empty())
        (void)flush();
}

void CollectJournal::write(SourceState& source, const Json& event) {
    if (wasWritten(source))
        return;
    if (m_out.size() > kMaxKept) {
        ++m_dropped;
        return;
    }
    appendEventLine(m_out, event, source.number > 0 ? std::optional(source.number) : std::nullopt);
    ++source.lines;
    if (m_out.size() >= kWriteBytes && m_problem.empty())
        (void)flush();
}

void CollectJournal::take(SourceState& source, double time, std::int64_t step,
                          std::span<const MetricValue> values) {
    if (source.offset < source.resume)
        return;
    if (m_hurried && !isDecided(source, values)) {
        decide(monotonicSeconds());
        drain(source);
    }
    if (isDecided(source, values) && source.waiting.empty()) {
        write(source, time, step, values);
        return;
    }
    Waiting waiting{source.offset, time, step, {}, {}};
    for (const MetricValue& value : values)
        waiting.values.emplace_back(value.name, value.value);
    source.waitingValues += values.size();
    source.waiting.push_back(std::move(waiting));
}

void CollectJournal::drain(SourceState& source) {
    const std::uint64_t offset = source.offset;
    std::vector<MetricValue> values;
    while (!source.waiting.empty()) {
        Waiting& first = source.waiting.front();
        values.clear();
        for (const auto& [name, value] : first.values)
            values.push_back({name, value});
        if (!isDecided(source, values))
            break;
        if (source.offset != first.offset) {
            source.offset = first.offset;
            source.lines = 0;
        }
        if (first.event.is_null())
            write(source, first.time, first.step, values);
        else
            write(source, first.event);
        source.waitingValues -= first.values.size();
        source.waiting.pop_front();
    }
    if (source.offset != offset && source.waiting.empty()) {
        source.offset = offset;
        source.lines = 0;
    }
}

void CollectJournal::writeMark(const SourceState& source, Json more) {
    Json mark{{"e", "source"}};
    mark.update(more);
    mark["offset"] = source.marked;
    mark["lines"] = source.markedLines;
    appendEventLine(m_out, mark, source.number);
}

void CollectJournal::mark() {
    for (auto& [key, source] : m_sources) {
        const std::uint64_t offset = source.waiting.empty() ? source.offset : source.waiting.front().offset;
        const std::uint64_t lines = source.waiting.empty() || source.offset == offset ? source.lines : 0;
        if (source.skip > 0 || offset < source.marked ||
            (offset == source.marked && lines <= source.markedLines))
            continue;
        source.marked = offset;
        source.markedLines = lines;
        writeMark(source);
    }
}

Result<> CollectJournal::flush() {
    std::string_view rest = m_out;
    const auto done = m_writer.lines(rest);
    m_out.erase(0, m_out.size() - rest.size());
    if (!done) {
        if (m_problem.empty() && m_tell)
            m_tell(done.error().text());
        m_problem = done.error().text();
    } else if (!m_problem.empty()) {
        const std::string missing =
            m_dropped ? std::to_string(m_dropped) + " lines are missing" : std::string("nothing is missing");
        appendEventLine(m_out, Json{{"e", "alert"},
                                    {"level", "warn"},
                                    {"title", "recording was interrupted"},
                                    {"text", m_problem + "; " + missing}});
        m_problem.clear();
        m_dropped = 0;
    }
    return done;
}

bool CollectJournal::isFull(const SourceState& source) const {
    return source.waitingValues >= kMaxWaiting || source.waiting.size() >= kMaxWaiting ||
           m_out.size() >= kFullBytes;
}

void CollectJournal::hurry() {
    const std::lock_guard lock(m_mutex);
    m_hurried = true;
    decide(monotonicSeconds());
    for (auto& [key, source] : m_sources)
        drain(source);
}

void CollectJournal::settle() {
    const std::lock_guard lock(m_mutex);
    decide(monotonicSeconds() - kSettleSeconds);
    for (auto& [key, source] : m_sources)
        drain(source);
    mark();
    if (!m_out.empty())
        (void)flush();
}

void CollectJournal::finish() {
    const std::lock_guard lock(m_mutex);
    decide(monotonicSeconds());
    for (auto& [key, source] : m_sources)
        drain(source);
    mark();
    if (flush() && !m_out.empty())
        (void)flush();      // the word that an outage is over
    (void)m_writer.sync();  // some file systems have no fdatasync; the lines are written either way
}

}  // namespace lathe::interop
