#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/changes/changes.h"

namespace orgo {

/// The source of the alarm, of which one at a time is open for a tenant.
inline constexpr std::string_view kRestoredAlarm = "restored";

/// Mails and webhooks that waited when the database was put back are held: whoever answers for the mail has to say
/// whether they go out. Opens the alarm with its task (core/alarm/alarm_task.h). Committing it while it is open gives
/// conflict.
Changes raise_restored_alarm(TenantId tenant, std::int64_t sends, std::span<const std::string> administrators,
                             TimePoint now);
/// All of them were released or dropped.
Changes end_restored_alarm(TenantId tenant, TaskNumber task, TimePoint now);

/// A person's word on one of them, with its event. `reason`: why it is dropped; `actor`: who, "user:anna".
Changes release_restored(TenantId tenant, SendId send, Subject subject, MessageId message, std::string_view actor,
                         TimePoint now);
Changes drop_restored(TenantId tenant, SendId send, Subject subject, MessageId message, std::string_view reason,
                      std::string_view actor, TimePoint now);

}  // namespace orgo
