#include "tests/world/support/simulated_store.h"

#include <algorithm>

#include "core/delivery/send_outcome.h"
#include "core/processing/message_decision.h"
#include "core/task/lifecycle.h"
#include "core/task/task_change.h"

namespace orgo::world {
namespace {

constexpr double kSkipOutbox = 0.2;  // of the decisions that send something
constexpr double kInterleave = 0.1;  // of the commits

tl::unexpected<Error> failed() {
  return failure(Errc::unavailable, "simulated: the store is away");
}

}  // namespace

Status SimulatedStore::before(bool writes) {
  if (dead_) return failed();
  if (writes && random_.chance(faults_.crash / 2)) throw Crash{};
  if (random_.chance(faults_.fail)) return failed();
  return {};
}

Status SimulatedStore::after() {
  if (random_.chance(faults_.crash / 2)) throw Crash{};
  if (random_.chance(faults_.lose_answer)) return failure(Errc::deadline_exceeded, "simulated: the answer is lost");
  return {};
}

template <typename Call>
auto SimulatedStore::reading(Call call) -> decltype(call()) {
  if (auto status = before(false); !status) return tl::unexpected(std::move(status).error());
  return call();
}

template <typename Call>
auto SimulatedStore::writing(Call call) -> decltype(call()) {
  if (auto status = before(true); !status) return tl::unexpected(std::move(status).error());
  auto answer = call();
  if (auto status = after(); !status) return tl::unexpected(std::move(status).error());
  return answer;
}

// --- messages

void SimulatedStore::write_volatile() {
  for (const auto& one : volatile_) {
    const RawMessage raw{.envelope = one.envelope, .bytes = one.bytes};
    (void)MemoryStore::accept(std::span(&raw, 1), {});
  }
  volatile_.clear();
}

Result<std::vector<Accepted>> SimulatedStore::accept(std::span<const RawMessage> messages, Deadline deadline) {
  if (bug_ != Bug::ack_before_commit) return writing([&] { return MemoryStore::accept(messages, deadline); });
  return writing([&]() -> Result<std::vector<Accepted>> {
    write_volatile();
    for (const auto& raw : messages) volatile_.push_back({raw.envelope, std::string(raw.bytes)});
    return std::vector<Accepted>(messages.size());
  });
}

std::vector<Result<MessageStore::Loaded>> SimulatedStore::load(std::span<const std::pair<TenantId, MessageId>> ids) {
  if (!before(false)) return std::vector<Result<Loaded>>(ids.size(), Result<Loaded>(failed()));
  return MemoryStore::load(ids);
}
Result<std::string> SimulatedStore::read_bytes(TenantId tenant, MessageId id) {
  return reading([&] { return MemoryStore::read_bytes(tenant, id); });
}
Result<std::vector<KnownMessage>> SimulatedStore::find_known(TenantId tenant, std::span<const std::int64_t> id_hashes,
                                                             int limit) {
  return reading([&] { return MemoryStore::find_known(tenant, id_hashes, limit); });
}
Result<std::optional<MessageDecision>> SimulatedStore::decision(TenantId tenant, MessageId id) {
  return reading([&] { return MemoryStore::decision(tenant, id); });
}

// --- work

Result<std::vector<WorkKey>> SimulatedStore::unclaimed(WorkKind kind, TimePoint now, int limit) {
  return reading([&] {
    if (bug_ == Bug::ack_before_commit) write_volatile();
    return MemoryStore::unclaimed(kind, now, limit);
  });
}

Result<std::vector<WorkLease>> SimulatedStore::claim(const LeaseOwner& owner, std::span<const WorkKey> keys,
                                                     TimePoint now, Millis lease_time) {
  return writing([&] {
    auto leases = MemoryStore::claim(owner, keys, now, lease_time);
    if (leases)
      for (const auto& one : *leases) {
        auto& newest = newest_work_lease_[one.key];
        if (one.token <= newest) breach("the tokens of " + to_string(one.key) + " do not grow");
        newest = one.token;
      }
    return leases;
  });
}

Result<int> SimulatedStore::complete(std::span<const WorkLease> leases) {
  return writing([&] {
    const auto newest =
        std::ranges::count_if(leases, [&](const auto& one) { return newest_work_lease_[one.key] == one.token; });
    auto counted = MemoryStore::complete(leases);
    if (counted && *counted > newest) breach("a lease that somebody else took over completed its work");
    return counted;
  });
}

Status SimulatedStore::retry(const WorkLease& lease, TimePoint visible_at, std::string_view error) {
  return writing([&] { return MemoryStore::retry(lease, visible_at, error); });
}
Status SimulatedStore::bury(const WorkLease& lease, TimePoint now, std::string_view error) {
  return writing([&] { return MemoryStore::bury(lease, now, error); });
}

// --- changes, tasks, outbox

void SimulatedStore::watch_moves(const Changes& changes, const std::map<TaskNumber, TaskState>& earlier) {
  for (const auto& [task] : changes.all<TaskChange>()) {
    const auto from = earlier.find(task.number);
    if (from == earlier.end() || from->second == task.state || move_allowed(from->second, task.state)) continue;
    const bool told =
        std::ranges::any_of(changes.events, [](const Event& event) { return event.kind == EventKind::task_reopened; });
    if (task.state != TaskState::open || !told)
      breach(to_string(task.number) + " went from " + std::string(to_string(from->second)) + " to " +
             std::string(to_string(task.state)) + " without being reopened");
  }
}

Result<std::vector<Result<Committed>>> SimulatedStore::commit(std::span<const Changes> batch, Deadline deadline) {
  if (interleave && !dead_ && !interleaving_ && random_.chance(kInterleave)) {
    interleaving_ = true;
    try {
      interleave();
    } catch (...) {
      interleaving_ = false;
      throw;
    }
    interleaving_ = false;
  }
  const auto unsure = [&] {
    if (!on_unsure_outcome) return;
    for (const auto& changes : batch)
      for (const auto& outcome : changes.all<SendOutcome>())
        if (outcome.kind == SendOutcome::Kind::delivered) on_unsure_outcome(outcome.send);
  };
  if (auto status = before(true); !status) {
    unsure();
    return tl::unexpected(std::move(status).error());
  }
  std::vector<Changes> altered(batch.begin(), batch.end());
  if (bug_ == Bug::outbox_skipped)
    for (auto& changes : altered)
      if (changes.find<MessageDecision>() && !changes.sends.empty() && random_.chance(kSkipOutbox))
        changes.sends.clear();

  Result<std::vector<Result<Committed>>> answers{std::vector<Result<Committed>>{}};
  for (const auto& changes : altered) {  // one by one, so that each is watched against the state that it met
    std::map<TaskNumber, TaskState> earlier;
    for (const auto& [task] : changes.all<TaskChange>()) {
      const auto current = task.number ? MemoryStore::read(changes.tenant, task.number) : Result<Task>(failed());
      if (current) earlier[task.number] = current->state;
    }
    auto answer = MemoryStore::commit(std::span(&changes, 1), deadline);
    if (!answer) return answer;
    if ((*answer)[0]) {
      watch_moves(changes, earlier);
      for (const auto& outcome : changes.all<SendOutcome>())
        if (newest_send_lease_[outcome.send] != outcome.lease)
          breach("a lease of " + to_string(outcome.send) + " that somebody else took over ended an attempt");
    }
    answers->push_back(std::move((*answer)[0]));
  }
  if (auto status = after(); !status) {
    unsure();
    return tl::unexpected(std::move(status).error());
  }
  return answers;
}

Result<Task> SimulatedStore::read(TenantId tenant, TaskNumber number) {
  return reading([&] { return MemoryStore::read(tenant, number); });
}
Result<std::vector<PendingTimer>> SimulatedStore::claim_timers(const LeaseOwner& owner, std::string_view name,
                                                               TimePoint now, Millis lease_time, int limit) {
  return writing([&] { return MemoryStore::claim_timers(owner, name, now, lease_time, limit); });
}
Result<std::vector<LeasedSend>> SimulatedStore::lease_sends(const LeaseOwner& owner, TimePoint now, Millis lease_time,
                                                            int limit, std::string_view channel) {
  return writing([&] {
    auto leases = MemoryStore::lease_sends(owner, now, lease_time, limit, channel);
    if (leases)
      for (const auto& one : *leases) newest_send_lease_[one.id] = one.lease;
    return leases;
  });
}
Result<std::optional<TimePoint>> SimulatedStore::next_send(std::string_view channel) {
  return reading([&] { return MemoryStore::next_send(channel); });
}
Result<std::optional<TimePoint>> SimulatedStore::next_timer(std::string_view name) {
  return reading([&] { return MemoryStore::next_timer(name); });
}
Result<std::int64_t> SimulatedStore::count_sends(TenantId tenant, TaskNumber task, TimePoint since,
                                                 std::string_view recipient, SendId upto) {
  return reading([&] { return MemoryStore::count_sends(tenant, task, since, recipient, upto); });
}

// --- planted bugs

std::optional<MessageId> SimulatedStore::find_copy(TenantId tenant, const DedupKey& key) const {
  return bug_ == Bug::dedup_ignored ? std::nullopt : MemoryStore::find_copy(tenant, key);
}
bool SimulatedStore::is_pending(TenantId tenant, const TimerChange& fired) const {
  return bug_ == Bug::timer_fencing_off || MemoryStore::is_pending(tenant, fired);
}
bool SimulatedStore::is_newest(std::int64_t token, std::int64_t newest) const {
  return bug_ == Bug::lease_fencing_off || MemoryStore::is_newest(token, newest);
}
bool SimulatedStore::is_next_version(std::int64_t next, std::int64_t current) const {
  // The version alone would refuse the second escalation too, so both have to be off for the mistake to show.
  return bug_ == Bug::timer_fencing_off || MemoryStore::is_next_version(next, current);
}
bool SimulatedStore::is_decided(TenantId tenant, MessageId message) const {
  return bug_ != Bug::decided_twice && MemoryStore::is_decided(tenant, message);
}

}  // namespace orgo::world
