// SPDX-License-Identifier: Apache-2.0
#include "record/sqlite.h"

#include <sqlite3.h>
#include <unistd.h>

namespace lathe::record {

namespace {

constexpr int kBusyPolls =
    60000;  // of a millisecond: an index being built elsewhere lets others in between batches

int onBusy(void*, int polls) {
    if (polls >= kBusyPolls)
        return 0;
    ::usleep(1000);
    return 1;
}

ErrorCode codeOf(int sqliteCode) {
    switch (sqliteCode & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_SCHEMA:
    case SQLITE_MISMATCH:
    case SQLITE_ERROR:  // a table or column is missing: damaged or not ours
        return ErrorCode::Corrupt;
    case SQLITE_FULL: return ErrorCode::Full;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH: return ErrorCode::Denied;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::Unavailable;
    default: return ErrorCode::Io;
    }
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
    std::unique_ptr<Database> db(new Database);
    db->m_path = path;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (const int code = sqlite3_open_v2(path.c_str(), &db->m_db, flags, nullptr); code != SQLITE_OK)
        return db->failure(code, "cannot open the index");
    sqlite3_busy_handler(db->m_db, onBusy, nullptr);
    LATHE_TRY(db->exec(
        "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16000; PRAGMA trusted_schema = OFF;"));
    return db;
}

Result<std::unique_ptr<Database>> Database::openReadOnly(const std::string& path) {
    std::unique_ptr<Database> db(new Database);
    db->m_path = path;
    const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (const int code = sqlite3_open_v2(path.c_str(), &db->m_db, flags, nullptr); code != SQLITE_OK) {
        auto failed = db->failure(code, "cannot open the database");
        failed.error().hint.clear();
        return failed;
    }
    sqlite3_busy_handler(db->m_db, onBusy, nullptr);
    LATHE_TRY(db->exec("PRAGMA trusted_schema = OFF;"));
    return db;
}

Database::~Database() {
    for (const auto& [sql, statement] : m_statements)
        sqlite3_finalize(statement);
    sqlite3_close(m_db);
}

std::unexpected<Error> Database::failure(int code, std::string_view doing) const {
    std::string what(doing);
    what += ": ";
    what += m_db ? sqlite3_errmsg(m_db) : sqlite3_errstr(code);
    return fail(codeOf(code), std::move(what), m_path, "`lathe reindex` makes the index anew");
}

Result<> Database::exec(const std::string& sql) {
    if (const int code = sqlite3_exec(m_db, sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK)
        return failure(code, "the index failed");
    return {};
}

std::int64_t Database::lastInsertId() const {
    return sqlite3_last_insert_rowid(m_db);
}

Result<sqlite3_stmt*> Database::statement(const char* sql) {
    const auto found = m_statements.find(sql);
    if (found != m_statements.end() && !sqlite3_stmt_busy(found->second))
        return found->second;
    sqlite3_stmt* made = nullptr;
    if (const int code = sqlite3_prepare_v3(m_db, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
        code != SQLITE_OK)
        return failure(code, "the index failed");
    if (found != m_statements.end())
        sqlite3_finalize(found->second);
    m_statements[sql] = made;
    return made;
}

Query::~Query() {
    if (m_statement) {
        sqlite3_reset(m_statement);
        sqlite3_clear_bindings(m_statement);
    }
}

Result<bool> Query::next() {
    if (m_error)
        return std::unexpected(*m_error);
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    return m_db.failure(code, "the index failed");
}

void Query::bind(int index, std::int64_t value) {
    sqlite3_bind_int64(m_statement, index, value);
}
void Query::bind(int index, double value) {
    sqlite3_bind_double(m_statement, index, value);
}
void Query::bind(int index, std::string_view value) {
    sqlite3_bind_text64(m_statement, index, value.data() ? value.data() : "", value.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
}
void Query::bind(int index, Blob value) {
    sqlite3_bind_blob64(m_statement, index, value.bytes.data() ? value.bytes.data() : "", value.bytes.size(),
                        SQLITE_STATIC);
}

std::int64_t Query::integer(int column) const {
    return sqlite3_column_int64(m_statement, column);
}

double Query::real(int column) const {
    if (sqlite3_column_type(m_statement, column) == SQLITE_NULL)
        return __builtin_nan("");
    return sqlite3_column_double(m_statement, column);
}

std::string_view Query::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    return {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))};
}

std::string_view Query::blob(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(m_statement, column));
    return {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))};
}

}  // namespace lathe::record
