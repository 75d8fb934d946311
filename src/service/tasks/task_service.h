#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/workplace/names.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/task_store.h"

namespace orgo {

/// Commands on tasks for the API, the pages and the command line: reads the task, asks core/task/commands.h, commits.
/// Threads: any. Errors beside those of the commands and the stores: not_found, and conflict when `version` was named
/// and is not current, or when other writers won kAttemptsMax times in a row.
class TaskService {
 public:
  static constexpr int kAttemptsMax = 5;

  /// Who is meant by a name that somebody typed: see core/workplace/names.h. `receives`: a team is looked for first.
  using Resolve = std::function<Result<Named>(TenantId tenant, std::string_view name, bool receives, TimePoint now)>;

  /// Without `resolve` each name is itself.
  TaskService(TaskStore& tasks, ChangeStore& changes, Clock& clock, Resolve resolve = {})
      : tasks_(tasks), changes_(changes), clock_(clock), resolve_(std::move(resolve)) {}

  /// Which task, who acts, and which version they saw. Without a version the command is decided again when another
  /// writer was first; with one it is refused, since the person decided on what they saw.
  struct Target {
    TenantId tenant;
    TaskNumber task;
    std::string actor;  ///< "user:anna"
    std::optional<std::int64_t> version;
  };

  /// The task as it is after the command.
  Result<Task> assign(const Target& target, const std::string& assignee);  ///< empty: to nobody
  Result<Task> ack(const Target& target);
  /// `comment`, where there is one, becomes part of the same change; empty: none.
  Result<Task> resolve(const Target& target, const std::string& comment = {});
  Result<Task> close(const Target& target, const std::string& comment = {});
  Result<Task> reopen(const Target& target, const std::string& comment = {});
  Result<Task> comment(const Target& target, const std::string& text);
  Result<Task> set_state(const Target& target, TaskState state);
  Result<Task> set_priority(const Target& target, Priority priority);
  /// All or none; invalid_input when there is nothing to do.
  Result<Task> tag(const Target& target, const std::vector<std::string>& add, const std::vector<std::string>& remove);
  Result<Task> route(const Target& target, const std::string& team);
  Result<Task> set_due(const Target& target, std::optional<TimePoint> due_at);
  using FieldValues =
      std::vector<std::pair<std::string, std::string>>;  ///< name -> what was typed; empty: takes it away
  /// How the rules in force check a value; nullopt: they do not know the task's type, so that any text will do for a
  /// field that the task has.
  using FieldCheck = std::function<Result<std::optional<TaskField>>(const Task& task, const std::string& name,
                                                                    const std::string& value, TimePoint now)>;
  /// All or none.
  Result<Task> set_fields(const Target& target, const FieldValues& values, const FieldCheck& check);

 private:
  using Command = std::function<Result<Changes>(const Task& task, std::string_view actor, TimePoint now)>;
  Result<Task> run(const Target& target, const std::vector<Command>& commands);
  Result<Named> named(const Target& target, const std::string& name, bool receives);
  Result<Task> with_comment(const Target& target, const std::string& comment, Command command);

  TaskStore& tasks_;
  ChangeStore& changes_;
  Clock& clock_;
  Resolve resolve_;
};

}  // namespace orgo
