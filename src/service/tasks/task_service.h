#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/task/command.h"
#include "core/workplace/names.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/task_store.h"

namespace orgo {

/// Runs the commands of core/task/command.h for the API, the pages and the command line: reads the task, decides,
/// commits. Threads: any. Errors beside those of the commands and the stores: not_found, and conflict when `version`
/// was named and is not current, or when other writers won kAttemptsMax times in a row.
class TaskService {
 public:
  static constexpr int kAttemptsMax = 5;
  using FieldCheck = commands::FieldCheck;

  /// Who is meant by a name that somebody typed: see core/workplace/names.h. `receives`: a team is looked for first.
  using Resolve = std::function<Result<Named>(TenantId tenant, std::string_view name, bool receives, TimePoint now)>;

  /// Where the requester of a task is told that it is done (answer_address()); empty: its tenant tells nobody
  /// (AnswerPolicy::tell_resolved).
  using ToldAt = std::function<std::string(const Task& task)>;

  /// A message of this tenant, for commands that are about one.
  using FindMessage = std::function<Result<commands::JoinedMessage>(TenantId tenant, MessageId id)>;

  /// Without `resolve` each name is itself; without `told_at` nobody is told; without `find_message` there is
  /// none.
  TaskService(TaskStore& tasks, ChangeStore& changes, Clock& clock, Resolve resolve = {}, ToldAt told_at = {},
              FindMessage find_message = {})
      : tasks_(tasks), changes_(changes), clock_(clock), resolve_(std::move(resolve)), told_at_(std::move(told_at)),
        find_message_(std::move(find_message)) {}

  /// Which task, who acts, and which version they saw. Without a version the command is decided again when another
  /// writer was first; with one it is refused, since the person decided on what they saw.
  struct Target {
    TenantId tenant;
    TaskNumber task;
    std::string actor;  ///< "user:anna"
    std::optional<std::int64_t> version;
  };

  /// The task as it is after the command; where that opens one, the new one. May the actor do it at all? Asked before,
  /// by whoever knows them (Command::permission).
  Result<Task> run(const Target& target, const commands::Command& command, const commands::Input& input,
                   const FieldCheck& check = {}, const commands::FindSla& find_sla = {});
  /// Who is meant by a name that somebody typed, as the commands take it.
  Result<Named> meant(TenantId tenant, std::string_view name, bool receives) const;

 private:
  TaskStore& tasks_;
  ChangeStore& changes_;
  Clock& clock_;
  Resolve resolve_;
  ToldAt told_at_;
  FindMessage find_message_;
};

}  // namespace orgo
