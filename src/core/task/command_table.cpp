#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "core/task/command.h"
#include "core/task/commands.h"
#include "core/task/link.h"
#include "core/task/merge_tasks.h"
#include "core/task/pend.h"
#include "core/task/split.h"

namespace orgo::commands {
namespace {

using Kind = Parameter::Kind;
using Steps = Result<std::vector<Step>>;

constexpr std::size_t kNumberMax = 20;  ///< bytes of "T-12"

constexpr auto kStates = std::to_array<std::string_view>({"open", "pending", "acknowledged", "resolved", "closed"});
constexpr auto kPriorities = std::to_array<std::string_view>({"low", "normal", "high", "urgent"});

constexpr auto kAssignee =
    std::to_array<Parameter>({{.name = "assignee", .may_be_empty = true, .bytes_max = kNameMax}});
constexpr auto kTeam = std::to_array<Parameter>({{.name = "team", .bytes_max = kNameMax}});
constexpr auto kComment = std::to_array<Parameter>({{.name = "comment", .required = false, .bytes_max = kCommentMax}});
constexpr auto kText = std::to_array<Parameter>({{.name = "text", .bytes_max = kCommentMax}});
constexpr auto kState = std::to_array<Parameter>(
    {{.name = "state", .kind = Kind::choice, .choices = kStates, .what = "a state that a task can be moved to"}});
constexpr auto kPriority = std::to_array<Parameter>(
    {{.name = "priority", .kind = Kind::choice, .choices = kPriorities, .what = "a priority"}});
constexpr auto kTags = std::to_array<Parameter>(
    {{.name = "add", .kind = Kind::texts, .required = false, .bytes_max = kTagMax, .count_max = kTagsMax},
     {.name = "remove", .kind = Kind::texts, .required = false, .bytes_max = kTagMax, .count_max = kTagsMax}});
constexpr auto kFields = std::to_array<Parameter>(
    {{.name = "fields", .kind = Kind::named_texts, .bytes_max = kFieldMax, .count_max = kFieldsMax}});
constexpr auto kDue = std::to_array<Parameter>({{.name = "due_at", .kind = Kind::time}});

constexpr auto kUntil = std::to_array<Parameter>(
    {{.name = "until",
      .kind = Kind::time,
      .required = false,
      .option = "--until",
      .option_help = "When it is open again by itself: 'friday 9:00', '2 weeks'; without it, when somebody says so"}});

constexpr auto kOther = std::to_array<Parameter>({{.name = "task", .bytes_max = kNumberMax}});
constexpr auto kSplit =
    std::to_array<Parameter>({{.name = "message", .bytes_max = kNumberMax},
                              {.name = "title",
                               .required = false,
                               .bytes_max = kTitleMax,
                               .option = "--title",
                               .option_help = "Of the new task; without it, the subject of the message"}});
constexpr auto kInto = std::to_array<Parameter>({{.name = "into", .bytes_max = kNumberMax}});

constexpr auto kSla = std::to_array<Parameter>({{.name = "sla", .bytes_max = kNameMax}});

/// `comment`, where there is one, becomes part of the same change.
template <Result<Changes> (*kCommand)(const Task&, std::string_view, TimePoint)>
Steps with_comment(const Input& input, const Help& /*help*/) {
  std::vector<Step> steps;
  if (!input.text("comment").empty())
    steps.emplace_back([&](const Task& task, std::string_view actor, TimePoint now) {
      return comment(task, input.text("comment"), actor, now);
    });
  steps.emplace_back(kCommand);
  return steps;
}

Result<Whom> whom(const Help& help, std::string_view name, bool receives, TimePoint now) {
  if (!help.find_whom) return Whom{std::string(name), {}};
  return help.find_whom(name, receives, now);
}

Steps assign_steps(const Input& input, const Help& help) {
  return std::vector<Step>{[&](const Task& task, std::string_view actor, TimePoint now) -> Result<Changes> {
    ORGO_TRY(who, whom(help, input.text("assignee"), false, now));
    return assign(task, who.name, actor, now, who.address);
  }};
}

Steps route_steps(const Input& input, const Help& help) {
  return std::vector<Step>{[&](const Task& task, std::string_view actor, TimePoint now) -> Result<Changes> {
    ORGO_TRY(who, whom(help, input.text("team"), true, now));
    return route(task, who.name, actor, now, who.address);
  }};
}

Steps acknowledge_steps(const Input& /*input*/, const Help& /*help*/) {
  return std::vector<Step>{acknowledge};
}

Steps comment_steps(const Input& input, const Help& /*help*/) {
  return std::vector<Step>{[&](const Task& task, std::string_view actor, TimePoint now) {
    return comment(task, input.text("text"), actor, now);
  }};
}

Steps state_steps(const Input& input, const Help& /*help*/) {
  const auto state = parse_task_state(input.text("state"));
  if (!state || *state == TaskState::fresh)
    return failure(Errc::invalid_input,
                   "there is no state '" + std::string(input.text("state")) + "' to move a task to");
  return std::vector<Step>{[to = *state](const Task& task, std::string_view actor, TimePoint now) {
    return set_state(task, to, actor, now);
  }};
}

Steps priority_steps(const Input& input, const Help& /*help*/) {
  const auto priority = parse_priority(input.text("priority"));
  if (!priority)
    return failure(Errc::invalid_input, "there is no priority '" + std::string(input.text("priority")) + "'");
  return std::vector<Step>{[to = *priority](const Task& task, std::string_view actor, TimePoint now) {
    return set_priority(task, to, actor, now);
  }};
}

Steps tag_steps(const Input& input, const Help& /*help*/) {
  std::vector<Step> steps;
  for (const auto& name : input.texts("add"))
    steps.emplace_back(
        [&name](const Task& task, std::string_view actor, TimePoint now) { return tag(task, name, actor, now); });
  for (const auto& name : input.texts("remove"))
    steps.emplace_back(
        [&name](const Task& task, std::string_view actor, TimePoint now) { return untag(task, name, actor, now); });
  if (steps.empty()) return failure(Errc::invalid_input, "no tag to add or to remove was named");
  return steps;
}

/// A value as the type of the task wants it; of a type that nobody knows any more, any text for a field that is there.
Result<TaskField> checked(const Task& task, const std::string& name, const std::string& value, const FieldCheck& check,
                          TimePoint now) {
  if (check) {
    ORGO_TRY(field, check(task, name, value, now));
    if (field) return *std::move(field);
  }
  const auto known = std::ranges::find(task.fields, name, &TaskField::name);
  if (known == task.fields.end())
    return failure(Errc::not_found, to_string(task.number) + (task.type.empty() ? " has no type, and so no fields"
                                                                                : " has no field '" + name + "'"));
  return TaskField{name, known->label, std::string(trim(value)), {}};
}

Steps field_steps(const Input& input, const Help& help) {
  if (input.named_texts("fields").empty()) return failure(Errc::invalid_input, "no field was named");
  return std::vector<Step>{[&](const Task& task, std::string_view actor, TimePoint now) -> Result<Changes> {
    std::vector<TaskField> fields;
    for (const auto& [name, value] : input.named_texts("fields")) {
      ORGO_TRY(field, checked(task, name, value, help.check_field, now));
      fields.push_back(std::move(field));
    }
    return set_fields(task, fields, actor, now);
  }};
}

Steps due_steps(const Input& input, const Help& /*help*/) {
  return std::vector<Step>{[&](const Task& task, std::string_view actor, TimePoint now) {
    return set_due(task, input.time("due_at"), actor, now);
  }};
}

Steps pend_steps(const Input& input, const Help& /*help*/) {
  return std::vector<Step>{[&](const Task& task, std::string_view actor, TimePoint now) {
    return pend(task, input.time("until"), actor, now);
  }};
}

/// The task that somebody names beside the one that the command is about.
Result<Task> other_task(std::string_view name, const Help& help) {
  const auto number = parse_id<TaskTag>(trim(name));
  if (!number)
    return failure(Errc::invalid_input, "'" + std::string(trim(name)) + "' is not a task; write it as in T-12");
  if (!help.find_task) return failure(Errc::not_found, "there is no task " + to_string(*number));
  return help.find_task(*number);
}

template <Result<Changes> (*kCommand)(const Task&, const Task&, std::string_view, TimePoint)>
Steps with_other(const Input& input, const Help& help) {
  return std::vector<Step>{[&](const Task& task, std::string_view actor, TimePoint now) -> Result<Changes> {
    ORGO_TRY(other, other_task(input.text("task"), help));
    return kCommand(task, other, actor, now);
  }};
}

Steps merge_steps(const Input& input, const Help& help) {
  return std::vector<Step>{[&](const Task& task, std::string_view actor, TimePoint now) -> Result<Changes> {
    ORGO_TRY(named, other_task(input.text("into"), help));
    ORGO_TRY(into, end_of_merges(std::move(named), help.find_task));
    return merge_into(task, into, actor, now);
  }};
}

Steps split_steps(const Input& input, const Help& help) {
  const auto id = parse_id<MessageTag>(trim(input.text("message")));
  if (!id)
    return failure(Errc::invalid_input,
                   "'" + std::string(trim(input.text("message"))) + "' is not a message; write it as in m17");
  return std::vector<Step>{[&, id = *id](const Task& task, std::string_view actor, TimePoint now) -> Result<Changes> {
    if (!help.find_message) return failure(Errc::not_found, "there is no message " + to_string(id));
    ORGO_TRY(message, help.find_message(id));
    const auto team = task.team.empty() ? Result<Whom>(Whom{}) : whom(help, task.team, true, now);
    return split_off(task, message, input.text("title"), actor, now, team ? team->address : std::string());
  }};
}

Steps unmerge_steps(const Input& /*input*/, const Help& help) {
  return std::vector<Step>{[&](const Task& task, std::string_view actor, TimePoint now) -> Result<Changes> {
    if (!task.ties.into) return unmerge(task, task, actor, now);
    ORGO_TRY(from, help.find_task(task.ties.into));
    return unmerge(task, from, actor, now);
  }};
}

Steps sla_steps(const Input& input, const Help& help) {
  return std::vector<Step>{[&](const Task& task, std::string_view actor, TimePoint now) -> Result<Changes> {
    const auto name = trim(input.text("sla"));
    if (name == "none") return set_sla(task, std::nullopt, actor, now);
    if (!help.find_sla) return failure(Errc::invalid_input, "there are no service levels");
    ORGO_TRY(sla, help.find_sla(task, name));
    return set_sla(task, std::move(sla), actor, now);
  }};
}

constexpr auto kTable = std::to_array<Command>({
    {.name = "assign",
     .summary = "Assigns the task to a person; empty: to nobody.",
     .parameters = kAssignee,
     .line = {"assign", "Give a task to a person", "person", "Who", "  orgo task assign 12 anna"},
     .apply = assign_steps},
    {.name = "route",
     .summary = "Hands it to another team, which is told.",
     .parameters = kTeam,
     .line = {"route", "Give a task to a team", "team", "Which", "  orgo task route 12 it@organization.com"},
     .apply = route_steps},
    {.name = "ack",
     .summary = "Somebody has taken it on: the escalation stops.",
     .line = {"ack", "Acknowledge: somebody is on it; stops the escalation", "", "", "  orgo task ack 12"},
     .apply = acknowledge_steps},
    {.name = "resolve",
     .summary = "The work is done.",
     .parameters = kComment,
     .line = {"resolve", "The work is done", "", "", "  orgo task resolve 12"},
     .apply = with_comment<resolve>},
    {.name = "close",
     .summary = "Nothing is left to do.",
     .parameters = kComment,
     .line = {"close", "Close a task for good", "", "", "  orgo task close 12"},
     .apply = with_comment<close>},
    {.name = "reopen",
     .summary = "From resolved or closed to open; the escalation starts again.",
     .parameters = kComment,
     .line = {"reopen", "Open a resolved or closed task again", "", "", "  orgo task reopen 12"},
     .apply = with_comment<reopen>},
    {.name = "comment",
     .summary = "Adds a comment to the history.",
     .parameters = kText,
     .adds_only = true,
     .line = {"comment", "Add a comment", "text", "The comment", "  orgo task comment 12 'Plumber comes at 3'"},
     .apply = comment_steps},
    {.name = "state",
     .summary =
         "Moves the task by hand, for example to pending while it waits for an answer. What is resolved or closed "
         "is reopened by /reopen.",
     .parameters = kState,
     .line = {"state", "Move a task by hand", "state", "open, pending, acknowledged, resolved or closed",
              "  orgo task state 12 pending"},
     .apply = state_steps},
    {.name = "pend",
     .summary = "Pending until a date, when it is open again by itself and whoever has it is told; without one, until "
                "somebody moves it. A customer's reply opens it before.",
     .parameters = kUntil,
     .line = {"pend", "Let a task wait until a date, or for an answer", "", "",
              "  orgo task pend 12 --until 'friday 9:00'\n  orgo task pend 12"},
     .apply = pend_steps},
    {.name = "priority",
     .summary = "Sets the priority.",
     .parameters = kPriority,
     .line = {"priority", "Set the priority", "priority", "low, normal, high or urgent",
              "  orgo task priority 12 urgent"},
     .apply = priority_steps},
    {.name = "tags",
     .summary = "Adds and removes tags, all or none.",
     .parameters = kTags,
     .adds_only = true,
     .line = {"tag", "Add a tag", "tag", "The tag", "  orgo task tag 12 water"},
     .apply = tag_steps},
    {.name = "fields",
     .summary =
         "Sets what the type of the task asks for, each value checked by its kind; an empty one takes it away. All "
         "or none.",
     .parameters = kFields,
     .line = {"set", "Set what the type of the task asks for", "fields",
              "Each as name=value; an empty value takes it away",
              "  orgo task set 12 room=102 'day=1 December'\n  orgo task set 12 room="},
     .apply = field_steps},
    {.name = "due",
     .summary = "Sets the deadline; null: none.",
     .parameters = kDue,
     .line = {"due", "Say when it should be done", "time",
              "As in '2026-12-01 13:00', 'tomorrow 12:00', friday, '2 hours', '2 business hours', or 'none'",
              "  orgo task due 12 'tomorrow 12:00'\n  orgo task due 12 '2 business hours'\n  orgo task due 12 none"},
     .apply = due_steps},
    {.name = "sla",
     .summary = "Gives it another service level, whose clocks count from all that has happened to it; none: none.",
     .parameters = kSla,
     .line = {"sla", "Give a task another service level", "level", "Its name, or 'none'",
              "  orgo task sla 12 gold\n  orgo task sla 12 none"},
     .apply = sla_steps},
    {.name = "link",
     .summary = "Links it with another task; each shows the other. What is linked already stays so.",
     .parameters = kOther,
     .adds_only = true,
     .line = {"link", "Link a task with another one", "other", "With which task", "  orgo task link 12 15"},
     .apply = with_other<link>},
    {.name = "unlink",
     .summary = "Takes the link with another task away.",
     .parameters = kOther,
     .adds_only = true,
     .line = {"unlink", "Take the link of two tasks away", "other", "With which task", "  orgo task unlink 12 15"},
     .apply = with_other<unlink>},
    {.name = "merge",
     .summary =
         "Closes it as a part of another task, which shows its messages and notes and gets its mails from now on. "
         "Nobody is told.",
     .parameters = kInto,
     .line = {"merge", "Make a task a part of another one", "other", "Of which task it becomes a part",
              "  orgo task merge 15 12"},
     .apply = merge_steps},
    {.name = "unmerge",
     .summary = "Makes it a task of its own again, and open. Mails that came in between stay where they are.",
     .line = {"unmerge", "Make a merged task one of its own again", "", "", "  orgo task unmerge 15"},
     .apply = unmerge_steps},
    {.name = "split",
     .summary =
         "Makes a message of it a task of its own, linked with it, whose requester is the author; answers with the new "
         "task. What answers the message goes there from now on.",
     .parameters = kSplit,
     .one_only = true,
     .line = {"split", "Make a message of a task one of its own", "message", "Which: m17",
              "  orgo task split 12 m17 --title 'The heating, too'"},
     .apply = split_steps},
});

}  // namespace

std::span<const Command> all() {
  return kTable;
}

}  // namespace orgo::commands
