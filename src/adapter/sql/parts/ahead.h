#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "adapter/sql/connection.h"
#include "core/changes/changes.h"
#include "core/delivery/send_outcome.h"

namespace orgo::sql {

/// What the checks of a batch of Changes mostly want to know, read in one message to a server (Batching) before the
/// first of them is checked. It only ever says yes: what it does not know is asked of the tables in its place, and so
/// is what it would refuse. What was true when it was read and is not any more, since an earlier Changes of the batch
/// has changed it, is met by the conditions in the statements of apply(), as another writer's doing would be.
class Ahead {
 public:
  static Result<Ahead> read(Connection& connection, std::span<const Changes> batch);

  [[nodiscard]] bool has_task(TenantId tenant, TaskNumber number) const {
    return versions_.contains({tenant.value, number.value});
  }
  [[nodiscard]] bool has_version(TenantId tenant, TaskNumber number, std::int64_t version) const {
    const auto known = versions_.find({tenant.value, number.value});
    return known != versions_.end() && known->second == version;
  }
  [[nodiscard]] bool has_message(TenantId tenant, MessageId message) const {
    return messages_.contains({tenant.value, message.value});
  }
  /// And younger than the last restore.
  [[nodiscard]] bool is_undecided(TenantId tenant, MessageId message) const {
    return undecided_.contains({tenant.value, message.value});
  }
  [[nodiscard]] bool is_no_alias(TenantId tenant, std::int64_t id_hash) const {
    return no_aliases_.contains({tenant.value, id_hash});
  }
  /// Is it pending at this very instant, and nothing that it tells to be held?
  [[nodiscard]] bool has_timer(TenantId tenant, const TimerChange& timer) const;
  /// Does it wait, under this very lease?
  [[nodiscard]] bool has_lease(TenantId tenant, const SendOutcome& outcome) const {
    const auto known = leases_.find({tenant.value, outcome.send.value});
    return known != leases_.end() && known->second == outcome.lease;
  }

 private:
  using Key = std::pair<std::int64_t, std::int64_t>;  ///< tenant and number
  std::map<Key, std::int64_t> versions_;              ///< of tasks
  std::map<Key, std::int64_t> leases_;                ///< of sends that are queued
  std::set<Key> messages_;
  std::set<Key> undecided_;
  std::set<Key> no_aliases_;
  std::set<std::tuple<std::int64_t, Subject, std::string, std::int64_t>> timers_;
};

}  // namespace orgo::sql
