#include "core/module/task_type.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo::modules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TaskTypes read(const std::string& text) {
  TaskTypes types;
  std::vector<Diagnostic> errors;
  read_task_types({"task_types.yaml", text}, types, errors);
  EXPECT_THAT(errors, IsEmpty()) << (errors.empty() ? "" : errors.front().message);
  return types;
}

std::vector<std::string> errors_of(const std::string& text) {
  TaskTypes types;
  std::vector<Diagnostic> errors;
  read_task_types({"task_types.yaml", text}, types, errors);
  std::vector<std::string> messages;
  for (const auto& error : errors) messages.push_back(std::to_string(error.line) + ": " + error.message);
  return messages;
}

Message mail(std::string subject, std::string text) {
  Message message;
  message.subject = std::move(subject);
  message.text = std::move(text);
  return message;
}
const TimePoint kWritten = *parse_rfc3339("2026-11-23T10:00:00Z");

TEST(TaskType, FindsAndChecksItsFields) {
  const auto types = read(R"(
task_types:
  booking:
    fields:
      room: {label: Room, pattern: ['room (\w+)', 'raum (\w+)'], required: true}
      persons: {kind: number, pattern: '([\d.,]+) (?:persons|Personen)', min: 1, max: 30}
      day: {kind: date, required: true}
      part: {kind: choice, choices: {lamp: [bulb, Lampe], door: }}
)");
  EXPECT_THAT(
      types.fields("booking", mail("Booking of Room 102, please", "For 12 persons on 1 December. The bulb is broken."),
                   kWritten),
      ElementsAre(TaskField{"room", "Room", "102", ""}, TaskField{"persons", "persons", "12", ""},
                  TaskField{"day", "day", "2026-12-01", ""}, TaskField{"part", "part", "lamp", ""}));
  EXPECT_THAT(
      types.fields("booking", mail("Raum 7b", "Für 37 Personen. Die Door klemmt."), kWritten),
      ElementsAre(TaskField{"room", "Room", "7b", ""}, TaskField{"persons", "persons", "37", "'37' is more than 30"},
                  TaskField{"day", "day", "", "missing"}, TaskField{"part", "part", "door", ""}));
  EXPECT_THAT(types.fields("nothing", mail("a", "b"), kWritten), IsEmpty());
}

TEST(TaskType, ChecksWhatAPersonTypes) {
  const auto types = read(R"(
task_types:
  booking:
    fields:
      room: {label: Room, pattern: 'room (\w+)', required: true}
      persons: {kind: number, pattern: '(\d+) persons', min: 1, max: 30}
      day: {kind: date}
      part: {kind: choice, choices: {Lamp: [bulb], door: }}
)");
  const auto now = *parse_rfc3339("2026-11-23T10:00:00Z");
  const auto set = [&](std::string_view field, std::string_view value) {
    const auto made = types.checked("booking", field, value, now);
    return made ? made->value + (made->problem.empty() ? "" : " (" + made->problem + ")")
                : "error: " + made.error().message;
  };
  EXPECT_EQ(set("room", " 102 "), "102");
  EXPECT_EQ(set("room", ""), " (missing)");
  EXPECT_EQ(set("persons", "1,000"), "error: '1,000' is more than 30");
  EXPECT_EQ(set("persons", "many"), "error: 'many' is not a number");
  EXPECT_EQ(set("day", "1 December"), "2026-12-01");
  EXPECT_EQ(set("day", "soon"), "error: 'soon' is not a date");
  EXPECT_EQ(set("part", "lamp"), "Lamp");
  EXPECT_EQ(set("part", "bulb"), "error: 'bulb' is none of the choices of part: Lamp, door");
  EXPECT_EQ(types.checked("booking", "rooms", "1", now).error().code, Errc::not_found);
  EXPECT_EQ(types.checked("nothing", "room", "1", now).error().code, Errc::not_found);
}

TEST(TaskType, TellsWhatIsWrongInItsFile) {
  EXPECT_THAT(errors_of("task_types: {a: {fields: {x: {kind: texts, pattern: a}}}}"),
              ElementsAre("1: unknown kind 'texts'"));
  EXPECT_THAT(errors_of("task_types:\n  a:\n    fields:\n      x: {pattern: '(a'}"),
              ElementsAre("4: not a regular expression: missing ): (a"));
  EXPECT_THAT(errors_of("task_types: {a: {fields: {x: {kind: text}}}}"),
              ElementsAre("1: how is 'x' found in a mail? A field of kind text or number needs a pattern"));
  EXPECT_THAT(errors_of("task_types: {a: {fields: {x: {kind: choice}}}}"), ElementsAre("1: a choice needs choices"));
  EXPECT_THAT(errors_of("task_types: {Big Name: }"), SizeIs(1));
  std::string fields;
  for (int i = 0; i < 51; ++i) fields += "      f" + std::to_string(i) + ": {kind: date}\n";
  EXPECT_THAT(errors_of("task_types:\n  a:\n    fields:\n" + fields), ElementsAre("54: more than 50 fields"));
}

TEST(TaskType, ReadsDatesAsPeopleWriteThem) {
  const auto written = *parse_rfc3339("2026-11-23T10:00:00Z");
  const auto date = [&](std::string_view text) { return find_date(text, written).value_or("none"); };
  EXPECT_EQ(date("on 2026-12-24, please"), "2026-12-24");
  EXPECT_EQ(date("am 24.12.2026"), "2026-12-24");
  EXPECT_EQ(date("am 3.1."), "2027-01-03") << "the next one";
  EXPECT_EQ(date("24/12/26"), "2026-12-24");
  EXPECT_EQ(date("12/24/2026"), "2026-12-24") << "no month has the number 24";
  EXPECT_EQ(date("November 30th"), "2026-11-30");
  EXPECT_EQ(date("Dec 5, 2027"), "2027-12-05");
  EXPECT_EQ(date("the 5th of January"), "2027-01-05");
  EXPECT_EQ(date("5. März 2027"), "2027-03-05");
  EXPECT_EQ(date("le 1er août"), "2027-08-01");
  EXPECT_EQ(date("el 22 de marzo de 2027"), "2027-03-22");
  EXPECT_EQ(date("25 दिसंबर को"), "2026-12-25");
  EXPECT_EQ(date("version 99.5. of 30 November"), "2026-11-30") << "99.5. is no date";
  EXPECT_EQ(date("29.2.2027"), "none");
  EXPECT_EQ(date("no date in here, nor 12345"), "none");
}

TEST(TaskType, DatesOfAHostileTextCostLittle) {
  std::string text;
  while (text.size() < 60'000) text += "99.99. ";
  EXPECT_EQ(find_date(text + "1.1.2027", std::nullopt), std::nullopt) << "it gives up after twenty";
}

TEST(TaskType, ReadsNumbersOfAllCountries) {
  EXPECT_EQ(parse_number("12"), 12);
  EXPECT_EQ(parse_number("1,234.50"), 1234.5);
  EXPECT_EQ(parse_number("1.234,50"), 1234.5);
  EXPECT_EQ(parse_number("1 234,5"), 1234.5);
  EXPECT_EQ(parse_number("1.234"), 1234);
  EXPECT_EQ(parse_number("-3"), -3);
  EXPECT_EQ(parse_number("3x"), std::nullopt);
  EXPECT_EQ(parse_number(""), std::nullopt);
}

}  // namespace
}  // namespace orgo::modules
