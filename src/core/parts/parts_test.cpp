#include "core/parts/parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/support/tenants.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr TimePoint kNow{Millis{1'767'225'600'000}};
constexpr TaskNumber kTask{12};

Changes nothing() {
  return {.tenant = kTenant, .at = kNow};
}
Changes opening(std::size_t count) {
  auto changes = nothing();
  for (std::size_t i = 0; i < count; ++i) changes.add(TaskChange{Task{.tenant = kTenant}});
  return changes;
}
Changes changing(std::int64_t version, std::string title) {
  Task task{.tenant = kTenant};
  task.number = kTask;
  task.version = version;
  task.title = std::move(title);
  auto changes = nothing();
  changes.add(TaskChange{std::move(task)});
  return changes;
}

template <typename P>
P make(std::type_identity<P> /*type*/) {
  return {};
}
TaskChange make(std::type_identity<TaskChange> /*type*/) {
  return {Task{.tenant = kTenant}};
}
SuppressionChange make(std::type_identity<SuppressionChange> /*type*/) {
  return {Suppression{.tenant = kTenant}};
}
PersonChange make(std::type_identity<PersonChange> /*type*/) {
  return {.person = {.tenant = kTenant}};
}
LoginAttemptsChange make(std::type_identity<LoginAttemptsChange> /*type*/) {
  return {.attempts = {.tenant = kTenant}};
}

TokenMade make(std::type_identity<TokenMade> /*type*/) {
  return {ApiToken{.tenant = kTenant}};
}
RuleVersionAdded make(std::type_identity<RuleVersionAdded> /*type*/) {
  return {RuleVersion{.tenant = kTenant}};
}
MailboxChange make(std::type_identity<MailboxChange> /*type*/) {
  return {MailboxRecord{.tenant = kTenant}};
}

/// Calls `check` with one part of each type that there is, so that a new one is tested by being in the list.
template <typename Check, typename... Ps>
void for_each_part(Check check, std::variant<Ps...>* /*list*/) {
  (check(make(std::type_identity<Ps>{})), ...);
}
template <typename Check>
void for_each_part(Check check) {
  for_each_part(check, static_cast<PartVariant*>(nullptr));
}

TEST(Parts, NoneOfThemIsOverlooked) {
  EXPECT_TRUE(is_empty(nothing()));
  int kinds = 0;
  for_each_part([&]<typename P>(P part) {
    ++kinds;
    auto changes = nothing();
    changes.add(part);
    EXPECT_FALSE(is_empty(changes)) << kinds;
    EXPECT_THAT(changes.all<P>(), SizeIs(1)) << kinds;
    EXPECT_NE(changes.find<P>(), nullptr) << kinds;
    changes.remove_all<P>();
    EXPECT_TRUE(is_empty(changes)) << kinds;
    EXPECT_EQ(changes.find<P>(), nullptr) << kinds;
  });
  EXPECT_EQ(kinds, static_cast<int>(std::variant_size_v<PartVariant>));
}

TEST(Parts, WhatIsNoPartCountsToo) {
  auto event = nothing(), send = nothing(), timer = nothing();
  event.events.emplace_back();
  send.sends.emplace_back();
  timer.timers.push_back(deadline_cleared(kTask));
  for (const auto* changes : {&event, &send, &timer}) EXPECT_FALSE(is_empty(*changes));
}

TEST(Parts, AMergeLosesNoneOfThem) {
  for_each_part([]<typename First>(First first) {
    for_each_part([&]<typename Second>(Second second) {
      auto into = nothing(), next = nothing();
      into.add(first);
      next.add(second);
      ASSERT_TRUE(merge(into, std::move(next)));
      EXPECT_EQ(into.parts.size(), 2U);
      EXPECT_GE(into.all<First>().size(), 1U);
      EXPECT_GE(into.all<Second>().size(), 1U);
    });
  });
  auto into = nothing(), next = nothing();
  next.events.emplace_back();
  next.sends.emplace_back();
  next.timers.push_back(deadline_cleared(kTask));
  ASSERT_TRUE(merge(into, std::move(next)));
  EXPECT_EQ(into.events.size() + into.sends.size() + into.timers.size(), 3U);
}

TEST(Parts, WhatIsNewInTheLaterOneCountsBehindTheEarlier) {
  for_each_part([]<typename P>(P part) {
    auto into = opening(2), next = opening(1);
    into.sends.resize(3);
    P::refs(part, []<typename Tag>(Ref<Tag>& ref) { ref = Ref<Tag>::nth_new(0); });
    next.add(part);
    ASSERT_TRUE(merge(into, std::move(next)));
    auto& merged = *std::prev(into.parts.end());
    P::refs(std::get<P>(merged.value), []<typename Tag>(Ref<Tag>& ref) {
      EXPECT_EQ(ref, Ref<Tag>::nth_new(std::is_same_v<Tag, SendTag> ? 3 : 2));
    });
  });

  auto into = opening(2), next = opening(1);
  into.sends.resize(3);
  next.sends.resize(1);
  next.sends[0].subject = TaskRef::nth_new(0);
  next.events.push_back({.kind = EventKind::send_queued, .subject = TaskRef::nth_new(0), .send = SendRef::nth_new(0)});
  next.events.push_back({.kind = EventKind::task_commented, .subject = kTask, .send = SendId{7}});
  next.timers.push_back(deadline_set(TaskRef::nth_new(0), kNow));
  ASSERT_TRUE(merge(into, std::move(next)));
  EXPECT_EQ(into.sends[3].subject, TaskRef::nth_new(2));
  EXPECT_EQ(into.events[0].subject, TaskRef::nth_new(2));
  EXPECT_EQ(into.events[0].send, SendRef::nth_new(3));
  EXPECT_EQ(into.events[1].subject, kTask) << "what exists keeps its id";
  EXPECT_EQ(into.events[1].send, SendId{7});
  EXPECT_EQ(into.timers[0].subject, TaskRef::nth_new(2));
  EXPECT_TRUE(check_form(into));
}

TEST(Parts, OfATaskThatBothChangeTheLaterWordCountsAndTheVersionOfTheFirst) {
  auto into = changing(6, "first");
  ASSERT_TRUE(merge(into, changing(7, "second")));
  ASSERT_THAT(into.all<TaskChange>(), SizeIs(1));
  EXPECT_EQ(into.find<TaskChange>()->task.title, "second");
  EXPECT_EQ(into.find<TaskChange>()->task.version, 6) << "which the store compares with 5, the one that was seen";
  EXPECT_TRUE(check_form(into));
}

TEST(Parts, OfTimersTheLastWordCounts) {
  const auto merged = [](std::vector<TimerChange> first, std::vector<TimerChange> then) {
    auto into = nothing(), next = nothing();
    into.timers = std::move(first);
    next.timers = std::move(then);
    EXPECT_TRUE(merge(into, std::move(next)));
    EXPECT_TRUE(check_form(into));
    return into.timers;
  };
  const auto at = [](int hours) { return kNow + std::chrono::hours(hours); };
  EXPECT_THAT(merged({deadline_set(kTask, at(1))}, {deadline_set(kTask, at(2))}),
              ElementsAre(deadline_set(kTask, at(2))));
  EXPECT_THAT(merged({deadline_set(kTask, at(1))}, {deadline_cleared(kTask)}), ElementsAre(deadline_cleared(kTask)));
  EXPECT_THAT(merged({deadline_fired(kTask, at(1))}, {deadline_set(kTask, at(2))}),
              ElementsAre(deadline_fired(kTask, at(1)), deadline_set(kTask, at(2))));
  EXPECT_THAT(merged({deadline_fired(kTask, at(1)), deadline_set(kTask, at(2))}, {deadline_fired(kTask, at(2))}),
              ElementsAre(deadline_fired(kTask, at(1))))
      << "set and used up within one";
  EXPECT_THAT(merged({deadline_set(kTask, at(1))}, {TimerChange::set(kTask, "remind", at(2))}), SizeIs(2))
      << "another name is another timer";
}

TEST(Parts, ChangesOfTwoTenantsStayTwo) {
  auto into = nothing();
  EXPECT_EQ(merge(into, Changes{.tenant = kOtherTenant, .at = kNow}).error().code, Errc::invalid_input);
}

TEST(Parts, WhatDoesNotHangTogetherIsRefused) {
  const auto why = [](const Changes& changes) {
    const auto status = check_form(changes);
    return status ? std::string("nothing")
                  : std::string(to_string(status.error().code)) + ": " + status.error().message;
  };
  EXPECT_EQ(why(nothing()), "nothing") << "an empty one is whole";
  EXPECT_THAT(why(Changes{.tenant = kTrialTenant, .at = kNow}),
              HasSubstr("invalid_input: these changes are of no tenant"));

  auto dangling = opening(1);
  dangling.sends.emplace_back().subject = TaskRef::nth_new(1);
  EXPECT_THAT(why(dangling), HasSubstr("new T-2"));
  auto no_send = nothing();
  no_send.events.emplace_back().send = SendRef::nth_new(0);
  EXPECT_THAT(why(no_send), HasSubstr("new s1"));
  for_each_part([&]<typename P>(P part) {
    bool names_new = false;
    P::refs(part, [&]<typename Tag>(Ref<Tag>& ref) {
      ref = Ref<Tag>::nth_new(0);
      names_new = true;
    });
    auto changes = nothing();
    changes.add(part);
    if (names_new) {
      EXPECT_THAT(why(changes), HasSubstr("and make none"));
    }
  });

  auto twice = changing(2, "one");
  twice.add(*changing(3, "two").find<TaskChange>());
  EXPECT_THAT(why(twice), HasSubstr("say twice what becomes of T-12"));
  for_each_part([&]<typename P>(P part) {
    P::refs(part, []<typename Tag>(Ref<Tag>& ref) { ref = Id<Tag>{5}; });
    auto changes = nothing();
    changes.add(part);
    changes.add(part);
    EXPECT_EQ(check_form(changes).has_value(), part.key().empty()) << part.key();
  });

  auto alarm = nothing();
  alarm.add(AlarmOpened{.source = "mailbox:office", .task = {}});
  EXPECT_THAT(why(alarm), HasSubstr("names no task"));

  for (const auto& timers : std::vector<std::vector<TimerChange>>{
           {TimerChange::set({}, "deadline", kNow)},
           {TimerChange::set(kTask, "", kNow)},
           {TimerChange::set(kTask, std::string(TimerChange::kNameMax + 1, 'x'), kNow)},
           {deadline_set(kTask, kNow), deadline_fired(kTask, kNow)},
           {deadline_fired(kTask, kNow), deadline_fired(kTask, kNow)}}) {
    auto changes = nothing();
    changes.timers = timers;
    EXPECT_THAT(why(changes), HasSubstr("invalid_input"));
  }
  auto longest = nothing();
  longest.timers = {TimerChange::set(kTask, std::string(TimerChange::kNameMax, 'x'), kNow)};
  EXPECT_EQ(why(longest), "nothing");
  auto new_fired = opening(1);
  new_fired.timers = {deadline_fired(TaskRef::nth_new(0), kNow)};
  EXPECT_THAT(why(new_fired), HasSubstr("of a new thing"));
}

TEST(Parts, ACopyIsWholeAndItsOwn) {
  auto changes = changing(2, "one");
  changes.add(SendBounced{.send = SendId{3}});
  auto copy = changes;
  copy.find<TaskChange>()->task.title = "two";
  EXPECT_EQ(changes.find<TaskChange>()->task.title, "one");
  const Changes moved = std::move(copy);
  EXPECT_EQ(moved.find<TaskChange>()->task.title, "two");
  EXPECT_THAT(moved.all<SendBounced>(), SizeIs(1));
}

}  // namespace
}  // namespace orgo
