// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/digest.h"
#include "record/journal_reader.h"
#include "record/sqlite.h"
#include "record/store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lathe::record {

// The tables of the index, and the version that says which code made them. Rows are found by (id << 24 | n),
// so that the n-th chunk of a series lies beside its n+1-th.
inline constexpr std::int64_t kIndexVersion = 2;
inline constexpr int kRowBits = 24;
extern const char* const kIndexSchema;

// Takes what a journal says into the index, within a transaction of the caller's: points into the open tails
// of their series, full tails into sealed chunks, the rest into the digest. One object reads one stretch of
// one file; flush() ends it.
class FileIngest final : public JournalSink {
public:
    FileIngest(Database& db, std::int64_t file, Digest digest)
        : m_db(db), m_file(file), m_digest(std::move(digest)) {}

    void metrics(double time, std::int64_t step, std::span<const MetricValue> values) override;
    void event(double time, std::string_view type, const Json& fields) override;

    Result<> flush();
    const Digest& digest() const { return m_digest; }

private:
    struct Series {
        std::int64_t id = 0;                                 // 0: has no row yet
        std::int64_t name = 0;                               // its row
        std::int64_t chunks = 0, pieces = 0, tailCount = 0;  // as stored
        MetricSummary summary;
        double firstTime = 0;
        std::vector<Point> fresh;  // not stored yet
        bool dirty = false;
    };
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    Series* series(std::string_view name);
    void note(Result<> result);
    Result<> load(std::string_view name, Series& series);
    Result<> addRow(Series& series);
    Result<> addRecent(Series& series);
    Result<> takeTail(Series& series);
    Result<> seal(Series& series);
    Result<> store(Series& series);

    Database& m_db;
    std::int64_t m_file;
    Digest m_digest;
    std::unordered_map<std::string, Series, Hash, std::equal_to<>> m_series;
    std::vector<std::pair<const std::string*, Series*>>
        m_lastLine;                // most lines name the same metrics as the one before
    std::optional<Error> m_error;  // the first; the sink's calls cannot return it
};

// Removes all that the index holds of one journal file.
Result<> forgetFile(Database& db, std::int64_t file);

}  // namespace lathe::record
