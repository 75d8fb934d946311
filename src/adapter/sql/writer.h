#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "adapter/sql/connection.h"
#include "base/time.h"

namespace orgo::sql {

/// The one thread that writes. Whoever comes while a commit is under way shares the next one: a transaction closes as
/// soon as the one before it is durable, so that one flush serves many callers at load and nobody waits for a timer at
/// rest.
class GroupCommitWriter {
 public:
  /// Reads and writes within the group's transaction. It must check all that could refuse it before it writes, since
  /// there are no savepoints (they would copy each changed page): an error of the engine fails the whole group.
  using Job = std::function<Status(Connection&)>;
  struct Stats {
    std::uint64_t groups = 0;
    std::uint64_t jobs = 0;
  };

  /// `after_commit` runs on the writer's thread behind each group, for checkpoints.
  GroupCommitWriter(std::unique_ptr<Connection> connection, std::function<void(Connection&)> after_commit);
  ~GroupCommitWriter();
  GroupCommitWriter(const GroupCommitWriter&) = delete;
  GroupCommitWriter& operator=(const GroupCommitWriter&) = delete;

  /// Returns when the job's group is durable or has failed. A job that was not begun by the deadline is taken back
  /// (unavailable); one that was begun is waited for, so that the outcome is always known and references stay valid.
  Status run(Job job, Deadline deadline);
  /// As run(), without a caller that waits: `done` is called on the writer's thread.
  void post(Job job, std::function<void(Status)> done);
  /// Finishes what was handed in, then ends the thread. What comes later gets `unavailable`.
  void stop();
  [[nodiscard]] Stats stats() const;

 private:
  struct Pending {
    std::uint64_t id = 0;
    Job job;
    std::function<void(Status)> done;
  };
  /// 0: not taken, because the writer is stopping.
  std::uint64_t enqueue(Job& job, std::function<void(Status)>& done);
  void loop();
  void commit_group(std::vector<Pending>& group);

  std::unique_ptr<Connection> connection_;
  std::function<void(Connection&)> after_commit_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Pending> waiting_;
  std::uint64_t last_id_ = 0;
  bool stopping_ = false;
  Stats stats_;
  std::thread thread_;
};

}  // namespace orgo::sql
