// To which task a mail belongs when tasks were merged.
#include <gtest/gtest.h>

#include "core/processing/context.h"
#include "core/threading/find_thread.h"
#include "tests/support/thread_fixture.h"

namespace orgo {
namespace {

/// Tasks 15 -> 12 -> 9, each merged into the next, and a mail of somebody.
class MergedThread : public testing::Test {
 protected:
  MergedThread() {
    query.message = MessageId{50};
    query.id = 100;
    query.names_itself = true;
    query.sender = "kim@customer.example";
    facts.tasks = {task_of(15, "kim@customer.example"), task_of(12, "pat@elsewhere.example"), task_of(9)};
    facts.tasks[0].ties.into = TaskNumber{12};
    facts.tasks[1].ties.into = TaskNumber{9};
    facts.tasks[2].ties.people = {{TaskNumber{12}, "pat@elsewhere.example"}, {TaskNumber{15}, "kim@customer.example"}};
  }
  Thread found() { return find_thread(query, facts, kOwn); }
  std::int64_t number() { return found().task ? found().task->number.value : 0; }
  ThreadQuery query;
  ThreadFacts facts;
};

TEST_F(MergedThread, WhatAnswersItGoesToTheEnd) {
  query.hints.message_ids = {"first@x"};
  query.hints.in_reply_to = true;
  query.answers = {101};
  KnownMessage known{.id = MessageId{40}, .id_hash = 101, .decided = true};
  known.task = TaskNumber{15};
  facts.known = {known};
  EXPECT_EQ(number(), 9);
  EXPECT_EQ(found().evidence, "In-Reply-To: <first@x>; T-15 was merged into it");
  facts.known[0].task = TaskNumber{12};
  EXPECT_EQ(number(), 9);
}

TEST_F(MergedThread, WhatAnswersOurMailOfItIsProvenStill) {
  query.hints.proven = TaskNumber{15};
  EXPECT_EQ(number(), 9);
  EXPECT_TRUE(found().proven);
}

TEST_F(MergedThread, ItsMarkerLeadsWhoAskedForItToTheEnd) {
  query.hints.marker = TaskNumber{15};
  query.hints.marker_place = "subject";
  EXPECT_EQ(number(), 9);
  EXPECT_EQ(found().evidence, "task marker [T-15] (subject) from who asked for what was merged into it");
  query.sender = "eve@stranger.example";
  EXPECT_EQ(number(), 0);
  EXPECT_NE(found().refused_claim.find("[T-15]"), std::string::npos);
}

TEST_F(MergedThread, ItsSubjectLeadsToTheEnd) {
  query.since = TimePoint{};
  query.hints.reply_subject = "water leak";
  facts.of_sender = {facts.tasks[0]};
  EXPECT_EQ(number(), 9);
}

TEST_F(MergedThread, WhatAPersonOfOursWritesStaysWhereTheySay) {
  query.named = TaskNumber{15};
  EXPECT_EQ(number(), 15) << "an answer that waited goes on in its own thread";
}

TEST_F(MergedThread, AStrangerWhoSharesAMailIsRelatedToTheEnd) {
  query.hints.message_ids = {"news@list"};
  query.answers = {101};
  query.sender = "eve@stranger.example";
  facts.aliases = {{101, TaskNumber{15}, {}}};
  EXPECT_EQ(number(), 0);
  EXPECT_EQ(found().related, TaskNumber{9});
}

TEST_F(MergedThread, TheLastWordIsThatOfTheEnd) {
  query.hints.proven = TaskNumber{15};
  query.sender = "desk@school.example";
  EXPECT_EQ(asks_last_word(query, facts), TaskNumber{9})
      << "else an answer about the one would go to who asked for the other";
  query.hints.proven = {};
  query.named = TaskNumber{15};
  EXPECT_EQ(asks_last_word(query, facts), TaskNumber{15});
}

TEST_F(MergedThread, ACircleInADatabaseIsNoEndlessWay) {
  facts.tasks[2].ties.into = TaskNumber{15};
  query.hints.proven = TaskNumber{15};
  EXPECT_TRUE(found().task);
}

}  // namespace
}  // namespace orgo
