#include "service/gateway/pages/task_actions.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

#include "service/gateway/pages/page_parts.h"
#include "service/gateway/pages/tie_parts.h"

namespace orgo::gateway::page {
namespace {

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

/// Takes a time as people write it, and shows the one that holds in the same way.
template <std::size_t N, std::size_t L, std::size_t B>
void time_form(Html& html, const Task& task, const char (&command)[N], const char (&label)[L],
               std::optional<TimePoint> now_set, const TimeZone& zone, const char (&words)[B]) {
  begin_form(html, task, command, true);
  html.raw("<div><label")
      .attribute("for", command)
      .raw(">")
      .raw(label)
      .raw(
          "</label><input name=\"value\" list=\"times\" autocomplete=\"off\" maxlength=\"64\" "
          "placeholder=\"friday 9:00\"");
  auto shown = now_set ? to_string(zone.to_local(*now_set)).substr(0, 16) : std::string();
  if (!shown.empty()) shown[10] = ' ';
  html.attribute("id", command).attribute("value", shown).raw("></div><button>").raw(words).raw("</button></form>\n");
}

/// By hand to another state, until when it waits, and when it should be done.
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
  // What may stand in a field for a time; a browser offers them, and any other that parse_due() reads will do.
  html.raw(
      "<datalist id=\"times\"><option value=\"today\"></option><option value=\"tomorrow\"></option><option "
      "value=\"tomorrow 9:00\"></option><option value=\"monday 9:00\"></option><option value=\"2 business "
      "hours\"></option><option value=\"1 week\"></option></datalist>\n");
  time_form(html, task, "pend", "Pending until", task.pending_until, zone, "Wait");
  time_form(html, task, "due", "Due", task.due_at, zone, "Set");
}

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

}  // namespace

void write_actions(Html& html, const Task& task, const Caller& caller, const Picks& picks) {
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
  write_tie_forms(html, task);
  html.raw("</section>\n");
}

}  // namespace orgo::gateway::page
