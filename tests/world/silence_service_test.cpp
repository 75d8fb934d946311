// The silence alarm over the memory store: one silence, one task, also over crashes.
#include "service/silence/silence_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/memory/memory_store.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"

namespace orgo::world {
namespace {

using contract::kStart;
using contract::mail;
using contract::raw;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SilenceAlarm : public testing::Test {
 protected:
  SilenceAlarm() {
    settings.rules = []() -> Result<SilenceRules> {
      return SilenceRules{.administrators = {"it@school.example", "head@school.example"}};
    };
  }
  SilenceService service() {
    return SilenceService(store, store, store, clock, settings, [](const std::string& source) {
      return source == "mailbox:office" ? "the login was refused" : "";
    });
  }
  void arrive(Channel channel = Channel::imap, const std::string& peer = "mailbox:office") {
    const auto bytes = mail(std::to_string(++count) + "@x");
    auto message = raw(bytes, "office@school.example", kTenant, channel);
    message.envelope.peer = peer;
    message.envelope.received_at = clock.now();
    ASSERT_TRUE(static_cast<MessageStore&>(store).accept(std::span(&message, 1), within(Millis{1'000})));
  }
  /// Ten mails an hour, around the clock.
  void ordinary_days(SilenceService& alarm, int days) {
    for (int minute = 0; minute < days * 1440; minute += 6) {
      clock.advance(std::chrono::minutes(6));
      arrive();
      ASSERT_TRUE(alarm.step());
    }
  }
  void silence_for(SilenceService& alarm, std::chrono::hours time) {
    for (auto passed = Millis{0}; passed < time; passed += std::chrono::minutes(6)) {
      clock.advance(std::chrono::minutes(6));
      ASSERT_TRUE(alarm.step());
    }
  }
  std::vector<Task> tasks() { return store.list(TaskListRequest{.tenant = kTenant}).value(); }

  SimulatedClock clock{kStart};
  MemoryStore store;
  SilenceSettings settings{.tenant = kTenant};
  int count = 0;
};

TEST_F(SilenceAlarm, OneSilenceOneTaskAndItEndsWithTheNextMail) {
  auto alarm = service();
  ordinary_days(alarm, 21);
  EXPECT_THAT(tasks(), IsEmpty());
  silence_for(alarm, std::chrono::hours(72));
  ASSERT_THAT(tasks(), SizeIs(1));
  const auto task = tasks()[0];
  EXPECT_THAT(task.title, HasSubstr("No mail through the mailbox office for "));
  EXPECT_EQ(task.team, "it@school.example");
  EXPECT_EQ(task.priority, Priority::high);
  const auto sends = store.sends_of_task(kTenant, task.number).value();
  ASSERT_THAT(sends, SizeIs(2));
  EXPECT_EQ(sends[1].send.recipient.address, "head@school.example");
  const auto story = store.history(kTenant, task.number, 100).value();
  EXPECT_THAT(story.back().event.data, HasSubstr("the login was refused"));

  arrive();
  ASSERT_TRUE(alarm.step());
  EXPECT_EQ(tasks()[0].state, TaskState::resolved);
  EXPECT_THAT(store.open_alarms(kTenant).value(), IsEmpty());
  ordinary_days(alarm, 7);
  silence_for(alarm, std::chrono::hours(72));
  EXPECT_THAT(tasks(), SizeIs(2)) << "another silence, another task";
}

TEST_F(SilenceAlarm, WhoWorksOnItEndsItHimself) {
  auto alarm = service();
  ordinary_days(alarm, 21);
  silence_for(alarm, std::chrono::hours(72));
  auto task = tasks().at(0);
  task.version += 1;
  task.state = TaskState::acknowledged;
  Changes taken{.tenant = kTenant};
  taken.at = clock.now();
  taken.add(TaskChange{task});
  ASSERT_TRUE(store.commit(std::span(&taken, 1), within(Millis{1'000})).value()[0]);
  arrive();
  ASSERT_TRUE(alarm.step());
  EXPECT_EQ(tasks()[0].state, TaskState::acknowledged);
  EXPECT_THAT(store.history(kTenant, task.number, 100).value().back().event.data,
              HasSubstr("Mail comes through the mailbox office again"));
}

TEST_F(SilenceAlarm, ACrashNeitherForgetsNorDoubles) {
  {
    auto alarm = service();
    ordinary_days(alarm, 21);
  }  // what was not saved is read again from the messages
  for (int restart = 0; restart < 60; ++restart) {
    auto alarm = service();
    silence_for(alarm, std::chrono::hours(2));
    if (restart % 2 == 0) {
      ASSERT_TRUE(alarm.save());
    }
  }
  EXPECT_THAT(tasks(), SizeIs(1));
  EXPECT_THAT(store.open_alarms(kTenant).value(), SizeIs(1));
}

TEST_F(SilenceAlarm, ImportsAreNoRhythm) {
  auto alarm = service();
  for (int i = 0; i < 500; ++i) arrive(Channel::import_, "file");
  ASSERT_TRUE(alarm.step());
  EXPECT_THAT(store.read_rhythms(kTenant).value().rhythms, IsEmpty());
  arrive(Channel::lmtp, "127.0.0.1");
  ASSERT_TRUE(alarm.step());
  ASSERT_TRUE(alarm.save());
  ASSERT_THAT(store.read_rhythms(kTenant).value().rhythms, SizeIs(1));
  EXPECT_EQ(store.read_rhythms(kTenant).value().rhythms[0].source, "channel:lmtp");
}

TEST(SilenceSource, DoorsAndMailboxesOfOthersAndNothingOfOurOwn) {
  EXPECT_EQ(silence_source({.channel = Channel::lmtp}), "channel:lmtp");
  EXPECT_EQ(silence_source({.channel = Channel::imap, .peer = "mailbox:office"}), "mailbox:office");
  EXPECT_EQ(silence_source({.channel = Channel::smtp, .archived = true}), "");
  EXPECT_EQ(silence_source({.channel = Channel::import_}), "");
  EXPECT_EQ(silence_source({.channel = Channel::answer}), "") << "when nobody answers, no source is silent";
}

}  // namespace
}  // namespace orgo::world
