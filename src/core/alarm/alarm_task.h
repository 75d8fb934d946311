#pragma once
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/changes/changes.h"

namespace orgo {

/// Something that Orgo noticed by itself and that a person must look at.
struct Alarm {
  std::string source;      ///< of which one alarm at a time is open: AlarmOpened
  std::string_view actor;  ///< who noticed it, and the tag of its task: "silence"
  std::string title;
  std::string why;
  Priority priority = Priority::high;
  std::vector<std::pair<std::string_view, std::string>> facts{};  ///< further fields of the event that opens the task
};

/// Opens the alarm with its task: the team is the first administrator ("administrators" without any); the first 20 of
/// them that are addresses are told, each once. Committing it twice gives conflict: one alarm, one task.
Changes raise_alarm(TenantId tenant, Alarm alarm, std::span<const std::string> administrators, TimePoint now);

/// What an alarm says on its task.
Event alarm_comment(std::string_view actor, TaskRef task, std::string_view text, TimePoint now);

}  // namespace orgo
