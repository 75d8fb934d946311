#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/changes/changes.h"
#include "core/contact/mail_address.h"
#include "core/task/task_change.h"

/// What a person or a program can do with a task, as pure functions: the task as it was read goes in, the Changes to
/// commit come out. Every Changes carries the next version, so that of two who act at once one gets conflict and reads
/// again.
///
/// `actor` is who does it, for the history: "user:anna", "token:ci", "rules". A task that a person ("user:...") touches
/// for the first time by assigning, commenting, setting priority or deadline, is no longer new but open.
///
/// Errors of all: conflict (the state does not allow it, or nothing would change), invalid_input (text empty, too long
/// or with control characters).
namespace orgo::commands {

inline constexpr std::size_t kNameMax = 254;        ///< bytes of an assignee or team: the longest address
inline constexpr std::size_t kCommentMax = 32'768;  ///< bytes
inline constexpr std::size_t kTagMax = 64;          ///< bytes of one tag
inline constexpr std::size_t kTagsMax = 50;         ///< tags of one task
inline constexpr std::size_t kFieldsMax = 50;       ///< fields of one task
inline constexpr std::size_t kFieldMax = 200;       ///< bytes of the value of one

/// Empty `who`: to nobody. The new assignee is told by mail at `told_at`, or where that is empty at `who`, when it is
/// an address and they are not the actor.
Result<Changes> assign(const Task& task, std::string_view who, std::string_view actor, TimePoint now,
                       std::string_view told_at = {});
/// Somebody has taken it on: the escalation stops.
Result<Changes> acknowledge(const Task& task, std::string_view actor, TimePoint now);
Result<Changes> resolve(const Task& task, std::string_view actor, TimePoint now);
Result<Changes> close(const Task& task, std::string_view actor, TimePoint now);
/// From resolved or closed to open; the chain starts again from `now`.
Result<Changes> reopen(const Task& task, std::string_view actor, TimePoint now);
/// Any move of the lifecycle. Back from acknowledged to open or pending the chain goes on where it was.
Result<Changes> set_state(const Task& task, TaskState state, std::string_view actor, TimePoint now);
Result<Changes> set_priority(const Task& task, Priority priority, std::string_view actor, TimePoint now);
/// In any state. Nobody is told.
Result<Changes> comment(const Task& task, std::string_view text, std::string_view actor, TimePoint now);
Result<Changes> tag(const Task& task, std::string_view name, std::string_view actor, TimePoint now);
Result<Changes> untag(const Task& task, std::string_view name, std::string_view actor, TimePoint now);
/// nullopt: no deadline any more. The escalation chain is not touched. When it passes, whoever has the task is told
/// (core/escalation/overdue.h).
Result<Changes> set_due(const Task& task, std::optional<TimePoint> due_at, std::string_view actor, TimePoint now);
/// Its clocks are counted anew by `sla`, from all that has happened to the task; nullopt: it has none any more.
Result<Changes> set_sla(const Task& task, std::optional<TaskSla> sla, std::string_view actor, TimePoint now);
/// What the type of the task asks for. `fields` are checked already; those that the task has take their values, others
/// are added. Nobody is told.
Result<Changes> set_fields(const Task& task, const std::vector<TaskField>& fields, std::string_view actor,
                           TimePoint now);
/// Hands it to another team, which is told. The chain goes on.
Result<Changes> route(const Task& task, std::string_view team, std::string_view actor, TimePoint now,
                      std::string_view told_at = {});

}  // namespace orgo::commands

namespace orgo {

/// Makes `task` open again within a Changes: state, chain from `now`, deadline, timer. For reopen() and for replies.
void reopen_within(Changes& changes, Task& task, TimePoint now);

}  // namespace orgo
