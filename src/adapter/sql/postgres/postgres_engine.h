#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapter/sql/engine.h"
#include "adapter/sql/postgres/postgres_connection.h"
#include "adapter/sql/reader_pool.h"
#include "adapter/sql/trouble.h"
#include "adapter/sql/writer.h"

namespace orgo::sql {

struct PostgresEngineOptions {
  PostgresOptions server;
  std::string pool_url{};   ///< of a pool in front of the same database, to read by; empty: by the server itself
  int readers_kept = 4;     ///< connections kept open for reading
  int readers_max = 16;     ///< in use at a time; whoever comes then waits. Each is a process of the server
  bool read_only = false;   ///< for a command beside a running server; makes and migrates nothing
  bool must_exist = false;  ///< corrupt when our tables are not there: what belongs to them is
  bool run_twice = false;   ///< each transaction is undone and done again: for tests of what jobs may do
};

/// One schema of one database. A thread of ours group-commits; other nodes do so beside it, and the tenants whose rows
/// a transaction writes are locked for it (advisory locks, in order). Isolation is READ COMMITTED: under those locks
/// each statement sees all that was committed before. What a commit became is read from a row of our own when its
/// answer is lost (CommitMark), so that no outcome is guessed.
class PostgresEngine final : public Engine {
 public:
  /// unavailable: it can't be reached; invalid_input: the server is not set up for us; not_found: to read, and it is
  /// not there; conflict: another schema version than ours, or another sole one is connected.
  static Result<std::unique_ptr<PostgresEngine>> open(const PostgresEngineOptions& options);
  ~PostgresEngine() override;
  PostgresEngine(const PostgresEngine&) = delete;
  PostgresEngine& operator=(const PostgresEngine&) = delete;

  Status execute(std::vector<TenantId> tenants, Job job, Deadline deadline) override;
  void post(std::vector<TenantId> tenants, Job job) override;
  Result<std::string> check_integrity() override;
  Status check_own_tables() override;
  [[nodiscard]] std::string trouble() const override { return trouble_.text(); }
  void remember(const Status& status) override { trouble_.remember(status); }
  [[nodiscard]] Stats stats() const override { return writer_ ? writer_->stats() : Stats{}; }
  [[nodiscard]] bool is_shared() const override { return true; }
  void close() override;
  /// Messages to the server whose answer was waited for, of all connections.
  [[nodiscard]] std::uint64_t round_trips() const { return round_trips_; }
  /// Jobs that wait for the next transaction.
  [[nodiscard]] std::size_t waiting() const { return writer_ ? writer_->waiting() : 0; }

 private:
  explicit PostgresEngine(PostgresEngineOptions options);
  Status open_to_read();
  Status open_to_write();
  Result<std::unique_ptr<Connection>> open_reader();
  /// invalid_input: the pool leads elsewhere.
  Status check_pool(Connection& direct);
  Result<std::unique_ptr<Connection>> take_reader(Deadline deadline) override { return readers_.take(deadline); }
  void give_back(std::unique_ptr<Connection> connection) override { readers_.give_back(std::move(connection)); }

  std::atomic<std::uint64_t> round_trips_{0};
  PostgresEngineOptions options_;
  std::atomic<bool> closing_{false};
  ReaderPool readers_;
  Trouble trouble_;
  std::unique_ptr<GroupCommitWriter> writer_;
};

}  // namespace orgo::sql
