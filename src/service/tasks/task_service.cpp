#include "service/tasks/task_service.h"

#include <algorithm>

#include "base/text.h"
#include "core/parts/parts.h"
#include "core/task/commands.h"

namespace orgo {
namespace {

constexpr Millis kCommitTime = std::chrono::seconds(10);

/// Several commands by one person are one change: each is decided on what the one before it leaves.
Result<Changes> decide_all(const Task& seen, const auto& commands, std::string_view actor, TimePoint now) {
  Changes all{.tenant = seen.tenant, .at = now};
  for (const auto& command : commands) {
    const auto* so_far = all.find<TaskChange>();
    ORGO_TRY(next, command(so_far != nullptr ? so_far->task : seen, actor, now));
    ORGO_CHECK(merge(all, std::move(next)));
  }
  return all;
}

}  // namespace

Result<Task> TaskService::run(const Target& target, const std::vector<Command>& commands) {
  for (int attempt = 1;; ++attempt) {
    ORGO_TRY(task, tasks_.read(target.tenant, target.task));
    if (target.version && *target.version != task.version)
      return failure(Errc::conflict, to_string(target.task) + " was changed meanwhile: it has version " +
                                         std::to_string(task.version) + ", not " + std::to_string(*target.version));
    ORGO_TRY(changes, decide_all(task, commands, target.actor, clock_.now()));
    ORGO_TRY(answers, changes_.commit(std::span(&changes, 1), within(kCommitTime)));
    if (answers.at(0)) return std::move(changes.all<TaskChange>().front().task);
    auto error = std::move(answers[0]).error();
    if (error.code != Errc::conflict || target.version || attempt >= kAttemptsMax)
      return tl::unexpected(std::move(error));
  }
}

Result<Task> TaskService::with_comment(const Target& target, const std::string& comment, Command command) {
  std::vector<Command> all;
  if (!comment.empty())
    all.push_back([&](const Task& task, std::string_view actor, TimePoint now) {
      return commands::comment(task, comment, actor, now);
    });
  all.push_back(std::move(command));
  return run(target, all);
}

Result<Named> TaskService::named(const Target& target, const std::string& name, bool receives) {
  if (!resolve_) return Named{name, {}};
  return resolve_(target.tenant, name, receives, clock_.now());
}

Result<Task> TaskService::assign(const Target& target, const std::string& assignee) {
  ORGO_TRY(who, named(target, assignee, false));
  return run(target, {[&](const Task& task, std::string_view actor, TimePoint now) {
               return commands::assign(task, who.name, actor, now, who.address);
             }});
}

Result<Task> TaskService::ack(const Target& target) {
  return run(target, {commands::acknowledge});
}
Result<Task> TaskService::resolve(const Target& target, const std::string& comment) {
  return with_comment(target, comment, commands::resolve);
}
Result<Task> TaskService::close(const Target& target, const std::string& comment) {
  return with_comment(target, comment, commands::close);
}
Result<Task> TaskService::reopen(const Target& target, const std::string& comment) {
  return with_comment(target, comment, commands::reopen);
}
Result<Task> TaskService::comment(const Target& target, const std::string& text) {
  return run(target, {[&](const Task& task, std::string_view actor, TimePoint now) {
               return commands::comment(task, text, actor, now);
             }});
}

Result<Task> TaskService::set_state(const Target& target, TaskState state) {
  return run(target, {[&](const Task& task, std::string_view actor, TimePoint now) {
               return commands::set_state(task, state, actor, now);
             }});
}

Result<Task> TaskService::set_priority(const Target& target, Priority priority) {
  return run(target, {[&](const Task& task, std::string_view actor, TimePoint now) {
               return commands::set_priority(task, priority, actor, now);
             }});
}

Result<Task> TaskService::tag(const Target& target, const std::vector<std::string>& add,
                              const std::vector<std::string>& remove) {
  if (add.empty() && remove.empty()) return failure(Errc::invalid_input, "no tag to add or to remove was named");
  std::vector<Command> all;
  for (const auto& name : add)
    all.push_back([&name](const Task& task, std::string_view actor, TimePoint now) {
      return commands::tag(task, name, actor, now);
    });
  for (const auto& name : remove)
    all.push_back([&name](const Task& task, std::string_view actor, TimePoint now) {
      return commands::untag(task, name, actor, now);
    });
  return run(target, all);
}

Result<Task> TaskService::route(const Target& target, const std::string& team) {
  ORGO_TRY(who, named(target, team, true));
  return run(target, {[&](const Task& task, std::string_view actor, TimePoint now) {
               return commands::route(task, who.name, actor, now, who.address);
             }});
}

Result<Task> TaskService::set_fields(const Target& target, const FieldValues& values, const FieldCheck& check) {
  if (values.empty()) return failure(Errc::invalid_input, "no field was named");
  return run(target, {[&](const Task& task, std::string_view actor, TimePoint now) -> Result<Changes> {
               std::vector<TaskField> fields;
               for (const auto& [name, value] : values) {
                 auto field = std::optional<TaskField>();
                 if (check) {
                   ORGO_TRY(checked, check(task, name, value, now));
                   field = std::move(checked);
                 }
                 if (!field) {
                   const auto known = std::find_if(task.fields.begin(), task.fields.end(),
                                                   [&](const TaskField& one) { return one.name == name; });
                   if (known == task.fields.end())
                     return failure(Errc::not_found,
                                    to_string(task.number) + (task.type.empty() ? " has no type, and so no fields"
                                                                                : " has no field '" + name + "'"));
                   field = TaskField{name, known->label, std::string(trim(value)), {}};
                 }
                 fields.push_back(*std::move(field));
               }
               return commands::set_fields(task, fields, actor, now);
             }});
}

Result<Task> TaskService::set_due(const Target& target, std::optional<TimePoint> due_at) {
  return run(target, {[&](const Task& task, std::string_view actor, TimePoint now) {
               return commands::set_due(task, due_at, actor, now);
             }});
}

}  // namespace orgo
