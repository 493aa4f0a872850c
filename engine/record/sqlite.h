// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace lathe::record {

// The adapter to SQLite: one connection with its prepared statements. Not thread-safe. Errors: Corrupt (no
// database, damaged), Full, Denied (read-only, cannot be opened), Unavailable (locked for too long), Io.
class Database {
public:
    // `path` may be ":memory:". Opens in WAL mode, waits for other processes' locks, and never fsyncs per
    // commit: what is kept here can be made again.
    static Result<std::unique_ptr<Database>> open(const std::string& path);
    // Another program's database, which is not changed in any way.
    static Result<std::unique_ptr<Database>> openReadOnly(const std::string& path);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    Result<> exec(const std::string& sql);  // any number of statements without results
    std::int64_t lastInsertId() const;

private:
    friend class Query;
    Database() = default;
    Result<sqlite3_stmt*> statement(const char* sql);
    std::unexpected<Error> failure(int code, std::string_view doing) const;

    sqlite3* m_db = nullptr;
    std::string m_path;
    std::map<const char*, sqlite3_stmt*> m_statements;  // by the address of the literal
};

struct Blob {
    std::string_view bytes;
};

// One use of a prepared statement. `sql` is a string literal. Columns live until the next call of next().
class Query {
public:
    template <class... Args> Query(Database& db, const char* sql, const Args&... args) : m_db(db) {
        auto statement = db.statement(sql);
        if (!statement) {
            m_error = std::move(statement).error();
            return;
        }
        m_statement = *statement;
        int index = 0;
        (bind(++index, args), ...);
    }
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    Result<bool> next();  // whether there is a row
    std::int64_t integer(int column) const;
    double real(int column) const;  // NULL is NaN, as SQLite stores it
    std::string_view text(int column) const;
    std::string_view blob(int column) const;

private:
    void bind(int index, std::int64_t value);
    void bind(int index, double value);
    void bind(int index, std::string_view value);
    void bind(int index, Blob value);
    void bind(int index, const std::string& value) { bind(index, std::string_view(value)); }

    Database& m_db;
    sqlite3_stmt* m_statement = nullptr;
    std::optional<Error> m_error;
};

// Runs a statement that gives no rows.
template <class... Args> Result<> run(Database& db, const char* sql, const Args&... args) {
    Query query(db, sql, args...);
    LATHE_TRY(query.next());
    return {};
}

// Undone unless it is committed. `how` is a literal: "BEGIN" to read one state, "BEGIN IMMEDIATE" to write.
class Transaction {
public:
    static Result<Transaction> begin(Database& db, const char* how) {
        LATHE_TRY(run(db, how));
        return Transaction(&db);
    }
    Transaction(Transaction&& other) noexcept : m_db(std::exchange(other.m_db, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction() {
        if (m_db)
            (void)m_db->exec("ROLLBACK");  // what failed is already on its way to the caller
    }
    Result<> commit() {
        LATHE_TRY(run(*m_db, "COMMIT"));
        m_db = nullptr;
        return {};
    }

private:
    explicit Transaction(Database* db) : m_db(db) {}
    Database* m_db;
};

}  // namespace lathe::record
