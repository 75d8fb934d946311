#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "adapter/sql/engine.h"
#include "base/time.h"

namespace orgo::sql {

/// The one thread that writes. Whoever comes while a commit is under way shares the next one: a transaction closes as
/// soon as the one before it is durable, so that one flush serves many callers at load and nobody waits for a timer at
/// rest.
class GroupCommitWriter {
 public:
  /// There are no savepoints, since they would copy each changed page: see Engine::Job and Transaction::run_again().
  using Job = Engine::Job;
  using Stats = Engine::Stats;

  /// `after_commit` runs on the writer's thread behind each group, for checkpoints. `twice`: each group is undone once
  /// and done again.
  GroupCommitWriter(std::unique_ptr<Connection> connection, std::function<void(Connection&)> after_commit,
                    bool twice = false);
  ~GroupCommitWriter();
  GroupCommitWriter(const GroupCommitWriter&) = delete;
  GroupCommitWriter& operator=(const GroupCommitWriter&) = delete;

  /// Returns when the job's group is durable or has failed. A job that was not begun by the deadline is taken back
  /// (unavailable); one that was begun is waited for, so that the outcome is always known and references stay valid.
  Status run(std::vector<TenantId> tenants, Job job, Deadline deadline);
  /// As run(), without a caller that waits: `done` is called on the writer's thread. When the store was in trouble, it
  /// is run again with a later group, and `done` is called again; some thousand are kept for that, until stop().
  void post(std::vector<TenantId> tenants, Job job, std::function<void(Status)> done);
  /// Finishes what was handed in, then ends the thread. What comes later gets `unavailable`.
  void stop();
  [[nodiscard]] Stats stats() const;
  [[nodiscard]] std::size_t waiting() const;  ///< jobs that wait for the next transaction

 private:
  struct Pending {
    std::uint64_t id = 0;
    std::vector<TenantId> tenants;
    Job job;
    std::function<void(Status)> done;
    std::optional<Error> left_out{};  ///< it failed half-way: the transaction runs again without it
    bool is_posted = false;           ///< nobody waits, and nobody would bring it again
    bool one_by_one = false;          ///< a statement of it was refused that nobody had waited for
  };
  /// 0: not taken, because the writer is stopping.
  std::uint64_t enqueue(std::vector<TenantId>& tenants, Job& job, std::function<void(Status)>& done, bool is_posted);
  /// What comes next, behind what was kept; empty: the end.
  std::vector<Pending> next_group();
  /// In order, each once.
  static std::vector<TenantId> tenants_of(const std::vector<Pending>& group);
  void loop();
  void commit_group(std::vector<Pending>& group);
  /// One run of all jobs in a transaction, which stays open when it went well. False: it is to be run again, without
  /// those that are left out now.
  Result<bool> run_group(std::vector<Pending>& group, const std::vector<TenantId>& tenants,
                         std::vector<Status>& answers);

  /// Is it one job's fault that the transaction has failed, and can that job be found out?
  bool finds_the_refused(std::vector<Pending>& group) const;

  std::unique_ptr<Connection> connection_;
  std::function<void(Connection&)> after_commit_;
  bool twice_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Pending> waiting_;
  std::vector<Pending> kept_;  ///< posted, and met by trouble; the thread's own
  std::uint64_t last_id_ = 0;
  bool stopping_ = false;
  Stats stats_;
  std::thread thread_;
};

}  // namespace orgo::sql
