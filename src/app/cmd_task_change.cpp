#include <algorithm>
#include <iostream>
#include <utility>

#include "app/api.h"
#include "app/commands.h"
#include "app/local_time.h"
#include "app/output.h"
#include "app/what_was_done.h"
#include "base/id.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "core/task/command.h"

namespace orgo {
namespace {

using Kind = commands::Parameter::Kind;

/// What stands behind the name of a command: the numbers of tasks, and what it is told.
struct Words {
  std::vector<std::string> tasks;  ///< "T-12"
  std::vector<std::string> texts;  ///< of a list of name=value, each of them
  std::string value;
};

/// "12", "T-12", "12,13".
Status add_tasks(std::vector<std::string>& tasks, const std::string& word) {
  for (const auto one : split(word, ',')) {
    const auto number = parse_id<TaskTag>(trim(one));
    if (!number) return failure(Errc::invalid_input, "'" + cell(one, 40) + "' is not a task; write it as in T-12");
    tasks.push_back(to_string(*number));
  }
  return {};
}

Result<Words> read_words(const commands::Command& command, std::vector<std::string> given) {
  Words words;
  const bool has_value = !command.line.value.empty();
  if (has_value && command.parameters.front().kind == Kind::named_texts) {
    const auto texts = std::ranges::stable_partition(
        given, [](const std::string& word) { return word.find('=') == std::string::npos; });
    words.texts.assign(texts.begin(), texts.end());
    given.erase(texts.begin(), texts.end());
    // A word that sets nothing is told as one, not as a task.
    if (given.size() > 1) words.texts.insert(words.texts.begin(), given.begin() + 1, given.end());
    given.resize(std::min<std::size_t>(given.size(), 1));
    if (words.texts.empty())
      return failure(Errc::invalid_input, "what shall be set? Write it as in room=102, or room= to take it away");
  } else if (has_value) {
    if (given.size() < 2)
      return failure(Errc::invalid_input,
                     std::string(command.line.value) + " is missing; as in\n" + std::string(command.line.examples));
    words.value = std::move(given.back());
    given.pop_back();
  }
  for (const auto& word : given) ORGO_CHECK(add_tasks(words.tasks, word));
  if (words.tasks.empty()) return failure(Errc::invalid_input, "no task was named; write it as in T-12");
  return words;
}

Status write_named_texts(JsonWriter& json, const std::vector<std::string>& texts) {
  json.begin_object();
  for (const auto& text : texts) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return failure(Errc::invalid_input, "'" + cell(text, 80) +
                                              "' sets nothing; write it as in room=102, or "
                                              "room= to take it away");
    json.field(trim(std::string_view(text).substr(0, equals)), trim(std::string_view(text).substr(equals + 1)));
  }
  json.end_object();
  return {};
}

Status write_value(JsonWriter& json, const commands::Parameter& parameter, const std::string& value,
                   const std::vector<std::string>& texts) {
  json.key(parameter.name);
  if (parameter.kind == Kind::named_texts) return write_named_texts(json, texts);
  if (parameter.kind == Kind::texts) json.begin_array().string(value).end_array();
  else json.string(value);
  return {};
}

/// What is said of a command, as the body of its request; for several tasks with their numbers.
Result<std::string> body_of(const commands::Command& command, const Words& words, const TaskOptions& options) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  if (words.tasks.size() > 1) {
    json.key("tasks").begin_array();
    for (const auto& task : words.tasks) json.string(task);
    json.end_array();
  }
  if (!command.line.value.empty()) ORGO_CHECK(write_value(json, command.parameters.front(), words.value, words.texts));
  for (const auto& parameter : command.parameters) {
    const auto said = options.named.find(std::string(parameter.option));
    if (said != options.named.end() && !said->second.empty())
      ORGO_CHECK(write_value(json, parameter, said->second, {}));
  }
  json.end_object();
  return body;
}

/// How the fields of a command are called where it is typed.
FieldNames names_of(const commands::Command& command) {
  FieldNames names;
  for (const auto& parameter : command.parameters)
    names.emplace(parameter.name, parameter.option.empty() ? command.line.value : parameter.option);
  if (!command.parameters.empty() && command.parameters.front().kind == Kind::named_texts)
    names[std::string(command.parameters.front().name)].clear();  // what is set has names of its own
  return names;
}

int change_one(Api& api, const commands::Command& command, const Words& words, const std::string& body,
               const CommonOptions& common) {
  const auto target = "/api/v1/tasks/" + words.tasks.front() + "/" + std::string(command.name);
  const auto changed = api.ask("POST", target, body, names_of(command));
  if (!changed) return report(changed.error());
  if (common.json) std::cout << json::serialize(*changed) << '\n';
  else std::cout << what_was_done(command, words.value, changed->as_object(), zone_of(common)) << "\n";
  return kDone;
}

/// Those that were refused are told where mistakes are told.
int change_many(Api& api, const commands::Command& command, const Words& words, const std::string& body,
                const CommonOptions& common) {
  const auto answer = api.ask("POST", "/api/v1/tasks/" + std::string(command.name), body, names_of(command));
  if (!answer) return report(answer.error());
  const auto& outcomes = answer->as_object();
  const auto zone = zone_of(common);
  if (common.json) std::cout << json::serialize(*answer) << '\n';
  else
    for (const auto& item : outcomes.at("items").as_array()) {
      const auto& outcome = item.as_object();
      if (outcome.at("done").as_bool())
        std::cout << what_was_done(command, words.value, outcome.at("result").as_object(), zone) << "\n" << std::flush;
      else
        notice("orgo: " + why_not(cell(text_of(outcome, "task"), 40),
                                  cell(problem_in_words(outcome.at("problem").as_object(), names_of(command)), 500)));
    }
  return outcomes.at("failed").as_int64() == 0 ? kDone : kFailed;
}

}  // namespace

int cmd_task_change(const TaskOptions& options) {
  const auto known =
      std::ranges::find_if(commands::all(), [&](const auto& command) { return command.line.name == options.action; });
  if (known == commands::all().end()) return report({Errc::invalid_input, "there is no action " + options.action});
  const auto words = read_words(*known, options.words);
  if (!words) return report(words.error());
  if (words->tasks.size() > 1 && known->one_only)
    return report({Errc::invalid_input, "`orgo task " + options.action + "` takes one task"});
  const auto body = body_of(*known, *words, options);
  if (!body) return report(body.error());
  auto api = Api::open(options.common, Api::Purpose::change);
  if (!api) return report(api.error());
  if (words->tasks.size() > 1) return change_many(**api, *known, *words, *body, options.common);
  return change_one(**api, *known, *words, *body, options.common);
}

}  // namespace orgo
