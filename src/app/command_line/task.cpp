#include <memory>

#include "app/command_line/subcommands.h"

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
  add_action(task, options, "assign", "Give a task to a person", "person", "Who", "  orgo task assign 12 anna");
  add_action(task, options, "route", "Give a task to a team", "team", "Which",
             "  orgo task route 12 it@organization.com");
  add_action(task, options, "ack", "Acknowledge: somebody is on it; stops the escalation", "", "",
             "  orgo task ack 12");
  add_action(task, options, "resolve", "The work is done", "", "", "  orgo task resolve 12");
  add_action(task, options, "close", "Close a task for good", "", "", "  orgo task close 12");
  add_action(task, options, "reopen", "Open a resolved or closed task again", "", "", "  orgo task reopen 12");
  add_action(task, options, "comment", "Add a comment", "text", "The comment",
             "  orgo task comment 12 'Plumber comes at 3'");
  add_action(task, options, "state", "Move a task by hand", "state", "open, pending, acknowledged, resolved or closed",
             "  orgo task state 12 pending");
  add_action(task, options, "priority", "Set the priority", "priority", "low, normal, high or urgent",
             "  orgo task priority 12 urgent");
  add_action(task, options, "tag", "Add a tag", "tag", "The tag", "  orgo task tag 12 water");
  auto set = add_action(task, options, "set", "Set what the type of the task asks for", "", "",
                        "  orgo task set 12 room=102 'day=1 December'\n  orgo task set 12 room=");
  set.option("fields", options->values, "Each as name=value; an empty value takes it away").required().count(1, 50);
  add_action(task, options, "due", "Say when it should be done", "time", "RFC 3339, or 'none'",
             "  orgo task due 12 2026-12-01T12:00:00Z\n  orgo task due 12 none");
}

}  // namespace orgo
