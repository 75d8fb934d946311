#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/chain/chain.h"
#include "core/changes/priority.h"
#include "core/contact/contact.h"
#include "core/sla/sla.h"
#include "core/task/ties.h"

namespace orgo {

/// Lifecycle: fresh -> open/pending/acknowledged -> resolved -> closed; a reply reopens what is resolved or closed.
/// The numbers are stored; never reuse one. Which moves are allowed: core/task/lifecycle.h.
enum class TaskState : std::int8_t { fresh = 1, open = 2, pending = 3, acknowledged = 4, resolved = 5, closed = 6 };
/// "new", "open", "pending", "acknowledged", "resolved", "closed"
std::string_view to_string(TaskState state);
std::optional<TaskState> parse_task_state(std::string_view text);
/// Somebody still has to do something: every state but resolved and closed.
bool is_open(TaskState state);

/// One value that the type of a task asks for: a room, a date, a serial number.
struct TaskField {
  std::string name;     ///< as in the type: "room"; without control characters, as the others
  std::string label;    ///< for people: "Room"
  std::string value;    ///< as its kind wants it: a date is 2026-11-22, a number has a point; empty: none was found
  std::string problem;  ///< what is wrong with it: "missing", "'37' is more than 30"; empty: nothing
  friend bool operator==(const TaskField&, const TaskField&) = default;
};

/// A piece of work. The row is a projection of the task's events, written in the same transaction (C1).
struct Task {
  TenantId tenant;
  TaskNumber number;         ///< 0 until the store has given one
  std::int64_t version = 0;  ///< grows by one with each change; a change names the version it saw (conflict otherwise)
  TaskState state = TaskState::fresh;
  Priority priority = Priority::normal;
  std::string title;     ///< UTF-8, one line, at most 500 bytes
  Contact requester;     ///< who asked; empty when unknown
  std::string team;      ///< where it was routed, an address or a team name; empty: nobody yet
  std::string assignee;  ///< a person; empty: nobody yet
  std::vector<std::string> tags;
  std::string type;  ///< of a module: "maintenance/repair", or "maintenance"; empty: none. Kept when the module is gone
  std::vector<TaskField> fields;           ///< what the type asks for, as found when the task was opened; at most 50
  std::optional<TimePoint> due_at;         ///< when the work should be done
  std::optional<TimePoint> pending_until;  ///< of a pending one: when it is open again by itself; nullopt: never
  Escalation escalation;                   ///< chain and how far it has gone
  std::optional<TaskSla> sla;              ///< its service level, if it has one
  TaskTies ties;                           ///< what it has to do with other tasks
  MessageId origin;                        ///< the message that opened it
  TimePoint created_at{};
  TimePoint updated_at{};
};

/// Its deadline has passed, and it is not done.
bool is_overdue(const Task& task, TimePoint now);

/// Did they ask for it, or for what was merged into it?
bool has_asked(const Task& task, std::string_view address);
/// Their addresses of mail: its requester first, then who asked for what was merged into it; nobody twice.
std::vector<std::string> who_asked(const Task& task);
/// The task as it is for one of these: asked by them alone, and opened by `origin`.
Task as_asked_by(const Task& task, std::string_view address, MessageId origin);
/// The part by which they asked, of a task that others' were merged into; nullopt: they asked for the task itself, or
/// not at all.
std::optional<TaskNumber> part_asked_by(const Task& task, std::string_view address);
/// The task as whoever asked for a part of it knows it: by their own title, and asked for by them alone.
Task as_known_to_part(const Task& task, const Task& part);

/// Must the log of the task be read to know its deadlines?
bool needs_history(const Task& task);
/// Does a change of the task move deadlines in a way that only escalate() can tell? Then the change sets the timer to
/// its own instant, and escalate() sets it right.
bool settles_later(const Task& task);

}  // namespace orgo
