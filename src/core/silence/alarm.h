#pragma once
#include <span>
#include <string>
#include <string_view>

#include "core/alarm/alarm_change.h"
#include "core/changes/changes.h"
#include "core/silence/rhythm.h"
#include "core/task/task_change.h"

namespace orgo::silence {

/// "mailbox:office" and "channel:lmtp" for people: "the mailbox office", "LMTP".
std::string source_in_words(std::string_view source);

/// Opens the alarm of a source with its task: team is the first administrator ("administrators" without any), all of
/// them that are addresses are told, with times in `zone`. `known_trouble`: what the source itself last complained of;
/// may be empty. Committing it twice gives conflict: one silence, one task.
Changes raise_alarm(TenantId tenant, std::string_view source, const Verdict& verdict, TimePoint last_mail,
                    std::string_view known_trouble, std::span<const std::string> administrators, TimePoint now,
                    const TimeZone& zone = {});
/// Mail came again: notes it on the task, and resolves it when nobody has taken it on or ended it yet.
Changes end_alarm(std::string_view source, const Task& task, TimePoint opened_at, TimePoint now);

}  // namespace orgo::silence
