// Loops (I14, RFC 3834): organizations that route to each other, programs that answer everything, mailboxes that come
// back to us. The real decisions, renderer and parser on a post office in memory; each conversation must end by itself,
// long before the loop limits of delivery would end it.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>

#include "base/text.h"
#include "core/delivery/render.h"
#include "core/delivery/render_answer.h"
#include "core/mail/read/read_message.h"
#include "core/processing/decide.h"
#include "core/processing/message_decision.h"
#include "core/task/task_change.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'800'000'000'000}};

struct Mail {
  std::string sender, recipient, text;
};

class RouteAll final : public rules::RuleSet {
 public:
  explicit RouteAll(std::string team) : team_(std::move(team)) {}
  rules::Verdict decide(const rules::Facts&, bool) const override {
    rules::Verdict verdict;
    verdict.route_to = {team_};
    verdict.reply_with = {"reply_received"};
    return verdict;
  }
  std::vector<std::string> keywords(const Message&) const override { return {}; }
  const std::map<std::string, MailTemplate>& templates() const override { return templates_; }
  const std::string& version() const override { return team_; }
  std::size_t size() const override { return 1; }

 private:
  std::string team_;
  std::map<std::string, MailTemplate> templates_;
};

/// One organization: its tasks, the ids that it knows, and what it sends.
class Organization {
 public:
  Organization(std::string domain, std::string team) : domain_(std::move(domain)), rules_(std::move(team)) {
    decide_.domain = render_.domain = domain_;
    decide_.own_sender = "orgo@" + domain_;
    decide_.own_addresses = {"@" + domain_};
  }
  [[nodiscard]] bool takes(std::string_view address) const { return address.ends_with("@" + domain_); }

  std::vector<Mail> receive(const Mail& mail) {
    Incoming incoming{.envelope = {.tenant = kTenant}};
    incoming.id = MessageId{++messages_};
    incoming.envelope.sender = mail_contact(mail.sender);
    incoming.envelope.recipient = mail_contact(mail.recipient);
    incoming.message = read_message(mail.text);
    Context context;
    const auto hints = thread_hints(incoming.message, kTenant, domain_);
    auto number = hints.proven ? hints.proven : hints.marker;
    for (const auto& id : hints.message_ids)
      if (const auto at = task_of_.find(id); at != task_of_.end() && !number) number = at->second;
    if (number && tasks.contains(number)) context.thread.task = tasks.at(number);
    know_last_word(hints, number, incoming.message, context);
    const auto changes = decide(incoming, context, rules_, decide_, kNow);
    ++outcomes[changes.find<MessageDecision>()->outcome];

    TaskNumber task = changes.find<MessageDecision>()->task.id();
    for (const auto& change : changes.all<TaskChange>()) {
      auto next = change.task;
      if (!next.number) next.number = TaskNumber{static_cast<std::int64_t>(tasks.size()) + 1};
      task = next.number;
      tasks.insert_or_assign(task, next);
    }
    if (task) task_of_[incoming.message.message_id] = task;
    std::vector<Mail> out;
    for (const auto& send : changes.sends) {
      const AnswerContent content{.message = incoming.message, .raw = mail.text};
      const RenderInput input{.tenant = kTenant,
                              .id = SendId{++sends_},
                              .send = send,
                              .task = &tasks.at(task),
                              .message = &incoming.message,
                              .content = &content,
                              .at = kNow};
      sent_.push_back({input.id, task, send});
      const auto made = send.kind == SendKind::answer ? render_answer(input, render_) : render_mail(input, render_);
      if (made) out.push_back({made->sender, made->recipient, made->text});
    }
    return out;
  }

  std::map<TaskNumber, Task> tasks;
  std::map<Outcome, int> outcomes;

 private:
  struct Sent {
    SendId id;
    TaskNumber task;
    Send send;
  };
  /// As the store would.
  void know_last_word(const ThreadHints& hints, TaskNumber number, const Message& message, Context& context) {
    if (!context.thread.task) return;
    context.thread.proven = hints.proven == number;
    auto& word = context.last_word.emplace(LastWord{.message = context.thread.task->origin});
    const std::string sender = message.from ? message.from->address : "";
    SendsBefore before(word, sender);
    for (auto it = sent_.rbegin(); it != sent_.rend(); ++it) {
      if (it->id == hints.proven_send) {
        word.to_us = tells_of_customer(it->send);
        word.told = it->send.recipient;
      }
      if (it->task == number) before.add(it->send, kNow);
    }
  }

  std::string domain_;
  std::vector<Sent> sent_;
  RouteAll rules_;
  DecideSettings decide_;
  RenderSettings render_;
  std::map<std::string, TaskNumber> task_of_;
  std::int64_t messages_ = 0;
  std::int64_t sends_ = 0;
};

/// Answers all mail, as a badly written program does: with or without the marks of an automatic answer.
struct Bot {
  std::string address;
  bool marked = false;
  bool keeps_thread = true;
  int answered = 0;

  Mail answer(const Mail& mail) {
    const auto message = read_message(mail.text);
    std::string text = "From: <" + address + ">\r\nTo: <" + message.from->address +
                       ">\r\nSubject: Re: " + message.subject + "\r\nMessage-ID: <bot" + std::to_string(++answered) +
                       "." + address + ">\r\n";
    if (marked) text += "Auto-Submitted: auto-replied\r\n";
    if (keeps_thread)
      text += "In-Reply-To: <" + message.message_id + ">\r\nReferences: <" + message.message_id + ">\r\n";
    return {address, message.from->address, text + "\r\nI have got your mail.\r\n"};
  }
};

struct PostOffice {
  std::vector<Organization*> organizations;
  std::vector<Bot*> bots;
  std::map<std::string, std::string> forwards;  ///< address -> address, headers kept

  /// Delivers until nothing is on its way; how many mails there were, at most `most`.
  int run(const Mail& first, int most = 1000) {
    std::deque<Mail> way{first};
    int count = 0;
    while (!way.empty() && count < most) {
      auto mail = std::move(way.front());
      way.pop_front();
      ++count;
      if (const auto to = forwards.find(mail.recipient); to != forwards.end()) mail.recipient = to->second;
      for (auto* organization : organizations)
        if (organization->takes(mail.recipient))
          for (auto& made : organization->receive(mail)) way.push_back(std::move(made));
      for (auto* bot : bots)
        if (bot->address == mail.recipient) way.push_back(bot->answer(mail));
    }
    return count;
  }
};

Mail first_mail(const std::string& from, const std::string& to) {
  return {from, to,
          "From: <" + from + ">\r\nTo: <" + to + ">\r\nSubject: Water leak\r\nMessage-ID: <first@" +
              from.substr(from.find('@') + 1) + ">\r\n\r\nPlease come.\r\n"};
}

TEST(Loops, TwoOrganizationsThatRouteToEachOther) {
  Organization a("a.example", "desk@b.example");
  Organization b("b.example", "desk@a.example");
  PostOffice post{{&a, &b}, {}, {}};
  EXPECT_LE(post.run(first_mail("anna@people.example", "help@a.example")), 5);
  EXPECT_EQ(a.tasks.size(), 1U);
  EXPECT_EQ(b.tasks.size(), 1U);
}

TEST(Loops, AnOrganizationThatNotifiesItsOwnMailbox) {
  Organization a("a.example", "help@a.example");
  PostOffice post{{&a}, {}, {}};
  EXPECT_EQ(post.run(first_mail("anna@people.example", "help@a.example")), 3)
      << "the mail, the notification that came back, the answer";
  EXPECT_EQ(a.tasks.size(), 1U);
  EXPECT_EQ(a.outcomes[Outcome::recorded], 1);
}

TEST(Loops, ATeamWhoseMailboxIsForwardedToUs) {
  Organization a("a.example", "team@people.example");
  PostOffice post{{&a}, {}, {{"team@people.example", "help@a.example"}, {"anna@people.example", "help@a.example"}}};
  EXPECT_LE(post.run(first_mail("anna@people.example", "help@a.example")), 4);
  EXPECT_EQ(a.tasks.size(), 1U);
}

TEST(Loops, ProgramsThatAnswerEverything) {
  for (const bool marked : {true, false})
    for (const bool keeps_thread : {true, false}) {
      SCOPED_TRACE(std::string(marked ? "marked" : "unmarked") + (keeps_thread ? ", in thread" : ", without thread"));
      Organization a("a.example", "team@people.example");
      Bot requester{"anna@people.example", marked, keeps_thread};
      Bot team{"team@people.example", marked, keeps_thread};
      PostOffice post{{&a}, {&requester, &team}, {}};
      // Without a mark and in the thread each looks like a person; what colleagues write goes on, but not for ever.
      const bool as_people = !marked && keeps_thread;
      EXPECT_LE(post.run(first_mail("anna@people.example", "help@a.example")), as_people ? 40 : 10);
      EXPECT_EQ(a.tasks.size(), 1U);
      EXPECT_LE(requester.answered, as_people ? kAnswersByMailMost + 2 : 1)
          << "one answer to one person, however often it answers";
    }
}

TEST(Loops, AThousandBouncesOfOurMailMakeNoAnswer) {
  Organization a("a.example", "team@people.example");
  auto sent = a.receive(first_mail("anna@people.example", "help@a.example"));
  ASSERT_EQ(sent.size(), 2U);
  const auto ours = read_message(sent[0].text);
  std::size_t answers = 0;
  for (int i = 0; i < 1000; ++i)
    answers += a.receive({"", "orgo@a.example",
                          "From: MAILER-DAEMON@people.example\r\nTo: <orgo@a.example>\r\nSubject: Undelivered Mail "
                          "Returned to Sender\r\n"
                          "Message-ID: <b" +
                              std::to_string(i) + "@people.example>\r\nIn-Reply-To: <" + ours.message_id +
                              ">\r\nContent-Type: multipart/report; report-type=delivery-status; "
                              "boundary=x\r\n\r\n--x\r\n\r\nfailed\r\n--x--\r\n"})
                   .size();
  EXPECT_EQ(answers, 0U);
  EXPECT_EQ(a.tasks.size(), 1U);
  EXPECT_EQ(a.outcomes[Outcome::recorded], 1000);
}

}  // namespace
}  // namespace orgo
