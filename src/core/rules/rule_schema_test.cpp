#include "core/rules/rule_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "base/json_schema.h"
#include "base/yaml.h"
#include "core/calendar/calendar_keys.h"
#include "core/rules/rule_file.h"
#include "core/rules/rule_keys.h"
#include "core/workplace/workplace_keys.h"
#include "tests/support/source_dir.h"

namespace orgo::rules {
namespace {

TEST(RuleSchema, IsTheOneInTheDocuments) {
  const auto path = source_dir() + "/docs/rules.schema.json";
  const auto made = rule_schema();
  if (std::getenv("ORGO_UPDATE") != nullptr) std::ofstream(path) << made;
  std::ostringstream stored;
  stored << std::ifstream(path).rdbuf();
  EXPECT_EQ(stored.str(), made) << "ORGO_UPDATE=1 writes it anew";
}

TEST(RuleSchema, IsJsonAndAllItPointsToIsThere) {
  const auto made = rule_schema();
  const auto schema = parse_json(made);
  ASSERT_TRUE(schema) << schema.error().message;
  const auto& definitions = schema->at("$defs").as_object();
  int links = 0;
  constexpr std::string_view kLink = "\"#/$defs/";
  for (auto at = made.find(kLink); at != std::string::npos; at = made.find(kLink, at + 1)) {
    const auto end = made.find('"', at + 1);
    EXPECT_TRUE(definitions.contains(made.substr(at + kLink.size(), end - at - kLink.size())));
    ++links;
  }
  EXPECT_GT(links, 10);
  EXPECT_THAT(made, testing::HasSubstr("earlier messages"));
}

/// As an editor reads YAML (1.2, core schema).
json::value as_json(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::sequence) {
    json::array items;
    for (const auto& item : node.items) items.push_back(as_json(item));
    return items;
  }
  if (node.kind == YamlNode::Kind::mapping) {
    json::object object;
    for (const auto& [key, value] : node.entries) object[key.text] = as_json(value);
    return object;
  }
  if (node.quoted) return json::value(node.text);
  if (node.is_nothing()) return nullptr;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  if (!node.text.empty() && node.text.size() < 18 && node.text.find_first_not_of("0123456789") == std::string::npos)
    return std::stoll(node.text);
  return json::value(node.text);
}

class Schema : public ::testing::Test {
 protected:
  std::string by_schema(const std::string& yaml) const {
    std::vector<Diagnostic> errors;
    const auto root = read_yaml({"rules.yaml", yaml}, errors);
    if (!root) return "not YAML: " + errors.at(0).message;
    return schema_.wrong_with(as_json(*root));
  }
  static std::string by_reader(const std::string& yaml) {
    std::vector<Diagnostic> errors;
    read_rule_files({{"rules.yaml", yaml}}, errors);
    std::string all;
    for (const auto& error : errors) all += error.is_warning ? "" : error.message + "; ";
    return all;
  }
  const JsonSchema schema_{*parse_json(rule_schema())};
};

/// A mapping with one key of a table in it, whole but for what is asked.
struct Place {
  std::string_view table;
  std::string before, after;
  std::vector<std::pair<std::string_view, std::string>> values;  ///< of each key, one that is right
};

std::vector<Place> places() {
  const std::string teams = "teams: {t: t@a.org}\n";
  return {
      {"file",
       "",
       "",
       {{"calendars", "{a: {time_zone: UTC}}"},
        {"extract", "{room: '/Room/'}"},
        {"keywords", "{gym: [hall]}"},
        {"match", "first"},
        {"on_call", "{a: {time_zone: UTC, members: a@b.org}}"},
        {"quiet_hours", "{time_zone: UTC, hours: {daily: 22:00-07:00}}"},
        {"rules", "[]"},
        {"slas", "{a: {update: 2h}}"},
        {"teams", "{a: a@b.org}"},
        {"templates", "{a: {subject: a, body: b}}"}}},
      {"calendar",
       "calendars: {a: {time_zone: UTC, ",
       "}}",
       {{"customers", "['@a.org', b@c.org]"},
        {"default", "yes"},
        {"end_of_slot", "next_open"},
        {"exceptions", "{2026-12-24: 8-12, 2026-12-31: closed, 12-30: [8-9, 10:00-11:30]}"},
        {"holidays",
         "[2026-12-25, 12-26, {date: 01-06, name: Epiphany}, 'https://a.org/x', webcal://a.org/b, {url: "
         "http://a.org}]"},
        {"hours", "{mon-fri: [08:00-12:00, 13:00-17:00], Saturday: 8-12, sun: closed}"},
        {"not_holidays", "[2026-12-25]"},
        {"note", "ours"},
        {"round", "minute"}}},
      {"calendar zone", "calendars: {a: {", "}}", {{"time_zone", "Europe/Berlin"}, {"timezone", "UTC"}}},
      {"holiday",
       "calendars: {a: {time_zone: UTC, holidays: [{date: 12-24, ",
       "}]}}",
       {{"name", "Eve"}, {"file", "a.ics"}, {"url", "https://a.org"}}},
      {"sla",
       "slas: {a: {update: 2h, ",
       "}}",
       {{"answered_by", "[mail, comment]"},
        {"customers", "['@a.org']"},
        {"default", "no"},
        {"first_response", "2 business hours"},
        {"keep_informed", "2 wall days"},
        {"notify", "boss@a.org"},
        {"resolution", "{within: '1 h, 30 min'}"}}},
      {"clock",
       "teams: {t: {address: a@b.org, answers_by_mail: forward, signature: Hi}}\nslas: {a: {update: {within: 9h, ",
       "}}}",
       {{"pause_in", "[pending, acknowledged]"}, {"paused_time_counts", "true"}, {"warn_before", "1h"}}},
      {"team", "teams: {a: {address: a@b.org, ", "}}", {{"members", "[c@d.org, e@f.org]"}, {"name", "Ours"}}},
      {"rota",
       "on_call: {a: {time_zone: UTC, members: [a@b.org], ",
       "}}",
       {{"handover", "09:00"},
        {"overrides", "[{from: 2026-12-24 09:00, to: 2026-12-27 09:00, who: c@d.org}]"},
        {"rotation", "2 weeks"},
        {"shifts", "https://a.org/s.ics"},
        {"start", "2026-01-05"}}},
      {"action",
       teams + "rules: [{action: {tag: x, escalate_after: 1h, ",
       "}}]",
       {{"escalate_to", "t"}, {"drop", "no"}, {"set_priority", "high"}}},
      {"step",
       teams + "rules: [{action: {escalate_to: [{after: 2 business hours, to: t, ",
       "}]}}]",
       {{"repeat", "{every: 1h, times: 3}"}, {"unless_answered", "yes"}}},
  };
}

TEST_F(Schema, TakesWhatTheReaderTakesAndRefusesAMisspeltKeyAsItDoes) {
  int keys = 0;
  for (const auto& place : places())
    for (const auto& [key, value] : place.values) {
      const auto right = place.before + std::string(key) + ": " + value + place.after;
      if (key != "file") {  // there is no such file here
        EXPECT_EQ(by_reader(right), "") << place.table << "." << key;
      }
      EXPECT_EQ(by_schema(right), "") << place.table << "." << key;
      const auto wrong = place.before + std::string(key) + "z: " + value + place.after;
      EXPECT_NE(by_reader(wrong), "") << wrong;
      EXPECT_NE(by_schema(wrong), "") << wrong;
      ++keys;
    }
  EXPECT_GT(keys, 45);
}

TEST_F(Schema, AndTheTablesHaveNoKeyThatIsNotTriedThere) {
  const auto tried = [&](std::string_view key) {
    for (const auto& place : places()) {
      if ((place.before + " ").find(std::string(key) + ":") != std::string::npos) return true;
      for (const auto& [name, value] : place.values)
        if (name == key || value.find(std::string(key) + ":") != std::string::npos) return true;
    }
    return false;
  };
  const auto look = [&](const auto& table) {
    for (const auto& key : table)
      EXPECT_TRUE(tried(key.name) || key.name == "calendar" || key.name == "sla") << key.name;
  };
  look(kFileKeys);
  look(kCalendarKeys);
  look(kHolidayKeys);
  look(kSlaKeys);
  look(kClockKeys);
  look(kTeamKeys);
  look(kRotaKeys);
  look(kOverrideKeys);
  look(kStepKeys);
  look(kRepeatKeys);
}

TEST_F(Schema, RefusesWhatTheReaderRefuses) {
  for (const std::string yaml :
       {"calendars: {a: {time_zone: UTC, hours: {moonday: 8-12}}}",
        "calendars: {a: {time_zone: UTC, hours: {mon: 8}}}",
        "calendars: {a: {time_zone: UTC, hours: {mon: [8-12, closed]}}}",
        "calendars: {a: {time_zone: UTC, hours: sometimes}}",
        "calendars: [a]",
        "calendars: {a: {time_zone: UTC, exceptions: {Christmas: closed}}}",
        "calendars: {a: {time_zone: UTC, holidays: [Christmas]}}",
        "calendars: {a: {time_zone: UTC, holidays: [{name: x}]}}",
        "calendars: {a: {time_zone: UTC, holidays: [{file: x.txt}]}}",
        "calendars: {a: {time_zone: UTC, round: up}}",
        "calendars: {a: {time_zone: UTC, default: maybe}}",
        "quiet_hours: [22-7]",
        "slas: {a: {}}",
        "slas: {a: {update: two hours}}",
        "slas: {a: {update: {warn_before: 1h}}}",
        "slas: {a: {update: {within: 2h, pause_in: [asleep]}}}",
        "slas: {a: {update: 2h, answered_by: [phone]}}",
        "slas: {'a@b': {update: 2h}}",
        "teams: {a: nobody}",
        "teams: {a: {members: [x]}}",
        "on_call: {a: {members: a@b.org}}",
        "on_call: {a: {time_zone: UTC}}",
        "on_call: {a: {time_zone: UTC, members: a@b.org, rotation: sometimes}}",
        "on_call: {a: {time_zone: UTC, members: a@b.org, start: Monday}}",
        "on_call: {a: {time_zone: UTC, members: a@b.org, handover: nine}}",
        "on_call: {a: {time_zone: UTC, members: a@b.org, overrides: [{from: 2026-12-24, who: b@c.org}]}}",
        "on_call: {a: {time_zone: UTC, shifts: shifts.csv}}",
        "rules: [{action: {escalate_to: [{after: 1h, to: a, repeat: {every: 1h}}]}}]",
        "rules: [{action: {escalate_after: soon}}]"}) {
    EXPECT_NE(by_reader(yaml), "") << yaml;
    EXPECT_NE(by_schema(yaml), "") << yaml;
  }
}

TEST_F(Schema, TakesEveryRuleFileThatIsShipped) {
  int files = 0, examples = 0;
  const std::filesystem::path root(source_dir());
  const auto text_of = [](const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  };
  for (const auto* folder : {"samples", "modules"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const auto name = entry.path().filename().string();
      const bool rules = name == "rules.yaml" || name == "templates.yaml" || name == "calendars.yaml" ||
                         name == "slas.yaml" || name == "teams.yaml" || name == "on_call.yaml" ||
                         (entry.path().parent_path().filename() == "rules" && name.ends_with(".yaml"));
      if (!rules) continue;
      EXPECT_EQ(by_schema(text_of(entry.path())), "") << entry.path();
      ++files;
    }
  EXPECT_GE(files, 9);
  for (const auto* page : {"docs/calendars.md", "docs/rules.md"}) {
    const auto text = text_of(root / page);
    for (auto at = text.find("```yaml\n"); at != std::string::npos; at = text.find("```yaml\n", at + 1)) {
      const auto example = text.substr(at + 8, text.find("```", at + 8) - at - 8);
      if (example.find("rules:") == std::string::npos) continue;
      EXPECT_EQ(by_schema(example), "") << page << ":\n" << example;
      ++examples;
    }
  }
  EXPECT_GE(examples, 2);
}

}  // namespace
}  // namespace orgo::rules
