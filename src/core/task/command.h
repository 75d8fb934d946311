#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/access/access.h"
#include "core/changes/changes.h"
#include "core/task/task.h"

/// What can be done with a task, declared once: the API, openapi.json, the command line and the pages are made from
/// this table, and TaskService runs it. A further command is one more entry, and everybody has it.
namespace orgo::commands {

/// One thing that a command is told.
struct Parameter {
  enum class Kind : std::int8_t {
    text,
    choice,       ///< one of `choices`
    texts,        ///< several: tags
    named_texts,  ///< name -> text; an empty text takes it away
    time,         ///< or none; where people write it, as parse_due() reads it, by the organization's calendar
  };
  std::string_view name;  ///< "assignee"
  Kind kind = Kind::text;
  bool required = true;
  bool may_be_empty = false;  ///< of a text
  std::size_t bytes_max = 0;  ///< of each text
  std::size_t count_max = 0;  ///< of texts and named_texts
  std::span<const std::string_view> choices = {};
  std::string_view what = {};  ///< of a choice that is none: "a priority"
  /// "--until": how the command line names it; empty: the first of these is its value, others it does not take.
  std::string_view option = {};
  std::string_view option_help = {};
};

inline constexpr std::size_t kTimeMax = 64;  ///< bytes of a time as somebody writes it

using Texts = std::vector<std::string>;
using NamedTexts = std::vector<std::pair<std::string, std::string>>;
using Value = std::variant<std::string, Texts, NamedTexts, std::optional<TimePoint>>;

/// What was said, by the names of the parameters. What is not there, or of another kind, is empty.
class Input {
 public:
  Input() = default;
  Input(std::initializer_list<std::pair<const std::string, Value>> values) : values_(values) {}
  void set(std::string_view name, Value value) { values_.insert_or_assign(std::string(name), std::move(value)); }
  [[nodiscard]] std::string_view text(std::string_view name) const;
  [[nodiscard]] const Texts& texts(std::string_view name) const;
  [[nodiscard]] const NamedTexts& named_texts(std::string_view name) const;
  [[nodiscard]] std::optional<TimePoint> time(std::string_view name) const;

 private:
  std::map<std::string, Value, std::less<>> values_;
};

/// How the rules in force check a field's value; nullopt: they do not know the task's type, so that any text will do
/// for a field that the task has.
using FieldCheck = std::function<Result<std::optional<TaskField>>(const Task& task, const std::string& name,
                                                                  const std::string& value, TimePoint now)>;

/// Who is meant by a name that somebody typed.
struct Whom {
  std::string name;     ///< what is kept
  std::string address;  ///< where word for them goes; empty: nowhere, or to the name when it is an address
};
/// `receives`: a team is looked for first. invalid_input: nobody is, with the nearest name.
using FindWhom = std::function<Result<Whom>(std::string_view name, bool receives, TimePoint now)>;

/// The service level of this name as it would be for a task. invalid_input: there is none, with the nearest name.
using FindSla = std::function<Result<TaskSla>(const Task& task, std::string_view name)>;

/// Another task of the same tenant, as it is now; not_found.
using FindTask = std::function<Result<Task>(TaskNumber number)>;

/// A message as it was decided, for a command that is about one.
struct JoinedMessage {
  MessageId id;
  TaskNumber task;      ///< where it belongs; 0: nowhere
  TaskNumber split_to;  ///< it was split off as that; 0: it was not
  std::string subject;
  std::string from;      ///< address
  bool is_work = false;  ///< it opened the task or joined it, and was not only recorded
  bool opened = false;   ///< it opened `task`
  bool is_ours = false;  ///< somebody of ours wrote it in Orgo
};
/// not_found: there is none, or it is not decided.
using FindMessage = std::function<Result<JoinedMessage>(MessageId id)>;

/// What a command asks of others.
struct Help {
  FieldCheck check_field{};    ///< empty: any text
  FindWhom find_whom{};        ///< empty: each name is itself
  FindSla find_sla{};          ///< empty: there is none
  FindTask find_task{};        ///< empty: there is no other
  FindMessage find_message{};  ///< empty: there is none
};

/// One step of a command, over the task as the step before left it; see core/task/commands.h for its errors.
using Step = std::function<Result<Changes>(const Task& task, std::string_view actor, TimePoint now)>;

/// How a command is written on the command line: `orgo task NAME NUMBER [VALUE] [OPTIONS]`, where the value is the
/// first parameter, and options are those that have a name there.
struct CommandLineForm {
  std::string_view name;  ///< "tag"
  std::string_view help;
  std::string_view value{};  ///< what the value is called there: "person"; empty: it takes none
  std::string_view value_help{};
  std::string_view examples;
};

struct Command {
  std::string_view name;     ///< "assign": POST /api/v1/tasks/{id}/assign, and of the page's form
  std::string_view summary;  ///< one sentence
  std::span<const Parameter> parameters = {};
  Permission permission = Permission::change_tasks;
  /// It adds something that holds whatever others did meanwhile; all else is decided on what somebody saw.
  bool adds_only = false;
  bool one_only = false;  ///< makes no sense for several tasks at once
  CommandLineForm line;
  /// The steps that it takes, each decided on what the one before leaves, and committed together or not at all. Where
  /// all of it is so already, their Changes are empty.
  /// invalid_input: it makes no sense. Both arguments outlive the steps.
  Result<std::vector<Step>> (*apply)(const Input& input, const Help& help) = nullptr;
};

/// In the order in which documents tell of them.
std::span<const Command> all();
/// nullptr: there is no such command.
const Command* find(std::string_view name);

/// The JSON Schema of its input.
std::string input_schema(const Command& command);
/// The same, with the numbers of the tasks that it is for, `count_max` of `bytes_max` each.
std::string input_schema_of_many(const Command& command, std::size_t count_max, std::size_t bytes_max);

}  // namespace orgo::commands
