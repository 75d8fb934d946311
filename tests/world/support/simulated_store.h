#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "adapter/memory/memory_store.h"
#include "tests/support/tenants.h"
#include "tests/world/support/random.h"

namespace orgo::world {

/// Thrown where the process would die: nothing behind this point runs any more.
struct Crash {};

/// Mistakes that the referee must find, one at a time. They are made here, in the harness, and nowhere else.
enum class Bug {
  none,
  ack_before_commit,  ///< a message is answered for while it is only in memory
  dedup_ignored,      ///< the key of a message that came before is not looked at
  outbox_skipped,     ///< a decision is written without its sends, now and then
  decided_twice,      ///< the decision of a message is not unique
  timer_fencing_off,  ///< whoever thinks that a deadline is pending may fire it, whatever version he saw
  lease_fencing_off,  ///< a lease that somebody else took over still counts
};

/// How often a call of the store goes wrong; each is a probability.
struct StoreFaults {
  double fail = 0;         ///< nothing is written, and the caller hears `unavailable`
  double lose_answer = 0;  ///< all is written, and the caller hears `deadline_exceeded`
  double crash = 0;        ///< the process dies, before or after writing
};

/// The store of the simulator: the memory store behind faults. What is in it survives a crash; whoever used it does
/// not.
class SimulatedStore final : public MemoryStore {
 public:
  SimulatedStore(Random& random, Bug bug) : random_(random), bug_(bug) {}

  void set_faults(const StoreFaults& faults) { faults_ = faults; }
  [[nodiscard]] const StoreFaults& faults() const { return faults_; }
  /// Between a crash and the restart nobody is alive to call; what calls all the same (a destructor) gets nothing done.
  void set_dead(bool dead) { dead_ = dead; }
  /// Forgets what was never written; part of a crash.
  void forget_volatile() { volatile_.clear(); }
  /// Called now and then before a commit is applied: another worker gets in between.
  std::function<void()> interleave;
  /// Sends whose outcome "delivered" did not surely reach the store, or the worker does not know that it did.
  std::function<void(SendId)> on_unsure_outcome;
  /// What the store let happen although it must not, noticed by watching the calls from outside.
  [[nodiscard]] const std::vector<std::string>& breaches() const { return breaches_; }

  Result<std::vector<Accepted>> accept(std::span<const RawMessage> messages, Deadline deadline) override;
  std::vector<Result<Loaded>> load(std::span<const std::pair<TenantId, MessageId>> ids) override;
  Result<std::string> read_bytes(TenantId tenant, MessageId id) override;
  Result<std::vector<KnownMessage>> find_known(TenantId tenant, std::span<const std::int64_t> id_hashes,
                                               int limit) override;
  Result<std::optional<MessageDecision>> decision(TenantId tenant, MessageId id) override;
  Result<std::vector<WorkKey>> unclaimed(WorkKind kind, TimePoint now, int limit) override;
  Result<std::vector<WorkLease>> claim(const LeaseOwner& owner, std::span<const WorkKey> keys, TimePoint now,
                                       Millis lease_time) override;
  Result<int> complete(std::span<const WorkLease> leases) override;
  Status retry(const WorkLease& lease, TimePoint visible_at, std::string_view error) override;
  Status bury(const WorkLease& lease, TimePoint now, std::string_view error) override;
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override;
  Result<Task> read(TenantId tenant, TaskNumber number) override;
  Result<StoredMessage> read(TenantId tenant, MessageId id) override { return MemoryStore::read(tenant, id); }
  Result<std::vector<PendingTimer>> claim_timers(const LeaseOwner& owner, std::string_view name, TimePoint now,
                                                 Millis lease_time, int limit) override;
  Result<std::vector<LeasedSend>> lease_sends(const LeaseOwner& owner, TimePoint now, Millis lease_time, int limit,
                                              std::string_view channel = {}) override;
  Result<std::optional<TimePoint>> next_send(std::string_view channel = {}) override;
  Result<std::optional<TimePoint>> next_timer(std::string_view name) override;
  Result<std::int64_t> count_sends(TenantId tenant, TaskNumber task, TimePoint since, std::string_view recipient,
                                   SendId upto) override;

 protected:
  std::optional<MessageId> find_copy(TenantId tenant, const DedupKey& key) const override;
  bool is_pending(TenantId tenant, const TimerChange& fired) const override;
  bool is_newest(std::int64_t token, std::int64_t newest) const override;
  bool is_next_version(std::int64_t next, std::int64_t current) const override;
  bool is_decided(TenantId tenant, MessageId message) const override;

 private:
  struct Unwritten {
    Envelope envelope{.tenant = kTenant};
    std::string bytes;
  };
  Status before(bool writes);
  Status after();
  template <typename Call>
  auto reading(Call call) -> decltype(call());
  template <typename Call>
  auto writing(Call call) -> decltype(call());
  void write_volatile();
  void watch_moves(const Changes& changes, const std::map<TaskNumber, TaskState>& earlier);
  void breach(std::string what) { breaches_.push_back(std::move(what)); }

  Random& random_;
  Bug bug_;
  StoreFaults faults_;
  bool dead_ = false;
  bool interleaving_ = false;
  std::vector<Unwritten> volatile_;
  std::map<WorkKey, std::int64_t> newest_work_lease_;
  std::map<SendId, std::int64_t> newest_send_lease_;
  std::vector<std::string> breaches_;
};

}  // namespace orgo::world
