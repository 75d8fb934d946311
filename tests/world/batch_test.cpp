// What the first mail of a batch decided counts for the second: a batch decides what one mail after another does.
#include <gtest/gtest.h>

#include "adapter/memory/memory_store.h"
#include "adapter/memory/memory_work_hints.h"
#include "core/rules/rule_set.h"
#include "service/processing/processor.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"
#include "tests/world/support/policies.h"

namespace orgo {
namespace {

using contract::kStart;

struct Mail {
  std::string id;
  std::string subject = "Water leak";
  std::string more{};  ///< further fields, each with CRLF
  std::string text = "Water on the floor.";
  std::string sender = "anna@home.example";
  std::string recipient = "office@school.example";
  TenantId tenant = kTenant;
};

constexpr const char* kRules = R"(
match: all
rules:
  - {name: again, condition: "earlier messages > 0", action: {tag: again}}
  - {name: often, condition: "earlier messages > 1", action: {tag: often}}
  - {name: busy, condition: "open tasks > 1", action: {tag: busy}}
  - {name: rest, action: {route_to: office@school.example}}
)";

class Batch : public testing::Test {
 protected:
  /// "1: task_opened T-1 again" for each mail, decided `size` at a time;
  /// `before`: so many first ones are decided before the others come.
  static std::string decided(const std::vector<Mail>& mails, int size, std::size_t before) {
    world::SimulatedClock clock(kStart);
    MemoryStore store;
    MemoryWorkHints hints;
    const auto loaded = rules::load_rules({{"rules.yaml", kRules}});
    EXPECT_TRUE(loaded.rules);
    ProcessingSettings settings;
    settings.batch = size;
    PolicySettings decided;
    decided.decide.own_addresses = {"@school.example"};
    Processor processor(store, store, hints, store, store, clock, world::one_policy(loaded.rules, decided), settings);
    std::vector<std::string> bytes;
    std::vector<RawMessage> raw;
    for (const auto& mail : mails)
      bytes.push_back("From: <" + mail.sender + ">\r\nTo: office@school.example\r\nSubject: " + mail.subject + "\r\n" +
                      (mail.id.empty() ? "" : "Message-ID: <" + mail.id + ">\r\n") + mail.more + "\r\n" + mail.text +
                      "\r\n");
    for (std::size_t i = 0; i < mails.size(); ++i) {
      raw.push_back(contract::raw(bytes[i], mails[i].recipient, mails[i].tenant));
      raw.back().envelope.sender = mail_contact(mails[i].sender);
    }
    const auto accepted = static_cast<MessageStore&>(store).accept(raw, within(Millis{1'000}));
    EXPECT_TRUE(accepted);
    std::vector<WorkKey> keys;
    for (std::size_t i = 0; i < mails.size(); ++i)
      keys.push_back({mails[i].tenant, WorkKind::process, accepted->at(i).message.value});
    const auto work_off = [&](std::span<const WorkKey> some) {
      hints.announce(some, clock.now());
      for (int step = 0; step < 1'000; ++step) {
        const auto report = processor.step();
        EXPECT_TRUE(report) << report.error().message;
        if (!report || report->leased == 0) break;
      }
    };
    if (before > 0) work_off(std::span(keys).first(before));
    work_off(std::span(keys).subspan(before));
    std::string out;
    for (std::size_t i = 0; i < mails.size(); ++i) {
      const auto decision = store.decision(mails[i].tenant, accepted->at(i).message);
      EXPECT_TRUE(decision && *decision) << "mail " << i << " is not decided";
      if (!decision || !*decision) continue;
      out += std::to_string(i + 1) + ": " + std::string(to_string((*decision)->outcome));
      if ((*decision)->task.id()) {
        const auto task = static_cast<TaskStore&>(store).read(mails[i].tenant, (*decision)->task.id());
        EXPECT_TRUE(task);
        out += " " + to_string((*decision)->task.id());
        if (task && task->origin == accepted->at(i).message)
          for (const auto& tag : task->tags) out += " " + tag;
      }
      out += "\n";
    }
    return out;
  }
  static void expect_same(const std::vector<Mail>& mails, const std::string& expected, std::size_t before = 0) {
    EXPECT_EQ(decided(mails, 1, before), expected) << "one after another";
    EXPECT_EQ(decided(mails, 100, before), expected) << "in one batch";
    EXPECT_EQ(decided(mails, 2, before), expected) << "two at a time";
  }
};

TEST_F(Batch, MailsOfOneSenderKnowOfEachOther) {
  expect_same({{.id = "1@a"}, {.id = "2@a", .subject = "Heating"}, {.id = "3@a", .subject = "Window"}},
              "1: task_opened T-1\n2: task_opened T-2 again\n3: task_opened T-3 again often busy\n");
}

TEST_F(Batch, AReplyFindsTheMailThatItAnswers) {
  expect_same(
      {{.id = "1@a"},
       {.id = "2@a", .subject = "Re: Water leak", .more = "In-Reply-To: <1@a>\r\n", .sender = "ben@home.example"},
       {.id = "3@a", .subject = "Re: Water leak", .more = "References: <1@a> <2@a>\r\n"}},
      "1: task_opened T-1\n2: task_joined T-1\n3: task_joined T-1\n");
}

TEST_F(Batch, AReplyWithoutIdsFindsTheTaskOfItsSubject) {
  expect_same({{.id = "1@a"},
               {.id = "2@a", .subject = "Re: Water leak"},
               {.id = "3@a", .subject = "AW: Water leak", .sender = "ben@home.example"},
               {.id = "4@a", .subject = "Re: AW: Water leak", .sender = "ben@home.example"}},
              "1: task_opened T-1\n2: task_joined T-1\n3: task_opened T-2\n4: task_joined T-2\n");
}

TEST_F(Batch, AFurtherCopyJoins) {
  expect_same({{.id = "1@a"}, {.id = "1@a", .recipient = "desk@school.example"}},
              "1: task_opened T-1\n2: task_joined T-1\n");
}

TEST_F(Batch, WhoJoinedATaskHasAPartInIt) {
  expect_same({{.id = "1@a"},
               {.id = "2@a", .subject = "a leak", .more = "In-Reply-To: <1@a>\r\n", .sender = "ben@home.example"},
               {.id = "3@a", .subject = "[T-1] more", .sender = "ben@home.example"},
               {.id = "4@a", .subject = "[T-1] more", .sender = "eve@elsewhere.example"}},
              "1: task_opened T-1\n2: task_joined T-1\n3: task_joined T-1\n4: task_opened T-2\n", 1);
}

TEST_F(Batch, ATenantIsNoNeighbour) {
  expect_same({{.id = "1@a"},
               {.id = "2@a", .subject = "Re: Water leak", .tenant = kOtherTenant},
               {.id = "3@a", .subject = "Re: Water leak", .more = "In-Reply-To: <1@a>\r\n", .tenant = kOtherTenant},
               {.id = "4@a", .subject = "Re: Water leak"}},
              "1: task_opened T-1\n2: task_opened T-1\n3: task_joined T-1\n4: task_joined T-1\n");
}

TEST_F(Batch, ATaskIsThatOfWhoAskedForItWhoeverSentTheMail) {
  const auto form = [](const std::string& id, const std::string& more) {
    return Mail{.id = id, .subject = "Form " + id, .more = more, .sender = "forms@school.example"};
  };
  expect_same(
      {form("1@a", "Reply-To: ben@home.example\r\n"),
       form("2@a", "Reply-To: <ben@home.example>\r\n"),
       {.id = "3@a", .subject = "Heating", .sender = "ben@home.example"},
       form("4@a", "")},
      "1: task_opened T-1\n2: task_opened T-2 again\n3: task_opened T-3 busy\n4: task_opened T-4 again often\n");
}

TEST_F(Batch, AnAnswerNeverGoesBeforeWhatItAnswersThoughThatHadToWait) {
  // The fourth waits for the third by its id; the third, with an id of its own, because its task has the second
  // already.
  expect_same({{.id = "1@a"},
               {.id = "1b@a", .subject = "Re: Water leak", .more = "In-Reply-To: <1@a>\r\n"},
               {.id = "2@a", .subject = "Re: Water leak", .more = "In-Reply-To: <1@a>\r\n"},
               {.id = "3@a", .subject = "more", .more = "In-Reply-To: <1b@a>\r\n"},
               {.id = "4@a", .subject = "and more", .more = "In-Reply-To: <3@a>\r\n", .sender = "eve@home.example"}},
              "1: task_opened T-1\n2: task_joined T-1\n3: task_joined T-1\n4: task_joined T-1\n5: task_joined T-1\n",
              2);
}

TEST_F(Batch, ManyRepliesToOneTaskAllJoin) {
  std::vector<Mail> mails{{.id = "1@a"}};
  std::string expected = "1: task_opened T-1\n";
  for (int i = 2; i <= 30; ++i) {
    const auto number = std::to_string(i);
    mails.push_back({.id = number + "@a",
                     .subject = "Re: Water leak",
                     .more = "In-Reply-To: <1@a>\r\n",
                     .sender = "person" + number + "@home.example"});
    expected += number + ": task_joined T-1\n";
  }
  expect_same(mails, expected);
}

}  // namespace
}  // namespace orgo
