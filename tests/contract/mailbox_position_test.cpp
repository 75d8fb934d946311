#include "port/mailbox.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(MailboxPosition, SurvivesItsText) {
  MailboxPosition position;
  position.started_at = from_ms(1'790'000'000'123);
  position.uid_validity = 4'294'967'295;
  position.last_uid = 4'294'967'294;
  position.old_below = 17;
  position.mod_seq = INT64_MAX;
  position.seen = {"a \"quoted\" one", "b"};
  position.unfinished = {"7:8"};
  position.held_back = {"7:9"};
  const auto back = parse_mailbox_position(to_text(position));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, position);
  EXPECT_EQ(*parse_mailbox_position(""), MailboxPosition{});
  EXPECT_EQ(*parse_mailbox_position(to_text({})), MailboxPosition{});
}

TEST(MailboxPosition, KeepsToItsLimits) {
  MailboxPosition position;
  position.seen.assign(100'000, "x");
  EXPECT_TRUE(parse_mailbox_position(to_text(position)));
  position.seen.emplace_back("one more");
  const auto beyond = parse_mailbox_position(to_text(position));
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, Errc::invalid_input);
}

TEST(MailboxPosition, RefusesWhatItDidNotWrite) {
  for (const char* text : {"[]", "7", "{", "{\"seen\": 7}"}) {
    const auto read = parse_mailbox_position(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Errc::invalid_input) << text;
  }
  EXPECT_EQ(*parse_mailbox_position(R"({"last_uid": -7, "later": [1], "uid_validity": 5})"),
            (MailboxPosition{.uid_validity = 5}));
}

}  // namespace
}  // namespace orgo
