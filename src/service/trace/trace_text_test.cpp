#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/json_writer.h"
#include "core/processing/trace.h"
#include "service/trace/trace_service.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

using testing::HasSubstr;
using testing::Not;

Story story_of(const std::string& words) {
  Story story{.message = {.id = MessageId{17}, .envelope = {.tenant = kTenant}}};
  story.message.envelope.recipient = mail_contact(words);
  story.message.envelope.received_at = TimePoint{Millis{1'767'225'600'000}};
  story.bytes_sha256 = "abc";
  story.parsed.emplace();
  story.parsed->subject = words;
  story.parsed->from = Address{words, "x@y.example"};
  story.parsed->attachments.push_back({.filename = words, .content_type = "text/plain", .size = 3});
  StoredEvent event;
  event.event.kind = EventKind::task_commented;
  event.event.actor = words;
  JsonWriter(event.event.data).begin_object().field("text", words).end_object();
  story.timeline.push_back(event);
  return story;
}

TEST(TraceText, TellsWhatIsKnown) {
  auto story = story_of("Water leak");
  EXPECT_THAT(
      to_text(story),
      HasSubstr("Message m17\n  received       2026-01-01T00:00:00Z by lmtp\n  sender         <> (a notice)\n"));
  EXPECT_THAT(to_text(story), HasSubstr("Nothing yet: it waits to be processed."));
  story.dead = DeadLetter{.key = {kTenant, WorkKind::process, 17}, .attempts = 8, .error = "disk"};
  EXPECT_THAT(to_text(story), HasSubstr("Nothing: processing gave it up after 8 attempts"));
  story.dead.reset();
  story.decision.emplace();
  story.decision->outcome = Outcome::recorded;
  story.decision->reason = "a machine wrote it";
  story.decision->trace =
      R"({"keywords":["urgent","leak"],"rules":[{"rule":"water","matched":true,"why":"subject contains 'leak'"},{"rule":"it","matched":false,"why":"no"}]})";
  story.trace = parse_trace(story.decision->trace);
  const auto text = to_text(story);
  EXPECT_THAT(text, HasSubstr("  outcome        recorded\n  why            a machine wrote it\n"));
  EXPECT_THAT(text, HasSubstr("  keywords       urgent, leak\n"));
  EXPECT_THAT(text, HasSubstr("  rules          + water: subject contains 'leak'\n  rules          - it: no\n"));
  EXPECT_THAT(text, HasSubstr("task.commented by Water leak (text: Water leak)\n"));
}

TEST(TraceText, IsForPeopleAndHasNoJson) {
  auto story = story_of("Water leak");
  story.timeline.front().event.data =
      R"({"fields": [{"name": "room", "to": "102"}], "to": ["a@x.example", "b@x.example"], "files": 2, "again": true})";
  story.decision.emplace();
  story.trace.emplace();
  story.trace->rules.push_back(
      {.rule = "water",
       .matched = true,
       .why = "all held",
       .parts = {{.text = "subject contains 'leak'", .held = true, .words = {{"subject", 0, 6, 4}}},
                 {.text = "hour > 17", .held = false, .words = {}, .negated = true, .found = "14"}},
       .condition = {}});
  const auto text = to_text(story);
  EXPECT_THAT(text, HasSubstr("(fields: name: room, to: 102, to: a@x.example, b@x.example, files: 2, again: yes)"));
  EXPECT_THAT(text, HasSubstr("+ water: all held; of it subject contains 'leak': yes, not hour > 17: no (it is 14)"));
  story.trace->rules = {{.rule = "leak",
                         .matched = true,
                         .why = "subject contains 'leak' (\"Water leak\")",
                         .parts = {{.text = "subject contains 'leak'", .held = true}},
                         .condition = {}}};
  EXPECT_THAT(to_text(story), HasSubstr("+ leak: subject contains 'leak' (\"Water leak\")\n")) << "and not once more";
  for (const auto* mark : {"{", "}", "[", "\""}) EXPECT_THAT(text, Not(HasSubstr(mark)));
}

TEST(TraceText, NoMailMovesTheCursorOfAReader) {
  const auto text =
      to_text(story_of("a\x1b[2J\r\nMessage m99\n  outcome forged\x07\x9b\xC2\x9B"
                       "31m\x7f"));
  for (const char c : text) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << static_cast<int>(c);
  EXPECT_THAT(text, Not(HasSubstr("\xC2\x9B")));
  EXPECT_THAT(text, Not(HasSubstr("\nMessage m99")));
  EXPECT_LT(to_text(story_of(std::string(100'000, 'x'))).size(), 3000U) << "long values are cut";
}

TEST(TraceText, DamagedTracesAreLeftOut) {
  auto story = story_of("x");
  story.decision.emplace();
  for (const auto* trace : {"", "{", "[]", "7", R"({"rules":[1,null,{"a":{"b":[1]}}]})"}) {
    story.decision->trace = trace;
    story.trace = parse_trace(trace);
    EXPECT_THAT(to_text(story), HasSubstr("What was decided"));
    EXPECT_TRUE(parse_json(to_json(story))) << trace;
  }
}

}  // namespace
}  // namespace orgo
