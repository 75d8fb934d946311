#include "core/message/message.h"

#include <gtest/gtest.h>

#include "core/message/attachment_name.h"

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

TEST(AttachmentName, PercentIsTakenBackWhereThereIsNoDoubt) {
  EXPECT_EQ(clean_filename("gr%C3%BC%C3%9Fe.pdf"),
            "gr\xC3\xBC\xC3\x9F"
            "e.pdf");
  EXPECT_EQ(clean_filename("%e5%9b%be%20%31.png"), "\xE5\x9B\xBE 1.png");
  EXPECT_EQ(clean_filename("utf-8''gr%C3%BCn.pdf"), "gr\xC3\xBCn.pdf");
  EXPECT_EQ(clean_filename("'a b.pdf'"), "a b.pdf");
  EXPECT_EQ(clean_filename("'"), "'");
  EXPECT_EQ(clean_filename("it's.pdf"), "it's.pdf");
  EXPECT_EQ(clean_filename("a%2F..%2F%C3%BC.pdf"), "\xC3\xBC.pdf") << "a path stays none";
  for (const std::string plain : {"100%.pdf", "50%20off.pdf", "a%C3.pdf", "%FF%FE.txt", "a%", "%C", "%zz%C3%"})
    EXPECT_EQ(clean_filename(plain), plain);
}

}  // namespace
}  // namespace orgo
