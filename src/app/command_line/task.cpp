#include <memory>

#include "app/command_line/subcommands.h"
#include "core/task/command.h"

namespace orgo {
namespace {

/// A command of the table, `orgo task NAME TASKS... [VALUE]`; its value is its first parameter. Tasks and value are one
/// list of words, since the value stands behind as many tasks as there are.
void add_change(Command& task, const commands::Command& command) {
  const auto& line = command.line;
  const auto options = std::make_shared<TaskOptions>();
  options->action = line.name;
  auto added = task.add(std::string(line.name), std::string(line.help), std::string(line.examples));
  added.own(options->common);
  std::string help = "Its number: T-12, or 12";
  if (!command.one_only) help = "The number of one task, or of several: T-12, 12, 12,13";
  if (!line.value.empty()) help.append("; then the ").append(line.value).append(": ").append(line.value_help);
  auto words = added.option("task", options->words, help).required();
  if (!line.value.empty()) words.then(std::string(line.value));
  for (const auto& parameter : command.parameters)
    if (!parameter.option.empty())
      added.option(std::string(parameter.option), options->named[std::string(parameter.option)],
                   std::string(parameter.option_help));
  added.on_run([options] { return cmd_task(*options); });
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
  reply
      .option("--to", options->to,
              "Of those who asked, with merged tasks, who gets it; once for each; else who wrote last")
      .type_name("ADDRESS")
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
                       "  orgo task list --state acknowledged --assignee anna --json\n"
                       "  orgo task list --search 'pump \"room 7\" from:anna -leak'");
  list.own(options->common);
  list.flag("--all", options->all, "Resolved and closed ones too");
  list.option("--state", options->state, "Only this state: new, open, pending, acknowledged, resolved, closed");
  list.option("--team", options->team, "Only of this team");
  list.option("--assignee", options->assignee, "Only of this person");
  list.option("--search", options->search,
              "Only what these words find: words 'a phrase' from:anna tag:billing -not (docs/search.md)");
  list.option("--limit", options->limit, "How many at most").range(1, 1000).show_default();
  list.on_run([options] {
    options->action = "list";
    return cmd_task(*options);
  });
  const auto shown = std::make_shared<TaskOptions>();
  shown->action = "show";
  auto show = task.add("show", "Show a task with its whole history", "  orgo task show T-12");
  show.own(shown->common);
  show.option("task", shown->task, "Its number: T-12, or 12").required();
  show.on_run([shown] { return cmd_task(*shown); });
  for (const auto& command : commands::all()) add_change(task, command);
  add_answers(task);
}

}  // namespace orgo
