#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/changes/changes.h"

namespace orgo {

/// The source of the alarm, of which one at a time is open for a tenant (core/alarm/alarm_change.h).
inline constexpr std::string_view kLedgerAlarm = "ledger";

/// Messages were found in no state: accepted, and neither decided, waiting, dead nor refused. Opens the alarm with its
/// task, which says what to do; team is the first administrator ("administrators" without any), all of them that are
/// addresses are told. `first`: some of the messages. Committing it while it is open gives conflict.
Changes raise_ledger_alarm(TenantId tenant, std::int64_t messages, std::span<const MessageId> first,
                           std::span<const std::string> administrators, TimePoint now);
/// Each message has its state again.
Changes end_ledger_alarm(TenantId tenant, TaskNumber task, TimePoint now);

}  // namespace orgo
