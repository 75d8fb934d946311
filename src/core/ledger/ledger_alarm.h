#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/changes/changes.h"

namespace orgo {

/// The source of the alarm, of which one at a time is open for a tenant (core/alarm/alarm_change.h).
inline constexpr std::string_view kLedgerAlarm = "ledger";

/// What is wrong with messages of one tenant.
struct LedgerTrouble {
  std::int64_t stateless = 0;  ///< accepted, and neither decided, waiting, dead nor refused
  std::int64_t missing = 0;    ///< accepted, and gone from the database: somebody has deleted them by hand
  std::int64_t lost = 0;       ///< whose bytes are not there
  std::vector<MessageId> first_stateless, first_missing, first_lost;  ///< some of each
};

/// Opens the alarm with its task, which says what to do; team is the first administrator ("administrators" without
/// any), all of them that are addresses are told. Committing it while it is open gives conflict.
Changes raise_ledger_alarm(TenantId tenant, const LedgerTrouble& trouble, std::span<const std::string> administrators,
                           TimePoint now);
/// Each message has its state again.
Changes end_ledger_alarm(TenantId tenant, TaskNumber task, TimePoint now);

}  // namespace orgo
