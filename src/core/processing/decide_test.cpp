#include "core/processing/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "base/one_line.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/processing/title.h"
#include "tests/support/tenants.h"
#include "tests/support/timers.h"

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'800'000'000'000}};  // a Friday, 08:00 UTC
constexpr Millis kHour{3'600'000};

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

 private:
  std::map<std::string, MailTemplate> templates_;
  std::string version_ = "0123456789abcdef";
};

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

std::vector<std::string> recipients(const Changes& changes) {
  std::vector<std::string> all;
  for (const auto& send : changes.sends) all.push_back(send.recipient.address + " " + send.template_name);
  return all;
}

TEST_F(Decide, TheWorkedExampleBecomesATask) {
  const auto changes = run();
  ASSERT_NE(changes.find<MessageDecision>(), nullptr);
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_EQ(changes.find<MessageDecision>()->message, MessageId{7});
  EXPECT_EQ(changes.find<MessageDecision>()->task, TaskRef::nth_new(0));
  EXPECT_EQ(changes.find<MessageDecision>()->subject, "Water Leak in Room 102");
  EXPECT_EQ(changes.find<MessageDecision>()->from, "secretary@organization.com");
  EXPECT_EQ(changes.find<MessageDecision>()->reason, "rule 'water' routed it to maintenance@organization.com");
  EXPECT_EQ(changes.find<MessageDecision>()->rules_version, "0123456789abcdef");
  ASSERT_EQ(changes.all<TaskChange>().size(), 1U);
  const Task& task = changes.all<TaskChange>()[0].task;
  EXPECT_EQ(task.number, TaskNumber{});
  EXPECT_EQ(task.version, 0);
  EXPECT_EQ(task.state, TaskState::fresh);
  EXPECT_EQ(task.priority, Priority::high) << "the keyword 'urgent'";
  EXPECT_EQ(task.title, "Water Leak in Room 102");
  EXPECT_EQ(task.requester.address, "secretary@organization.com");
  EXPECT_EQ(task.team, "maintenance@organization.com");
  EXPECT_EQ(task.origin, MessageId{7});
  EXPECT_EQ(task.due_at, kNow + 2 * kHour);
  EXPECT_THAT(changes.timers, testing::ElementsAre(deadline_set(TaskRef::nth_new(0), kNow + 2 * kHour)));
  EXPECT_EQ(recipients(changes), std::vector<std::string>{"maintenance@organization.com task_opened"});
  EXPECT_EQ(changes.sends[0].message, MessageId{7});
  ASSERT_EQ(changes.events.size(), 2U);
  EXPECT_EQ(changes.events[0].kind, EventKind::task_opened);
  EXPECT_EQ(
      changes.events[0].data,
      R"({"title":"Water Leak in Room 102","requester":"secretary@organization.com","team":"maintenance@organization.com",)"
      R"("priority":"high","rule":"water","due":"2027-01-15T10:00:00Z"})");
  EXPECT_EQ(changes.events[1].kind, EventKind::message_decided);
  EXPECT_EQ(changes.events[1].data,
            R"({"outcome":"task_opened","reason":"rule 'water' routed it to maintenance@organization.com",)"
            R"("sends":[{"kind":"notification","to":"maintenance@organization.com","template":"task_opened"}]})");
  EXPECT_EQ(rules.hour, 8);
  EXPECT_EQ(rules.weekday, 5);
  const auto trace = parse_json(changes.find<MessageDecision>()->trace);
  ASSERT_TRUE(trace) << changes.find<MessageDecision>()->trace;
  EXPECT_EQ(trace->at("rules").as_array().size(), 2U);
  EXPECT_EQ(trace->at("keywords").as_array().size(), 2U);
}

TEST_F(Decide, SameInputSameChanges) {
  const auto one = run();
  const auto two = run();
  EXPECT_EQ(one.find<MessageDecision>()->trace, two.find<MessageDecision>()->trace);
  EXPECT_EQ(one.events[0].data, two.events[0].data);
}

TEST_F(Decide, HourAndWeekdayAreTheOrganizations) {
  settings.zone = TimeZone::fixed(std::chrono::minutes{16 * 60 + 30});
  run();
  EXPECT_EQ(rules.hour, 0);
  EXPECT_EQ(rules.weekday, 6);
  settings.zone = TimeZone::fixed(-std::chrono::hours{9});
  run();
  EXPECT_EQ(rules.hour, 23);
  EXPECT_EQ(rules.weekday, 4);
}

TEST_F(Decide, WhatNoRuleRoutesIsStillATask) {
  rules.verdict = {};
  rules.words = {};
  settings.with_trace = false;
  const auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.team, "");
  EXPECT_EQ(changes.all<TaskChange>()[0].task.priority, Priority::normal);
  EXPECT_EQ(changes.find<MessageDecision>()->reason, "no rule routes it: the task waits without a team");
  EXPECT_TRUE(changes.sends.empty());
  EXPECT_TRUE(timers_set(changes).empty());
  EXPECT_TRUE(changes.find<MessageDecision>()->trace.empty());
}

TEST_F(Decide, RulesSayMoreThanKeywords) {
  rules.verdict.priority = Priority::low;
  rules.verdict.assign = "bob@organization.com";
  rules.verdict.tags = {"water", "building \"A\""};
  rules.verdict.notify = {"office@organization.com", "MAINTENANCE@organization.com", "a team name"};
  rules.verdict.webhooks = {"https://hooks.example.org/x"};
  const auto changes = run();
  const Task& task = changes.all<TaskChange>()[0].task;
  EXPECT_EQ(task.priority, Priority::low);
  EXPECT_EQ(task.assignee, "bob@organization.com");
  EXPECT_EQ(task.tags.size(), 2U);
  EXPECT_EQ(recipients(changes), (std::vector<std::string>{
                                     "maintenance@organization.com task_opened", "office@organization.com task_opened",
                                     "bob@organization.com task_assigned", "https://hooks.example.org/x task_opened"}));
  EXPECT_EQ(changes.sends.back().channel, "webhook");
  EXPECT_EQ(changes.sends.back().kind, SendKind::webhook);
  EXPECT_TRUE(parse_json(changes.events[0].data)) << changes.events[0].data;
}

TEST_F(Decide, ADropIsRecordedWithItsRule) {
  rules.verdict.drop = "newsletters";
  rules.verdict.reply_with = {"received"};
  const auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::dropped);
  EXPECT_EQ(changes.find<MessageDecision>()->reason, "dropped by rule 'newsletters'");
  EXPECT_TRUE(changes.all<TaskChange>().empty() && changes.sends.empty() && timers_set(changes).empty());
  EXPECT_EQ(changes.events.size(), 1U);
}

TEST_F(Decide, AutomaticMailNeverOpensWorkNorIsAnswered) {
  rules.verdict.reply_with = {"received"};
  const auto clean = incoming;
  const auto check = [&](const char* what) {
    const auto changes = run();
    EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::recorded) << what;
    EXPECT_TRUE(changes.all<TaskChange>().empty() && changes.sends.empty() && timers_set(changes).empty()) << what;
    EXPECT_EQ(changes.events.size(), 1U) << what;
    EXPECT_EQ(changes.events[0].subject.task(), context.thread.task ? TaskNumber{12} : TaskNumber{}) << what;
    EXPECT_EQ(changes.find<MessageDecision>()->task, changes.events[0].subject.task()) << what;
    EXPECT_TRUE(changes.find<MessageDecision>()->reason.starts_with(what)) << changes.find<MessageDecision>()->reason;
    incoming = clean;
  };
  for (const bool threaded : {false, true}) {
    if (threaded) in_thread(TaskState::closed);
    add("Auto-Submitted", "auto-replied");
    check("auto_reply: Auto-Submitted");
    incoming.message.subject = "Automatic reply: Water Leak";
    add("Auto-Submitted", "auto-replied");
    check("out_of_office: subject");
    add("Content-Type", "multipart/report; report-type=delivery-status");
    check("bounce: multipart/report");
    add("X-Orgo-Loop", "orgo.organization.com");
    check("own_loop: X-Orgo-Loop");
    incoming.message.from->address = "orgo@organization.com";
    incoming.message.subject = "Re: [T-12] Water Leak";
    check("own_loop: From");
  }
  EXPECT_EQ(rules.asked, 0);
}

TEST_F(Decide, AFollowUpJoinsAndTellsTheTeamOnce) {
  in_thread();
  const auto changes = run();
  EXPECT_EQ(rules.asked, 0);
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_joined);
  EXPECT_EQ(changes.find<MessageDecision>()->task, TaskNumber{12});
  EXPECT_EQ(changes.find<MessageDecision>()->reason, "follow-up of T-12 by In-Reply-To: <x@organization.com>");
  ASSERT_EQ(changes.all<TaskChange>().size(), 1U)
      << "the version is taken, so that a reply that crosses a closing is decided again";
  EXPECT_EQ(changes.all<TaskChange>()[0].task.version, 6);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.state, TaskState::open);
  EXPECT_EQ(recipients(changes), std::vector<std::string>{"maintenance@organization.com task_replied"});
  EXPECT_EQ(changes.sends[0].subject, TaskNumber{12});
  EXPECT_EQ(changes.events.at(0).kind, EventKind::task_replied);
  EXPECT_TRUE(timers_set(changes).empty());
}

TEST_F(Decide, RulesThatAskForTheThreadHaveASayAboutFollowUps) {
  in_thread(TaskState::resolved);
  EXPECT_EQ(run().find<MessageDecision>()->outcome, Outcome::task_joined);
  EXPECT_EQ(rules.asked, 0) << "no rule asks for the thread";
  rules.asks.thread = true;
  rules.verdict.priority = Priority::urgent;
  rules.verdict.tags = {"again"};
  rules.verdict.notify = {"head@organization.com"};
  const auto changes = run();
  EXPECT_EQ(rules.asked, 1);
  EXPECT_EQ(rules.last_thread, TaskNumber{12});
  ASSERT_EQ(changes.all<TaskChange>().size(), 1U);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.priority, Priority::urgent);
  EXPECT_THAT(changes.all<TaskChange>()[0].task.tags, testing::ElementsAre("again"));
  EXPECT_THAT(recipients(changes), testing::Contains("head@organization.com task_replied"));
  EXPECT_THAT(changes.find<MessageDecision>()->reason, testing::HasSubstr("rule 'water' acted"));
  rules.verdict = {};
  EXPECT_EQ(run().all<TaskChange>()[0].task.priority, Priority::normal) << "no rule matched";
}

TEST_F(Decide, AReplyReopensWhatIsDone) {
  for (const auto state : {TaskState::resolved, TaskState::closed}) {
    in_thread(state);
    context.thread.task->assignee = "bob@organization.com";
    const auto changes = run();
    const Task& task = changes.all<TaskChange>()[0].task;
    EXPECT_EQ(task.state, TaskState::open);
    EXPECT_EQ(task.escalation.level, 0);
    EXPECT_EQ(task.escalation.started_at, kNow);
    ASSERT_EQ(timers_set(changes).size(), 1U);
    EXPECT_EQ(timers_set(changes)[0].due_at, kNow + 2 * kHour);
    EXPECT_EQ(timers_set(changes)[0].subject, TaskNumber{12});
    EXPECT_EQ(recipients(changes), std::vector<std::string>{"bob@organization.com task_replied"});
    EXPECT_TRUE(std::any_of(changes.events.begin(), changes.events.end(),
                            [](const Event& e) { return e.kind == EventKind::task_reopened; }));
  }
  in_thread(TaskState::pending);
  EXPECT_EQ(run().all<TaskChange>()[0].task.state, TaskState::open);
  in_thread(TaskState::acknowledged);
  EXPECT_EQ(run().all<TaskChange>()[0].task.state, TaskState::acknowledged);
}

TEST_F(Decide, TheWriterIsNotToldOfHisOwnReply) {
  in_thread();
  context.thread.task->assignee = "Secretary@organization.com";
  EXPECT_TRUE(run().sends.empty());
}

TEST_F(Decide, AKnownIdWithAnotherBodyIsAMessageOfItsOwn) {
  incoming.known_id = true;
  const auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_NE(changes.find<MessageDecision>()->trace.find("another body"), std::string::npos);
}

TEST_F(Decide, ThePersonWhoWritesIsAnswered) {
  rules.verdict.reply_with = {"received"};
  auto changes = run();
  EXPECT_EQ(recipients(changes).back(), "secretary@organization.com received");
  EXPECT_EQ(changes.sends.back().kind, SendKind::reply);
  add("List-Id", "<staff.organization.com>");
  changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_EQ(changes.sends.size(), 1U);
  EXPECT_NE(changes.find<MessageDecision>()->trace.find("\"not_answered\":\"because of mailing_list"),
            std::string::npos)
      << changes.find<MessageDecision>()->trace;
}

TEST_F(Decide, NobodyOfOursIsToldOfHisOwnMail) {
  incoming.message.from->address = "Maintenance@organization.com";
  EXPECT_TRUE(run().sends.empty());
  incoming.message.from->address = "contractor@example.org";
  incoming.envelope.sender = mail_contact("contractor@example.org");
  rules.verdict.route_to = {"contractor@example.org"};
  EXPECT_EQ(run().sends.size(), 1U) << "a stranger who is also the team is told";
}

TEST_F(Decide, ImportedMailMakesTasksButNoNoise) {
  incoming.envelope.channel = Channel::import_;
  rules.verdict.reply_with = {"received"};
  rules.verdict.webhooks = {"https://hooks.example.org/x"};
  auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_TRUE(changes.sends.empty() && timers_set(changes).empty());
  EXPECT_EQ(changes.all<TaskChange>()[0].task.due_at, std::nullopt);
  in_thread(TaskState::closed);
  changes = run();
  EXPECT_EQ(changes.all<TaskChange>()[0].task.state, TaskState::closed);
  EXPECT_TRUE(changes.sends.empty() && timers_set(changes).empty());
}

TEST_F(Decide, ArchivedMailIsHistory) {
  const auto then = kNow - 24 * 1000 * kHour + 3 * kHour;
  incoming.envelope.channel = Channel::imap;
  incoming.envelope.archived = Archived{then, TaskState::resolved};
  rules.verdict.reply_with = {"received"};
  rules.verdict.webhooks = {"https://hooks.example.org/x"};
  rules.verdict.escalation = {{kHour, "head@organization.com"}};
  auto changes = run();
  EXPECT_TRUE(changes.sends.empty() && timers_set(changes).empty());
  const auto& task = changes.all<TaskChange>()[0].task;
  EXPECT_EQ(task.state, TaskState::resolved);
  EXPECT_EQ(task.created_at, then);
  EXPECT_EQ(task.updated_at, then);
  EXPECT_EQ(task.escalation.started_at, then);
  EXPECT_EQ(task.due_at, std::nullopt);
  EXPECT_EQ(rules.hour, 11) << "rules ask for the hour of the mail, not of its import";
  EXPECT_EQ(changes.events.front().at, kNow) << "the log tells when it happened here";
  EXPECT_NE(changes.find<MessageDecision>()->reason.find("history"), std::string::npos)
      << changes.find<MessageDecision>()->reason;

  incoming.envelope.archived->at = kNow + kHour;
  EXPECT_EQ(run().all<TaskChange>()[0].task.created_at, kNow) << "never in the future";
}

TEST_F(Decide, AnArchivedFollowUpMovesNothing) {
  in_thread(TaskState::closed);
  const auto updated = context.thread.task->updated_at;
  incoming.envelope.archived = Archived{updated - kHour, TaskState::closed};
  auto changes = run();
  EXPECT_EQ(changes.all<TaskChange>()[0].task.state, TaskState::closed);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.updated_at, updated);
  EXPECT_TRUE(changes.sends.empty());
  incoming.envelope.archived.reset();
  EXPECT_EQ(run().all<TaskChange>()[0].task.state, TaskState::open) << "the same mail of today opens it again";
}

TEST_F(Decide, TheFolderBecomesATag) {
  incoming.envelope.label = "Projects/Roof";
  EXPECT_EQ(run().all<TaskChange>()[0].task.tags.back(), "Projects/Roof");
  in_thread(TaskState::open);
  EXPECT_EQ(run().all<TaskChange>()[0].task.tags.back(), "Projects/Roof");
  context.thread.task->tags = {"Projects/Roof"};
  EXPECT_EQ(run().all<TaskChange>()[0].task.tags.size(), 1U);
  incoming.envelope.label = std::string(100, 'x');
  EXPECT_EQ(run().all<TaskChange>()[0].task.tags.back().size(), 64U);
}

TEST_F(Decide, SendsAndStepsAreBounded) {
  rules.verdict.notify.clear();
  for (int i = 0; i < 200; ++i) rules.verdict.notify.push_back("a" + std::to_string(i) + "@organization.com");
  rules.verdict.escalation.assign(200, {kHour, "x@organization.com"});
  const auto changes = run();
  EXPECT_EQ(changes.sends.size(), 50U);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.escalation.steps.size(), 100U);
}

TEST_F(Decide, NeverFailsOnAnEmptyOrAHostileMail) {
  incoming.message = {};
  incoming.envelope.sender.address.clear();
  auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.title, "(no subject)");
  incoming.message.subject = std::string(100'000, '\xFF');
  incoming.message.text = std::string(100'000, '\0');
  incoming.message.from = Address{std::string(5000, '\n'), std::string(5000, '"')};
  changes = run();
  EXPECT_LE(changes.all<TaskChange>()[0].task.title.size(), 500U);
  for (const auto& event : changes.events) {
    EXPECT_TRUE(parse_json(event.data));
    EXPECT_LE(event.data.size(), 65'536U);
  }
}

TEST(ThreadHints, NearestFirstWithoutDoubles) {
  Message message;
  message.in_reply_to = "c@x";
  message.references = {"a@x", "b@x", "c@x"};
  message.subject = "Re: [T-12] Water leak";
  const auto hints = thread_hints(message, kTenant);
  EXPECT_EQ(hints.message_ids, (std::vector<std::string>{"c@x", "b@x", "a@x"}));
  EXPECT_EQ(hints.marker, TaskNumber{12});
}

TEST(ThreadHints, AtMostTwenty) {
  Message message;
  for (int i = 0; i < 100; ++i) message.references.push_back(std::to_string(i) + "@x");
  const auto hints = thread_hints(message, kTenant);
  ASSERT_EQ(hints.message_ids.size(), 20U);
  EXPECT_EQ(hints.message_ids.front(), "99@x");
}

TEST(ThreadHints, OurOwnIdIsSurerThanTheSubject) {
  Message message;
  message.in_reply_to = own_message_id(kTenant, SendId{5}, TaskNumber{12}, "orgo.example.org");
  message.subject = "Re: [T-99] something else";
  EXPECT_EQ(thread_hints(message, kTenant, "orgo.example.org").proven, TaskNumber{12});
  EXPECT_EQ(thread_hints(message, kTenant, "orgo.example.org").marker, TaskNumber{}) << "nothing else is asked then";
  EXPECT_EQ(thread_hints(message, kTenant, "other.example.org").marker, TaskNumber{99});
}

TEST(ThreadHints, TheMarkerOfAnotherOrgoIsNotOurs) {
  Message message;
  message.subject = "[T-12] Their task";
  message.make_mail().headers = {{"X-Orgo-Loop", "orgo.elsewhere.org"}};
  EXPECT_EQ(thread_hints(message, kTenant).marker, TaskNumber{});
}

TEST(Title, IsOneBoundedLine) {
  EXPECT_EQ(make_title("  Water\r\n leak\t\x01 now ", ""), "Water leak now");
  EXPECT_EQ(make_title("", "\n \n  First line \nSecond"), "First line");
  EXPECT_EQ(make_title(" ", "\n\n"), "(no subject)");
  EXPECT_EQ(make_title(std::string(500, 'x'), "").size(), 500U);
  EXPECT_EQ(make_title(std::string(501, 'x'), "").size(), 500U);
  std::string umlauts;
  for (int i = 0; i < 300; ++i) umlauts += "ä";
  EXPECT_EQ(make_title("x" + umlauts, "").size(), 499U) << "not within a character";
  EXPECT_EQ(one_line("abc\xE2\x80\xAEgpj.exe", 100), "abcgpj.exe");
}

}  // namespace
}  // namespace orgo
