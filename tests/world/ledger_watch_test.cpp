// What the watch over the ledger finds of each kind, of each tenant and behind each page, is told until it is mended.
#include "service/work/ledger_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/memory/memory_store.h"
#include "base/metrics.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"

namespace orgo::world {
namespace {

using contract::kStart;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// Messages 1 to 9 of two tenants, of which a test says what is wrong.
class ToldLedger final : public MemoryStore {
 public:
  Result<States> look_at_states(const LedgerPlace& after, int limit) override {
    States states{.last = after};
    for (const auto tenant : {kTenant, kOtherTenant})
      for (std::int64_t id = 1; id <= 9 && static_cast<int>(states.seen.size()) < limit; ++id) {
        const LedgerPlace place{tenant, MessageId{id}};
        if (place <= after) continue;
        states.seen.push_back(place);
        states.last = place;
        if (stateless.contains(place)) states.stateless.push_back(place);
        if (lost.contains(place)) states.lost.push_back(place);
        if (!missing.contains(place)) continue;
        states.missing.push_back(place);
        ++states.missing_count[tenant];
      }
    return states;
  }
  std::set<LedgerPlace> stateless, lost, missing;
};

class LedgerWatchTest : public testing::Test {
 protected:
  /// A whole round, however many steps it takes.
  int round() {
    int raised = 0;
    for (int i = 0; i < 100; ++i) {
      const auto report = watch.step();
      EXPECT_TRUE(report);
      if (!report) break;
      raised += report->raised;
      pause = report->pause;
      if (pause >= settings.while_bad) break;
    }
    return raised;
  }
  std::vector<Task> alarms(TenantId tenant) {
    auto tasks = static_cast<TaskStore&>(store).list({.tenant = tenant, .limit = 100}).value();
    std::erase_if(tasks, [](const Task& task) { return task.tags != std::vector<std::string>{"ledger"}; });
    return tasks;
  }
  static std::string gauge(const std::string& name) {
    const auto all = metrics::exposition();
    const auto at = all.find("\norgo_ledger_" + name + " ");
    return at == std::string::npos ? ""
                                   : all.substr(at + 14 + name.size(), all.find('\n', at + 1) - at - 14 - name.size());
  }

  SimulatedClock clock{kStart};
  ToldLedger store;
  LedgerWatchSettings settings{.batch = 4, .administrators = {"it@school.example"}};
  LedgerWatch watch{store, AlarmKeeper(kLedgerAlarm, store, store, store), clock, settings};
  Millis pause{};
};

struct Kind {
  const char* name;
  std::set<LedgerPlace> ToldLedger::*found;
  const char* words;
  const char* title;
};
const Kind kKinds[] = {{"stateless", &ToldLedger::stateless, "in no state", "in no state"},
                       {"lost", &ToldLedger::lost, "the bytes of 1 messages are not there", "without bytes"},
                       {"missing", &ToldLedger::missing, "are gone from the database", "gone"}};

TEST_F(LedgerWatchTest, EachKindIsTroubleAMetricAndATaskUntilItIsMended) {
  EXPECT_EQ(round(), 0);
  EXPECT_THAT(watch.trouble(), IsEmpty());
  EXPECT_EQ(pause, settings.every);
  std::size_t before = 0;
  for (const auto& kind : kKinds) {
    auto& found = store.*kind.found;
    found = {{kTenant, MessageId{7}}};  // behind the first page
    EXPECT_EQ(round(), 1) << kind.name;
    EXPECT_THAT(watch.trouble(), AllOf(HasSubstr(kind.words), HasSubstr("m7"))) << kind.name;
    EXPECT_EQ(gauge(kind.name), "1");
    EXPECT_EQ(pause, settings.while_bad);
    ASSERT_THAT(alarms(kTenant), SizeIs(before + 1)) << kind.name;
    EXPECT_EQ(alarms(kTenant)[0].title, std::string("The ledger does not balance: 1 message is ") + kind.title);
    EXPECT_EQ(alarms(kTenant)[0].team, "it@school.example");
    EXPECT_EQ(round(), 0) << kind.name << ": it is open already";
    found.clear();
    EXPECT_EQ(round(), 0);
    EXPECT_THAT(watch.trouble(), IsEmpty()) << kind.name;
    EXPECT_EQ(gauge(kind.name), "0");
    EXPECT_EQ(pause, settings.every);
    EXPECT_THAT(store.open_alarms(kTenant).value(), IsEmpty()) << kind.name;
    ++before;
  }
}

TEST_F(LedgerWatchTest, EachTenantHasItsOwnAlarmAndAllKindsOneTask) {
  store.stateless = {{kTenant, MessageId{1}}, {kTenant, MessageId{9}}};
  store.lost = {{kTenant, MessageId{2}}, {kOtherTenant, MessageId{3}}};
  store.missing = {{kTenant, MessageId{5}}};
  EXPECT_EQ(round(), 2);
  ASSERT_THAT(alarms(kTenant), SizeIs(1));
  EXPECT_EQ(alarms(kTenant)[0].title,
            "The ledger does not balance: 4 messages are in no state or gone or without bytes");
  ASSERT_THAT(alarms(kOtherTenant), SizeIs(1));
  EXPECT_THAT(alarms(kOtherTenant)[0].title, AllOf(HasSubstr("1 message is without bytes"), Not(HasSubstr("gone"))));
  EXPECT_EQ(gauge("lost"), "2");
}

}  // namespace
}  // namespace orgo::world
