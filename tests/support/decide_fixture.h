#pragma once
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/processing/decide.h"
#include "core/processing/message_decision.h"
#include "core/task/task_change.h"
#include "tests/support/tenants.h"
#include "tests/support/timers.h"

namespace orgo {

inline constexpr TimePoint kNow{Millis{1'800'000'000'000}};  // a Friday, 08:00 UTC
inline constexpr Millis kHour{3'600'000};

/// Rules that say what the test wants, and remember what they were asked.
class FakeRules final : public rules::RuleSet {
 public:
  rules::Verdict verdict;
  std::vector<std::string> words;
  mutable int asked = 0;
  mutable int hour = -1;
  mutable int weekday = -1;
  mutable TaskNumber last_thread;
  rules::Needs asks;
  Workplace place;

  rules::Verdict decide(const rules::Facts& facts, bool with_trace) const override {
    ++asked;
    hour = facts.hour;
    weekday = facts.weekday;
    auto answer = verdict;
    answer.keywords = words;
    last_thread = facts.thread != nullptr ? facts.thread->number : TaskNumber{};
    if (!with_trace) answer.trace.clear();
    return answer;
  }
  std::vector<std::string> keywords(const Message&) const override { return words; }
  rules::Needs needs() const override { return asks; }
  const std::map<std::string, MailTemplate>& templates() const override { return templates_; }
  const std::string& version() const override { return version_; }
  std::size_t size() const override { return 1; }
  const Workplace& workplace() const override { return place; }

 private:
  std::map<std::string, MailTemplate> templates_;
  std::string version_ = "0123456789abcdef";
};

/// One mail of the school's secretary, the rules' answer to it, and what is decided.
class Decide : public testing::Test {
 protected:
  Decide() {
    incoming.id = MessageId{7};
    incoming.envelope.sender = mail_contact("secretary@organization.com");
    incoming.envelope.recipient = mail_contact("help@organization.com");
    incoming.envelope.received_at = kNow;
    incoming.message.message_id = "a@organization.com";
    incoming.message.from = Address{"Secretary", "secretary@organization.com"};
    incoming.message.make_mail().to = {{"", "help@organization.com"}};
    incoming.message.subject = "Water Leak in Room 102";
    incoming.message.text = "Please come, it is urgent.\n";
    settings.domain = "orgo.organization.com";
    settings.own_sender = "orgo@organization.com";
    settings.own_addresses = {"@organization.com"};
    rules.words = {"urgent", "leak"};
    rules.verdict.route_to = {"maintenance@organization.com"};
    rules.verdict.escalation = {{2 * kHour, "supervisor@organization.com"}};
    rules.verdict.matched = {"water"};
    rules.verdict.trace = {{"other", false, "subject contains 'urgent': no"},
                           {"water", true, "subject contains 'leak'"}};
  }
  Changes run() { return decide(incoming, context, rules, settings, kNow); }
  void add(std::string name, std::string value) {
    incoming.message.make_mail().headers.push_back({std::move(name), std::move(value)});
  }
  void in_thread(TaskState state = TaskState::open) {
    Task task{.tenant = kTenant, .number = TaskNumber{12}};
    task.version = 5;
    task.state = state;
    task.title = "Water Leak in Room 102";
    task.requester = mail_contact("secretary@organization.com");
    task.team = "maintenance@organization.com";
    task.escalation = {{{2 * kHour, "supervisor@organization.com"}}, 1, kNow - 9 * kHour};
    context.thread.task = task;
    context.thread.evidence = "In-Reply-To: <x@organization.com>";
  }

  Incoming incoming{.envelope = {.tenant = kTenant}};
  Context context;
  FakeRules rules;
  DecideSettings settings;
};

inline std::vector<std::string> recipients(const Changes& changes) {
  std::vector<std::string> all;
  for (const auto& send : changes.sends) all.push_back(send.recipient.address + " " + send.template_name);
  return all;
}

}  // namespace orgo
