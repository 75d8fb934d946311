#include "core/contact/contact.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

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
