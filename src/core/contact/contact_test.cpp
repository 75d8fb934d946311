#include "core/contact/contact.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "core/contact/mail_address.h"

namespace orgo {
namespace {

TEST(Contact, WhatWasStoredBeforeThereWereKindsIsRead) {
  EXPECT_EQ(parse_contact("anna@example.org"), mail_contact("anna@example.org"));
  EXPECT_EQ(parse_contact("HTTPS://example.org/hook"), webhook_contact("HTTPS://example.org/hook"));
  EXPECT_EQ(parse_contact(""), Contact{}) << "the null sender, and nobody";
  EXPECT_EQ(parse_contact("maintenance"), mail_contact("maintenance")) << "a team by its name";
}

TEST(Contact, TheKindStandsInFrontOnlyWhereItMust) {
  EXPECT_EQ(to_string(mail_contact("anna@example.org")), "anna@example.org");
  EXPECT_EQ(to_string(webhook_contact("https://example.org/")), "https://example.org/");
  EXPECT_EQ(to_string(mail_contact("https://x@example.org")), "mail:https://x@example.org");
  EXPECT_EQ(to_string(mail_contact("webhook:x")), "mail:webhook:x");
  EXPECT_EQ(to_string(webhook_contact("example.org")), "webhook:example.org");
  EXPECT_EQ(to_string(webhook_contact("")), "webhook:");
}

TEST(Contact, ValidByItsForm) {
  EXPECT_TRUE(is_valid(mail_contact("anna@example.org")));
  EXPECT_FALSE(is_valid(mail_contact("maintenance")));
  EXPECT_FALSE(is_valid(mail_contact("https://example.org/")));
  EXPECT_TRUE(is_valid(webhook_contact("http://localhost:8080/a?b=c")));
  EXPECT_FALSE(is_valid(webhook_contact("anna@example.org")));
  EXPECT_FALSE(is_valid(webhook_contact("https://")));
  EXPECT_FALSE(is_valid(webhook_contact("https:///path")));
  EXPECT_FALSE(is_valid(webhook_contact("https://example.org/ x")));
  EXPECT_FALSE(is_valid(webhook_contact("https://example.org/\r\nX: y")));
  EXPECT_TRUE(is_valid(webhook_contact("https://" + std::string(1992, 'a')))) << "2,000 bytes";
  EXPECT_FALSE(is_valid(webhook_contact("https://" + std::string(1993, 'a'))));
}

TEST(Contact, OneContactHasOneKey) {
  EXPECT_TRUE(is_same_contact(mail_contact(" Anna@Example.ORG "), mail_contact("anna@example.org")));
  EXPECT_EQ(contact_key(mail_contact("Anna@Example.ORG")), "anna@example.org");
  EXPECT_EQ(contact_key(mail_contact("anna@B\u00fccher.example")), "anna@xn--bcher-kva.example");
  EXPECT_TRUE(is_same_contact(mail_contact("anna@b\u00fccher.example"), mail_contact("anna@XN--Bcher-kva.example")));
  EXPECT_EQ(contact_key(webhook_contact("HTTPS://Anna:Secret@Example.ORG/Path?Q")),
            "https://Anna:Secret@example.org/Path?Q");
  EXPECT_FALSE(is_same_contact(webhook_contact("https://example.org/a"), webhook_contact("https://example.org/A")));
  EXPECT_FALSE(is_same_contact(mail_contact("https://example.org/"), webhook_contact("https://example.org/")))
      << "a mail address that looks like a URL is none";
}

rc::Gen<std::string> pieces() {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(
                          rc::gen::element<std::string>("mail", "webhook", ":", "http", "https", "://", "Anna", "@",
                                                        "Example", ".org", "/", " ", "?", "\n", "\xC3\xA9")),
                      [](const std::vector<std::string>& all) {
                        std::string text;
                        for (const auto& one : all) text += one;
                        return text;
                      });
}

/// Spellings of one domain each: as a person types it, in ASCII, of one and of two characters, in capitals.
const std::vector<std::vector<std::string>> kDomains{
    {"b\u00fccher.example", "xn--bcher-kva.example", "bu\u0308cher.example", "B\u00dcCHER.Example",
     "XN--BCHER-KVA.EXAMPLE"},
    {"schule-h\u00f6he.de", "xn--schule-hhe-lcb.de", "SCHULE-H\u00d6HE.de"},
    {"\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "xn--e1afmkfd.xn--p1ai",
     "\u041f\u0420\u0418\u041c\u0415\u0420.\u0420\u0424"},
    {"\u4f8b\u3048.jp", "xn--r8jz45g.jp"},
    {"\u4f8b\u5b50.\u6d4b\u8bd5", "xn--fsqu00a.xn--0zwm56d", "\u4f8b\u5b50\u3002\u6d4b\u8bd5"},
    {"\u03c0\u03b1\u03c1\u03ac\u03b4\u03b5\u03b9\u03b3\u03bc\u03b1.gr", "xn--hxajbheg2az3al.gr"},
    {"\u0909\u0926\u093e\u0939\u0930\u0923.\u092d\u093e\u0930\u0924", "xn--p1b6ci4b4b3a.xn--h2brj9c"},
    {"\uc2e4\ub840.com", "xn--9n2bp8q.com"},
    {"mail.m\u00fcller.example", "mail.xn--mller-kva.example", "Mail.M\u00dcLLER.example"},
    {"fa\u00dfbier.example", "xn--fabier-cta.example"},
    {"caf\u00e9.fr", "xn--caf-dma.fr", "cafe\u0301.fr"},
};

TEST(MailAddress, ADomainIsOneInAllItsSpellings) {
  for (const auto& spellings : kDomains) {
    const auto key = address_key("anna@" + spellings.front());
    for (const auto& one : spellings) {
      EXPECT_TRUE(is_same_domain(one, spellings.front())) << one;
      EXPECT_TRUE(is_same_address("Anna@" + one, "anna@" + spellings.front())) << one;
      EXPECT_EQ(address_key(" ANNA@" + one), key);
      EXPECT_EQ(address_key("@" + one), address_key("@" + spellings.front()));
      EXPECT_EQ(mail_contact("anna@" + one).address, "anna@" + spellings.front()) << one;
      EXPECT_EQ(with_domains_for_people("@" + one), "@" + spellings.front());
      EXPECT_EQ(with_domains_for_people("*." + one), "*." + spellings.front());
      EXPECT_EQ(with_domains_for_people(one, true), spellings.front());
      EXPECT_EQ(with_domains_for_people("Anna@" + one + ", ben@" + one),
                "Anna@" + spellings.front() + ", ben@" + spellings.front());
    }
  }
  EXPECT_FALSE(is_same_domain(kDomains[0][0], "bucher.example"));
  EXPECT_FALSE(is_same_domain("xn--strae-oqa.example", "strasse.example"));
}

TEST(MailAddress, WhatIsNoDomainStaysAsItIs) {
  for (const std::string text : {"", "@", ".", "..", "M\u00fcller", "M\u00fcller@", "anna", "School.ORG", "@School.org",
                                 "xn--", "*@*", "{{from}}", "\xff\xfe@x", "a b  c"})
    EXPECT_EQ(with_domains_for_people(text), text) << text;
  EXPECT_EQ(mail_contact("Office@School.ORG").address, "Office@School.ORG");
}

RC_GTEST_PROP(ContactProperty, TextReadsBackAsItself, ()) {
  const Contact contact{*rc::gen::element(ContactKind::mail, ContactKind::webhook), *pieces()};
  RC_ASSERT(parse_contact(to_string(contact)) == contact);
}

RC_GTEST_PROP(ContactProperty, AKeyIsItsOwnKeyAndKeepsTheKind, ()) {
  const Contact contact{*rc::gen::element(ContactKind::mail, ContactKind::webhook), *pieces()};
  const auto key = contact_key(contact);
  RC_ASSERT(parse_contact(key).kind == contact.kind);
  RC_ASSERT(contact_key(parse_contact(key)) == key);
  RC_ASSERT(is_same_contact(contact, parse_contact(key)));
}

}  // namespace
}  // namespace orgo
