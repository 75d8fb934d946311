#pragma once
#include <string>
#include <vector>

#include "core/delivery/send_outcome.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {

inline constexpr Millis kLease{60'000};

/// What every Outbox must do is asked through this.
class OutboxContract : public Suite {
 protected:
  TaskNumber queue(std::vector<Send> sends, TimePoint at = kStart, TenantId tenant = kTenant) {
    auto changes = opening(new_task(), tenant);
    changes.at = at;
    changes.sends = std::move(sends);
    return must_commit(changes).task;
  }
  std::vector<LeasedSend> lease(TimePoint now, int limit = 100) {
    auto leases = stores.outbox.lease_sends(kOwner, now, kLease, limit);
    EXPECT_TRUE(leases) << leases.error().message;
    return leases.value_or(std::vector<LeasedSend>{});
  }
  static std::vector<std::string> recipients(const std::vector<LeasedSend>& leases) {
    std::vector<std::string> found;
    for (const auto& one : leases) found.push_back(one.send.recipient.address);
    return found;
  }
  static Changes outcome(const LeasedSend& send, SendOutcome::Kind kind, TimePoint at = kStart,
                         std::string detail = "250 ok", TimePoint next = {}) {
    Changes changes{.tenant = send.tenant};
    changes.at = at;
    changes.add(SendOutcome{
        .send = send.id, .lease = send.lease, .kind = kind, .next_attempt = next, .detail = std::move(detail)});
    return changes;
  }
};

}  // namespace orgo::contract
