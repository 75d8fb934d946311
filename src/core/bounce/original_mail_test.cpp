#include "core/bounce/original_mail.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(OriginalMail, IsKnownByItsIdWhereAGatewayBrokeTheFolds) {
  EXPECT_EQ(read_original_mail("Received: from x\n\tby y\nMessage-ID: <1@orgo.example>\n\nhi\n").message_id,
            "1@orgo.example");
  EXPECT_EQ(read_original_mail("Received: from x\n\nby y; Mon, 2 Nov\nMessage-ID: <1@orgo.example>\n\nhi\n").message_id,
            "1@orgo.example");
  EXPECT_EQ(read_original_mail("Subject: x\n\nhi\n").message_id, "");
}

}  // namespace
}  // namespace orgo
