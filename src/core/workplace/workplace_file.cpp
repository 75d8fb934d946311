#include "core/workplace/workplace_file.h"

#include <algorithm>
#include <array>

#include "base/icalendar.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/calendar/calendar_rows.h"
#include "core/contact/mail_address.h"
#include "core/people/person.h"
#include "core/task/task.h"
#include "core/workplace/find_named.h"
#include "core/workplace/team_answers.h"
#include "core/workplace/workplace_keys.h"

namespace orgo {
namespace {

using std::chrono::days;

constexpr std::array<std::string_view, 3> kAnswers{"mail", "comment", "acknowledge"};
constexpr std::array<std::string_view, 6> kStates{"new", "open", "pending", "acknowledged", "resolved", "closed"};
constexpr Millis kLeast{1'000};
constexpr Millis kMost = days{366};

bool plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}
std::string quoted(std::string_view text) {
  return "'" + std::string(cut_utf8(text, 64)) + "'";
}
const YamlNode& item(const YamlNode& node, std::size_t i) {
  return node.kind == YamlNode::Kind::sequence ? node.items[i] : node;
}

}  // namespace

std::optional<CountedSpan> expect_counted_span(YamlReader& reader, const YamlNode& node, Millis least, Millis most) {
  CountedSpan made;
  YamlNode copy = node;
  // "2 business hours" is "2 hours" and a word.
  if (const auto at = node.text.find("business"); node.kind == YamlNode::Kind::scalar && at != std::string::npos) {
    made.business = true;
    auto rest = std::string_view(node.text).substr(at + 8);
    copy.text = std::string(std::string_view(node.text).substr(0, at)) + std::string(trim(rest));
  }
  const auto span = reader.expect_duration(copy, least, most);
  if (!span) return std::nullopt;
  made.span = *span;
  return made;
}

bool WorkplaceReader::name_of(YamlReader& reader, const YamlNode& key, std::string_view what, bool known,
                              std::size_t count, std::size_t most) {
  if (key.text.empty() || key.text.size() > 100 || !plain(key.text) || key.text.find('@') != std::string::npos) {
    reader.error(key, "the name of a " + std::string(what) + " is 1 to 100 bytes without an @");
    return false;
  }
  auto& place = places_[std::string(what) + " " + key.text];
  if (known) {
    reader.error(key, std::string(what) + " " + quoted(key.text) + " is here a second time", "first in " + place);
    return false;
  }
  place = reader.source().path + ":" + std::to_string(key.line);
  if (count >= most) {
    reader.error(key, "more than " + std::to_string(most) + " of these");
    return false;
  }
  return true;
}

bool WorkplaceReader::is_address(std::string_view text) const {
  // What was in force once is read as it was.
  return is_typed_address(text) || (scope_.of_past && text.find('@') != std::string_view::npos);
}

std::optional<std::string> WorkplaceReader::address(YamlReader& reader, const YamlNode& node, std::string_view what) {
  auto text = reader.expect_string(node, what);
  if (!text) return text;
  text = std::string(trim(*text));
  const auto at = text->rfind('@');
  if (is_address(*text)) return text;
  if (at == std::string::npos && scope_.of_past && check_login(*text)) return text;
  if (at == std::string::npos && !scope_.people.empty()) return address_of_person(reader, node, *text);
  reader.error(node, quoted(*text) + " is not an address", "as in anna@school.org");
  return std::nullopt;
}

std::vector<std::string> WorkplaceReader::addresses(YamlReader& reader, const YamlNode& node, std::string_view what) {
  std::vector<std::string> out;
  if (node.is_nothing()) return out;
  const std::size_t count = node.kind == YamlNode::Kind::sequence ? node.items.size() : 1;
  if (count > limits_.members_max) {
    reader.error(node, "more than " + std::to_string(limits_.members_max) + " " + std::string(what));
    return out;
  }
  for (std::size_t i = 0; i < count; ++i)
    if (auto one = address(reader, item(node, i), what)) out.push_back(std::move(*one));
  return out;
}

std::optional<std::string> WorkplaceReader::named(YamlReader& reader, const YamlNode& node, Use::What what) {
  auto text = reader.expect_string(node, in_words(what));
  if (text) uses_.push_back({&reader, node, what, *text});
  return text;
}

/// What a module's file may not say, since it is not the organization.
void WorkplaceReader::check_module(YamlReader& reader, const YamlNode& root) const {
  for (const auto section : kSections) {
    const auto* node = root.find(section);
    if (node == nullptr || node->kind != YamlNode::Kind::mapping || section == "quiet_hours") continue;
    for (const auto& [key, value] : node->entries) {
      if (key.text.find('/') != std::string::npos)
        reader.error(key, "names of a module have no /",
                     "elsewhere it is called MODULE/" + key.text.substr(key.text.rfind('/') + 1));
      if (const auto* customers = section == "calendars" || section == "slas" ? value.find("customers") : nullptr)
        reader.error(*customers, "a module doesn't know the customers of an organization",
                     "it can declare its own '" + std::string(section) + "' with customers");
    }
  }
}

void WorkplaceReader::read(YamlReader& reader, const YamlNode& root) {
  if (scope_.of_module) check_module(reader, root);
  if (const auto* node = root.find("calendars"))
    read_calendars(reader, *node, feeds_, made_.calendars, calendar_limits_);
  if (const auto* node = root.find("slas")) slas(reader, *node);
  if (const auto* node = root.find("teams")) teams(reader, *node);
  if (const auto* node = root.find("on_call")) on_call(reader, *node);
  if (const auto* node = root.find("quiet_hours")) quiet_hours(reader, *node);
}

void WorkplaceReader::slas(YamlReader& reader, const YamlNode& node) {
  if (node.is_nothing() || !reader.expect_mapping(node, "slas")) return;
  for (const auto& [key, value] : node.entries) {
    if (!name_of(reader, key, "service level", made_.slas.contains(key.text), made_.slas.size(), limits_.slas_max))
      continue;
    made_.slas.emplace(key.text, sla(reader, key.text, value));
  }
}

Sla WorkplaceReader::sla(YamlReader& reader, const std::string& name, const YamlNode& node) {
  Sla made;
  made.name = name;
  if (!reader.expect_mapping(node, "a service level")) return made;
  reader.check_keys(node, "key of a service level", names_of(kSlaKeys));
  bool any = false;
  for (const auto& [key, value] : node.entries) {
    if (const auto clock = parse_sla_clock(key.text)) {
      any = true;
      target(reader, value, made.targets[static_cast<std::size_t>(*clock)].emplace());
    } else if (key.text == "calendar") {
      made.calendar = named(reader, value, Use::What::calendar).value_or("");
    } else if (key.text == "notify") {
      made.notify = reader.expect_string(value, "notify").value_or("");
      if (!made.notify.empty()) use_target(reader, value, made.notify);
    } else if (key.text == "default") {
      if (!reader.expect_bool(value).value_or(false)) continue;
      if (!made_.default_sla.empty())
        reader.error(value,
                     "two service levels are the default: " + quoted(made_.default_sla) + " and " + quoted(name));
      made_.default_sla = name;
    } else if (key.text == "customers") {
      const auto list = reader.expect_strings(value, "customers");
      for (std::size_t i = 0; list && i < list->size(); ++i) {
        const auto customer = address_key((*list)[i]);
        if (customer.find('@') == std::string::npos || customer.back() == '@' ||
            made_.sla_of_customer.size() >= limits_.customers_max)
          reader.error(item(value, i), quoted(customer) + " is neither an address nor a domain",
                       "as in \"@example.com\"");
        else if (!made_.sla_of_customer.try_emplace(customer, name).second)
          reader.error(item(value, i), quoted(customer) + " has the service level " +
                                           quoted(made_.sla_of_customer[customer]) + " already");
      }
    } else if (key.text == "answered_by") {
      made.answered_by = 0;
      const auto list = reader.expect_strings(value, "answered_by");
      for (std::size_t i = 0; list && i < list->size(); ++i) {
        const auto found = std::find(kAnswers.begin(), kAnswers.end(), (*list)[i]);
        if (found == kAnswers.end())
          reader.error(item(value, i), "unknown answer " + quoted((*list)[i]), name_hint((*list)[i], kAnswers));
        else
          made.answered_by =
              static_cast<std::uint8_t>(made.answered_by | (1U << static_cast<unsigned>(found - kAnswers.begin())));
      }
    }
  }
  if (!any) reader.error(node, "this service level has no clock", "as in first_response: \"2 business hours\"");
  return made;
}

void WorkplaceReader::target(YamlReader& reader, const YamlNode& node, SlaTarget& target) {
  const auto within = [&](const YamlNode& value) {
    if (const auto span = expect_counted_span(reader, value, kLeast, kMost)) {
      target.within = span->span;
      // Promises are in open time unless they say otherwise: "2 hours" at five o'clock is nobody's evening.
      target.wall_time = false;
    }
  };
  const auto wall = [&](const YamlNode& value) -> std::optional<YamlNode> {
    const auto at = value.text.find("wall");
    if (value.kind != YamlNode::Kind::scalar || at == std::string::npos) return std::nullopt;
    YamlNode copy = value;
    copy.text = std::string(std::string_view(value.text).substr(0, at)) +
                std::string(trim(std::string_view(value.text).substr(at + 4)));
    return copy;
  };
  const auto read_within = [&](const YamlNode& value) {
    if (const auto copy = wall(value)) {
      within(*copy);
      target.wall_time = true;
    } else {
      within(value);
    }
  };
  if (node.kind != YamlNode::Kind::mapping) {
    read_within(node);
    return;
  }
  reader.check_keys(node, "key of a clock", names_of(kClockKeys));
  if (const auto* value = node.find("within")) read_within(*value);
  else reader.error(node, "this clock has no within", "as in within: \"2 business hours\"");
  if (const auto* value = node.find("warn_before")) {
    if (const auto span = expect_counted_span(reader, *value, kLeast, kMost)) target.warn_before = span->span;
    if (target.within > Millis{0} && target.warn_before >= target.within)
      reader.error(*value, "a warning " + format_duration(target.warn_before) + " before is none, within " +
                               format_duration(target.within));
  }
  if (const auto* value = node.find("paused_time_counts"))
    target.paused_time_counts = reader.expect_bool(*value).value_or(false);
  if (const auto* value = node.find("pause_in")) {
    target.pause_in = 0;
    if (value->kind == YamlNode::Kind::sequence && value->items.empty()) return;
    const auto list = reader.expect_strings(*value, "pause_in");
    for (std::size_t i = 0; list && i < list->size(); ++i) {
      if (const auto state = parse_task_state((*list)[i]))
        target.pause_in = static_cast<std::uint8_t>(target.pause_in | (1U << static_cast<unsigned>(*state)));
      else reader.error(item(*value, i), "unknown state " + quoted((*list)[i]), name_hint((*list)[i], kStates));
    }
  }
}

void WorkplaceReader::teams(YamlReader& reader, const YamlNode& node) {
  if (node.is_nothing() || !reader.expect_mapping(node, "teams")) return;
  for (const auto& [key, value] : node.entries) {
    if (!name_of(reader, key, "team", made_.teams.contains(key.text), made_.teams.size(), limits_.teams_max)) continue;
    Team team;
    team.name = key.text;
    if (value.kind == YamlNode::Kind::scalar && !value.is_nothing()) {
      team.address = address(reader, value, "address").value_or("");
    } else if (reader.expect_mapping(value, "a team")) {
      reader.check_keys(value, "key of a team", names_of(kTeamKeys));
      if (const auto* v = value.find("address")) team.address = address(reader, *v, "address").value_or("");
      if (const auto* v = value.find("members")) team.members = addresses(reader, *v, "members");
      if (const auto* v = value.find("on_call")) team.on_call = named(reader, *v, Use::What::rota).value_or("");
      if (const auto* v = value.find("calendar")) team.calendar = named(reader, *v, Use::What::calendar).value_or("");
      if (const auto* v = value.find("sla")) team.sla = named(reader, *v, Use::What::sla).value_or("");
      if (const auto* v = value.find("default")) read_default(reader, *v, team);
      read_team_answers(reader, value, team);
      if (team.address.empty() && team.members.empty() && team.on_call.empty() && !scope_.of_module)
        reader.error(key, "team " + quoted(team.name) + " reaches nobody", "give it an address, members or on_call");
    }
    made_.teams.emplace(key.text, std::move(team));
  }
}

void WorkplaceReader::on_call(YamlReader& reader, const YamlNode& node) {
  if (node.is_nothing() || !reader.expect_mapping(node, "on_call")) return;
  for (const auto& [key, value] : node.entries)
    if (name_of(reader, key, "rota", made_.on_call.contains(key.text), made_.on_call.size(), limits_.rotas_max))
      made_.on_call.emplace(key.text, rota(reader, key.text, value));
}

OnCall WorkplaceReader::rota(YamlReader& reader, const std::string& name, const YamlNode& node) {
  OnCall made;
  made.name = name;
  if (!reader.expect_mapping(node, "a rota")) return made;
  reader.check_keys(node, "key of a rota", names_of(kRotaKeys));
  if (const auto* value = node.find("time_zone")) {
    if (const auto text = reader.expect_string(*value, "a time zone")) {
      auto zone = TimeZone::find(*text);
      if (zone) made.zone = *zone;
      else reader.error(*value, zone.error().message);
    }
  } else {
    reader.error(node, "this rota has no time_zone", "as in time_zone: Europe/Berlin");
  }
  if (const auto* value = node.find("rotation")) {
    const auto text = reader.expect_string(*value, "rotation");
    if (text && *text == "daily") made.turn_days = 1;
    else if (text && *text == "weekly") made.turn_days = 7;
    else if (text) {
      const auto span = reader.expect_duration(*value, days{1}, days{366});
      if (span && *span % Millis{days{1}} != Millis{0})
        reader.error(*value, "a turn is whole days", "as in daily, weekly or \"2 weeks\"");
      else if (span) made.turn_days = static_cast<int>(std::chrono::floor<days>(*span).count());
    }
  }
  LocalDay start{std::chrono::year{2024} / 1 / 1};  // a Monday
  if (const auto* value = node.find("start")) {
    const auto day = parse_local_day(trim(value->text));
    if (day) start = *day;
    else reader.error(*value, day.error().message);
  }
  made.start = LocalTime{start};
  if (const auto* value = node.find("handover")) {
    const auto text = reader.expect_string(*value, "handover");
    const auto slot = text ? parse_slot(*text + "-24:00") : std::nullopt;
    if (slot) made.start += std::chrono::minutes{slot->from};
    else if (text) reader.error(*value, quoted(*text) + " is not a time of the day", "as in \"09:00\"");
  }
  if (const auto* value = node.find("members")) made.members = addresses(reader, *value, "members");
  if (const auto* value = node.find("overrides"); value != nullptr && reader.expect_sequence(*value, "overrides"))
    for (const auto& one : value->items) {
      if (!reader.expect_mapping(one, "an override")) continue;
      reader.check_keys(one, "key of an override", names_of(kOverrideKeys));
      const auto* from = one.find("from");
      const auto* to = one.find("to");
      const auto* who = one.find("who");
      if (from == nullptr || to == nullptr || who == nullptr) {
        reader.error(one, "an override has from, to and who");
        continue;
      }
      const auto begin = parse_instant(from->text, made.zone), end = parse_instant(to->text, made.zone);
      if (!begin) reader.error(*from, begin.error().message);
      if (!end) reader.error(*to, end.error().message);
      if (begin && end && *end <= *begin) reader.error(*to, "it ends before it begins");
      auto person = address(reader, *who, "who");
      if (made.overrides.size() >= limits_.shifts_max)
        reader.error(one, "more than " + std::to_string(limits_.shifts_max) + " overrides");
      else if (begin && end && person) made.overrides.push_back({*begin, *end, std::move(*person)});
    }
  if (const auto* value = node.find("shifts")) shifts_of_feed(reader, *value, made);
  if (made.members.empty() && node.find("shifts") == nullptr)
    reader.error(node, "nobody is on this rota", "give it members or shifts");
  return made;
}

void WorkplaceReader::shifts_of_feed(YamlReader& reader, const YamlNode& node, OnCall& made) {
  std::string name;
  const auto* text = find_feed(reader, node, feeds_, name);
  if (text == nullptr) return;
  const auto calendar = read_icalendar(*text);
  if (!calendar) return feed_problem(reader, node, name, calendar.error().message);
  IcalHorizon horizon{TimePoint{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}},
                      TimePoint{std::chrono::sys_days{std::chrono::year{2060} / 1 / 1}}, limits_.shifts_max};
  horizon.budget.left = 20'000'000;
  const auto all = occurrences(*calendar, horizon, made.zone);
  if (!all) return feed_problem(reader, node, name, all.error().message);
  for (const auto& o : *all) {
    // Who it is stands in the attendees, or else in the summary.
    std::string who =
        !o.event->attendees.empty() ? o.event->attendees.front().address : std::string(trim(o.event->summary));
    if (who.find('@') == std::string::npos || who.find(' ') != std::string::npos) continue;
    if (o.finishes > o.begins) made.shifts.push_back({o.begins, o.finishes, std::move(who)});
  }
  if (made.shifts.empty()) feed_problem(reader, node, name, "it has no shift with an address in ATTENDEE or SUMMARY");
}

void WorkplaceReader::quiet_hours(YamlReader& reader, const YamlNode& node) {
  if (node.is_nothing()) return;
  if (made_.quiet) return reader.error(node, "quiet_hours are here a second time");
  Calendars one;
  YamlNode wrapper;
  wrapper.kind = YamlNode::Kind::mapping;
  YamlNode key = node;
  key.kind = YamlNode::Kind::scalar;
  key.text = "quiet hours";
  key.entries.clear();
  key.items.clear();
  wrapper.entries.push_back({key, node});
  read_calendars(reader, wrapper, feeds_, one, calendar_limits_);
  if (const auto* quiet = one.find("quiet hours")) made_.quiet = *quiet;
}

Workplace WorkplaceReader::finish() {
  // Who has one calendar, and it is neither some customer's nor there to replace a module's, means it.
  auto& calendars = made_.calendars;
  if (calendars.default_name().empty() && calendars.all().size() == 1 && !scope_.of_module)
    if (const auto& [name, only] = *calendars.all().begin();
        only.plan().customers.empty() && name.find('/') == std::string::npos)
      calendars.set_default(name);
  for (const auto& person : scope_.people) {
    for (const auto& name : person.teams)  // an account says it in its own place
      if (const auto team = find_named(made_.teams, name);
          team != made_.teams.end() && !person.address.empty() && !person.disabled &&
          std::ranges::find(team->second.members, person.address) == team->second.members.end())
        team->second.members.push_back(person.address);
    made_.people.emplace(person.login, person);
  }
  made_.fetched = scope_.fetched;
  for (const auto& use : uses_) check(use);
  uses_.clear();
  return std::move(made_);
}

}  // namespace orgo
