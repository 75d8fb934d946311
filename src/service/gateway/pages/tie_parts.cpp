#include "service/gateway/pages/tie_parts.h"

#include <span>
#include <string>
#include <vector>

namespace orgo::gateway::page {
namespace {

void write_link(Html& html, TaskNumber number) {
  html.raw("<a").attribute("href", "/tasks/" + to_string(number)).raw(">").text(to_string(number)).raw("</a> ");
}

void write_links(Html& html, std::string_view title, std::span<const TaskNumber> numbers) {
  if (numbers.empty()) return;
  html.raw("<dt>").text(title).raw("</dt><dd>");
  for (const auto number : numbers) write_link(html, number);
  html.raw("</dd>\n");
}

void begin_tie_form(Html& html, const Task& task, std::string_view command) {
  html.raw("<form method=\"post\" class=\"row\"")
      .attribute("action", "/tasks/" + to_string(task.number) + "/" + std::string(command));
  html.raw("><input type=\"hidden\" name=\"version\"").attribute("value", std::to_string(task.version)).raw(">");
}

void write_number_form(Html& html, const Task& task, std::string_view command, std::string_view label,
                       std::string_view words) {
  begin_tie_form(html, task, command);
  html.raw("<div><label").attribute("for", command).raw(">").text(label).raw("</label><input name=\"value\"");
  html.attribute("id", command).raw(" maxlength=\"20\" placeholder=\"T-12\" autocomplete=\"off\"></div><button>");
  html.text(words).raw("</button></form>\n");
}

}  // namespace

void write_merged_away(Html& html, const Task& task, bool may_change) {
  if (!task.ties.into) return;
  html.raw("<div class=\"notice\" role=\"status\"><p>This was merged into ");
  write_link(html, task.ties.into);
  html.raw(", where work goes on.</p>\n");
  if (may_change) {
    begin_tie_form(html, task, "unmerge");
    html.raw("<button>Take it out again, as a task of its own</button></form>");
  }
  html.raw("</div>\n");
}

void write_ties(Html& html, const Task& task) {
  const auto& ties = task.ties;
  std::vector<TaskNumber> linked;
  for (const auto& link : ties.links) linked.push_back(link.id());
  write_links(html, "Linked with", linked);
  write_links(html, "Parts", ties.merged);
  if (ties.people.empty()) return;
  html.raw("<dt>Also asked by</dt><dd>");
  for (const auto& person : ties.people) html.address(person.address).raw(" ");
  html.raw("</dd>\n");
}

void write_tie_forms(Html& html, const Task& task) {
  write_number_form(html, task, "link", "Link with", "Link");
  for (const auto& number : task.ties.links) {
    begin_tie_form(html, task, "unlink");
    html.raw("<input type=\"hidden\" name=\"value\"").attribute("value", to_string(number));
    html.raw("><button>Unlink ").text(to_string(number)).raw("</button></form>\n");
  }
  if (!task.ties.into) write_number_form(html, task, "merge", "Merge into", "Merge");
}

void write_split(Html& html, const Task& task, const MessageDecision& decision, bool may_change) {
  if (decision.split_to && decision.split_to != task.number) {
    html.raw("<p class=\"soft\">Split off as ");
    write_link(html, decision.split_to);
    html.raw("</p>\n");
    return;
  }
  if (!may_change || task.ties.into || decision.split_to || decision.message == task.origin ||
      decision.outcome != Outcome::task_joined)
    return;
  begin_tie_form(html, task, "split");
  html.raw("<input type=\"hidden\" name=\"value\"").attribute("value", to_string(decision.message));
  html.raw("><button>Make this mail a task of its own</button></form>\n");
}

}  // namespace orgo::gateway::page
