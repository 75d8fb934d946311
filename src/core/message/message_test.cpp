#include "core/message/message.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(Message, OneThatIsNoMailHasNothingOfAMail) {
  Message chat;
  chat.text = "The heating is cold";
  EXPECT_TRUE(chat.as_mail().to.empty());
  EXPECT_TRUE(chat.as_mail().html.empty());
  EXPECT_EQ(chat.header("To"), "");
  EXPECT_FALSE(chat.mail.has_value()) << "reading makes no mail of it";
}

TEST(Message, MakingAMailKeepsWhatIsThere) {
  Message message;
  message.make_mail().headers = {{"X-Score", "5"}, {"x-score", "6"}};
  message.make_mail().to = {{"", "office@example.org"}};
  EXPECT_EQ(message.header("X-SCORE"), "5");
  EXPECT_EQ(message.as_mail().to.size(), 1U);
}

}  // namespace
}  // namespace orgo
