#include <memory>

#include "app/command_line/subcommands.h"
#include "core/task/command.h"

namespace orgo {
namespace {

/// One `orgo task ACTION NUMBER [VALUE]`.
Command add_action(Command& task, const std::shared_ptr<TaskOptions>& options, const std::string& name,
                   const std::string& help, const std::string& value, const std::string& value_help,
                   const std::string& examples) {
  auto command = task.add(name, help, examples);
  command.own(options->common);
  command.option("task", options->task, "Its number: T-12, or 12").required();
  if (!value.empty()) command.option(value, options->value, value_help).required();
  command.on_run([options, name] {
    options->action = name;
    return cmd_task(*options);
  });
  return command;
}

/// A command of the table; its value is its first parameter.
void add_change(Command& task, const std::shared_ptr<TaskOptions>& options, const commands::Command& command) {
  const auto& line = command.line;
  const bool several = !line.value.empty() && command.parameters.front().kind == commands::Parameter::Kind::named_texts;
  auto added = add_action(task, options, std::string(line.name), std::string(line.help),
                          several ? std::string() : std::string(line.value), std::string(line.value_help),
                          std::string(line.examples));
  if (several)
    added.option(std::string(line.value), options->values, std::string(line.value_help))
        .required()
        .count(1, static_cast<int>(command.parameters.front().count_max));
}

}  // namespace

void add_task(Command& root) {
  const auto options = std::make_shared<TaskOptions>();
  auto task =
      root.add("task", "List, show and change tasks",
               "  orgo task list --team maintenance@organization.com\n  orgo task show T-12\n  orgo task ack 12");
  task.require_subcommand();
  auto list = task.add("list", "List tasks, newest first; only those with work left, unless --all",
                       "  orgo task list\n  orgo task list --all --limit 200\n"
                       "  orgo task list --state acknowledged --assignee anna --json");
  list.own(options->common);
  list.flag("--all", options->all, "Resolved and closed ones too");
  list.option("--state", options->state, "Only this state: new, open, pending, acknowledged, resolved, closed");
  list.option("--team", options->team, "Only of this team");
  list.option("--assignee", options->assignee, "Only of this person");
  list.option("--limit", options->limit, "How many at most").range(1, 1000).show_default();
  list.on_run([options] {
    options->action = "list";
    return cmd_task(*options);
  });
  add_action(task, options, "show", "Show a task with its whole history", "", "", "  orgo task show T-12");
  for (const auto& command : commands::all()) add_change(task, options, command);
}

}  // namespace orgo
