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

void add_answers(Command& task) {
  const auto options = std::make_shared<AnswerOptions>();
  auto reply = task.add("reply", "Answer the requester by mail, in the thread; or keep a note for colleagues",
                        "  orgo task reply 12 'The plumber comes at three.'\n"
                        "  orgo task reply 12 --template closed_early --attach plan.pdf --state resolved\n"
                        "  orgo task reply 12 --internal 'She called twice.'\n"
                        "  orgo task reply 12 - < answer.txt");
  reply.own(options->common);
  reply.option("task", options->task, "Its number: T-12, or 12").required();
  reply.option("text", options->text, "What to say; - or nothing: from standard input");
  reply.option("--template", options->template_name, "A template of the rule file, whose words stand first");
  reply.option("--attach", options->files, "A file that goes with it; once for each of them")
      .type_name("FILE")
      .one_each();
  reply.option("--cc", options->cc, "An address that gets a copy; once for each of them")
      .type_name("ADDRESS")
      .one_each();
  reply.option("--state", options->state, "Move the task besides: open, pending, acknowledged, resolved or closed");
  reply.flag("--quote", options->quote, "What the customer wrote last stands below");
  reply.flag("--internal", options->internal, "A note for colleagues, which goes to nobody");
  reply.on_run([options] { return cmd_answer(*options); });

  const auto made = std::make_shared<NewTaskOptions>();
  auto opening = task.add("new", "Open a task without a mail: what somebody told by phone or at the counter",
                          "  orgo task new 'Lamp is broken' --from kim@example.org --name 'Kim Berg'\n"
                          "  orgo task new 'Key lost' --priority high --text 'Called at nine.'");
  opening.own(made->common);
  opening.option("title", made->title, "What it is about, on one line").required();
  opening.option("--text", made->text, "All of it; - for standard input");
  opening.option("--from", made->requester, "The mail address of whoever asks, for answers");
  opening.option("--name", made->name, "Their name");
  opening.option("--team", made->team, "Which team gets it; else as the rules say");
  opening.option("--assignee", made->assignee, "Who gets it");
  opening.option("--priority", made->priority, "low, normal, high or urgent");
  opening.option("--attach", made->files, "A file that belongs to it; once for each of them")
      .type_name("FILE")
      .one_each();
  opening.on_run([made] { return cmd_new_task(*made); });

  const auto recalled = std::make_shared<AnswerOptions>();
  auto recall = task.add("recall", "Take the newest answer back that has not left", "  orgo task recall 12");
  recall.own(recalled->common);
  recall.option("task", recalled->task, "Its number: T-12, or 12").required();
  recall.on_run([recalled] {
    recalled->recall = true;
    return cmd_answer(*recalled);
  });
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
  add_answers(task);
}

}  // namespace orgo
