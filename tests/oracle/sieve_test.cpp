// Sieve's tests of conditions (the sieve-cases corpus), each translated by a program into our language and evaluated:
// the same truth wherever the operator exists here; the others are listed with the reason, and how many there are.
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <optional>

#include "base/json_writer.h"
#include "core/mail/read/read_message.h"
#include "core/rules/rule_set.h"
#include "protocol/smtp/address.h"
#include "tests/oracle/corpora.h"
#include "tests/oracle/sieve_cases.h"
#include "tests/support/tenants.h"

namespace orgo::testing {
namespace {

std::string json_text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

/// As a door takes it from MAIL or RCPT; nullopt: refused.
std::optional<std::string> path_of(const std::string& text) {
  if (text.empty()) return text;
  const auto argument = text.starts_with('<') ? text : "<" + text + ">";  // which the path is a view of
  const auto path = smtp::parse_path(argument);
  if (!path || !path->rest.empty()) return std::nullopt;
  return std::string(path->mailbox);
}

/// Sizes count the line ends of the wire.
std::string with_crlf(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

TEST(SieveCases, EveryCaseWhoseOperatorExistsHereHasTheSameTruth) {
  ORGO_NEED_CORPORA();
  const auto folder = corpora() / "sieve-cases";
  const auto cases = parse_json(read_file(folder / "cases.json"), 64);
  ASSERT_TRUE(cases) << cases.error().message;
  const auto& list = cases->is_array() ? cases->as_array() : cases->as_object().at("cases").as_array();
  int agree = 0, wrong = 0;
  std::map<std::string, int> left_out;
  std::map<std::string, std::string> mails;
  for (const auto& entry : list) {
    const auto& one = entry.as_object();
    const auto id = json_text(one, "id");
    const auto translated = condition_of(one.at("test_expr").as_object());
    if (const auto* untranslatable = std::get_if<Untranslatable>(&translated)) {
      ++left_out[untranslatable->reason];
      continue;
    }
    const auto& condition = std::get<std::string>(translated);
    std::string yaml = "rules:\n  - name: r\n    action: {route_to: a@x.org}\n    condition: ";
    append_json_string(yaml, condition);
    const auto loaded = rules::load_rules({{"rules.yaml", yaml}});
    if (!loaded.rules) {
      ++wrong;
      ADD_FAILURE() << id << ": " << condition << "\n" << to_string(loaded.errors, {{"rules.yaml", yaml}});
      continue;
    }
    auto& mail = mails[json_text(one, "message")];
    if (mail.empty()) mail = with_crlf(read_file(folder / "messages" / (json_text(one, "message") + ".eml")));
    const auto message = read_message(mail);
    const auto sender = path_of(json_text(one, "envelope_from")), recipient = path_of(json_text(one, "envelope_to"));
    if (!sender || !recipient) {
      ++left_out["an envelope that the doors refuse: no rule is ever asked"];
      continue;
    }
    Envelope envelope{.tenant = kTenant};
    envelope.sender = mail_contact(*sender);
    envelope.recipient = mail_contact(*recipient);
    rules::Facts facts{message, envelope, {}, {}};
    facts.raw = mail;
    const auto verdict = loaded.rules->decide(facts, false);
    const bool holds = !verdict.matched.empty();
    if (holds == one.at("expect").as_bool()) {
      ++agree;
    } else {
      ++wrong;
      ADD_FAILURE() << id << " (" << json_text(one, "file") << ", " << json_text(one, "test") << "): " << condition
                    << " is " << (holds ? "true" : "false") << " here\n"
                    << json_text(one, "peer_note");
    }
  }
  int out = 0;
  for (const auto& [why, count] : left_out) {
    out += count;
    std::cout << "[   LEFT   ] " << count << ": " << why << "\n";
  }
  std::cout << "[   SIEVE  ] " << agree << " of " << list.size() << " cases agree, " << out << " are left out, "
            << wrong << " differ\n";
  EXPECT_GE(agree, 266) << "cases that are translated must not become fewer";
}

}  // namespace
}  // namespace orgo::testing
