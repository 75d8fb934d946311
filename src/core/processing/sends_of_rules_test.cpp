// What goes out says which rule set it off: at once, later by a chain, or by nobody.
#include <gmock/gmock.h>

#include "core/escalation/escalate.h"
#include "tests/support/decide_fixture.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kRules = R"(teams: {plumbers: plumbers@organization.com}
rules:
  - name: water
    condition: "subject contains 'leak'"
    action:
      route_to: plumbers
      webhook: "https://hooks.organization.com/water"
      escalate_to: [{after: 2 hours, to: supervisor@organization.com}]
  - name: room
    condition: "subject contains 'room'"
    action:
      notify: [caretaker@organization.com, plumbers@organization.com]
      assign: ben@organization.com
      reply_with: received
  - name: silent
    condition: "subject contains 'room' and no reply within 3 hours"
    action: {notify: head@organization.com, webhook: "https://hooks.organization.com/late"}
templates:
  received: {subject: "Re: {{subject}}", body: "We have it."}
)";

/// "plumbers@organization.com: water"
std::vector<std::string> causes(const Changes& changes) {
  std::vector<std::string> all;
  for (const auto& send : changes.sends) all.push_back(send.recipient.address + ": " + send.rule);
  return all;
}

class SendsOfRules : public Decide {
 protected:
  SendsOfRules() { incoming.envelope.sender = mail_contact("secretary@elsewhere.example"); }
  Changes run() { return decide(incoming, context, *loaded.rules, settings, kNow); }
  rules::Loaded loaded = rules::load_rules({{"rules.yaml", kRules}});
};

TEST_F(SendsOfRules, EachNamesTheFirstThatWantedIt) {
  incoming.message.from = Address{"Secretary", "secretary@elsewhere.example"};
  ASSERT_TRUE(loaded.rules) << loaded.errors.front().message;
  EXPECT_THAT(causes(run()), ElementsAre("plumbers@organization.com: water", "caretaker@organization.com: room",
                                         "ben@organization.com: room", "https://hooks.organization.com/water: water",
                                         "secretary@elsewhere.example: room"));
}

TEST_F(SendsOfRules, AStepNamesTheRuleOfItsChain) {
  auto task = run().all<TaskChange>()[0].task;
  task.number = TaskNumber{1};
  ASSERT_EQ(task.escalation.steps.size(), 2U);
  const auto first = escalate(task, {task.number, kNow + 2 * kHour}, kNow + 2 * kHour, EscalationContext{});
  EXPECT_THAT(causes(first), ElementsAre("supervisor@organization.com: water"));
  task = first.all<TaskChange>()[0].task;
  const auto second = escalate(task, {task.number, kNow + 3 * kHour}, kNow + 3 * kHour, EscalationContext{});
  EXPECT_THAT(causes(second),
              ElementsAre("https://hooks.organization.com/late: silent", "head@organization.com: silent"));
  for (const auto* changes : {&first, &second})
    for (const auto& send : changes->sends)
      EXPECT_EQ(send.cause, contact_key(task.requester))
          << "the brake counts by who set it off: " << send.template_name;
}

TEST_F(SendsOfRules, WhoHasTheTaskIsToldByNoRule) {
  in_thread();
  EXPECT_THAT(causes(run()), ElementsAre("maintenance@organization.com: "));
  incoming.message.subject.clear();
  context.thread.task.reset();
  EXPECT_THAT(causes(run()), IsEmpty());
}

}  // namespace
}  // namespace orgo
