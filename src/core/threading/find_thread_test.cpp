#include "core/threading/find_thread.h"

#include <gtest/gtest.h>

#include "tests/support/thread_fixture.h"

namespace orgo {
namespace {

/// A reply with In-Reply-To (id 101) and one more reference (id 102), to a mail of task 12.
class FindThread : public testing::Test {
 protected:
  FindThread() {
    query.message = MessageId{50};
    query.content = content_of(1);
    query.id = 100;
    query.names_itself = true;
    query.sender = "anna@customer.example";
    query.since = TimePoint{};
    query.may_wait = true;
    query.hints.message_ids = {"first@x", "second@x"};
    query.hints.in_reply_to = true;
    query.answers = {101, 102};
    facts.tasks = {task_of(12), task_of(13)};
  }
  void earlier(std::int64_t id, std::int64_t hash, std::int64_t task, bool decided = true, int content = 9) {
    KnownMessage known{.id = MessageId{id}, .id_hash = hash, .content = content_of(content), .decided = decided};
    if (task != 0) known.task = TaskNumber{task};
    facts.known.push_back(known);
  }
  Thread found() { return find_thread(query, facts, kOwn); }
  ThreadQuery query;
  ThreadFacts facts;
};

TEST_F(FindThread, WhatItAnswers) {
  earlier(40, 102, 13);
  EXPECT_EQ(found().task->number, TaskNumber{13});
  EXPECT_EQ(found().evidence, "References: <second@x>");
  EXPECT_EQ(found().names, (std::vector<std::int64_t>{101})) << "the mail that is not here";
  earlier(30, 101, 12);
  EXPECT_EQ(found().task->number, TaskNumber{12}) << "In-Reply-To goes before";
  EXPECT_EQ(found().evidence, "In-Reply-To: <first@x>");
  EXPECT_TRUE(found().names.empty());
  query.hints.in_reply_to = false;
  EXPECT_EQ(found().evidence, "References: <first@x>");
}

TEST_F(FindThread, WaitsForAnEarlierMailOnly) {
  earlier(40, 101, 0, false);
  EXPECT_EQ(found().waits_for, MessageId{40});
  EXPECT_FALSE(found().task);
  EXPECT_TRUE(found().names.empty());
  query.may_wait = false;
  EXPECT_FALSE(found().waits_for);
  query.may_wait = true;
  facts.known.clear();
  earlier(60, 101, 0, false);
  EXPECT_FALSE(found().waits_for) << "a later one would wait for us";
  earlier(60, 102, 12);
  EXPECT_EQ(found().task->number, TaskNumber{12});
}

TEST_F(FindThread, IsNeverItsOwnThread) {
  query.answers = {100};
  query.hints.message_ids = {"self@x"};
  earlier(50, 100, 12);
  EXPECT_FALSE(found().task);
}

TEST_F(FindThread, ACopyIsOfTheSameContent) {
  query.known_id = true;
  earlier(40, 100, 12, true, 2);
  EXPECT_FALSE(found().same_content) << "another mail with the same id";
  facts.known.clear();
  earlier(40, 100, 12, true, 1);
  EXPECT_EQ(found().same_content, MessageId{40});
  EXPECT_EQ(found().evidence, "copy of m40");
  facts.known.clear();
  earlier(40, 100, 0, false, 1);
  EXPECT_EQ(found().waits_for, MessageId{40});
  facts.known.front().decided = true;
  EXPECT_EQ(found().same_content, MessageId{40}) << "decided, and of no task";
  EXPECT_FALSE(found().task);
  query.known_id = false;
  EXPECT_FALSE(found().same_content);
}

TEST_F(FindThread, ProofGoesBeforeOtherIdsAndAfterMails) {
  query.hints.proven = TaskNumber{13};
  facts.aliases = {{101, TaskNumber{12}, {}}};
  EXPECT_EQ(found().task->number, TaskNumber{13});
  EXPECT_EQ(found().evidence, "it answers a mail of ours about T-13");
  earlier(40, 102, 12);
  EXPECT_EQ(found().task->number, TaskNumber{12});
}

TEST_F(FindThread, OtherIds) {
  facts.aliases = {{100, TaskNumber{13}, {}}, {102, TaskNumber{12}, {}}};
  EXPECT_EQ(found().task->number, TaskNumber{12}) << "what it answers goes before what names it";
  EXPECT_EQ(found().evidence, "References: <second@x>, another id of a mail of T-12");
  facts.aliases.pop_back();
  facts.tasks.back().requester = mail_contact("x@elsewhere.example");
  EXPECT_EQ(found().task->number, TaskNumber{13}) << "it is the very mail that was named, whoever sent it";
  facts.tasks.back().requester = mail_contact("anna@customer.example");
  EXPECT_EQ(found().evidence, "a mail of T-13 names it");
  query.names_itself = false;
  EXPECT_FALSE(found().task) << "nobody can name what has no id";
  query.aliases = {103};
  facts.aliases = {{103, TaskNumber{13}, {}}};
  EXPECT_EQ(found().task->number, TaskNumber{13});
  EXPECT_EQ(found().names, (std::vector<std::int64_t>{103, 101, 102}));
}

TEST_F(FindThread, AnIdOfAMailOfOursProvesMoreThanOneThatWasOnlyNamed) {
  for (const bool ours_first : {true, false}) {
    const ThreadAlias ours{ours_first ? 101 : 102, TaskNumber{13}, SendId{5}},
        named{ours_first ? 102 : 101, TaskNumber{12}, {}};
    for (const bool swapped : {false, true}) {
      facts.aliases = {swapped ? named : ours, swapped ? ours : named};
      EXPECT_EQ(found().task->number, TaskNumber{13}) << ours_first << swapped;
      query.sender = "bert@elsewhere.example";
      EXPECT_EQ(found().task->number, TaskNumber{13}) << "whoever answers it";
      query.sender = "anna@customer.example";
    }
  }
}

TEST_F(FindThread, StrangersWhoShareAnAncestorHaveTasksOfTheirOwn) {
  facts.aliases = {{102, TaskNumber{12}, {}}};
  for (const char* stranger : {"bert@elsewhere.example", "carla@gmail.com", "noreply@shop.example", ""}) {
    query.sender = stranger;
    EXPECT_FALSE(found().task) << stranger;
    EXPECT_EQ(found().related, TaskNumber{12}) << stranger;
    EXPECT_EQ(thread_needs(query, facts).shared, TaskNumber{12});
  }
  for (const char* party : {"anna@customer.example", "office@customer.example", "staff@school.example"}) {
    query.sender = party;
    EXPECT_EQ(found().task->number, TaskNumber{12}) << party;
    EXPECT_FALSE(found().related);
  }
  query.sender = "bert@elsewhere.example";
  facts.sharers = {"bert@elsewhere.example"};
  EXPECT_EQ(found().task->number, TaskNumber{12}) << "he has got mail about it";
  facts.sharers.clear();
  query.by_list = true;
  EXPECT_EQ(found().task->number, TaskNumber{12}) << "people of a list talk to one another";
  query.by_list = false;
  facts.aliases = {{102, TaskNumber{12}, SendId{5}}};
  EXPECT_EQ(found().task->number, TaskNumber{12}) << "an id that a relay gave to a mail of ours";
  facts.aliases = {{102, TaskNumber{12}, {}}};
  query.hints.marker = TaskNumber{13};
  query.sender = "anna@customer.example";
  facts.tasks.front().requester = mail_contact("x@elsewhere.example");
  EXPECT_EQ(found().task->number, TaskNumber{13}) << "the marker of a task where she has a part";
}

TEST_F(FindThread, AStrangersTaskTakesNoNameThatAnotherTaskHas) {
  query.sender = "bert@elsewhere.example";
  query.aliases = {103, 104};
  facts.aliases = {{102, TaskNumber{12}, {}}, {103, TaskNumber{13}, {}}};
  EXPECT_FALSE(found().task);
  EXPECT_EQ(found().related, TaskNumber{12});
  EXPECT_EQ(found().names, (std::vector<std::int64_t>{104, 101}));
}

TEST_F(FindThread, AMarkerCountsFromWhoHasAPart) {
  query.hints.marker = TaskNumber{12};
  query.hints.marker_place = "subject";
  EXPECT_EQ(found().task->number, TaskNumber{12});
  EXPECT_EQ(found().evidence, "task marker [T-12] (subject) from the requester");
  query.sender = "mallory@elsewhere.example";
  EXPECT_FALSE(found().task);
  EXPECT_EQ(found().refused_claim,
            "it bears the task marker [T-12] (subject), but its sender has no part in that task");
  facts.participants = {"mallory@elsewhere.example"};
  EXPECT_EQ(found().task->number, TaskNumber{12});
  query.hints.marker = TaskNumber{99};
  EXPECT_FALSE(found().task);
  EXPECT_EQ(found().refused_claim, "") << "there is no such task";
}

TEST_F(FindThread, TheSameSenderAndSubject) {
  query.hints.reply_subject = "water leak";
  facts.of_sender = {task_of(21, "anna@customer.example", "Window"), task_of(20), task_of(19)};
  EXPECT_EQ(found().task->number, TaskNumber{20});
  EXPECT_EQ(found().evidence, "the same sender and subject as T-20");
  query.hints.marker = TaskNumber{12};
  facts.tasks.front().requester = mail_contact("bert@elsewhere.example");
  query.sender = "anna@customer.example";
  EXPECT_EQ(found().task->number, TaskNumber{20});
  EXPECT_EQ(found().refused_claim, "") << "it has its place";
  query.since.reset();
  EXPECT_FALSE(found().task);
  EXPECT_NE(found().refused_claim, "");
}

TEST_F(FindThread, WhatIsProvenIsNeverOverruledByAClaim) {
  query.hints.proven = TaskNumber{99};  // not ours
  query.hints.reply_subject = "water leak";
  facts.of_sender = {task_of(20)};
  EXPECT_FALSE(found().task);
  EXPECT_EQ(found().evidence, "");
}

}  // namespace
}  // namespace orgo
