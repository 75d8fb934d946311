#include "adapter/sql/sqlite/sqlite_connection.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <unordered_map>

#include "base/planted.h"

namespace orgo::sql {

Error sqlite_error(sqlite3* db, int code) {
  const int system = db != nullptr ? sqlite3_system_errno(db) : 0;
  std::string text = std::string("SQLite: ") + (db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code));
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return {Errc::resource_exhausted, text};
    case SQLITE_IOERR:
      if (system != 0) text += std::string(" (") + std::strerror(system) + ")";
      // A full disk shows as an I/O error when it is the log or its index that can't grow.
      if (system == ENOSPC || system == EDQUOT) return {Errc::resource_exhausted, text};
      return {Errc::unavailable, text};
    case SQLITE_TOOBIG:
    case SQLITE_CONSTRAINT:  // what is to be written is refused, for whatever reason; the database is well
      return {Errc::conflict, text};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Errc::corrupt, text};
    default:
      return {Errc::unavailable, text};
  }
}

namespace {

constexpr int kWaitForLocks = 5'000;  ///< ms
constexpr int kWaitForReaders = 50;   ///< ms, of those who keep the log from starting anew: most reads are shorter

class SqliteStatement final : public Statement {
 public:
  SqliteStatement(sqlite3* db, sqlite3_stmt* statement, std::atomic<bool>* damage, const StatementWatch& watch)
      : db_(db), statement_(statement), damage_(damage), watch_(watch) {}
  ~SqliteStatement() override { sqlite3_finalize(statement_); }
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  void bind(int index, std::int64_t value) override { sqlite3_bind_int64(statement_, index, value); }
  void bind(int index, const StoredText& stored) override {
    const auto text = stored.view();
    // An empty view may have no address, and SQLite would read that as NULL.
    sqlite3_bind_text(statement_, index, text.empty() ? "" : text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }
  void bind_blob(int index, std::string_view bytes) override {
    sqlite3_bind_blob(statement_, index, bytes.empty() ? "" : bytes.data(), static_cast<int>(bytes.size()),
                      SQLITE_STATIC);
  }
  void bind_null(int index) override { sqlite3_bind_null(statement_, index); }
  Result<bool> step() override {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    if (damage_ != nullptr && ((code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB)) *damage_ = true;
    return tl::unexpected(sqlite_error(db_, code));
  }
  void reset() override {
    sqlite3_reset(statement_);
    if (watch_)
      watch_(sqlite3_sql(statement_), sqlite3_stmt_status(statement_, SQLITE_STMTSTATUS_VM_STEP, 1),
             sqlite3_stmt_status(statement_, SQLITE_STMTSTATUS_REPREPARE, 1));
  }
  std::int64_t integer(int column) override { return sqlite3_column_int64(statement_, column); }
  std::string_view text(int column) override {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  std::string_view blob(int column) override {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  bool is_null(int column) override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

 private:
  sqlite3* db_;
  sqlite3_stmt* statement_;
  std::atomic<bool>* damage_;
  const StatementWatch& watch_;
};

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(sqlite3* db, std::atomic<bool>* damage, StatementWatch watch)
      : db_(db), damage_(damage), watch_(std::move(watch)) {}
  ~SqliteConnection() override {
    statements_.clear();
    sqlite3_close(db_);
  }
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  Result<Statement*> prepare(const char* sql) override {
    if (const auto known = statements_.find(sql); known != statements_.end()) return known->second.get();
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return tl::unexpected(sqlite_error(db_, code));
    auto owned = std::make_unique<SqliteStatement>(db_, statement, damage_, watch_);
    auto* raw = owned.get();
    statements_.emplace(sql, std::move(owned));
    return raw;
  }
  Status execute(const std::string& sql) override {
    const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return tl::unexpected(sqlite_error(db_, code));
    return {};
  }
  Status begin() override { return simple("BEGIN IMMEDIATE"); }
  Status commit() override { return simple("COMMIT"); }
  Status begin_reading() override { return simple("BEGIN"); }
  void rollback() override {
    if (sqlite3_get_autocommit(db_) == 0) (void)simple("ROLLBACK");
  }
  std::int64_t changed_rows() override { return sqlite3_changes64(db_); }
  std::int64_t total_changed() override { return sqlite3_total_changes64(db_); }
  sqlite3* handle() { return db_; }

 private:
  Status simple(const char* sql) {
    Query query(*this, sql);
    return query.run();
  }

  sqlite3* db_;
  std::atomic<bool>* damage_;
  StatementWatch watch_;
  std::unordered_map<const char*, std::unique_ptr<SqliteStatement>> statements_;
};

Status expect_pragma(Connection& connection, const char* sql, std::string_view wanted, const char* name) {
  Query query(connection, sql);
  ORGO_TRY(row, query.next());
  if (!row || query.text(0) != wanted)
    return failure(Errc::unavailable, std::string(name) + " is '" + std::string(row ? query.text(0) : "") +
                                          "' and can't be set to '" + std::string(wanted) +
                                          "' on this file system; put data.dir on a local disk");
  return {};
}

}  // namespace

Result<std::unique_ptr<Connection>> open_sqlite_connection(const SqliteOptions& options) {
  // Each allocation would take a lock only to be counted; measured: 5% of the writer's time.
  static const int kNoStatistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)kNoStatistics;
  sqlite3* db = nullptr;
  const int flags =
      (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(options.in_memory ? ":memory:" : options.path.c_str(), &db, flags, nullptr);
  if (code != SQLITE_OK) {
    auto error = sqlite_error(db, code).in("opening " + options.path);
    sqlite3_close(db);
    return tl::unexpected(std::move(error));
  }
  auto connection = std::make_unique<SqliteConnection>(db, options.damage, options.watch);
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, kWaitForLocks);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  // Without it a plan may depend on what is bound (is `state = ?` the state of a partial index?), and the statement is
  // compiled anew for each use: measured, ten times the cost of completing a piece of work.
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 512, 500);
  const auto where = [&](Status status) -> Status {
    if (!status) return tl::unexpected(status.error().in("opening " + options.path));
    return {};
  };
  if (!options.read_only && !options.in_memory) {
    ORGO_CHECK(where(expect_pragma(*connection, "PRAGMA journal_mode=WAL", "wal", "journal_mode")));
    // The log is moved into the file by our own thread (see SqliteEngine), and at once only when it grows too long.
    ORGO_CHECK(
        where(connection->execute("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA foreign_keys=OFF")));
    // What it grew to beside a long reader is given back when it begins anew.
    if (!ORGO_PLANT(log_stays_long)) ORGO_CHECK(where(connection->execute("PRAGMA journal_size_limit=67108864")));
    ORGO_CHECK(where(expect_pragma(*connection, "PRAGMA synchronous", "2", "synchronous")));
  }
  ORGO_CHECK(where(connection->execute("PRAGMA temp_store=MEMORY; PRAGMA cache_size=-" +
                                       std::to_string(options.cache_bytes / 1024))));
  return std::unique_ptr<Connection>(std::move(connection));
}

Result<int> checkpoint_sqlite(Connection& connection, bool restart) {
  int frames = 0;
  int moved = 0;
  auto* db = sqlite_handle(connection);
  if (restart) sqlite3_busy_timeout(db, kWaitForReaders);
  const int code = sqlite3_wal_checkpoint_v2(
      db, nullptr, restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, &frames, &moved);
  if (restart) sqlite3_busy_timeout(db, kWaitForLocks);
  // Busy means that a reader or the writer stands in the way: what could be moved was moved, the rest is for next time.
  if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY) return tl::unexpected(sqlite_error(db, code));
  return restart && code == SQLITE_OK ? 0 : frames;
}

sqlite3* sqlite_handle(Connection& connection) {
  return static_cast<SqliteConnection&>(connection).handle();
}

}  // namespace orgo::sql
