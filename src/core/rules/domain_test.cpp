#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/rules/rule_set.h"
#include "tests/support/tenants.h"

namespace orgo::rules {
namespace {

bool holds(const std::string& condition, const Message& message, const Envelope& envelope) {
  const std::string yaml = "rules:\n  - condition: \"" + condition + "\"\n    action: {tag: hit}\n";
  const auto loaded = load_rules({{"rules.yaml", yaml}});
  EXPECT_TRUE(loaded.errors.empty()) << to_string(loaded.errors, {{"rules.yaml", yaml}});
  if (!loaded.rules) return false;
  const Facts facts{message, envelope, {}, {}};
  const auto verdict = loaded.rules->decide(facts);
  EXPECT_EQ(loaded.rules->decide(facts, false).tags, verdict.tags);
  return !verdict.tags.empty();
}

/// Whoever writes a domain in its ASCII form or in Unicode, in a mail, on the wire or in a rule, means the same.
TEST(Rules, ADomainIsOneInBothItsForms) {
  const std::string unicode = "b\u00FCcher.example", ascii = "xn--bcher-kva.example";
  const std::vector<std::string> spellings{unicode, ascii, "B\u00DCCHER.Example", "XN--BCHER-KVA.EXAMPLE",
                                           "bu\u0308cher.example"};
  const std::vector<std::string> conditions{
      "from is 'anna@{}'",
      "from is exactly 'anna@{}'",
      "from in ['x@y.example', 'anna@{}']",
      "from = 'anna@{}'",
      "from contains '@{}'",
      "from ends with '@{}'",
      "from ends with '{}'",
      "from like '*@{}'",
      "from like 'a*a@{}'",
      "domain of from is '{}'",
      "domain of from in ['x.example', '{}']",
      "domain of from contains '{}'",
      "to ends with '{}'",
      "to is 'office@mail.{}'",
      "to[1] is 'office@mail.{}'",
      "domain of to is 'mail.{}'",
      "domain of to ends with '.{}'",
      "domain of to like '*.{}'",
      "cc is 'ben@{}'",
      "reply to is 'carl@{}'",
      "any recipient is 'door@{}'",
      "any recipient is 'ben@{}'",
      "envelope recipient is 'door@{}'",
      "domain of envelope recipient is '{}'",
      "envelope sender is 'bounce@{}'",
      "domain of envelope sender is '{}'",
      "address of header[Resent-To] is 'dora@{}'",
      "domain of header[Resent-To] is '{}'",
      "count(to ends with '{}') = 1",
  };
  for (const auto& in_mail : spellings) {
    Message message;
    // As the reader of mails leaves them.
    message.from = Address{"Anna", "anna@" + unicode};
    message.make_mail().to = {{"", "office@mail." + unicode}, {"", "x@y.example"}};
    message.make_mail().cc = {{"", "ben@" + unicode}};
    message.make_mail().reply_to = {{"", "carl@" + unicode}};
    message.make_mail().headers = {{"Resent-To", "Dora <dora@" + in_mail + ">"}};
    Envelope envelope{.tenant = kTenant};
    envelope.sender = {ContactKind::mail, "bounce@" + in_mail};  // also as older versions stored it
    envelope.recipient = {ContactKind::mail, "door@" + in_mail};
    for (const auto& in_rule : spellings)
      for (auto condition : conditions) {
        condition.replace(condition.find("{}"), 2, in_rule);
        EXPECT_TRUE(holds(condition, message, envelope)) << condition << " with " << in_mail;
      }
    EXPECT_FALSE(
        holds("from ends with 'bucher.example' or domain of from is 'xn--bcher-kvb.example'", message, envelope));
  }
}

}  // namespace
}  // namespace orgo::rules
