#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "base/text.h"
#include "service/gateway/pages/page_parts.h"
#include "service/gateway/pages/people_pages.h"

namespace orgo::gateway::page {
namespace {

constexpr std::array kRoles{Role::administrator, Role::manager, Role::staff, Role::viewer, Role::integration};

std::string path_of(const Person& person) {
  return "/people/" + percent_encoded(person.login);
}

void write_alert(Html& html, std::string_view complaint) {
  if (!complaint.empty()) html.raw("<p class=\"alert\" role=\"alert\">").text(complaint).raw("</p>\n");
}

template <std::size_t N>
void write_field(Html& html, std::string_view name, std::string_view label, std::string_view value,
                 const char (&more)[N]) {
  html.raw("<label").attribute("for", name).raw(">").text(label).raw("</label>\n<input");
  html.attribute("id", name).attribute("name", name).attribute("value", value);
  html.raw(" autocomplete=\"off\" ").raw(more).raw(">\n");
}

void write_roles(Html& html, Role chosen) {
  html.raw("<label for=\"role\">Role</label>\n<select id=\"role\" name=\"role\">");
  for (const auto role : kRoles) {
    html.raw("<option").attribute("value", to_string(role));
    if (role == chosen) html.raw(" selected");
    html.raw(">").text(to_string(role)).raw("</option>");
  }
  html.raw("</select>\n");
}

/// What can be said of an account, new or not.
void write_person_fields(Html& html, std::string_view name, std::string_view address, std::string_view zone,
                         std::string_view teams, Role role) {
  write_field(html, "name", "Name", name, "maxlength=\"200\"");
  write_field(html, "address", "Mail address", address, "type=\"email\" maxlength=\"254\"");
  write_field(html, "teams", "Teams, with commas between them", teams, "maxlength=\"2000\"");
  write_field(html, "zone", "Time zone, as in Europe/Berlin; empty: the organization's", zone, "maxlength=\"100\"");
  write_roles(html, role);
}

std::vector<std::string> teams_in(std::string_view text) {
  std::vector<std::string> teams;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    if (const auto team = trim(text.substr(at, end - at)); !team.empty()) teams.emplace_back(team);
    at = end + 1;
  }
  return teams;
}

Result<people::PersonFields> fields_of(const Parameters& form) {
  const auto role = parse_role(field(form, "role"));
  if (!role) return failure(Errc::invalid_input, "there is no such role");
  return people::PersonFields{.name = std::string(trim(field(form, "name"))),
                              .address = std::string(trim(field(form, "address"))),
                              .zone = std::string(trim(field(form, "zone"))),
                              .teams = teams_in(field(form, "teams")),
                              .role = *role};
}

std::string_view state_of(const Person& person) {
  if (person.disabled) return "disabled";
  return person.password.empty() ? "no password" : "";
}

void write_row(Html& html, const Person& person, TimePoint now) {
  html.raw("<tr><td><a").attribute("href", path_of(person)).raw(">").name(person.login).raw("</a></td><td>");
  html.name(person.name).raw("</td><td class=\"inline\"><span class=\"chip\">").text(to_string(person.role));
  html.raw("</span></td><td class=\"inline\">").name(join(person.teams, ", ")).raw("</td><td class=\"inline who\">");
  html.address(person.address).raw("</td><td class=\"keep inline soft\">");
  if (person.last_login) html.age(*person.last_login, now);
  html.raw("</td><td class=\"inline\">").text(state_of(person)).raw("</td></tr>\n");
}

void button(Html& html, const Person& person, std::string_view action, std::string_view words) {
  html.raw("<form method=\"post\"").attribute("action", path_of(person) + "/" + std::string(action));
  html.raw("><button>").text(words).raw("</button></form>\n");
}

/// It is the caller's to mend; anything else is told as an error of its own.
bool is_complaint(const Error& error) {
  return error.code == Errc::invalid_input || error.code == Errc::conflict;
}
int status_of(const Error& error) {
  return error.code == Errc::conflict ? 409 : 400;
}

}  // namespace

Result<HttpResponse> PeoplePages::render_list(const Call& call, const Parameters& typed, std::string_view complaint,
                                              int status) {
  ORGO_TRY(people, ports_.people.all(call.caller->tenant));
  const auto now = ports_.clock.now();
  Html html;
  begin_page(html, "People", call.caller);
  html.raw("<h1>People</h1>\n");
  write_alert(html, complaint);
  html.raw(
      "<table class=\"tasks\"><caption>Accounts, by login name</caption>\n<thead><tr><th scope=\"col\">Login</th><th "
      "scope=\"col\">Name</th><th scope=\"col\">Role</th><th scope=\"col\">Teams</th><th scope=\"col\">Address</th>"
      "<th scope=\"col\">Last login</th><th scope=\"col\">State</th></tr></thead>\n<tbody>\n");
  for (const auto& person : people) write_row(html, person, now);
  html.raw("</tbody></table>\n<form method=\"post\" action=\"/people\" class=\"card\">\n<h2>A new account</h2>\n");
  write_field(html, "login", "Login name, for good: a to z, 0 to 9 and . _ - inside", field(typed, "login"),
              "required maxlength=\"64\" autocapitalize=\"none\" spellcheck=\"false\"");
  write_person_fields(html, field(typed, "name"), field(typed, "address"), field(typed, "zone"), field(typed, "teams"),
                      parse_role(field(typed, "role")).value_or(Role::staff));
  html.raw(
      "<label for=\"password\">Password, at least 10 characters; empty: none yet, and no way in</label>\n<input "
      "id=\"password\" name=\"password\" type=\"password\" autocomplete=\"new-password\" minlength=\"10\" "
      "maxlength=\"1024\">\n<p><button class=\"main\">Add</button></p>\n</form>\n");
  end_page(html);
  return html_response(html, status);
}

HttpResponse PeoplePages::render(const Call& call, const Person& person, std::string_view complaint, int status) {
  const auto now = ports_.clock.now();
  Html html;
  begin_page(html, person.login, call.caller);
  html.raw("<p><a href=\"/people\">All people</a></p>\n");
  write_alert(html, complaint);
  html.raw("<h1>").name(person.name.empty() ? person.login : person.name).raw("</h1>\n<p>");
  html.raw("<span class=\"soft\">").name(person.login).raw("</span>");
  if (const auto state = state_of(person); !state.empty())
    html.raw(" <span class=\"chip\">").text(state).raw("</span>");
  html.raw(" <span class=\"soft\">");
  if (person.last_login) html.raw("was in ").age(*person.last_login, now);
  else html.raw("was never in");
  html.raw("</span></p>\n<div class=\"buttons\">\n");
  button(html, person, "logout", "End all sessions");
  if (person.disabled) button(html, person, "enable", "Enable the account");
  else button(html, person, "disable", "Disable the account");
  html.raw("</div>\n<form method=\"post\" class=\"card\"").attribute("action", path_of(person) + "/set").raw(">\n");
  write_person_fields(html, person.name, person.address, person.zone, join(person.teams, ", "), person.role);
  html.raw("<p><button class=\"main\">Change</button></p>\n</form>\n<form method=\"post\" class=\"card\"");
  html.attribute("action", path_of(person) + "/password");
  html.raw(
      ">\n<h2>Another password</h2>\n<label for=\"password\">At least 10 characters; all sessions end</label>\n<input "
      "id=\"password\" name=\"password\" type=\"password\" autocomplete=\"new-password\" required minlength=\"10\" "
      "maxlength=\"1024\">\n<p><button>Give it</button></p>\n</form>\n");
  end_page(html);
  return html_response(html, status);
}

Result<HttpResponse> PeoplePages::list(const Call& call) {
  return render_list(call, {}, {}, 200);
}

Result<HttpResponse> PeoplePages::add(const Call& call) {
  ORGO_TRY(form, form_of(call));
  const auto password = field(form, "password");
  const auto made = [&]() -> Result<Person> {
    ORGO_TRY(fields, fields_of(form));
    return ports_.people.add(call.caller->tenant, login_key(field(form, "login")), fields,
                             password.empty() ? std::nullopt : std::optional(password), call.caller->actor());
  }();
  if (made) return redirect(path_of(*made));
  if (!is_complaint(made.error())) return tl::unexpected(made.error());
  return render_list(call, form, "That does not do: " + made.error().message + ".", status_of(made.error()));
}

Result<HttpResponse> PeoplePages::show(const Call& call) {
  ORGO_TRY(person, ports_.people.find(call.caller->tenant, call.captured.at(0)));
  return render(call, person, {}, 200);
}

Result<HttpResponse> PeoplePages::change(const Call& call) {
  ORGO_TRY(form, form_of(call));
  const auto tenant = call.caller->tenant;
  const auto action = call.captured.at(1);
  const auto actor = call.caller->actor();
  ORGO_TRY(person, ports_.people.find(tenant, call.captured.at(0)));
  const auto done = [&]() -> Result<Person> {
    if (action == "logout") return ports_.people.log_out(tenant, person.login, actor);
    if (action == "disable") return ports_.people.disable(tenant, person.login, actor);
    if (action == "enable") return ports_.people.enable(tenant, person.login, actor);
    if (action == "password") {
      if (field(form, "password").empty()) return failure(Errc::invalid_input, "there is no password");
      return ports_.people.set_password(tenant, person.login, field(form, "password"), actor);
    }
    if (action != "set") return failure(Errc::not_found, "There is nothing at this address.");
    ORGO_TRY(fields, fields_of(form));
    return ports_.people.set(tenant, person.login, fields, actor);
  }();
  if (done) return redirect(path_of(person));
  if (!is_complaint(done.error())) return tl::unexpected(done.error());
  return render(call, person, "That does not do: " + done.error().message + ".", status_of(done.error()));
}

std::vector<Route> PeoplePages::routes() {
  const auto manage = Permission::manage_people;
  return {
      shown("/people", manage, to<&PeoplePages::list>(this), "Who works here."),
      sent("/people", manage, to<&PeoplePages::add>(this), "Adds an account."),
      shown("/people/{login}", manage, to<&PeoplePages::show>(this), "One account."),
      sent("/people/{login}/{action}", manage, to<&PeoplePages::change>(this),
           "Changes an account: set, password, logout, disable or enable."),
  };
}

}  // namespace orgo::gateway::page
