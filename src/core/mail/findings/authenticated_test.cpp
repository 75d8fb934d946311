#include "core/mail/findings/authenticated.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace orgo {
namespace {

constexpr std::string_view kServer = "mx.school.example";

bool authenticated(const std::vector<std::string>& fields, std::string_view server = kServer,
                   const std::string& from = "ben@school.example") {
  Message message;
  message.from = Address{"Ben", from};
  for (const auto& field : fields) message.make_mail().headers.push_back({"Authentication-Results", field});
  return is_authenticated(message, server);
}

TEST(Authenticated, ByWhatOurServerFound) {
  for (const auto* field :
       {"mx.school.example; dmarc=pass header.from=school.example",
        "MX.school.example 1; dmarc=Pass (p=reject; x) "
        "header.from=School.Example",
        "mx.school.example; spf=fail smtp.mailfrom=eve@other.example; dkim=pass header.d=school.example header.s=k",
        "mx.school.example; dkim/1=pass reason=\"good\" header.i=@x header.d=school.example",
        "mx.school.example; spf=pass smtp.mailfrom=bounce@school.example",
        "mx.school.example;spf=pass\r\n "
        "smtp.mailfrom=school.example"})
    EXPECT_TRUE(authenticated({field})) << field;
  for (const auto* field :
       {"mx.school.example; dmarc=fail header.from=school.example", "mx.school.example; none", "mx.school.example", "",
        ";", "mx.school.example; dmarc=pass header.from=other.example",
        "mx.school.example; dkim=pass header.d=other.example", "mx.school.example; dkim=pass header.i=@school.example",
        "mx.school.example; spf=pass smtp.helo=school.example", "mx.school.example; dmarc=pass",
        "mx.school.example; (dmarc=pass header.from=school.example)",
        "mx.school.example; (a (b) dmarc=pass header.from=school.example",
        "mx.school.example; x=pass header.from=school.example",
        "mx.other.example; dmarc=pass header.from=school.example",
        "dmarc=pass header.from=school.example; mx.school.example"})
    EXPECT_FALSE(authenticated({field})) << field;
}

TEST(Authenticated, OnlyTheNewestOfAServerThatIsNamed) {
  const std::string good = "mx.school.example; dmarc=pass header.from=school.example";
  EXPECT_FALSE(authenticated({good}, "")) << "nobody is believed unless somebody says so";
  EXPECT_FALSE(authenticated({}));
  EXPECT_FALSE(authenticated({good}, kServer, "school.example"));
  EXPECT_FALSE(authenticated({"mx.school.example; dmarc=fail header.from=school.example", good}))
      << "the one below came with the mail";
  EXPECT_TRUE(authenticated({"filter.school.example; dmarc=fail header.from=school.example", good}));
}

}  // namespace
}  // namespace orgo
