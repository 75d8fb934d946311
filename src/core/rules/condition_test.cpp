#include "core/rules/condition.h"

#include <gtest/gtest.h>

#include <chrono>

namespace orgo::rules {
namespace {

const std::string kKnownFields =
    "any recipient, attachment name, attachment text, attachment type, body, business hours, cc, channel, date, day, "
    "earlier messages, "
    "envelope recipient, envelope sender, finding, first contact, from, from name, from staff, header, hour, keywords, "
    "language, month, "
    "new text, no reply, open tasks, part, quoted text, raw body, reply to, signature, size, subject, thread, thread "
    "assignee, "
    "thread priority, thread tag, thread task, thread team, time, to, weekday";

/// "offset+length: message; hint" of each error.
std::string errors_of(const std::string& text, const ConditionLimits& limits = {}) {
  std::vector<ConditionError> errors;
  const auto parsed = parse_condition(text, errors, limits);
  EXPECT_EQ(parsed.has_value(), errors.empty());
  std::string out;
  for (const auto& error : errors) {
    out += (out.empty() ? "" : "\n") + std::to_string(error.offset) + "+" + std::to_string(error.length) + ": " +
           error.message;
    if (!error.hint.empty()) out += "; " + error.hint;
  }
  return out;
}

Condition parse(const std::string& text) {
  std::vector<ConditionError> errors;
  auto parsed = parse_condition(text, errors);
  EXPECT_TRUE(parsed) << text << ": " << (errors.empty() ? "" : errors[0].message);
  return parsed.value_or(Condition{});
}

TEST(Condition, ThereIsNoThirteenthMonthAndNoTwentyFifthHour) {
  const auto refused = [](const std::string& condition) { return errors_of(condition); };
  for (const char* wrong :
       {"date > '2026-13-01'", "date >= '2026-00-10'", "date <= '2026-02-30'", "date < '2026-04-31'",
        "date is '2026-02-29'", "date = '2026-12-32'", "date >= '2026-12-00'", "time > '25:00'", "time >= '24:01'",
        "time < '12:60'", "time is '99:99'"})
    EXPECT_NE(refused(wrong), "") << wrong;
  for (const char* right : {"date > '2026-12-31'", "date is '2028-02-29'", "date >= '2026-01-01'", "time >= '00:00'",
                            "time <= '23:59'", "time < '24:00'", "date starts with '2026-1'"})
    EXPECT_EQ(refused(right), "") << right;
}

TEST(Condition, PartsByTypeAndSeveralHeaders) {
  const auto test_of = [](std::string_view text) {
    std::vector<ConditionError> errors;
    const auto condition = parse_condition(text, errors);
    EXPECT_TRUE(condition && errors.empty()) << text << ": " << (errors.empty() ? "" : errors[0].message);
    return condition ? condition->test : orgo::rules::Test{};
  };
  EXPECT_EQ(test_of("part[Text/HTML] contains 'x'").field, Field::part_content);
  EXPECT_EQ(test_of("part[Text/HTML] contains 'x'").header, "text/html");
  EXPECT_EQ(test_of("part[ * ] contains 'x'").header, "*");
  EXPECT_EQ(test_of("header[To, 'Cc'] contains 'x'").header, "To,Cc");
  EXPECT_EQ(test_of("count(address of header[to,cc]) >= 3").part, Part::address);
  EXPECT_EQ(test_of("attachment text contains 'x'").field, Field::attachment_text);
  EXPECT_EQ(test_of("raw body matches /x/").field, Field::raw_body);
  for (const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
           {"part contains 'x'", "the type of the part is missing"},
           {"part[text/html/x] contains 'x'", "this is not the type of a part"},
           {"part[te xt] contains 'x'", "this is not the type of a part"},
           {"part[] contains 'x'", "this is not the type of a part"},
           {"part[text contains 'x'", "the [ is never closed"},
           {"header[To,,Cc] contains 'x'", "this is not the name of a header"},
           {"header[] contains 'x'", "this is not the name of a header"},
           {"domain of part[text] is 'x'", "part has no domain"},
           {"part[text] > 5", "part cannot be asked this way"},
           {"x = /y/ in part and always", "'and' is not a text of the message"}}) {
    std::vector<ConditionError> errors;
    EXPECT_FALSE(parse_condition(text, errors)) << text;
    ASSERT_FALSE(errors.empty()) << text;
    EXPECT_EQ(errors[0].message, message) << text;
  }
}

TEST(Condition, AndBindsCloserThanOr) {
  const auto tree = parse("subject is a or subject is b and subject is c");
  ASSERT_EQ(tree.kind, Condition::Kind::any);
  ASSERT_EQ(tree.parts.size(), 2U);
  EXPECT_EQ(tree.parts[1].kind, Condition::Kind::all);
}

TEST(Condition, KnowsWhereItsPartsStand) {
  const std::string text = "subject is a and (not body contains 'b c' or size > 5 MB)";
  const auto tree = parse(text);
  const auto shown = [&](const Condition& part) { return text.substr(part.offset, part.length); };
  EXPECT_EQ(shown(tree), text);
  EXPECT_EQ(shown(tree.parts[0]), "subject is a");
  EXPECT_EQ(shown(tree.parts[1]), "(not body contains 'b c' or size > 5 MB)");
  EXPECT_EQ(shown(tree.parts[1].parts[0]), "not body contains 'b c'");
  EXPECT_EQ(shown(tree.parts[1].parts[1]), "size > 5 MB");
}

TEST(Condition, TextsAsPeopleWriteThem) {
  EXPECT_EQ(parse("subject contains 'it''s'").test.texts[0], "it's");
  EXPECT_EQ(parse(R"(subject contains 'it\'s')").test.texts[0], "it's");
  EXPECT_EQ(parse(R"(subject contains "a\b")").test.texts[0], "a\\b");
  EXPECT_EQ(parse("subject contains 102").test.texts[0], "102");
  EXPECT_EQ(parse("from is anna@school.org").test.texts[0], "anna@school.org");
  EXPECT_EQ(parse("subject contains \u092A\u093E\u0928\u0940").test.texts[0], "\u092A\u093E\u0928\u0940");
  EXPECT_EQ(parse("subject matches /a\\/b\\d/").test.texts[0], "a/b\\d");
  EXPECT_EQ(parse("subject matches 'a+'").test.texts[0], "a+");
  EXPECT_EQ(parse("header[ 'List-Id' ] is x").test.header, "List-Id");
  EXPECT_EQ(parse("attachment name in [a, b,]").test.texts.size(), 2U);
  EXPECT_EQ(parse("size in [5MB, 6 KB, 7]").test.numbers, (std::vector<std::int64_t>{5 << 20, 6 << 10, 7}));
}

TEST(Condition, WrongWordsAreAllTold) {
  EXPECT_EQ(errors_of("subjct contains 'a' or finding is bouncy and channel is mail"),
            "0+6: unknown field 'subjct'; did you mean 'subject'? (known: " + kKnownFields +
                ")\n"
                "34+6: unknown finding 'bouncy'; did you mean 'bounce'? (known: auto_reply, bounce, duplicate, "
                "follow_up, mailing_list, "
                "out_of_office, own_loop)\n"
                "56+4: unknown channel 'mail'; known: http, imap, import, lmtp, pop3, smtp");
  EXPECT_EQ(errors_of("attachment nam contains 'a'"),
            "0+14: unknown field 'attachment nam'; did you mean 'attachment name'? (known: " + kKnownFields + ")");
  EXPECT_EQ(errors_of("hour > 24 and weekday is someday and size < big"),
            "7+2: '24' is not an hour; 0 to 23, in the time of the organization\n"
            "25+7: 'someday' is not a day of the week; mon, tue, wed, thu, fri, sat, sun, or 1 (Monday) to 7 (Sunday)\n"
            "44+3: 'big' is not a size; write a whole number and a unit, as in 5 MB");
}

TEST(Condition, OperatorsThatDontFit) {
  EXPECT_EQ(errors_of("subject > 5"),
            "8+1: subject cannot be asked this way; operators of subject: contains, is, starts with, ends with, "
            "matches, like, in, not in, exists");
  EXPECT_EQ(errors_of("size contains 5"),
            "5+8: size cannot be asked this way; operators of size: is, in, not in, <, <=, >, >=, !=");
  EXPECT_EQ(errors_of("finding matches /x/"),
            "8+7: finding cannot be asked this way; operators of finding: contains, is, in, not in");
  EXPECT_EQ(errors_of("subject contians 'a'"),
            "8+8: unknown operator 'contians'; did you mean 'contains'? (known: contains, ends with, exists, in, is, "
            "like, matches, not in, starts with)");
  EXPECT_EQ(errors_of("subject starts 'a'"), "15+3: 'a' is not expected here; write starts with");
  EXPECT_EQ(errors_of("subject does contain 'a'"),
            "13+7: 'contain' is not expected here; as in subject does not contain 'news'");
}

TEST(Condition, BrokenForms) {
  EXPECT_EQ(errors_of("subject"),
            "7+1: the condition ends where an operator is expected; operators of subject: contains, is, starts with, "
            "ends with, matches, like, in, not in, exists");
  EXPECT_EQ(errors_of("subject contains"),
            "16+1: the condition ends where a value is expected; as in subject contains 'urgent'");
  EXPECT_EQ(errors_of("subject contains and"),
            "17+3: 'and' stands where a value is expected; as in subject contains 'urgent'");
  EXPECT_EQ(errors_of("subject is a and"),
            "16+1: the condition ends where a field is expected; fields: subject, body, from, from name, to, cc, any "
            "recipient, header, attachment name, attachment type, reply to, envelope sender, envelope recipient, new "
            "text, quoted text, signature, language, thread task, attachment text, part, raw body, thread team, thread "
            "assignee, thread priority, thread tag, date, time, keywords, finding, channel, thread, size, hour, "
            "weekday, day, month, open tasks, earlier messages, first contact, business hours, from staff, no reply");
  EXPECT_EQ(errors_of("subject contains water leak"),
            "23+4: 'leak' is not expected here; join conditions by and / or; texts of several words stand in quotes");
  EXPECT_EQ(errors_of("subject contains 'a"), "17+1: the text that begins here is never closed; write ' at its end");
  EXPECT_EQ(errors_of("subject contains \u201Ca\u201D"),
            "17+3: '\u201C' does not begin a text; write straight quotes: '...'");
  EXPECT_EQ(errors_of("(subject is a"), "0+1: this ( is never closed; write ) at its end");
  EXPECT_EQ(errors_of("subject is a)"), "12+1: this ) closes nothing");
  EXPECT_EQ(errors_of("from in 'a'"),
            "8+3: a list is expected after in; as in from in ['anna@school.org', 'ben@school.org']");
  EXPECT_EQ(errors_of("from in ['a' 'b']"), "13+3: 'b' is not expected in a list; write a comma between its values");
  EXPECT_EQ(errors_of("from in ['a'"), "8+1: this [ is never closed; write ] at its end");
  EXPECT_EQ(errors_of("from in []"), "8+2: this list is empty; as in ['urgent', 'important']");
  EXPECT_EQ(errors_of("header contains 'a'"),
            "7+1: the name of the header is missing; as in header[List-Id] contains 'news'");
  EXPECT_EQ(errors_of("header[List Id] is a"),
            "6+9: this is not the name of a header; as in header[List-Id] contains 'news'");
  EXPECT_EQ(errors_of("subject & body"),
            "8+1: '&' means nothing here; texts stand in quotes, as in subject contains 'urgent'");
  EXPECT_EQ(errors_of("subject contains ''"),
            "17+2: this text is empty, so that every message would do; write is '' to ask for an empty one");
  EXPECT_EQ(errors_of("subject starts with '  '"),
            "20+4: this text is empty, so that every message would do; write is '' to ask for an empty one");
  EXPECT_EQ(errors_of("subject is ''"), "");
}

TEST(Condition, RegularExpressions) {
  EXPECT_EQ(errors_of("subject matches /(a/"),
            "17+2: this regular expression is wrong: missing ): (a; the syntax is that of RE2: no look-around, no "
            "back-references");
  EXPECT_EQ(errors_of("subject matches /a"),
            "16+1: the regular expression that begins here is never closed; write / at its end");
  EXPECT_EQ(errors_of("subject matches /a/ix"),
            "19+2: unknown flag 'ix' of a regular expression; known: i (without case)");
  EXPECT_EQ(errors_of("subject matches //"), "16+2: an empty regular expression matches every message; write always");
  EXPECT_EQ(errors_of("subject matches"),
            "15+1: the condition ends where a regular expression is expected; as in subject matches /room [0-9]+/i");
}

TEST(Condition, PartsAndSingleValues) {
  auto test = parse("domain of from is school.org").test;
  EXPECT_EQ(test.part, Part::domain);
  EXPECT_EQ(test.field, Field::from);
  test = parse("local part of to[-1] is anna").test;
  EXPECT_EQ(test.part, Part::local_part);
  EXPECT_EQ(test.index, -1);
  test = parse("hour of header[Date] >= 18").test;
  EXPECT_EQ(test.part, Part::hour);
  EXPECT_EQ(test.op, Operator::greater_equal);
  EXPECT_TRUE(test.numeric);
  EXPECT_EQ(parse("header[X-A][2] is x").test.index, 2);
  EXPECT_EQ(errors_of("hour of subject is 5"),
            "0+15: subject has no hour; parts of dates are asked of headers: hour of header[Date]");
  EXPECT_EQ(errors_of("domain of body is x"),
            "0+14: body has no domain; parts of addresses: of from, to, cc, any recipient, reply to, header[...]");
  EXPECT_EQ(errors_of("to[0] is x"),
            "3+1: '0' is not the number of a value; [1] is the first, [2] the second, [-1] the last");
  EXPECT_EQ(errors_of("local part from is x"), "11+4: 'from' is not expected here; as in local part of from");
}

TEST(Condition, Counts) {
  auto test = parse("count(attachments) > 3").test;
  EXPECT_EQ(test.field, Field::attachment_name);
  EXPECT_EQ(test.op, Operator::exists);
  EXPECT_EQ(test.count->op, Operator::greater);
  EXPECT_EQ(test.count->number, 3);
  EXPECT_EQ(parse("count(header[Received]) is not 3").kind, Condition::Kind::none);
  test = parse("count(body matches /a/i) >= 2 and size > 1").parts[0].test;
  EXPECT_EQ(test.op, Operator::matches);
  EXPECT_TRUE(test.ignore_case);
  EXPECT_EQ(errors_of("count(size) > 3"), "6+4: size cannot be counted; count texts: count(attachments), count(to)");
  EXPECT_EQ(errors_of("count(to) > 100"), "");
  EXPECT_EQ(errors_of("count(to) > 101"), "12+3: count() counts to 100");
  EXPECT_EQ(errors_of("count(to is not 'a') > 1"),
            "6+9: only what is there can be counted; write the condition without not");
  EXPECT_EQ(errors_of("count to > 1"), "6+2: 'to' is not expected here; as in count(attachments) > 3");
}

TEST(Condition, Variables) {
  std::vector<ConditionError> errors;
  Variables variables;
  const auto tree = parse_condition(
      "room = /Room (\\d+)/i in subject or body and room is '102' and body contains '{{room}}'", errors, {}, variables);
  ASSERT_TRUE(tree) << errors[0].message;
  ASSERT_EQ(variables.size(), 1U);
  const auto& room = *variables.at("room");
  EXPECT_EQ(room.pattern, "Room (\\d+)");
  EXPECT_TRUE(room.ignore_case);
  EXPECT_EQ(room.fields, (std::vector<Field>{Field::subject, Field::body}));
  EXPECT_EQ(tree->parts[1].test.extraction, variables.at("room"));
  EXPECT_EQ(tree->parts[2].test.filled.at(0), variables.at("room"));
  EXPECT_EQ(parse("a1 = /x/ in subject or body contains 'y'").kind, Condition::Kind::any);
  EXPECT_EQ(parse("a1 = /x/ in [from name, cc]").test.extraction->fields,
            (std::vector<Field>{Field::from_name, Field::cc}));
  EXPECT_EQ(errors_of("a1 = /x/ in size"), "16+1: the end is not a text of the message; as in subject or body");
  EXPECT_EQ(errors_of("subject contains '{{room}}'"),
            "17+10: unknown variable 'room'; room = /Room (\\d+)/ would make one");
  EXPECT_EQ(errors_of("a-b = /x/"),
            "0+3: 'a-b' is not a name for a variable; letters, digits and _, as in room = /Room (\\d+)/");
  EXPECT_EQ(errors_of("a1 = /(/"),
            "6+1: this regular expression is wrong: missing ): (; the syntax is that of RE2: no look-around, no "
            "back-references");
}

TEST(Condition, TimeThatPassesStandsBesideTheOthers) {
  const auto tree = parse("subject contains 'leak' and no reply within 1 h 30 min");
  EXPECT_EQ(absence_of(tree), 90 * 60'000);
  EXPECT_EQ(absence_of(parse("no reply within 2 hours")), 2 * 3'600'000);
  EXPECT_EQ(absence_of(parse("always")), std::nullopt);
  EXPECT_EQ(errors_of("subject is a or no reply within 2 hours"),
            "16+23: 'no reply within' stands beside other conditions, joined by and; write a rule of its own for the "
            "other case");
  EXPECT_EQ(errors_of("not no reply within 2 hours").substr(0, 5), "4+23:");
  EXPECT_EQ(errors_of("no reply within 2 hourz"),
            "16+7: '2 hourz' is not a duration; write a number and a unit, as in \"2 hours\"");
  EXPECT_EQ(errors_of("no reply in 2 hours"), "9+2: 'in' is not expected here; as in no reply within 2 hours");
  EXPECT_EQ(errors_of("no reply within 1 h and no reply within 2 h"), "24+19: 'no reply within' is here a second time");
}

TEST(Condition, YesOrNo) {
  EXPECT_EQ(parse("first contact").test.field, Field::first_contact);
  EXPECT_EQ(parse("outside business hours of 'school'").kind, Condition::Kind::none);
  EXPECT_EQ(parse("outside business hours of school").parts[0].test.header, "school");
  EXPECT_EQ(parse("within business hours and not first contact").parts.size(), 2U);
  EXPECT_EQ(parse("thread is none or thread in [resolved, closed]").parts[1].test.numbers,
            (std::vector<std::int64_t>{5, 6}));
  EXPECT_EQ(errors_of("outside hours"),
            "0+7: 'outside' is followed by business hours; as in outside business hours of 'school'");
  EXPECT_EQ(errors_of("thread is done"),
            "10+4: unknown state 'done'; did you mean 'none'? (known: acknowledged, closed, new, none, open, pending, "
            "resolved)");
  EXPECT_EQ(
      errors_of("subject contains exactly 'IT' and subject exists and header[X] does not exist and subject like '*a?'"),
      "");
  EXPECT_EQ(errors_of("size is exactly 5"), "0+15: 'exactly' does not fit here; as in subject contains exactly 'IT'");
}

TEST(Condition, LimitsHoldAtThemAndPastThem) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '(') + "always" +
           std::string(static_cast<std::size_t>(depth), ')');
  };
  EXPECT_EQ(errors_of(nested(50)), "");
  EXPECT_EQ(errors_of(nested(51)),
            "51+6: nested deeper than 50 levels; split the rule, or join with and / or without parentheses");
  std::string nots;
  for (int i = 0; i < 50; ++i) nots += "not ";
  EXPECT_EQ(errors_of(nots + "always"), "");
  EXPECT_NE(errors_of("not " + nots + "always"), "");
  const std::string frame = "subject contains ''";
  EXPECT_EQ(errors_of("subject contains '" + std::string((64U << 10U) - frame.size(), 'x') + "'"), "");
  EXPECT_EQ(errors_of("subject contains '" + std::string((64U << 10U) - frame.size() + 1, 'x') + "'"),
            "0+1: longer than 64 KB; split the rule, or use a keyword list");
  std::string many = "subject is a";
  while (many.size() + 16 < (64U << 10U)) many += " or subject is a";
  EXPECT_EQ(errors_of(many), "") << "long lists are not deep";
  std::string wrong = "x is a";
  for (int i = 0; i < 100; ++i) wrong += " or x is a";
  std::vector<ConditionError> errors;
  EXPECT_FALSE(parse_condition(wrong, errors));
  EXPECT_EQ(errors.size(), 20U);
}

}  // namespace
}  // namespace orgo::rules
