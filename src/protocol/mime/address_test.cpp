#include "protocol/mime/address.h"

#include <gtest/gtest.h>

namespace orgo::mime {
namespace {

/// "name|address|comment|group" of each, the empty ends left out.
std::vector<std::string> read(std::string_view value) {
  std::vector<std::string> out;
  for (const auto& m : parse_addresses(value).mailboxes) {
    auto text = m.name + "|" + m.address + "|" + m.comment + "|" + m.group;
    while (text.ends_with('|')) text.pop_back();
    out.push_back(std::move(text));
  }
  return out;
}
using List = std::vector<std::string>;

TEST(Addresses, FollowTheExamplesOfRfc5322) {
  EXPECT_EQ(read("John Doe <jdoe@machine.example>"), (List{"John Doe|jdoe@machine.example"}));
  EXPECT_EQ(read("Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>"),
            (List{"Mary Smith|mary@x.test", "|jdoe@example.org", "Who?|one@y.test"}));
  EXPECT_EQ(read("<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>"),
            (List{"|boss@nil.test", "Giant; \"Big\" Box|sysservices@example.net"}));
  EXPECT_EQ(read("A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;"),
            (List{"Ed Jones|c@a.test||A Group", "|joe@where.test||A Group", "John|jdoe@one.test||A Group"}));
  EXPECT_EQ(read("Undisclosed recipients:;"), List{});
  EXPECT_EQ(read("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>"),
            (List{"Pete|pete@silly.test|A nice ) chap his account his host"}));
  EXPECT_EQ(read("Mary Smith <@node.test,@b:mary@example.net>, , jdoe@test  . example"),
            (List{"Mary Smith|mary@example.net", "|jdoe@test.example"}));
  EXPECT_EQ(read("John Doe <jdoe@machine(comment).  example>"), (List{"John Doe|jdoe@machine.example|comment"}));
  EXPECT_EQ(read("\"john doe\"@example.com, <\"a,b>\"@example.com>"),
            (List{"|\"john doe\"@example.com", "|\"a,b>\"@example.com"}));
  EXPECT_EQ(read("root@[127.0.0.1], <x@[IPv6:::1]>"), (List{"|root@[127.0.0.1]", "|x@[IPv6:::1]"}));
}

TEST(Addresses, DecodeEncodedWordsAnywhere) {
  EXPECT_EQ(read("=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk>"),
            (List{"Keld J\xC3\xB8rn Simonsen|keld@dkuug.dk"}));
  EXPECT_EQ(read("=?utf-8?Q?M=C3=BCller,_Bernd?= <b@x.test>"), (List{"M\xC3\xBCller, Bernd|b@x.test"}));
  EXPECT_EQ(read("\"=?utf-8?q?foo?= bar\" <a@b.test>"), (List{"foo bar|a@b.test"}));
  EXPECT_EQ(read("=?utf-8?q?a?= =?utf-8?q?b?= <a@b.test>"), (List{"ab|a@b.test"}));
}

TEST(Addresses, ReadWhatMailersBreak) {
  EXPECT_EQ(read("marc.smith@example.com (Marc Smith)"), (List{"|marc.smith@example.com|Marc Smith"}));
  EXPECT_EQ(read("Mueller, Bernd <b@x.test>"), (List{"Mueller, Bernd|b@x.test"})) << "a comma that needs quotes";
  EXPECT_EQ(read("a@b.test; c@d.test"), (List{"|a@b.test", "|c@d.test"})) << "semicolons";
  EXPECT_EQ(read("Some Name jdoe@example.org"), (List{"Some Name|jdoe@example.org"})) << "no brackets";
  EXPECT_EQ(read("Bob <bob@example.org"), (List{"Bob|bob@example.org"})) << "no closing bracket";
  EXPECT_EQ(read("Bob <bob@example.org, Ann <ann@example.org>"), (List{"Bob|bob@example.org", "Ann|ann@example.org"}));
  EXPECT_EQ(read("\"Bob <bob@example.org>"), (List{"Bob|bob@example.org"})) << "no closing quote";
  EXPECT_EQ(read("phil@example.com <phil@example.com>"), (List{"phil@example.com|phil@example.com"}));
  EXPECT_EQ(read("\"Yangzhou Lighting \" <>, \"LTD\" <ly@example.com>"),
            (List{"Yangzhou Lighting", "LTD|ly@example.com"}));
  EXPECT_EQ(read("MAILER-DAEMON (Mail Delivery System)"), (List{"|MAILER-DAEMON|Mail Delivery System"}));
  EXPECT_EQ(read("root"), (List{"|root"}));
  EXPECT_EQ(read("Max Kohl | [example.com] <kohl@example.com>"), (List{"Max Kohl | [example.com]|kohl@example.com"}));
  EXPECT_EQ(read("<<a@b.test>>"), (List{"|a@b.test"}));
  EXPECT_EQ(read("<a@b.com> =?utf-8?q?Doe?="), (List{"Doe|a@b.com"})) << "the name behind";
  EXPECT_EQ(read(""), List{});
  EXPECT_EQ(read(" , ,;"), List{});
}

TEST(Addresses, EndAtTheLimit) {
  const auto at_limit = parse_addresses("a@b, c@d", {}, {2});
  EXPECT_EQ(at_limit.mailboxes.size(), 2U);
  EXPECT_FALSE(at_limit.truncated);
  const auto past = parse_addresses("a@b, c@d, e@f", {}, {2});
  EXPECT_EQ(past.mailboxes.size(), 2U);
  EXPECT_TRUE(past.truncated);
}

TEST(MessageIds, AreReadWithAndWithoutBrackets) {
  EXPECT_EQ(parse_message_ids("<1234@local.example> <3456@example.net>"),
            (List{"1234@local.example", "3456@example.net"}));
  EXPECT_EQ(parse_message_ids("  malformed@id.example \t "), (List{"malformed@id.example"}));
  EXPECT_EQ(parse_message_ids("<>"), List{});
  EXPECT_EQ(parse_message_ids("Your message of Monday <a@b>"), (List{"a@b"}));
  EXPECT_EQ(parse_message_ids("Your message of Monday"), List{});
  EXPECT_EQ(parse_message_ids("<folded\r\n @id.example>"), (List{"folded@id.example"}));
}

TEST(MessageIds, KeepTheFirstAndTheLastOnes) {
  EXPECT_EQ(parse_message_ids("<1> <2> <3>", 3), (List{"1", "2", "3"}));
  EXPECT_EQ(parse_message_ids("<1> <2> <3> <4> <5>", 3), (List{"1", "4", "5"}));
  EXPECT_EQ(parse_message_ids("<1> <2>", 1), (List{"1"}));
}

}  // namespace
}  // namespace orgo::mime
