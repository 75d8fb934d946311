#pragma once
#include <cstdint>
#include <forward_list>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapter/sql/scope.h"
#include "base/id.h"
#include "base/result.h"
#include "base/stored_text.h"

namespace orgo::sql {

/// Told of each use of a statement: how many steps of the engine's machine it took, from the first to its reset, and
/// how often it had to be planned anew for that.
using StatementWatch = std::function<void(std::string_view sql, std::int64_t steps, int plans)>;

/// A prepared statement of one connection. Parameters and columns: parameters count from 1, columns from 0.
/// Bound text and blobs are not copied: they live until the step after which reset() is called.
class Statement {
 public:
  virtual ~Statement() = default;
  virtual void bind(int index, std::int64_t value) = 0;
  virtual void bind(int index, const StoredText& text) = 0;
  virtual void bind_blob(int index, std::string_view bytes) = 0;
  virtual void bind_null(int index) = 0;
  /// True: a row is there to read. conflict: the table refuses the row, by a uniqueness or any other constraint;
  /// resource_exhausted: disk full; others as they come.
  virtual Result<bool> step() = 0;
  /// For a statement without rows: runs before the next one whose answer is waited for, or now (Batching says why).
  /// True: it has not run yet; `must_change` then refuses the transaction when it meets no row, and otherwise
  /// Connection::changed_rows() tells.
  virtual Result<bool> later(bool /*must_change*/) {
    auto row = step();
    if (!row) return tl::unexpected(std::move(row).error());
    return false;
  }
  virtual void reset() = 0;
  virtual std::int64_t integer(int column) = 0;
  virtual std::string_view text(int column) = 0;  ///< valid until the next step or reset
  virtual std::string_view blob(int column) = 0;
  virtual bool is_null(int column) = 0;
};

class ParameterSets;

/// The rows of one statement for several sets of parameters; step() goes through those of the set that was chosen.
class ManyRows : public Statement {
 public:
  virtual Status choose(std::size_t set) = 0;
};

/// What a connection offers whose every statement is a message to a server and back: then statements go together, and
/// whoever waits, waits once for all of them. They run in the order in which they were given.
class Batching {
 public:
  virtual ~Batching() = default;
  /// A SELECT for each of the sets, as one statement that goes out with the next one whose answer is waited for: the
  /// first choose() of any waits for all. `sql` is a literal.
  virtual std::unique_ptr<ManyRows> ask(const char* sql, const ParameterSets& sets) = 0;
  /// "INSERT INTO ... VALUES (?, ...)" for each of the sets, as one statement, later. No two sets meet the same row.
  virtual Status insert(const char* sql, const ParameterSets& sets) = 0;
};

/// One connection to one engine; used by one thread at a time. What statements may say: see Engine.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Prepared once and kept: `sql` must be a string literal, since its address is the key of the cache.
  virtual Result<Statement*> prepare(const char* sql) = 0;
  /// One or more statements without parameters or rows.
  virtual Status execute(const std::string& sql) = 0;
  /// Of whom the statements are that come from here on. Nothing to do where the database leaves that to them.
  virtual void see(const Scope& /*scope*/) {}
  virtual Status begin() = 0;  ///< a writing transaction
  /// In a writing transaction, first of all: what is theirs is written by nobody else until it ends. In order, each
  /// once. Nothing to do where one transaction writes at a time.
  virtual Status hold(std::span<const TenantId> /*tenants*/) { return {}; }
  /// The error that ended this transaction was one of the moment (a deadlock, a connection that was cut before the
  /// commit): run again, it may go well.
  [[nodiscard]] virtual bool is_worth_another_run() const { return false; }
  [[nodiscard]] virtual bool is_usable() const { return true; }  ///< false: cut, and only good to be closed
  virtual Status commit() = 0;                                   ///< durable when it returns
  virtual Status begin_reading() = 0;                            ///< all reads up to rollback() see one instant
  virtual void rollback() = 0;                                   ///< harmless when there is no transaction
  virtual std::int64_t changed_rows() = 0;                       ///< by the last statement that changes
  /// Since the connection was opened; it only grows, also by what leaves nothing of a transaction but its end.
  virtual std::int64_t total_changed() = 0;

  /// nullptr: statements run one by one, since nothing is saved by anything else, or since begin_job() said so.
  virtual Batching* batching() { return nullptr; }
  /// What comes from here on belongs to this job of the transaction. `one_by_one`: each of its statements is waited
  /// for, so that the job hears of its own what was refused.
  virtual void begin_job(std::size_t /*job*/, bool /*one_by_one*/) {}
  /// The job whose statement was refused when it was not waited for, in the transaction that has just failed: run again
  /// one by one, it tells by itself what is wrong, and takes nobody with it.
  [[nodiscard]] virtual std::optional<std::size_t> refused_job() const { return std::nullopt; }
};

/// A prepared statement for one use: binds in order, resets at the end. Text is bound as it may be stored (StoredText),
/// wherever it came from; so is what it is compared with.
class Query {
 public:
  Query(Connection& connection, const char* sql) : statement_(connection.prepare(sql)) {}
  ~Query() {
    if (statement_) (*statement_)->reset();
  }
  /// For rows that somebody else holds.
  explicit Query(Statement& statement) : statement_(&statement) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  template <typename... Args>
  Query& with(const Args&... args) {
    if (statement_) (put(args), ...);
    return *this;
  }
  /// A blob parameter, in order with the others.
  struct Blob {
    std::string_view bytes;
  };

  Result<bool> next() {
    if (!statement_) return tl::unexpected(statement_.error());
    return (*statement_)->step();
  }
  /// For statements without rows.
  Status run() {
    auto row = next();
    if (!row) return tl::unexpected(std::move(row).error());
    return {};
  }
  /// For statements without rows, as Statement::later() says.
  Result<bool> later(bool must_change = false) {
    if (!statement_) return tl::unexpected(statement_.error());
    return (*statement_)->later(must_change);
  }
  /// Binds anew from parameter 1, for another run of the same statement.
  void again() {
    if (statement_) (*statement_)->reset();
    index_ = 0;
    mended_.clear();
  }
  std::int64_t integer(int column) { return (*statement_)->integer(column); }
  std::string_view text(int column) { return (*statement_)->text(column); }
  std::string string(int column) { return std::string((*statement_)->text(column)); }
  std::string_view blob(int column) { return (*statement_)->blob(column); }
  bool is_null(int column) { return (*statement_)->is_null(column); }

 private:
  void put(std::int64_t value) { (*statement_)->bind(++index_, value); }
  void put(int value) { (*statement_)->bind(++index_, static_cast<std::int64_t>(value)); }
  void put(bool value) { (*statement_)->bind(++index_, static_cast<std::int64_t>(value)); }
  void put(std::string_view text) {
    const StoredText stored(text);
    if (stored.is_mended()) mended_.emplace_front(text);  // lives until the statement has run
    (*statement_)->bind(++index_, stored.is_mended() ? mended_.front() : stored);
  }
  void put(const std::string& text) { put(std::string_view(text)); }
  void put(const char* text) { put(std::string_view(text)); }
  void put(Blob blob) { (*statement_)->bind_blob(++index_, blob.bytes); }
  void put(const std::optional<std::int64_t>& value) {
    if (value) put(*value);
    else put(nullptr);
  }
  void put(std::nullptr_t) { (*statement_)->bind_null(++index_); }

  Result<Statement*> statement_;
  int index_ = 0;
  std::forward_list<StoredText> mended_;
};

/// Runs it later, whatever it meets.
inline Status run_later(Query& statement) {
  ORGO_TRY(waits, statement.later());
  (void)waits;
  return {};
}

}  // namespace orgo::sql
