#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "adapter/sql/connection.h"
#include "adapter/sql/late_rows.h"
#include "adapter/sql/lookup.h"
#include "adapter/sql/scope.h"
#include "base/id.h"
#include "base/time.h"

namespace orgo::sql {

/// What a tenant counts. The numbers are stored; never reuse one.
enum class Counter : std::int16_t {
  message = 1,
  task = 2,
  send = 3,
  event = 4,
  lease = 5,  ///< fencing tokens of work
  token = 6,
  rule_version = 7,
};

/// One writing transaction, as a job sees it. A job uses it on the thread that it is called on, and keeps nothing of
/// it.
class Transaction {
 public:
  /// `tenants`: of which it will count, so that one message asks for all of their numbers.
  explicit Transaction(Connection& connection, std::span<const TenantId> tenants = {});
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  [[nodiscard]] Connection& connection() { return connection_; }

  /// The next number of a tenant that the job has named. A counter is read once and written once in a transaction, by
  /// finish(); what an undone transaction had taken is taken again.
  Result<std::int64_t> next(TenantId tenant, Counter counter);
  /// Rows that are written a little later than they are made, and before the next job at the latest.
  [[nodiscard]] LateRows& late() { return late_; }
  /// Writes the rows that wait and what was counted; the engine's last step before a commit. It calls late().settle()
  /// behind each job too, so that a job sees all of those before it.
  Status finish();

  /// For a job that has written and then met a refusal of one part: nothing of this transaction will stay, and all its
  /// jobs are run again in a new one. The job remembers what it leaves out then, so that each run refuses at least one
  /// part more; an engine gives up (unavailable) after some thousand runs.
  void run_again() { again_ = true; }
  [[nodiscard]] bool is_to_run_again() const { return again_; }

 private:
  struct Counted {
    TenantId tenant;
    Counter counter;
    std::int64_t last = 0;
  };
  /// What a counter was at the beginning.
  Result<std::int64_t> last_of(TenantId tenant, Counter counter);

  Connection& connection_;
  LateRows late_;
  std::optional<Lookup> counters_;  ///< of all that each of `asked_` counts, where that saves messages
  std::vector<TenantId> asked_;
  std::vector<Counted> counted_;  ///< few: a transaction is mostly about one tenant
  bool again_ = false;
};

/// What a repository asks of a database, and all that it knows of it. An engine is a folder of its own
/// below this one; it owns its connections, threads, files, migrations and the words that only it understands.
/// Statements above it are written once in what all engines share: parameters are `?` in order, times and flags are
/// integers, no functions on text, ids are made by us. Threads: any method from any thread. Errors of every method:
/// unavailable, resource_exhausted (disk full), corrupt.
class Engine {
 public:
  /// Reads, writes, and answers. It may run twice: a transaction that could not be kept is done again, with the same
  /// jobs. So a job begins its answer anew each time, takes nothing out of what it captured, and does nothing outside
  /// of the transaction. It looks at all that could refuse it before it writes: trouble of the engine (unavailable,
  /// resource_exhausted) ends the whole transaction, with all jobs that share it, while any other error is its own
  /// answer; if it had written by then, the transaction runs again without it.
  using Job = std::function<Status(Transaction&)>;

  struct Stats {
    std::uint64_t groups = 0;  ///< transactions
    std::uint64_t jobs = 0;
  };

  /// A connection to read with, for one call; it goes back by itself.
  class Reader {
   public:
    Reader(Engine& engine, std::unique_ptr<Connection> connection)
        : engine_(&engine), connection_(std::move(connection)) {}
    ~Reader() { release(); }
    Reader(Reader&&) noexcept = default;
    Reader& operator=(Reader&&) = delete;
    Connection& operator*() { return *connection_; }
    /// Before its end, for a call that goes on with something slow.
    void release() {
      if (connection_) engine_->give_back(std::move(connection_));
    }

   private:
    Engine* engine_;
    std::unique_ptr<Connection> connection_;
  };

  virtual ~Engine() = default;

  /// Sees all of these tenants that was committed before. unavailable: no connection was free by the deadline.
  Result<Reader> reader(const Scope& scope, Deadline deadline = within(kReadTime));
  /// The same, and all reads see one instant while others go on writing.
  Result<Reader> snapshot(const Scope& scope, Deadline deadline = within(kReadTime));

  /// Runs a job in a transaction, which it may share with others', and returns its answer once that is durable.
  /// `tenants` are those whose rows it writes: the engine locks them, in order, before the first job of a transaction,
  /// so that what a job has read of them stays true until it has written, and so that their numbers follow the order of
  /// commits. It reads and writes no rows of other tenants. Without tenants a job may only write by statements that are
  /// right by themselves (UPDATE ... WHERE). unavailable also when it was not begun by the deadline; what was begun is
  /// waited for, so that the outcome is known and what the job captured stays valid.
  template <typename Run>
  auto write(std::vector<TenantId> tenants, Run run, Deadline deadline = within(kWriteTime))
      -> std::invoke_result_t<Run&, Transaction&> {
    using Answer = std::invoke_result_t<Run&, Transaction&>;
    if constexpr (std::is_same_v<Answer, Status>) {
      return execute(std::move(tenants), std::ref(run), deadline);
    } else {
      std::optional<Answer> answer;
      const auto status = execute(
          std::move(tenants),
          [&](Transaction& tx) -> Status {
            answer.reset();
            answer.emplace(run(tx));
            if (!*answer) return tl::unexpected(answer->error());
            return {};
          },
          deadline);
      if (!status) return tl::unexpected(status.error());
      return *std::move(answer);
    }
  }
  virtual Status execute(std::vector<TenantId> tenants, Job job, Deadline deadline) = 0;
  /// As execute() without a caller that waits: joins the next transaction. Its failure shows in trouble() only.
  virtual void post(std::vector<TenantId> tenants, Job job) = 0;

  /// The database's own check of all that it keeps; "ok" or what is wrong.
  virtual Result<std::string> check_integrity() = 0;
  /// Are the tables there, and readable, that only this engine has? corrupt names the first that is not.
  virtual Status check_own_tables() { return {}; }
  /// Why the last write failed; empty when the last one went well. For /readyz.
  [[nodiscard]] virtual std::string trouble() const = 0;
  /// A write that belongs to the stores but went elsewhere (bytes of a message) failed or went well.
  virtual void remember(const Status& status) = 0;
  [[nodiscard]] virtual Stats stats() const = 0;
  /// Other processes may write, too.
  [[nodiscard]] virtual bool is_shared() const { return false; }
  /// Finishes what was handed in and ends all threads; what comes later gets `unavailable`. Twice is harmless.
  virtual void close() = 0;

  static constexpr Millis kWriteTime{60'000};
  static constexpr Millis kReadTime{10'000};

 protected:
  virtual Result<std::unique_ptr<Connection>> take_reader(Deadline deadline) = 0;
  virtual void give_back(std::unique_ptr<Connection> connection) = 0;
};

}  // namespace orgo::sql
