#include <iostream>

#include "app/api.h"
#include "app/commands.h"
#include "app/local_time.h"
#include "app/output.h"
#include "app/password_prompt.h"
#include "app/table.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "service/gateway/core/url.h"

namespace orgo {
namespace {

std::string teams_of(const json::object& person) {
  std::string teams;
  for (const auto& team : person.at("teams").as_array())
    teams += (teams.empty() ? "" : ", ") + std::string(team.as_string());
  return teams;
}

int list_people(const UserOptions& options) {
  auto api = Api::open(options.common, Api::Purpose::read);
  if (!api) return report(api.error());
  const auto people = (*api)->list("/api/v1/people", options.limit);
  if (!people) return report(people.error());
  if (people->more) tell_of_more(options.limit);
  if (options.common.json) {
    std::cout << json::serialize(people->items) << '\n';
    return kDone;
  }
  const auto zone = zone_of(options.common);
  Table table({"LOGIN", "NAME", "ROLE", "TEAMS", "ADDRESS", time_heading("LAST LOGIN", zone), ""});
  for (const auto& value : people->items) {
    const auto& person = value.as_object();
    table.add({text_of(person, "login"), cell(text_of(person, "name"), 40), text_of(person, "role"),
               cell(teams_of(person), 60), cell(text_of(person, "address"), 60),
               short_time(text_of(person, "last_login"), zone),
               person.at("disabled").as_bool()        ? "disabled"
               : !person.at("has_password").as_bool() ? "no password"
                                                      : ""});
  }
  std::cout << (table.empty() ? "nobody has an account\n" : table.text());
  return kDone;
}

void write_fields(JsonWriter& json, const UserOptions& options) {
  const auto field = [&](const char* name, const std::vector<std::string>& value) {
    if (!value.empty()) json.field(name, value.back());
  };
  field("name", options.name);
  field("address", options.address);
  field("time_zone", options.zone);
  field("role", options.role);
  if (options.teams.empty() && !options.no_teams) return;
  json.key("teams").begin_array();
  for (const auto& team : options.teams) json.string(team);
  json.end_array();
}

int show(const UserOptions& options, const json::value& answer) {
  if (options.common.json) {
    std::cout << json::serialize(answer) << '\n';
    return kDone;
  }
  const auto& person = answer.as_object();
  const auto line = [](const char* name, const std::string& value) {
    if (!value.empty()) std::cout << "  " << name << cell(value) << '\n';
  };
  std::cout << text_of(person, "login") << (person.at("disabled").as_bool() ? " (disabled)" : "") << '\n';
  line("name        ", text_of(person, "name"));
  line("role        ", text_of(person, "role"));
  line("address     ", text_of(person, "address"));
  line("teams       ", teams_of(person));
  line("time zone   ", text_of(person, "time_zone"));
  line("password    ", person.at("has_password").as_bool() ? "yes" : "none: tokens only");
  line("last login  ", local_time(text_of(person, "last_login"), zone_of(options.common)));
  return kDone;
}

int make_token(const UserOptions& options, Api& api) {
  std::string body;
  JsonWriter(body)
      .begin_object()
      .field("name", options.purpose.empty() ? options.login : options.purpose)
      .field("person", options.login)
      .end_object();
  const auto made = api.ask("POST", "/api/v1/tokens", body);
  if (!made) return report(made.error());
  if (options.common.json) {
    std::cout << json::serialize(*made) << '\n';
    return kDone;
  }
  std::cout << text_of(made->as_object(), "secret") << '\n';
  notice("This is the only time that this token of '" + cell(options.login, 100) + "' is shown.");
  return kDone;
}

/// What one of the other actions asks of the API.
struct Question {
  std::string method, target, body;
};
Result<Question> question_of(const UserOptions& options) {
  const auto path = "/api/v1/people/" + gateway::percent_encoded(options.login);
  if (options.action == "show") return Question{"GET", path, ""};
  if (options.action == "logout") return Question{"DELETE", path + "/sessions", ""};
  if (options.action == "disable" || options.action == "enable")
    return Question{"POST", path + "/" + options.action, ""};
  if (options.action == "password" && options.remove) return Question{"DELETE", path + "/password", ""};
  Question question{"PUT", path, ""};
  JsonWriter json(question.body);
  json.begin_object();
  if (options.action == "password") {
    question.target += "/password";
    ORGO_TRY(password, ask_for_password(options.login));
    json.field("password", password);
  } else {
    write_fields(json, options);
    if (options.action == "add") {
      question.method = "POST";
      question.target = "/api/v1/people";
      json.field("login", options.login);
      if (options.with_password) {
        ORGO_TRY(password, ask_for_password(options.login));
        json.field("password", password);
      }
    }
  }
  json.end_object();
  return question;
}

}  // namespace

int cmd_user(const UserOptions& options) {
  if (options.action == "list") return list_people(options);
  auto api = Api::open(options.common, options.action == "show" ? Api::Purpose::read : Api::Purpose::change);
  if (!api) return report(api.error());
  if (options.action == "token") return make_token(options, **api);
  const auto question = question_of(options);
  if (!question) return report(question.error());
  const auto answer = (*api)->ask(question->method, question->target, question->body);
  if (!answer) return report(answer.error());
  return show(options, *answer);
}

}  // namespace orgo
