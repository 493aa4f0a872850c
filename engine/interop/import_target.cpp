// SPDX-License-Identifier: Apache-2.0
#include "interop/import_target.h"

#include "core/file.h"
#include "core/id.h"
#include "core/paths.h"
#include "core/sha256.h"
#include "core/text.h"
#include "interop/import_runs.h"
#include "interop/journal_line.h"

#include <algorithm>
#include <fmt/format.h>
#include <sys/stat.h>

namespace lathe::interop {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // of ids (core/id.h)
constexpr std::size_t kRandomChars = 16;
constexpr std::size_t kMaxFiles = 100'000;
constexpr int kMaxDepth = 32;

// The random part of the id, from what the run is.
std::string randomPart(const std::string& identity) {
    const std::string sum = sha256Hex("lathe import " + identity);
    std::string part;
    for (std::size_t i = 0; i < kRandomChars;
         ++i)  // two hex digits a character, of which five bits are taken
        part += kAlphabet[static_cast<std::size_t>(std::stoi(sum.substr(2 * i, 2), nullptr, 16)) & 31];
    return part;
}

std::string timePart(double seconds) {
    auto milliseconds =
        static_cast<std::uint64_t>(std::clamp(seconds, 0.0, 2e11) * 1000) & ((std::uint64_t{1} << 48) - 1);
    std::string part(10, '0');
    for (std::size_t i = part.size(); i-- > 0; milliseconds >>= 5)
        part[i] = kAlphabet[milliseconds & 31];
    return part;
}

std::uint64_t sizeOf(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

void walk(const std::string& folder, int depth, const std::function<bool(const std::string&)>& wanted,
          std::vector<std::string>& found) {
    for (const std::string& name : listDir(folder).value_or(std::vector<std::string>())) {
        const std::string path = joinPath(folder, name);
        struct stat info {};
        if (::lstat(path.c_str(), &info) != 0 || found.size() >= kMaxFiles)
            continue;
        if (S_ISDIR(info.st_mode)) {
            if (depth < kMaxDepth && !name.starts_with('.'))
                walk(path, depth + 1, wanted, found);
        } else if (wanted(path)) {
            found.push_back(path);
        }
    }
}

}  // namespace

std::vector<std::string> filesBelow(const std::string& path,
                                    const std::function<bool(const std::string&)>& wanted) {
    std::vector<std::string> found;
    if (isDirectory(path))
        walk(path, 0, wanted, found);
    else if (wanted(path))
        found.push_back(path);
    return found;
}

Result<ImportTarget> ImportTarget::open(record::Store& store, const std::string& identity,
                                        record::RunSpec spec) {
    ImportTarget target;
    const std::string random = randomPart(identity);
    target.m_id = timePart(spec.created) + random;
    // The time that a peer tells may be another the next time; what the run is may not.
    const auto known = listDir(joinPath(store.path(), "runs"));
    for (const std::string& id : known.value_or(std::vector<std::string>())) {
        if (isId(id) && id.ends_with(random))
            target.m_id = id;
    }
    target.m_dir = store.runDir(target.m_id);
    if (!exists(target.m_dir)) {
        spec.id = target.m_id;
        if (spec.name.empty())
            spec.name = readableName(spec.id);
        if (spec.experiment.empty())
            spec.experiment = "default";
        if (spec.kind.empty())
            spec.kind = "import";
        LATHE_TRY(store.createRun(spec));
        target.m_new = true;
    }
    target.m_sizeBefore = sizeOf(joinPath(target.m_dir, CollectJournal::kFileName));
    LATHE_TRY_ASSIGN(target.m_journal, CollectJournal::open(target.m_dir));
    target.m_journal->hurry();
    return target;
}

Result<bool> ImportTarget::read(const std::string& way, const std::string& path, LogReader& reader,
                                const std::function<bool()>& goOn, std::vector<std::string>& problems) {
    const auto sink = m_journal->source(way, path, "");
    while (true) {
        if (!goOn())
            return false;
        const auto more = reader.read(*sink);
        if (!more) {
            problems.push_back(more.error().text());
            return true;
        }
        if (!*more) {
            if (!sink->full())
                break;
            LATHE_TRY(sink->flush());
        }
    }
    if (const auto done = reader.finish(*sink); !done)
        problems.push_back(done.error().text());
    if (reader.damaged() > 0)
        problems.push_back(fmt::format("{}: {} damaged records were skipped", path, reader.damaged()));
    return true;
}

Result<> ImportTarget::life(double started, double ended, const Json& end) {
    const std::string path = joinPath(m_dir, "journal.jsonl");
    std::string wanted;
    Json running{{"t", started}, {"e", "state"}, {"state", "running"}}, ending{{"t", ended}, {"e", "state"}};
    ending.update(end);
    appendEventLine(wanted, running);
    std::string last;
    appendEventLine(last, ending);
    const std::string before = readFile(path, 16 << 20).value_or("");
    if (before.ends_with(last))
        return {};
    LATHE_TRY_ASSIGN(JournalWriter writer, JournalWriter::open(path));
    const std::string lines = before.empty() ? wanted + last : last;
    std::string_view rest = lines;
    m_lifeChanged = true;
    return writer.lines(rest);
}

Result<bool> ImportTarget::close() {
    m_journal->finish();
    LATHE_TRY(m_journal->direct("import")->flush());
    m_journal.reset();
    return m_lifeChanged || sizeOf(joinPath(m_dir, CollectJournal::kFileName)) > m_sizeBefore;
}

Result<> ImportContext::finish(ImportTarget& target) {
    LATHE_TRY_ASSIGN(const bool more, target.close());
    (target.isNew() ? outcome.made : more ? outcome.grown : outcome.same) += 1;
    outcome.runs.push_back(target.id());
    return {};
}

}  // namespace lathe::interop
