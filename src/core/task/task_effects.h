#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/id.h"
#include "core/changes/changes.h"
#include "core/task/task.h"

namespace orgo {

/// What a rule does to a task that is there: one that asks for the thread of a follow-up, or a step of a chain.
struct TaskEffects {
  std::string_view rule{};                   ///< whose, for the history; empty: none's
  std::optional<Priority> priority{};        ///< nullopt: stays as it is
  std::optional<std::string_view> assign{};  ///< a person, a team or a rota; nullopt: stays as it is
  std::optional<std::string_view> team{};    ///< nullopt: stays as it is
  std::span<const std::string> tags{};       ///< added
  std::span<const std::string> notes{};      ///< lines for the history
};

/// Does it to `next`, the task as it becomes, with an event for each thing that changes: the history has no holes. What
/// is so already is passed over; a task has at most commands::kTagsMax tags. `cause`: the message that the events come
/// from. Whom to tell of it is the caller's.
void apply_to_task(const TaskEffects& effects, MessageId cause, Task& next, Changes& changes);

}  // namespace orgo
