#pragma once
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "base/result.h"
#include "core/changes/changes.h"
#include "core/task/task.h"

/// What the commands on a task have in common.
namespace orgo::commands {

/// One command under way: the task as it becomes, and the Changes that say so.
struct CommandDraft {
  Changes changes;
  Task task;
  std::string actor;

  CommandDraft(const Task& seen, std::string_view who, TimePoint now);

  /// `write` fills the event's JSON object.
  template <typename Write>
  void event(EventKind kind, Write write) {
    Event event{
        .kind = kind, .subject = task.number, .message = {}, .send = {}, .at = changes.at, .actor = actor, .data = {}};
    JsonWriter json(event.data);
    json.begin_object();
    write(json);
    json.end_object();
    changes.events.push_back(std::move(event));
  }
  void move(TaskState to, EventKind kind = EventKind::task_state);
  /// The same, with what it means for the chain: back from acknowledged it goes on where it was.
  void change_state(TaskState to);
  void touched_by_person();
  /// Not whoever acts.
  void notify(std::string_view who, std::string_view template_name, std::string note = {});
  Changes done();
  /// The same, together with what becomes of another task.
  Changes done_with(CommandDraft other);
};

/// invalid_input: empty, too long, or with control characters.
Status check_name(std::string_view what, std::string_view text, std::size_t most, bool may_be_empty);
/// conflict "T-12 is closed; reopen it first".
Status check_not_done(const Task& task);
/// conflict "T-15 was merged into T-12; work goes on there".
Status check_not_merged(const Task& task);
tl::unexpected<Error> nothing_to_do(const Task& task, const std::string& why);

}  // namespace orgo::commands
