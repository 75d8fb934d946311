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
  EXPECT_EQ(read("Anna (anna@example.org)"), (List{"Anna|anna@example.org"}));
  EXPECT_EQ(read("Anna Muster (anna@example.org)"), (List{"Anna Muster|anna@example.org"}));
  EXPECT_EQ(read("(anna@example.org)"), (List{"|anna@example.org"}));
  EXPECT_EQ(read("bob@example.org (see anna@example.org)"), (List{"|bob@example.org|see anna@example.org"}));
  EXPECT_EQ(read("Anna <\"anna\"@example.org>"), (List{"Anna|anna@example.org"})) << "quotes that say nothing";
  EXPECT_EQ(read("Anna <anna@\"example.org\">"), (List{"Anna|anna@example.org"}));
  EXPECT_EQ(read("\"a..b\"@example.org"), (List{"|\"a..b\"@example.org"}));
  EXPECT_EQ(read("\xC2\xA0"
                 "Anna\xC2\xA0<anna@example.org>"),
            (List{"Anna|anna@example.org"}));
  EXPECT_EQ(read("Max Kohl | [example.com] <kohl@example.com>"), (List{"Max Kohl | [example.com]|kohl@example.com"}));
  EXPECT_EQ(read("<<a@b.test>>"), (List{"|a@b.test"}));
  EXPECT_EQ(read("<a@b.com> =?utf-8?q?Doe?="), (List{"Doe|a@b.com"})) << "the name behind";
  EXPECT_EQ(read(""), List{});
  EXPECT_EQ(read(" , ,;"), List{});
}

TEST(Addresses, AreWhatAPersonWouldSee) {
  for (const char* odd : {"anna@customer.example",
                          "<anna@customer.example",
                          "<<anna@customer.example>>",
                          "Anna <mailto:anna@customer.example>",
                          "mailto:anna@customer.example",
                          "Anna [mailto:anna@customer.example]",
                          "Anna &lt;anna@customer.example&gt;",
                          "=?utf-8?B?QW5uYSA8YW5uYUBjdXN0b21lci5leGFtcGxlPg==?=",
                          "=?utf-8?Q?anna=40customer.example?=",
                          "Anna =?utf-8?Q?=3Canna=40customer.example=3E?=",
                          "Anna <=?utf-8?Q?anna=40customer.example?=>",
                          "=?utf-8?Q?anna@customer.example?=",
                          "=?iso-8859-1?q?anna@customer.example?=",
                          "=?utf-8?Q?Anna_<anna@customer.example>?=",
                          "=?utf-8?Q?<anna@customer.example>?=",
                          "=?utf-8?Q?Muster,_Anna_<anna@customer.example>?=",
                          "=?utf-8?Q?anna@?= =?utf-8?Q?customer.example?=",
                          "Anna =?utf-8?Q?anna@customer.example?=",
                          "<=?utf-8?Q?anna@customer.example?=>",
                          "=?utf-8?Q?M=C3=BCller_anna@customer.example?=",
                          "\"=?utf-8?Q?anna@customer.example?=\"",
                          "<a href=\"mailto:anna@customer.example\">anna@customer.example</a>",
                          "<a href=\"mailto:anna@customer.example\">Anna</a>",
                          "<A HREF='mailto:anna@customer.example'>Anna Muster</A>",
                          "<a href=mailto:anna@customer.example>Anna</a>",
                          "Anna <a href=\"mailto:anna@customer.example?subject=leak\">anna@customer.example</a>",
                          "Anna <<a href=\"mailto:anna@customer.example\">anna@customer.example</a>>",
                          "<b>Anna</b> <anna@customer.example>",
                          "<span class=\"x\">Anna</span> &lt;<i>anna@customer.example</i>&gt;",
                          "&lt;a href=&quot;mailto:anna@customer.example&quot;&gt;Anna&lt;/a&gt;",
                          "<p>anna@customer.example</p>",
                          "<a href=\"https://customer.example/\">Anna</a> <anna@customer.example>",
                          "\"Anna <anna@customer.example>\"",
                          "\"Muster, Anna <anna@customer.example>\"",
                          "'anna@customer.example'",
                          "\"anna@customer.example\"",
                          "<'anna@customer.example'>",
                          "\"'anna@customer.example'\" <anna@customer.example>",
                          "Anna <anna@customer.example.>",
                          "Anna <anna@customer.example>;",
                          "anna@customer.example (Anna",
                          "Anna (office <anna@customer.example>",
                          "111(aaa\xEF\xBC\x89<anna@customer.example>",
                          "Anna <anna@customer.example> (office)",
                          "<Anna> anna@customer.example",
                          "<Anna> <anna@customer.example>",
                          "Anna \xEF\xBC\x9C"
                          "anna@customer.example\xEF\xBC\x9E",
                          "anna\xEF\xBC\xA0"
                          "customer.example",
                          "Anna [anna@customer.example]",
                          "Anna {anna@customer.example}",
                          "Anna <SMTP:anna@customer.example>",
                          "Anna <mailto:anna@customer.example?subject=leak>",
                          "Anna <anna @customer.example>",
                          "Anna<anna@customer.example>",
                          "A: Anna <anna@customer.example>",
                          "\"Blah \"One, comma\" foo\" <anna@customer.example>",
                          "Anna | Office <anna@customer.example>",
                          "Anna, PhD <anna@customer.example>",
                          "Anna, Inc. <anna@customer.example>,",
                          "ANNA[XXX - Muster Anna] <anna@customer.example>",
                          "\t Anna\r\n <anna@customer.example>"}) {
    std::vector<std::string> addresses;
    for (const auto& mailbox : parse_addresses(odd).mailboxes)
      if (mailbox.address.find('@') != std::string::npos) addresses.push_back(mailbox.address);
    EXPECT_EQ(addresses, List{"anna@customer.example"}) << odd;
  }
}

TEST(Addresses, NamesAreWhatAPersonWouldRead) {
  EXPECT_EQ(read("HowlRound: A Center <w@howl.example>"), (List{"HowlRound: A Center|w@howl.example"}));
  EXPECT_EQ(read("Group: A <a@b.test>, B <b@b.test>;"), (List{"A|a@b.test||Group", "B|b@b.test||Group"}));
  EXPECT_EQ(read("\"Meyer, Greg <gmeyer@c.example>\""), (List{"Meyer, Greg|gmeyer@c.example"}));
  EXPECT_EQ(read("=?utf-8?Q?Meyer=2C_Greg_=3Cgreg=40c.example=3E?= <greg@c.example>"),
            (List{"Meyer, Greg <greg@c.example>|greg@c.example"}));
  EXPECT_EQ(read("\"Blah \"One, comma\" foo\" <l@d.example>"), (List{"Blah One, comma foo|l@d.example"}));
  EXPECT_EQ(read("111(aaa\xEF\xBC\x89<bb@c.example>"), (List{"111(aaa\xEF\xBC\x89|bb@c.example"}));
  EXPECT_EQ(read("=?utf-8?B?IkFubmEgTcO8c3RlciIgPGFubmFAY3VzdG9tZXIuZXhhbXBsZT4=?="),
            (List{"Anna M\xC3\xBCster|anna@customer.example"}));
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

TEST(MessageIds, AreDecodedWhereAProgramEncodedThem) {
  for (const char* value :
       {"=?utf-8?q?=3Cabc=2E1=40x=2Eexample=3E?=", "=?us-ascii?B?PGFiYy4xQHguZXhhbXBsZT4=?=", "&lt;abc.1@x.example&gt;",
        "\n <abc.1@x.example>", "<abc.1@x.example>", "<<abc.1@x.example>>"}) {
    EXPECT_EQ(parse_message_ids(value), List{"abc.1@x.example"}) << value;
    EXPECT_EQ(first_message_id(value), "abc.1@x.example") << value;
  }
  EXPECT_EQ(parse_message_ids("=?utf-8?q?=3Ca=40b=3E?= &lt;c@d&gt;"), (List{"a@b", "c@d"}));
  for (const char* value :
       {"Message from Ann <ann@kim.example> of Monday <abc.1@x.example>",
        "Message from Ann <ann@kim.example> of \"Mon, 16 Nov\" <abc.1@x.example>",
        "Nachricht von Ann <ann@kim.example> vom Montag <abc.1@x.example>",
        "message de Ann <ann@kim.example> du lundi <abc.1@x.example>", "Your message of Monday <abc.1@x.example>",
        "(Your message of Monday) <abc.1@x.example>", "\"Your message\" <abc.1@x.example> <older@x.example>",
        "<abc.1@x.example> from Ann <ann@kim.example>", "In reply to <abc.1@x.example> from Ann <ann@kim.example>",
        "<abc.1@x.example> <older@x.example>", "<abc.1@x.example> (Ann's message of Monday)"})
    EXPECT_EQ(first_message_id(value), "abc.1@x.example") << value;
}

TEST(MessageIds, KeepTheFirstAndTheLastOnes) {
  EXPECT_EQ(parse_message_ids("<1> <2> <3>", 3), (List{"1", "2", "3"}));
  EXPECT_EQ(parse_message_ids("<1> <2> <3> <4> <5>", 3), (List{"1", "4", "5"}));
  EXPECT_EQ(parse_message_ids("<1> <2>", 1), (List{"1"}));
}

TEST(ParseAddresses, WhatIsNotSeenAndTypographicQuotesAreNoneOfAnAddress) {
  for (const char* written : {"Anna «anna@customer.example»",
                              "Anna <“anna@customer.example”>",
                              "Anna “anna@customer.example”",
                              "Anna <\u200Banna@customer.example>",
                              "Anna <\uFEFFanna@customer.example>",
                              "\u202Aanna@customer.example\u202C",
                              "Anna <anna@customer.example\u200B>",
                              "Anna <an\u200Bna@customer.example>",
                              "<\u2066anna@customer.example\u2069>",
                              "Anna <\u00A0anna@customer.example\u00A0>",
                              "Anna\u00A0anna@customer.example",
                              "„anna@customer.example“",
                              "‹anna@customer.example›",
                              "‘anna@customer.example’",
                              "\u200Eanna@customer.example\u200F",
                              "Anna <3 <anna@customer.example>",
                              "<Anna <anna@customer.example>>",
                              "Anna &#60;anna@customer.example&#62;",
                              "Anna &lt;anna@customer.example&gt;",
                              "Anna &LT;anna@customer.example&GT;",
                              "Anna &#x3C;anna@customer.example&#x3e;",
                              "Anna &lt;anna&#64;customer.example&gt;",
                              "=?UTF-8?Q?Anna <anna@customer.example>?=",
                              "=?UTF-8?Q?Anna_M=C3=BCller <anna@customer.example>?=",
                              "=?utf-8?q?Anna_=3Canna=40customer.example=3E?="}) {
    const auto list = parse_addresses(written).mailboxes;
    ASSERT_EQ(list.size(), 1U) << written;
    EXPECT_EQ(list[0].address, "anna@customer.example") << written;
  }
  EXPECT_EQ(parse_addresses("Anna <3 <anna@customer.example>").mailboxes[0].name, "Anna <3");
  EXPECT_EQ(parse_addresses("=?UTF-8?Q?Anna_M=C3=BCller <anna@customer.example>?=").mailboxes[0].name, "Anna Müller");
  EXPECT_EQ(parse_addresses("R&D <rd@x.example>, Q&A <qa@x.example>").mailboxes.size(), 2U);
  EXPECT_EQ(parse_addresses("müller@köln.example").mailboxes[0].address, "müller@köln.example");
}

TEST(MessageIds, WhateverStandsAroundThem) {
  for (const char* written : {"<a@b.example>", "a@b.example>", "<a@b.example", "a@b.example", "[a@b.example]",
                              "(a@b.example)", "&lt;a@b.example&gt", "&lt;a@b.example&gt;", "&#60;a@b.example&#62;",
                              "&#x3C;a@b.example&#x3E;", "<<a@b.example>>", "\"a@b.example\"", "'a@b.example'",
                              "<\u200Ba@b.example>", "\uFEFF<a@b.example>", " <a@b.example>\t"}) {
    EXPECT_EQ(first_message_id(written), "a@b.example") << written;
    EXPECT_EQ(parse_message_ids(written), std::vector<std::string>{"a@b.example"}) << written;
  }
  EXPECT_EQ(parse_message_ids("<a@b <c@d>"), (std::vector<std::string>{"a@b", "c@d"}));
  EXPECT_EQ(first_message_id("<a@b <c@d>"), "a@b");
  EXPECT_EQ(first_message_id("<a@[192.0.2.1]>"), "a@[192.0.2.1]");
  EXPECT_EQ(first_message_id("<\"a b\"@x.example>"), "\"ab\"@x.example");
}

}  // namespace
}  // namespace orgo::mime
