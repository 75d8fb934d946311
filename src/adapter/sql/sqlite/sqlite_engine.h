#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapter/sql/engine.h"
#include "adapter/sql/reader_pool.h"
#include "adapter/sql/sqlite/sqlite_connection.h"
#include "adapter/sql/trouble.h"
#include "adapter/sql/writer.h"

namespace orgo::sql {

struct SqliteEngineOptions {
  std::string path;                     ///< of the database file; made when it is missing, its folder too
  bool read_only = false;               ///< for a command beside a running server; migrates nothing
  int readers_kept = 4;                 ///< connections kept open for reading
  int readers_max = 64;                 ///< in use at a time; whoever comes then waits
  std::int64_t cache_bytes = 24 << 20;  ///< page cache of the writing connection
  bool run_twice = false;               ///< each transaction is undone and done again: for tests of what jobs may do
  StatementWatch watch{};               ///< for tests, called on all threads
};

/// One file with its log (WAL). One thread writes and group-commits, readers have connections of their own, a third
/// kind of thread moves the log into the file beside both. Locking tenants is nothing here, since one transaction
/// writes at a time.
class SqliteEngine final : public Engine {
 public:
  /// Unless it only reads, the caller owns the folder (adapter/data_folder).
  /// unavailable: it can't be opened; not_found: to read, and it is not there; conflict: another schema version than
  /// ours; corrupt: not a database of ours, or a malformed one (all of a small one is looked at before it is written
  /// to).
  static Result<std::unique_ptr<SqliteEngine>> open(const SqliteEngineOptions& options);
  ~SqliteEngine() override;
  SqliteEngine(const SqliteEngine&) = delete;
  SqliteEngine& operator=(const SqliteEngine&) = delete;

  Status execute(std::vector<TenantId> tenants, Job job, Deadline deadline) override;
  void post(std::vector<TenantId> tenants, Job job) override;
  Result<std::string> check_integrity() override;
  [[nodiscard]] std::string trouble() const override;
  void remember(const Status& status) override;
  [[nodiscard]] Stats stats() const override;
  void close() override;

 private:
  explicit SqliteEngine(SqliteEngineOptions options);
  Result<std::unique_ptr<Connection>> open_reader();
  Status open_to_read();
  Status open_to_write();
  Result<std::unique_ptr<Connection>> take_reader(Deadline deadline) override;
  void give_back(std::unique_ptr<Connection> connection) override;
  void after_commit(Connection& writing);
  void checkpoint_loop();

  SqliteEngineOptions options_;
  std::unique_ptr<GroupCommitWriter> writer_;

  ReaderPool readers_;
  Trouble trouble_;

  std::atomic<bool> damaged_{false};  ///< a statement has found the file malformed
  std::atomic<std::uint64_t> groups_since_checkpoint_{0};
  std::atomic<int> log_frames_{0};
  int asked_readers_at_ = 0;  ///< frames of the log when readers last kept it from starting anew; the writer's
  std::mutex checkpoint_mutex_;
  std::condition_variable checkpoint_wake_;
  bool closing_ = false;
  std::thread checkpointer_;
};

}  // namespace orgo::sql
