#include "service/gateway/pages/many_form.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/planted.h"
#include "base/text.h"
#include "service/gateway/pages/page_parts.h"

namespace orgo::gateway::page {
namespace {

constexpr std::string_view kTick = "tick-";
/// "T-12=3 T-13=0": all that the list showed, and their versions, for the box that stands for all; one field, since a
/// form has few.
constexpr std::string_view kShown = "shown";
constexpr std::string_view kAll = "all";
constexpr std::size_t kNamesOffered = 500;

struct Offer {
  std::string_view command;
  std::string_view words;
};
/// Those with a button of their own, and those that want a value beside.
constexpr auto kButtons =
    std::to_array<Offer>({{"ack", "Acknowledge"}, {"resolve", "Resolve"}, {"close", "Close"}, {"reopen", "Reopen"}});
constexpr auto kWithValue = std::to_array<Offer>({{"assign", "Assign to"},
                                                  {"route", "Give to the team"},
                                                  {"priority", "Priority"},
                                                  {"tags", "Tag"},
                                                  {"pend", "Pending until"},
                                                  {"due", "Due"}});

template <std::size_t N>
bool is_offered(const std::array<Offer, N>& offers, std::string_view name) {
  return std::ranges::find(offers, name, &Offer::command) != offers.end();
}

}  // namespace

void write_tick(Html& html, const Task& task) {
  const auto name = to_string(task.number);
  html.raw("<input type=\"checkbox\" form=\"many\"").attribute("name", std::string(kTick) + name);
  html.attribute("value", std::to_string(task.version)).attribute("aria-label", "Tick " + name);
  html.raw(">");
}

void write_many_form(Html& html, std::string_view action, std::span<const Task> shown,
                     std::span<const std::string> names) {
  html.raw("<form id=\"many\" class=\"card many\" method=\"post\"").attribute("action", action);
  html.raw(
      " aria-label=\"What to do with the tasks that are ticked\">\n<details class=\"fold\"><summary>With the tasks "
      "that "
      "are ticked</summary>\n<div class=\"check\"><input type=\"checkbox\" id=\"many-all\"");
  std::string versions;
  for (const auto& task : shown)
    versions.append(versions.empty() ? "" : " ")
        .append(to_string(task.number))
        .append("=")
        .append(std::to_string(task.version));
  html.attribute("name", kAll).raw(" value=\"1\"><label for=\"many-all\">All on this page, ticked or not (");
  html.number(static_cast<std::int64_t>(shown.size())).raw(")</label><input type=\"hidden\"").attribute("name", kShown);
  html.attribute("value", versions).raw("></div>\n<div class=\"buttons\">");
  for (const auto& offer : kButtons)
    html.raw("<button name=\"do\"").attribute("value", offer.command).raw(">").text(offer.words).raw("</button> ");
  html.raw(
      "<button name=\"do\" value=\"take\">Take them</button></div>\n<div class=\"row\"><div><label "
      "for=\"many-with\">Or</label>");
  html.raw("<select id=\"many-with\" name=\"with\">");
  for (const auto& offer : kWithValue)
    html.raw("<option").attribute("value", offer.command).raw(">").text(offer.words).raw("</option>");
  html.raw(
      "</select></div><div><label for=\"many-value\">Whom, what or when</label><input id=\"many-value\" "
      "name=\"value\" maxlength=\"254\" list=\"many-names\" autocomplete=\"off\"></div><button name=\"do\" "
      "value=\"with\">Do it</button></div><datalist id=\"many-names\">");
  for (const auto& name : names.first(std::min(names.size(), kNamesOffered)))
    html.raw("<option").attribute("value", name).raw("></option>");
  html.raw("</datalist></details>\n</form>\n");
}

std::vector<NamedTask> ticked(const Parameters& form) {
  std::vector<NamedTask> tasks;
  const auto add = [&](std::string_view name, std::string_view value) {
    std::int64_t version = -1;  // what can't be read is no version that a task has
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), version);
    if (error != std::errc{} || end != value.data() + value.size()) version = -1;
    tasks.push_back({std::string(name), version});
  };
  const bool all = !field(form, kAll).empty() && !ORGO_PLANT(all_are_those_ticked);
  if (all)
    for (const auto one : split(field(form, kShown), ' '))
      if (const auto equals = one.find('='); equals != std::string_view::npos)
        add(one.substr(0, equals), one.substr(equals + 1));
  if (!all)
    for (const auto& [name, value] : form)
      if (name.starts_with(kTick)) add(name.substr(kTick.size()), value);
  std::ranges::sort(tasks, {}, [](const NamedTask& one) { return parse_id<TaskTag>(one.name).value_or(TaskNumber{}); });
  return tasks;
}

AskedOfMany asked_of_many(const Parameters& form, std::string_view self) {
  const auto wanted = field(form, "do");
  if (is_offered(kButtons, wanted)) return {commands::find(wanted), {}};
  if (wanted == "take") return {commands::find("assign"), std::string(self)};
  const auto with = field(form, "with");
  if (wanted == "with" && is_offered(kWithValue, with))
    return {commands::find(with), std::string(field(form, "value"))};
  return {};
}

void write_outcomes(Html& html, std::span<const ManyOutcome> outcomes) {
  html.raw("<section class=\"notice\" role=\"status\" aria-label=\"What became of them\"><ul>\n");
  for (const auto& [name, task] : outcomes) {
    html.raw("<li><a").attribute("href", "/tasks/" + percent_encoded(name)).raw(">").text(name).raw("</a> ");
    if (task) html.raw("is ").text(to_string(task->state));
    else html.raw("<span class=\"urgent\">was left as it is:</span> ").text(problem_of(task.error()).detail);
    html.raw("</li>\n");
  }
  html.raw("</ul></section>\n");
}

}  // namespace orgo::gateway::page
