#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "app/api.h"
#include "app/commands.h"
#include "app/local_time.h"
#include "app/output.h"
#include "base/id.h"
#include "base/json_writer.h"
#include "core/delivery/compose.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kFileMax = 100U << 20U;  // bytes; the server says what it takes

/// What stands on the line, or what comes on standard input: "-", or nothing on the line and no terminal there.
std::string text_of_answer(const AnswerOptions& options) {
  const bool from_pipe =
      options.text.empty() && options.template_name.empty() && options.files.empty() && isatty(STDIN_FILENO) == 0;
  if (options.text != "-" && !from_pipe) return options.text;
  return {std::istreambuf_iterator<char>(std::cin), {}};
}

Result<std::string> read_attachment(const std::string& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (error || !fs::exists(status)) return failure(Errc::not_found, "there is no file " + cell(path, 300));
  if (!fs::is_regular_file(status)) return failure(Errc::invalid_input, cell(path, 300) + " is no file");
  if (fs::file_size(path, error) > kFileMax)
    return failure(Errc::invalid_input, cell(path, 300) + " is larger than 100 MiB");
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in && !in.eof()) return failure(Errc::unavailable, cell(path, 300) + " can't be read");
  return bytes;
}

Status write_files(JsonWriter& json, const std::vector<std::string>& files) {
  if (files.empty()) return {};
  json.key("attachments").begin_array();
  for (const auto& path : files) {
    ORGO_TRY(bytes, read_attachment(path));
    json.begin_object()
        .field("filename", fs::path(path).filename().string())
        .field("content", compose::base64(bytes))
        .end_object();
  }
  json.end_array();
  return {};
}

Result<std::string> body_of(const AnswerOptions& options) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  if (const auto text = text_of_answer(options); !text.empty()) json.field("text", text);
  if (options.internal) json.field("internal", true);
  if (options.quote) json.field("quote", true);
  if (!options.template_name.empty()) json.field("template", options.template_name);
  if (!options.state.empty()) json.field("state", options.state);
  for (const auto& [name, addresses] : {std::pair("to", &options.to), std::pair("cc", &options.cc)}) {
    if (addresses->empty()) continue;
    json.key(name).begin_array();
    for (const auto& address : *addresses) json.string(address);
    json.end_array();
  }
  ORGO_CHECK(write_files(json, options.files));
  json.end_object();
  return body;
}

bool is_true(const json::object& fields, std::string_view name) {
  const auto* value = fields.if_contains(name);
  return value != nullptr && value->is_bool() && value->as_bool();
}

/// ", to kim@client.example, pat@client.example"
std::string to_whom(const json::object& fields) {
  const auto* all = fields.if_contains("to");
  std::string words;
  if (all == nullptr || !all->is_array()) return words;
  for (const auto& one : all->as_array())
    if (one.is_string()) words += (words.empty() ? ", to " : ", ") + cell(std::string(one.as_string()), 100);
  return words;
}

/// Of the fields of a request, as they are typed.
const FieldNames kNames{{"requester", "--from"},
                        {"requester_name", "--name"},
                        {"files", "--attach"},
                        {"to", "--to"},
                        {"cc", "--cc"},
                        {"template", "--template"},
                        {"state", "--state"},
                        {"team", "--team"},
                        {"assignee", "--assignee"},
                        {"priority", "--priority"}};

/// What becomes of it, as far as it is known.
void tell_answered(const json::object& fields, const AnswerOptions& options, TaskNumber task) {
  const auto message = text_of(fields, "message");
  if (!is_true(fields, "decided")) {
    std::cout << (options.internal ? "the note for " : "the answer to ") << to_string(task) << " is kept (" << message
              << "); it " << (options.internal ? "joins the task" : "leaves")
              << " once a server has decided it: `orgo trace " << message << "` tells\n";
  } else if (options.internal) {
    std::cout << "kept with " << to_string(task) << " as a note (" << message << ")\n";
  } else if (is_true(fields, "recallable")) {
    std::cout << "the answer to " << to_string(task) << " leaves at "
              << local_time(text_of(fields, "leaves_at"), zone_of(options.common)) << to_whom(fields) << " (" << message
              << "); until then `orgo task recall " << task.value << "` takes it back\n";
  } else if (is_true(fields, "duplicate")) {
    std::cout << "the answer to " << to_string(task) << " was given before (" << message << "): `orgo trace " << message
              << "` tells what became of it\n";
  } else {
    std::cout << "the answer to " << to_string(task) << " leaves now" << to_whom(fields) << " (" << message << ")\n";
  }
}

int recall(Api& api, const AnswerOptions& options, const std::string& target) {
  const auto answer = api.ask("POST", target + "/recall", "{}");
  if (!answer) return report(answer.error());
  if (options.common.json) {
    std::cout << json::serialize(*answer) << '\n';
    return kDone;
  }
  const auto& fields = answer->as_object();
  const auto state = text_of(fields, "state");
  std::cout << "taken back; nothing was sent (" << text_of(fields, "message") << ")."
            << (state.empty() ? std::string() : " The task is " + state + " again.") << " It said:\n\n"
            << text_of(fields, "text") << "\n";
  return kDone;
}

}  // namespace

int cmd_answer(const AnswerOptions& options) {
  const auto number = parse_id<TaskTag>(options.task);
  if (!number)
    return report({Errc::invalid_input, "'" + cell(options.task, 40) + "' is not a task; write it as in T-12"});
  const auto target = "/api/v1/tasks/" + to_string(*number);
  if (options.recall) {
    auto api = Api::open(options.common, Api::Purpose::change);
    return api ? recall(**api, options, target) : report(api.error());
  }
  const auto body = body_of(options);
  if (!body) return report(body.error());
  auto api = Api::open(options.common, Api::Purpose::change);
  if (!api) return report(api.error());
  const auto answer = (*api)->ask("POST", target + "/reply", *body, kNames);
  if (!answer) return report(answer.error());
  const auto& fields = answer->as_object();
  if (options.common.json) std::cout << json::serialize(*answer) << '\n';
  else tell_answered(fields, options, *number);
  return kDone;
}

int cmd_new_task(const NewTaskOptions& options) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("title", options.title);
  const auto text = options.text == "-" ? std::string{std::istreambuf_iterator<char>(std::cin), {}} : options.text;
  for (const auto& [name, value] : {std::pair<const char*, const std::string&>{"text", text},
                                    {"requester", options.requester},
                                    {"requester_name", options.name},
                                    {"team", options.team},
                                    {"assignee", options.assignee},
                                    {"priority", options.priority}})
    if (!value.empty()) json.field(name, value);
  if (const auto files = write_files(json, options.files); !files) return report(files.error());
  json.end_object();
  auto api = Api::open(options.common, Api::Purpose::change);
  if (!api) return report(api.error());
  const auto answer = (*api)->ask("POST", "/api/v1/tasks", body, kNames);
  if (!answer) return report(answer.error());
  if (options.common.json) {
    std::cout << json::serialize(*answer) << '\n';
    return kDone;
  }
  const auto task = text_of(answer->as_object(), "task");
  std::cout << (task.empty() ? "accepted as " + text_of(answer->as_object(), "message") +
                                   "; it becomes a task once a server has decided it"
                             : task + " is open")
            << "\n";
  return kDone;
}

}  // namespace orgo
