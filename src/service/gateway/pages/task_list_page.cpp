#include "service/gateway/pages/task_pages.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "service/gateway/pages/many_form.h"
#include "service/gateway/pages/page_parts.h"
#include "service/policy/names_of.h"

namespace orgo::gateway::page {
namespace {

constexpr int kPageSize = 50;
constexpr int kBatch = 500;
/// The text filter looks through so many tasks at a time and then offers to go on: the cost of a page stays bounded.
constexpr int kLookedAtMax = 2000;

struct Filter {
  std::string state = "open";  ///< "open", "done", "all" or the name of one state
  std::string team;
  std::string text;
};

struct Found {
  std::vector<Task> tasks;
  std::vector<search::Snippet> snippets;  ///< of a search, one for each task
  std::string refused;                    ///< why there was no search
  std::optional<TaskNumber> go_on;        ///< where the next page begins
  bool gave_up = false;                   ///< the filter was not done with all, there may be more
};

Result<Found> find_tasks(TaskStore& tasks, TaskListRequest request, const Filter& filter, TaskNumber before) {
  request.before = before;
  if (filter.state == "open" || filter.state == "done") request.open = filter.state == "open";
  else request.state = parse_task_state(filter.state);
  const auto wanted = ascii_lower(filter.text);
  request.limit = wanted.empty() ? kPageSize + 1 : kBatch;
  Found found;
  for (int looked_at = 0; looked_at < kLookedAtMax;) {
    ORGO_TRY(batch, tasks.list(request));
    for (auto& task : batch) {
      if (!wanted.empty() && ascii_lower(task.title).find(wanted) == std::string::npos) continue;
      if (static_cast<int>(found.tasks.size()) == kPageSize) {
        found.go_on = found.tasks.back().number;
        return found;
      }
      found.tasks.push_back(task);
    }
    if (static_cast<int>(batch.size()) < request.limit) return found;
    looked_at += static_cast<int>(batch.size());
    request.before = batch.back().number;
  }
  found.go_on = request.before;
  found.gave_up = true;
  return found;
}

/// By the index. What can't be searched for is said on the page, with the form as it was typed.
Result<Found> search_tasks(TaskSearch& search, TaskListRequest request, const Filter& filter, TaskNumber before,
                           const TimeZone& zone) {
  request.before = before;
  request.limit = kPageSize;
  if (filter.state == "open" || filter.state == "done") request.open = filter.state == "open";
  else request.state = parse_task_state(filter.state);
  auto answer = search.find(filter.text, request, zone);
  Found found;
  if (!answer && (answer.error().code == Errc::invalid_input || answer.error().code == Errc::deadline_exceeded)) {
    found.refused = answer.error().message;
    return found;
  }
  if (!answer) return tl::unexpected(std::move(answer).error());
  for (auto& one : answer->tasks) {
    found.tasks.push_back(std::move(one.task));
    found.snippets.push_back(std::move(one.snippet));
  }
  if (answer->go_on) found.go_on = answer->go_on;
  return found;
}

void option(Html& html, std::string_view value, std::string_view words, const std::string& chosen) {
  html.raw("<option").attribute("value", value);
  if (chosen == value) html.raw(" selected");
  html.raw(">").text(words).raw("</option>");
}

void write_words(Html& html, const Filter& filter, bool searches) {
  html.raw("<div class=\"words\"><label for=\"q\">");
  if (searches)
    html.raw(
        "Search</label><input id=\"q\" name=\"q\" type=\"search\" maxlength=\"500\" "
        "placeholder=\"pump &quot;room 7&quot; from:anna\"");
  else html.raw("Words in the title</label><input id=\"q\" name=\"q\" type=\"search\" maxlength=\"200\"");
  html.attribute("value", filter.text).raw("></div>\n");
}

void write_filter(Html& html, const Filter& filter, const std::vector<Task>& tasks, bool searches) {
  html.raw(
      "<form class=\"filter\" method=\"get\" action=\"/\" role=\"search\">\n<div><label "
      "for=\"state\">State</label><select id=\"state\" name=\"state\">");
  option(html, "open", "Open (all that is to do)", filter.state);
  for (const auto* state : {"new", "pending", "acknowledged", "resolved", "closed"})
    option(html, state, state, filter.state);
  option(html, "done", "Done", filter.state);
  option(html, "all", "All", filter.state);
  html.raw(
      "</select></div>\n<div><label for=\"team\">Team</label><input id=\"team\" name=\"team\" list=\"teams\" "
      "maxlength=\"254\"");
  html.attribute("value", filter.team).raw("><datalist id=\"teams\">");
  std::vector<std::string> teams;
  for (const auto& task : tasks)
    if (!task.team.empty() && std::find(teams.begin(), teams.end(), task.team) == teams.end())
      teams.push_back(task.team);
  for (const auto& team : teams) html.raw("<option").attribute("value", team).raw("></option>");
  html.raw("</datalist></div>\n");
  write_words(html, filter, searches);
  html.raw("<div class=\"go\"><button class=\"main\">Show</button></div>\n</form>\n");
}

struct Shown {
  bool may_change = false;
  const TimeZone& zone;
  TimePoint now;
};

void write_due(Html& html, const Task& task, const Shown& shown) {
  if (!task.due_at) return;
  const bool overdue = is_overdue(task, shown.now);
  if (overdue) html.raw(" <span class=\"urgent when\">overdue since ");
  else html.raw(" <span class=\"soft when\">due ");
  html.instant(*task.due_at, shown.zone).raw("</span>");
}

/// Where the words that somebody searched for stand.
void write_found(Html& html, const search::Snippet* snippet) {
  if (snippet == nullptr || snippet->text.empty()) return;
  html.raw("<div class=\"soft found\"><bdi>");
  for (const auto& [text, hit] : search::pieces_of(*snippet)) {
    if (hit) html.raw("<mark>").text(text).raw("</mark>");
    else html.text(text);
  }
  html.raw("</bdi></div>");
}

void write_row(Html& html, const Task& task, const search::Snippet* found, const Shown& shown) {
  const auto id = to_string(task.number);
  html.raw("<tr>");
  if (shown.may_change) {
    html.raw("<td class=\"keep inline\">");
    write_tick(html, task);
    html.raw("</td>");
  }
  html.raw("<td class=\"keep inline soft\">")
      .text(id)
      .raw("</td><td class=\"title\"><a")
      .attribute("href", "/tasks/" + id)
      .raw(">");
  html.name(task.title.empty() ? "(no title)" : task.title).raw("</a>");
  write_found(html, found);
  html.raw("</td><td class=\"keep inline\"><span class=\"chip\">");
  html.text(to_string(task.state)).raw("</span>");
  if (task.pending_until)
    html.raw(" <span class=\"soft when\">until ").instant(*task.pending_until, shown.zone).raw("</span>");
  write_due(html, task, shown);
  html.raw("</td><td class=\"keep inline\">");
  write_priority(html, task.priority);
  html.raw("</td><td class=\"inline who\">")
      .address(task.team)
      .raw("</td><td class=\"inline who\">")
      .address(task.assignee);
  html.raw("</td><td class=\"keep inline soft\">").age(task.created_at, shown.now).raw("</td></tr>\n");
}

std::string query_of(const Filter& filter) {
  return "/?state=" + percent_encoded(filter.state) + "&team=" + percent_encoded(filter.team) +
         "&q=" + percent_encoded(filter.text);
}

}  // namespace

Result<HttpResponse> TaskPages::render_list(const Call& call, std::span<const ManyOutcome> outcomes) {
  Filter filter;
  if (const auto state = parameter(call, "state"); !state.empty()) filter.state = state;
  if (filter.state != "open" && filter.state != "done" && filter.state != "all" && !parse_task_state(filter.state))
    return failure(Errc::invalid_input, "There is no such state of a task.");
  filter.team = trim(parameter(call, "team"));
  filter.text = trim(parameter(call, "q"));
  TaskListRequest request{.tenant = call.caller->tenant};
  request.teams = names_of(ports_.policies, request.tenant, filter.team);
  const auto list_name = "page/" + std::to_string(call.caller->tenant.value);
  TaskNumber before;
  if (const auto cursor = parameter(call, "cursor"); !cursor.empty()) {
    ORGO_TRY(last, ports_.cursors.read(list_name, cursor));
    before = TaskNumber{last};
  }
  ORGO_TRY(policy, ports_.policies(request.tenant));
  const bool searches = ports_.search != nullptr && may(call.caller->role, Permission::read_messages);
  ORGO_TRY(found, searches && !filter.text.empty()
                      ? search_tasks(*ports_.search, request, filter, before, policy->zone())
                      : find_tasks(ports_.tasks, request, filter, before));
  const auto zone = zone_of(*call.caller, policy->zone());
  const Shown shown{may(call.caller->role, Permission::change_tasks), zone, ports_.clock.now()};

  Html html;
  begin_page(html, "Tasks", call.caller);
  html.raw("<h1>Tasks</h1>\n");
  if (may(call.caller->role, Permission::change_tasks))
    html.raw("<p><a class=\"button\" href=\"/tasks/new\">New task</a></p>\n");
  if (!outcomes.empty()) write_outcomes(html, outcomes);
  write_filter(html, filter, found.tasks, searches);
  if (!found.refused.empty()) {
    html.raw("<p class=\"card\" role=\"alert\">").text(found.refused).raw("</p>\n");
  } else if (found.tasks.empty()) {
    if (searches && !filter.text.empty())
      html.raw("<p class=\"card\">Nothing was found. Search with fewer words, or in all states.</p>\n");
    else if (found.gave_up) html.raw("<p class=\"card\">Nothing among the tasks looked through so far.</p>\n");
    else html.raw("<p class=\"card\">No tasks here. Send a mail, or choose another filter.</p>\n");
  } else {
    if (shown.may_change) {
      ORGO_TRY(names, ports_.names(request.tenant));
      write_many_form(html, query_of(filter), found.tasks, names);
    }
    html.raw("<table class=\"tasks\"><caption>Tasks, newest first</caption>\n<thead><tr>");
    if (shown.may_change) html.raw("<th scope=\"col\"><span class=\"unseen\">Tick</span></th>");
    html.raw(
        "<th scope=\"col\">No.</th><th "
        "scope=\"col\">Title</th>"
        "<th scope=\"col\">State</th><th scope=\"col\">Priority</th><th scope=\"col\">Team</th><th "
        "scope=\"col\">Assigned to</th>"
        "<th scope=\"col\">Age</th></tr></thead>\n<tbody>\n");
    for (std::size_t i = 0; i < found.tasks.size(); ++i)
      write_row(html, found.tasks[i], found.snippets.empty() ? nullptr : &found.snippets[i], shown);
    html.raw("</tbody></table>\n");
  }
  html.raw("<p class=\"pages\">");
  if (before) html.raw("<a").attribute("href", query_of(filter)).raw(">Back to the newest</a> ");
  if (found.go_on) {
    html.raw("<a rel=\"next\"")
        .attribute("href",
                   query_of(filter) + "&cursor=" + percent_encoded(ports_.cursors.make(list_name, found.go_on->value)));
    html.raw(">");
    if (found.gave_up) html.raw("Look through older tasks</a>");
    else html.raw("Older tasks</a>");
  }
  html.raw("</p>\n");
  end_page(html);
  return html_response(html);
}

}  // namespace orgo::gateway::page
