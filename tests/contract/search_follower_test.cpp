// The search of all: what was decided is found as the list would show it, also behind a restart and another log.
#include <algorithm>

#include "adapter/memory/memory_search_index.h"
#include "adapter/memory/memory_store.h"
#include "core/task/merge_tasks.h"
#include "service/search/search_follower.h"
#include "service/search/task_search.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SetTime final : public Clock {
 public:
  TimePoint now() override { return kStart + Millis{5'000}; }
};

class SearchFollowing : public Suite {
 protected:
  SearchFollower::Ports ports() { return {index, stores.tasks, stores.messages, clock}; }
  static void follow(SearchFollower& follower) {
    for (bool more = true; more;) {
      const auto report = follower.step();
      ASSERT_TRUE(report) << report.error().message;
      more = report->more;
    }
  }
  std::vector<std::int64_t> find(std::string_view text, TaskListRequest request = {.tenant = kTenant}) {
    const auto found = TaskSearch(index, stores.tasks).find(text, request, {});
    EXPECT_TRUE(found) << found.error().message;
    std::vector<std::int64_t> numbers;
    if (found)
      for (const auto& one : found->tasks) numbers.push_back(one.task.number.value);
    return numbers;
  }
  TaskNumber decide(const std::string& bytes) { return must_commit(deciding(accept(raw(bytes)))).task; }

  SetTime clock;
  MemorySearchIndex index;
  SearchFollower follower{ports()};
};

TEST_P(SearchFollowing, FindsWhatMailsSay) {
  const auto one = decide(mail("one@x", "The boiler is cold."));
  const auto two = decide(mail("two@x", "Nobody heats."));
  follow(follower);
  EXPECT_THAT(find("boiler"), ElementsAre(one.value));
  EXPECT_THAT(find("from:anna -boiler tag:water"), ElementsAre(two.value));
  EXPECT_EQ(follower.standing(kTenant).value().documents, 2);
  EXPECT_TRUE(follower.standing(kTenant).value().followed.whole);
}

TEST_P(SearchFollowing, SaysHowFarItIsBehind) {
  decide(mail("one@x"));
  EXPECT_EQ(follower.standing(kTenant).value().behind, Millis{5'000});
  follow(follower);
  EXPECT_EQ(follower.standing(kTenant).value().behind, Millis{0});
}

TEST_P(SearchFollowing, ShowsTasksAsTheyAreNow) {
  const auto number = decide(mail("one@x", "The boiler is cold."));
  follow(follower);
  auto task = stores.tasks.read(kTenant, number).value();
  task.state = TaskState::closed;
  ++task.version;
  Changes changes{.tenant = kTenant, .at = kStart};
  changes.add(TaskChange{task});
  changes.events.push_back(event(EventKind::task_state));
  changes.events.back().subject = number;
  must_commit(changes);
  EXPECT_THAT(find("boiler", {.tenant = kTenant, .open = true}), IsEmpty()) << "the index does not know it yet";
  follow(follower);
  EXPECT_THAT(find("boiler is:done"), ElementsAre(number.value));
}

TEST_P(SearchFollowing, TheListNarrowsIt) {
  const auto number = decide(mail("one@x"));
  follow(follower);
  EXPECT_THAT(find("water", {.tenant = kTenant, .teams = {"maintenance@school.example"}}), ElementsAre(number.value));
  EXPECT_THAT(find("water", {.tenant = kTenant, .teams = {"a@x", "maintenance@school.example"}}),
              ElementsAre(number.value));
  EXPECT_THAT(find("water", {.tenant = kTenant, .teams = {"office@school.example"}}), IsEmpty());
  EXPECT_THAT(find("water", {.tenant = kTenant, .assignees = {"anna"}}), IsEmpty());
  EXPECT_THAT(find("water", {.tenant = kOtherTenant}), IsEmpty());
}

TEST_P(SearchFollowing, PagesFollowEachOther) {
  std::vector<std::int64_t> all;
  for (int i = 0; i < 5; ++i) all.insert(all.begin(), decide(mail(std::to_string(i) + "@x")).value);
  follow(follower);
  std::vector<std::int64_t> seen;
  TaskListRequest request{.tenant = kTenant, .limit = 2};
  do {
    const auto page = TaskSearch(index, stores.tasks).find("water", request, {}).value();
    for (const auto& one : page.tasks) seen.push_back(one.task.number.value);
    request.before = page.go_on;
  } while (request.before);
  EXPECT_EQ(seen, all);
}

TEST_P(SearchFollowing, GoesOnWhereItWasAndBuildsAnewBehindAnotherLog) {
  const auto number = decide(mail("one@x"));
  follow(follower);
  SearchFollower again(ports());
  EXPECT_EQ(again.step().value().indexed, 0) << "what was followed is not followed again";

  auto ahead = index.followed(kTenant).value();
  ahead.sequence += 1'000;
  const std::vector stale{
      search::Document{.tenant = kTenant, .number = TaskNumber{number.value + 50}, .texts = {"T-99", "Water"}}};
  ASSERT_TRUE(index.put(kTenant, stale, ahead));
  SearchFollower restored(ports());
  follow(restored);
  EXPECT_EQ(restored.standing(kTenant).value().documents, 1) << "what the log does not know is gone";
  EXPECT_THAT(find("water"), ElementsAre(number.value));
}

TEST_P(SearchFollowing, ATaskIsFoundByTheWordsOfWhatWasMergedIntoIt) {
  const auto part = decide(mail("one@x", "The boiler is cold."));
  const auto whole = decide(mail("two@x", "Nobody heats."));
  const auto merged = commands::merge_into(stores.tasks.read(kTenant, part).value(),
                                           stores.tasks.read(kTenant, whole).value(), "user:anna", kStart);
  ASSERT_TRUE(merged) << merged.error().message;
  must_commit(*merged);
  follow(follower);
  EXPECT_THAT(find("boiler heats"), ElementsAre(whole.value));
  EXPECT_THAT(find("boiler", {.tenant = kTenant, .open = true}), ElementsAre(whole.value));
}

TEST_P(SearchFollowing, BuildsAnewWhenAsked) {
  const auto number = decide(mail("one@x"));
  follow(follower);
  follower.rebuild(kTenant);
  EXPECT_TRUE(follower.standing(kTenant).value().rebuilding);
  EXPECT_THAT(find("water"), ElementsAre(number.value)) << "the old one answers";
  follow(follower);
  EXPECT_FALSE(follower.standing(kTenant).value().rebuilding);
  EXPECT_EQ(index.followed(kTenant).value().generation, 2);
  EXPECT_THAT(find("water"), ElementsAre(number.value));
}

TEST_P(SearchFollowing, LogsTellWhereTheyEnd) {
  const auto end_of = [&](TenantId tenant) -> std::int64_t {
    const auto page = stores.tasks.log_ends(TenantId{tenant.value - 1}, 1).value();
    return !page.empty() && page.front().tenant == tenant ? page.front().sequence : 0;
  };
  decide(mail("one@x"));
  const auto before = end_of(kTenant);
  EXPECT_EQ(before, stores.tasks.events_after(kTenant, 0, 1'000).value().back().sequence);
  decide(mail("two@x"));
  EXPECT_GT(end_of(kTenant), before);
  EXPECT_EQ(end_of(kNeighbour), stores.tasks.events_after(kNeighbour, 0, 1'000).value().back().sequence);
  const auto all = stores.tasks.log_ends(TenantId{0}, 100).value();
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &LogEnd::tenant));
  EXPECT_EQ(stores.tasks.log_ends(TenantId{0}, 1).value(), std::vector{all.front()});
}

ORGO_CONTRACT(SearchFollowing);

/// A server that was promoted without all that the one before had committed, or an index that can't be written.
class Promoted final : public MemoryStore {
 public:
  Result<std::vector<StoredEvent>> events_after(TenantId tenant, std::int64_t sequence, int limit) override {
    auto events = MemoryStore::events_after(tenant, sequence, limit);
    if (is_another && events)
      for (auto& stored : *events) stored.event.at += Millis{1};
    return events;
  }
  bool is_another = false;
};

class Full final : public SearchIndex {
 public:
  Status put(TenantId tenant, std::span<const search::Document> documents, const SearchFollowed& followed) override {
    if (is_full) return failure(Errc::resource_exhausted, "the disk is full");
    return index.put(tenant, documents, followed);
  }
  Result<int> remove_older(TenantId tenant, int limit) override { return index.remove_older(tenant, limit); }
  Result<SearchFollowed> followed(TenantId tenant) override { return index.followed(tenant); }
  Result<std::int64_t> count(TenantId tenant) override { return index.count(tenant); }
  Result<std::vector<SearchHit>> find(const SearchRequest& request, Deadline deadline) override {
    return index.find(request, deadline);
  }
  bool is_damaged() override { return is_lost; }
  Status start_over() override {
    is_lost = false;
    return index.start_over();
  }
  MemorySearchIndex index;
  bool is_full = false, is_lost = false;
};

class SearchTrouble : public testing::Test {
 protected:
  void open_task() {
    Changes changes{.tenant = kTenant, .at = kStart};
    Task task{.tenant = kTenant};
    task.title = "Pump";
    changes.add(TaskChange{task});
    changes.events.emplace_back().kind = EventKind::task_opened;
    changes.events.back().subject = TaskRef::nth_new(0);
    const auto done = commit_one(store, changes, within(Millis{1'000}));
    ASSERT_TRUE(done) << done.error().message;
  }
  void steps(int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(follower.step());
  }
  std::int64_t generation() { return index.followed(kTenant).value().generation; }

  SetTime clock;
  Promoted store;
  Full index;
  SearchFollower follower{{index, store, store, clock}};
};

TEST_F(SearchTrouble, AnotherLogIsSeenWhileItRuns) {
  open_task();
  steps(3);
  ASSERT_EQ(generation(), 1);
  store.is_another = true;
  steps(3);
  EXPECT_EQ(generation(), 2) << "of the same length";
  store.is_another = false;
  open_task();
  steps(3);
  EXPECT_EQ(generation(), 3) << "that has grown beyond it";
  EXPECT_EQ(index.count(kTenant).value(), 2);
}

TEST_F(SearchTrouble, WhatCantBeWrittenIsTold) {
  EXPECT_EQ(follower.trouble(), "");
  index.is_full = true;
  open_task();
  steps(1);
  EXPECT_THAT(follower.trouble(), testing::HasSubstr("the disk is full"));
  index.is_full = false;
  steps(1);
  EXPECT_EQ(follower.trouble(), "");
  EXPECT_EQ(index.count(kTenant).value(), 1);
}

TEST_F(SearchTrouble, WhatSomebodyElseFoundDamagedIsMadeAgain) {
  open_task();
  steps(2);
  ASSERT_TRUE(index.index.start_over());
  index.is_lost = true;
  steps(2);
  EXPECT_EQ(index.count(kTenant).value(), 1);
}

}  // namespace
}  // namespace orgo::contract
