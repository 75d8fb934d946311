#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/changes/send.h"
#include "core/suppression/suppression.h"
#include "port/lease_owner.h"

namespace orgo {

struct LeasedSend {
  SendId id;
  TenantId tenant;
  Send send;
  std::int64_t lease = 0;  ///< fencing token for SendOutcome
  int attempts = 0;        ///< this one included
  TimePoint created_at{};
  bool held = false;  ///< the brake had it wait
};

/// Which sends are leased.
struct LeaseChoice {
  Priority least = Priority::low;  ///< none less urgent than this
  /// Never these, whatever the end of their lease says: this process is sending them, and its wall clock may have
  /// jumped. May be null.
  const std::set<std::pair<TenantId, SendId>>* under_way = nullptr;
};

/// What sends have in common that the brake counts together: they go by one lane (Send::channel), or have one cause or
/// one rule (Send::cause, Send::rule), whatever the lane.
enum class CountedBy : std::uint8_t { lane, cause, rule };

/// What the brake counts: what may go out or went out, not what it holds. Urgent sends are counted by themselves, so
/// that ordinary ones, however many, never use up their share.
struct BrakeQuery {
  TenantId tenant;
  CountedBy by = CountedBy::lane;
  std::string_view name;  ///< of the lane, the cause or the rule; not empty
  bool urgent = false;
  TimePoint since{};
  SendId upto{};  ///< only those up to this id
};

struct StoredSend {
  SendId id;
  Send send;
  SendState state = SendState::queued;
  int attempts = 0;
  std::string detail;  ///< last answer of the peer
  TimePoint created_at{};
  TimePoint updated_at{};
};

/// What waits to go out. Rows are made by ChangeStore and ended by it (SendOutcome). Backends: memory, SQL;
/// contract: tests/contract/outbox_contract_test.cpp. Threads: any. Errors of every method: unavailable, corrupt.
class Outbox {
 public:
  virtual ~Outbox() = default;
  /// At most `limit` sends of a lane (Send::channel; empty: of all lanes) that are due, the most urgent first. Among
  /// those of one priority the places are divided between tenants (core/delivery/fair_share.h), and each tenant's
  /// oldest due go first: who has much waiting keeps nobody else waiting. From `now` to `now + lease_time` nobody else
  /// gets them; each lease counts as an attempt, also when the worker dies.
  virtual Result<std::vector<LeasedSend>> lease_sends(const LeaseOwner& owner, TimePoint now, Millis lease_time,
                                                      int limit, std::string_view lane = {},
                                                      const LeaseChoice& choice = {}) = 0;
  /// Ends leases whose sends were not tried: they are due at `now`, and the lease was no attempt. What is leased anew
  /// meanwhile, or done with, stays as it is.
  virtual Status give_back(std::span<const LeasedSend> leases, TimePoint now) = 0;
  /// Each send of which an outcome was told before, and that waits longer than `most` from `now`, is due at `now + to`
  /// (at most `most`): what a clock that was wrong meanwhile has put off for years. One that was never tried and was
  /// made after `now`, by a clock that was ahead, is as if it had been made now: it waits as long as it was to. Returns
  /// how many.
  virtual Result<int> cap_waits(TimePoint now, Millis most, Millis to, std::string_view lane) = 0;
  /// Gives back the leases of one owner, and nobody else's; their attempts stay counted. What waits for its next
  /// attempt goes on waiting.
  virtual Status release_sends(const LeaseOwner& owner, LeasesOf which, TimePoint now) = 0;
  /// When the next one is due (under lease: when its lease ends); nullopt when nothing waits.
  /// Those of suspended tenants are neither leased nor counted here: they stand still until it is active again.
  virtual Result<std::optional<TimePoint>> next_send(std::string_view lane = {}) = 0;
  /// Of one task, oldest first; of more than 1,000 the newest.
  virtual Result<std::vector<StoredSend>> sends_of_task(TenantId tenant, TaskNumber task) = 0;
  /// How many sends of this task were made (Changes::at) at or after `since`, for I14's loop limits; with `recipient`
  /// only those to it (ASCII letters without case), with `upto` only those up to this id; a store may look at the
  /// newest 1,000 of the task only, which is past every limit.
  virtual Result<std::int64_t> count_sends(TenantId tenant, TaskNumber task, TimePoint since,
                                           std::string_view recipient = {}, SendId upto = {}) = 0;
  /// How many of these were made, or let go by the brake, at or after `since`; a store may stop counting at 20,000.
  virtual Result<std::int64_t> count_for_brake(const BrakeQuery& query) = 0;
  /// One send. not_found also for another tenant's.
  virtual Result<StoredSend> read_send(TenantId tenant, SendId id) = 0;
  /// Those that a restore holds (SendState::restored), by number, behind `after`, at most `limit`.
  virtual Result<std::vector<StoredSend>> restored_sends(TenantId tenant, SendId after, int limit) = 0;
  /// How many a restore holds, of each tenant that has any. Costs nothing while there are none.
  virtual Result<std::map<TenantId, std::int64_t>> count_restored() = 0;
  /// Those that the brake holds, by number, behind `after`, at most `limit`. `detail` says why, Send::due_at when they
  /// are looked at again.
  virtual Result<std::vector<StoredSend>> held_sends(TenantId tenant, SendId after, int limit) = 0;
  /// Automatic answers (SendKind::reply) to this address, of all tasks, made at or after `since`, up to the id `upto`
  /// (0: all), newest first, at most `limit`. ASCII letters without case.
  virtual Result<std::vector<StoredSend>> answers_to(TenantId tenant, std::string_view recipient, TimePoint since,
                                                     SendId upto, int limit) = 0;
  /// What the suppression list knows of these addresses (contact_key()), in any order; also entries that don't
  /// block.
  virtual Result<std::vector<Suppression>> find_suppressions(TenantId tenant,
                                                             std::span<const std::string> addresses) = 0;
  /// The list by address, those behind `after`, at most `limit`. With `active`, only entries that are active (expired
  /// or not).
  virtual Result<std::vector<Suppression>> list_suppressions(TenantId tenant, std::string_view after, bool active,
                                                             int limit) = 0;
};

}  // namespace orgo
