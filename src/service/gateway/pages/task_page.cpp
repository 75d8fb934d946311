#include "service/gateway/pages/task_pages.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

#include "core/task/command.h"
#include "service/gateway/content/view_budget.h"
#include "service/gateway/pages/mail_parts.h"
#include "service/gateway/pages/page_parts.h"
#include "service/policy/field_check.h"
#include "service/views/clock_view.h"

namespace orgo::gateway::page {

/// What was wrong with the form that was just sent, and what was typed, so that it isn't lost.
struct TaskPages::Complaint {
  std::string words;
  std::string comment;
  int status = 200;
};

namespace {

constexpr int kHistoryMax = 500;
constexpr int kMessagesMax = 20;
constexpr std::size_t kNamesMax = 500;  // to pick from; longer lists are for typing

template <std::size_t N>
void begin_form(Html& html, const Task& task, const char (&command)[N], bool row) {
  html.raw("<form method=\"post\"");
  if (row) html.raw(" class=\"row\"");
  html.attribute("action", "/tasks/" + to_string(task.number) + "/" + command)
      .raw("><input type=\"hidden\" name=\"version\"");
  html.attribute("value", std::to_string(task.version)).raw(">");
}

template <std::size_t N, std::size_t M>
void button_form(Html& html, const Task& task, const char (&command)[N], const char (&words)[M], bool main = false) {
  begin_form(html, task, command, false);
  if (main) html.raw("<button class=\"main\">");
  else html.raw("<button>");
  html.raw(words).raw("</button></form>\n");
}

template <std::size_t N, std::size_t L, std::size_t B>
void field_form(Html& html, const Task& task, const char (&command)[N], const char (&label)[L], std::string_view value,
                const char (&words)[B]) {
  begin_form(html, task, command, true);
  html.raw("<div><label")
      .attribute("for", command)
      .raw(">")
      .raw(label)
      .raw("</label><input name=\"value\" maxlength=\"254\"");
  if (std::string_view(command) != "tags") html.raw(" list=\"names\" autocomplete=\"off\"");
  html.attribute("id", command).attribute("value", value).raw("></div><button>").raw(words).raw("</button></form>\n");
}

/// What a browser offers below the fields that take a name.
void write_names(Html& html, const std::vector<std::string>& names) {
  html.raw("<datalist id=\"names\">");
  for (const auto& name : std::span(names).first(std::min(names.size(), kNamesMax)))
    html.raw("<option").attribute("value", name).raw("></option>");
  html.raw("</datalist>\n");
}

/// By hand to another state, and when it should be done.
void write_moves(Html& html, const Task& task, const TimeZone& zone) {
  if (!is_open(task.state)) return;
  begin_form(html, task, "state", true);
  html.raw("<div><label for=\"state\">State</label><select id=\"state\" name=\"value\">");
  for (const auto state : {TaskState::open, TaskState::pending, TaskState::acknowledged}) {
    html.raw("<option").attribute("value", to_string(state));
    if (state == task.state) html.raw(" selected");
    html.raw(">").text(to_string(state)).raw("</option>");
  }
  html.raw("</select></div><button>Move</button></form>\n");
  begin_form(html, task, "due", true);
  html.raw("<div><label for=\"due\">Due</label><input type=\"datetime-local\" id=\"due\" name=\"value\"");
  // To the minute, as such fields have it.
  html.attribute("value", task.due_at ? to_string(zone.to_local(*task.due_at)).substr(0, 16) : std::string());
  html.raw("></div><button>Set</button></form>\n");
}

/// What the forms offer, and in which zone they show times.
struct Picks {
  const TimeZone& zone;
  const std::vector<std::string>& names;
  const Workplace& workplace;
};

/// Another service level, where there are some.
void write_service_levels(Html& html, const Task& task, const Workplace& workplace) {
  if (!is_open(task.state) || (workplace.slas.empty() && !task.sla)) return;
  begin_form(html, task, "sla", true);
  html.raw("<div><label for=\"sla\">Service level</label><select id=\"sla\" name=\"value\"><option>none</option>");
  for (const auto& [name, unused] : workplace.slas) {
    html.raw("<option").attribute("value", name);
    if (task.sla && task.sla->sla.name == name) html.raw(" selected");
    html.raw(">").name(name).raw("</option>");
  }
  html.raw("</select></div><button>Set</button></form>\n");
}

void write_actions(Html& html, const Task& task, const Caller& caller, const Picks& picks, std::string_view comment) {
  html.raw("<section class=\"card side\" aria-label=\"Actions\">\n<div class=\"buttons\">\n");
  if (is_open(task.state)) {
    if (task.state != TaskState::acknowledged) button_form(html, task, "ack", "Acknowledge", true);
    button_form(html, task, "resolve", "Resolve");
  } else {
    button_form(html, task, "reopen", "Reopen", true);
  }
  if (task.state != TaskState::closed) button_form(html, task, "close", "Close");
  if (is_open(task.state) && task.assignee != caller.name) {
    begin_form(html, task, "assign", false);
    html.raw("<input type=\"hidden\" name=\"value\"")
        .attribute("value", caller.name)
        .raw("><button>Take it</button></form>\n");
  }
  html.raw("</div>\n");
  if (is_open(task.state)) {
    write_names(html, picks.names);
    field_form(html, task, "assign", "Assigned to", task.assignee, "Assign");
    field_form(html, task, "route", "Team", task.team, "Route");
    begin_form(html, task, "priority", true);
    html.raw("<div><label for=\"priority\">Priority</label><select id=\"priority\" name=\"value\">");
    for (const auto priority : {Priority::low, Priority::normal, Priority::high, Priority::urgent}) {
      html.raw("<option").attribute("value", to_string(priority));
      if (priority == task.priority) html.raw(" selected");
      html.raw(">").text(to_string(priority)).raw("</option>");
    }
    html.raw("</select></div><button>Set</button></form>\n");
  }
  write_moves(html, task, picks.zone);
  write_service_levels(html, task, picks.workplace);
  for (const auto& one : task.fields) {
    begin_form(html, task, "fields", true);
    html.raw("<input type=\"hidden\" name=\"name\"")
        .attribute("value", one.name)
        .raw("><div><label")
        .attribute("for", "field-" + one.name)
        .raw(">");
    html.name(one.label)
        .raw("</label><input name=\"value\" maxlength=\"200\"")
        .attribute("id", "field-" + one.name)
        .attribute("value", one.value);
    html.raw("></div><button>Set</button></form>\n");
  }
  field_form(html, task, "tags", "New tag", "", "Add");
  begin_form(html, task, "comment", false);
  html.raw(
      "<label for=\"comment\">Comment</label><textarea id=\"comment\" name=\"value\" required maxlength=\"32768\">\n");
  html.text(comment).raw("</textarea><p><button>Add comment</button></p></form>\n</section>\n");
}

void write_facts(Html& html, const Task& task, const TimeZone& zone, TimePoint now) {
  html.raw("<dl>\n<dt>State</dt><dd><span class=\"chip\">")
      .text(to_string(task.state))
      .raw("</span></dd>\n<dt>Priority</dt><dd>");
  write_priority(html, task.priority);
  html.raw("</dd>\n<dt>Team</dt><dd>").address(task.team.empty() ? "nobody yet" : task.team);
  html.raw("</dd>\n<dt>Assigned to</dt><dd>").address(task.assignee.empty() ? "nobody yet" : task.assignee);
  html.raw("</dd>\n<dt>Asked by</dt><dd>").address(task.requester.empty() ? "unknown" : to_string(task.requester));
  html.raw("</dd>\n<dt>Opened</dt><dd>")
      .instant(task.created_at, zone)
      .raw(" <span class=\"soft\">(")
      .age(task.created_at, now)
      .raw(")</span></dd>\n");
  if (task.due_at) html.raw("<dt>Due</dt><dd>").instant(*task.due_at, zone).raw("</dd>\n");
  if (task.escalation.level > 0) html.raw("<dt>Escalated</dt><dd>").number(task.escalation.level).raw(" times</dd>\n");
  if (!task.tags.empty()) {
    html.raw("<dt>Tags</dt><dd>");
    for (const auto& tag : task.tags) html.raw("<span class=\"chip\">").name(tag).raw("</span> ");
    html.raw("</dd>\n");
  }
  if (!task.type.empty()) html.raw("<dt>Type</dt><dd>").name(task.type).raw("</dd>\n");
  for (const auto& field : task.fields) {
    if (field.value.empty() && field.problem.empty()) continue;
    html.raw("<dt>").name(field.label).raw("</dt><dd>").name(field.value);
    if (!field.problem.empty()) html.raw(" <span class=\"soft\">").name(field.problem).raw("</span>");
    html.raw("</dd>\n");
  }
  html.raw("</dl>\n");
}

void write_clocks(Html& html, const views::TaskClocks& clocks, const TimeZone& zone) {
  if (clocks.sla.empty() && !clocks.next_step) return;
  html.raw("<dl>\n");
  if (!clocks.sla.empty()) html.raw("<dt>Service level</dt><dd>").name(clocks.sla).raw("</dd>\n");
  for (const auto& clock : clocks.clocks)
    html.raw("<dt>")
        .text(views::title_of(clock.clock))
        .raw("</dt><dd>")
        .text(views::in_words(clock, zone))
        .raw("</dd>\n");
  if (clocks.next_step)
    html.raw("<dt>Escalates</dt><dd>").instant(*clocks.next_step, zone).raw(" ").address(clocks.next_to).raw("</dd>\n");
  html.raw("</dl>\n");
}

void write_sends(Html& html, const std::vector<StoredSend>& sends, TimePoint now) {
  html.raw(
      "<h2>Sent</h2>\n<table><caption>What was sent because of this task</caption><thead><tr><th "
      "scope=\"col\">What</th>"
      "<th scope=\"col\">To</th><th scope=\"col\">State</th><th scope=\"col\">When</th></tr></thead>\n<tbody>\n");
  for (const auto& send : sends) {
    html.raw("<tr><td>")
        .text(to_string(send.send.kind))
        .raw("</td><td>")
        .name(to_string(send.send.recipient))
        .raw("</td><td>")
        .text(to_string(send.state));
    if (!send.detail.empty()) html.raw(" <span class=\"soft\">").name(send.detail).raw("</span>");
    html.raw("</td><td class=\"keep soft\">").age(send.updated_at, now).raw("</td></tr>\n");
  }
  html.raw("</tbody></table>\n");
}

/// What a form of the page says: its value is the first parameter, of fields with the name beside it. Times are those
/// of the zone in which the page shows them.
Result<commands::Input> input_of(const commands::Command& command, const Parameters& form, const TimeZone& zone) {
  commands::Input input;
  if (command.parameters.empty()) return input;
  const auto& parameter = command.parameters.front();
  const std::string value(field(form, "value"));
  switch (parameter.kind) {
    case commands::Parameter::Kind::choice:
      if (std::ranges::find(parameter.choices, value) == parameter.choices.end())
        return failure(Errc::invalid_input, "There is no such " + std::string(parameter.name));
      [[fallthrough]];
    case commands::Parameter::Kind::text:
      input.set(parameter.name, value);
      break;
    case commands::Parameter::Kind::texts:
      input.set(parameter.name, commands::Texts{value});
      break;
    case commands::Parameter::Kind::named_texts:
      input.set(parameter.name, commands::NamedTexts{{std::string(field(form, "name")), value}});
      break;
    case commands::Parameter::Kind::time: {
      std::optional<TimePoint> time;
      if (!value.empty()) {
        ORGO_TRY(local, parse_local_time(value));
        time = zone.to_utc(local);
      }
      input.set(parameter.name, time);
      break;
    }
  }
  return input;
}

}  // namespace

Result<HttpResponse> TaskPages::render(const Call& call, TaskNumber number, const Complaint& complaint) {
  const auto tenant = call.caller->tenant;
  ORGO_TRY(task, ports_.tasks.read(tenant, number));
  ORGO_TRY(history, ports_.tasks.history(tenant, number, kHistoryMax));
  ORGO_TRY(sends, ports_.outbox.sends_of_task(tenant, number));
  const auto now = ports_.clock.now();

  Html html;
  begin_page(html, to_string(number) + " " + task.title, call.caller);
  html.raw("<p><a href=\"/\">All tasks</a></p>\n");
  if (!complaint.words.empty()) html.raw("<p class=\"alert\" role=\"alert\">").text(complaint.words).raw("</p>\n");
  html.raw("<h1><span class=\"soft\">")
      .text(to_string(number))
      .raw("</span> ")
      .name(task.title.empty() ? "(no title)" : task.title)
      .raw("</h1>\n");
  html.raw("<div class=\"two\">\n<section class=\"card\" aria-label=\"Facts\">\n");
  ORGO_TRY(policy, ports_.policies(task.tenant));
  const auto zone = zone_of(*call.caller, policy->zone());
  write_facts(html, task, zone, now);
  write_clocks(html, views::task_clocks(task, history, policy->workplace(), now), zone);
  html.raw("</section>\n");
  if (may(call.caller->role, Permission::change_tasks)) {
    ORGO_TRY(names, ports_.names(tenant));
    write_actions(html, task, *call.caller, {zone, names, policy->workplace()}, complaint.comment);
  }
  html.raw("<div class=\"rest\">\n");
  if (may(call.caller->role, Permission::read_messages)) {
    MessageListRequest request{.tenant = tenant};
    request.task = number;
    request.limit = kMessagesMax;
    ORGO_TRY(messages, ports_.messages.list(request));
    html.raw("<h2>Messages</h2>\n");
    const auto checks_until = within(kCheckTime);
    ViewBudget budget(call.request);
    for (const auto& [message, unused] : messages) {
      ORGO_CHECK(budget.check());
      if (!budget.take(message.size)) {
        write_left_out(html, message, now);
        continue;
      }
      std::optional<MailView> view;
      if (const auto bytes = ports_.messages.read_bytes(tenant, message.id))
        view = view_of(ports_.signatures, message, *bytes, checks_until);
      write_mail(html, message, view ? &*view : nullptr, {.now = now});
    }
    if (messages.empty()) html.raw("<p class=\"card\">No messages.</p>\n");
  }
  html.raw("<h2>History</h2>\n<ol class=\"history card\">\n");
  for (const auto& event : history) write_event(html, event, now);
  html.raw("</ol>\n");
  if (!sends.empty()) write_sends(html, sends, now);
  html.raw("</div>\n</div>\n");
  end_page(html);
  return html_response(html, complaint.status);
}

Result<HttpResponse> TaskPages::show(const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  return render(call, number, {});
}

Result<HttpResponse> TaskPages::post_command(const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(form, form_of(call));
  const auto* const command = commands::find(call.captured.at(1));
  if (command == nullptr || !may(call.caller->role, command->permission))
    return failure(Errc::not_found, "There is nothing at this address.");
  TaskService::Target target{call.caller->tenant, number, call.caller->actor(), {}};
  if (!command->adds_only) {  // decided on what the page showed
    const auto text = field(form, "version");
    std::int64_t version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error != std::errc{} || end != text.data() + text.size())
      return failure(Errc::invalid_input, "The form is not complete.");
    target.version = version;
  }
  ORGO_TRY(policy, ports_.policies(call.caller->tenant));
  const auto zone = zone_of(*call.caller, policy->zone());  // as the form showed times
  const auto input = input_of(*command, form, zone);
  const auto task =
      input ? ports_.commands.run(target, *command, *input, field_check(ports_.policies), sla_finder(ports_.policies))
            : Result<Task>(tl::unexpected(input.error()));
  if (task) return redirect("/tasks/" + to_string(number));
  const auto& error = task.error();
  if (error.code != Errc::conflict && error.code != Errc::invalid_input) return tl::unexpected(error);
  return render(call, number,
                {error.message + ".", command->name == "comment" ? std::string(field(form, "value")) : "",
                 problem_of(error).status});
}

std::vector<Route> TaskPages::routes() {
  return {
      shown("/", Permission::read_tasks, to<&TaskPages::list>(this), "The tasks."),
      shown("/tasks/{id}", Permission::read_tasks, to<&TaskPages::show>(this), "One task."),
      sent("/tasks/{id}/{command}", Permission::change_tasks, to<&TaskPages::post_command>(this),
           "A button of the page of a task."),
  };
}

}  // namespace orgo::gateway::page
