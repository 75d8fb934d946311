// Escalation chains under crashes at every point: each step and each broken promise tells once, never early, and none
// is lost, whatever people do meanwhile and whatever becomes of calendars.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>

#include "adapter/memory/memory_store.h"
#include "base/json.h"
#include "core/escalation/escalate.h"
#include "core/rules/rule_set.h"
#include "core/task/commands.h"
#include "service/escalation/escalation_service.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"

namespace orgo::world {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// Dies before or after a commit, as a process does: what was committed stays, the answer is lost.
class CrashingStore final : public ChangeStore {
 public:
  CrashingStore(ChangeStore& store, std::mt19937_64& random) : store_(store), random_(random) {}
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    const auto what = random_() % 10;
    if (what == 0) return failure(Errc::unavailable, "crashed before the commit");
    if (what == 1) {
      // Some of a batch are in, the others not: each Changes is whole.
      (void)store_.commit(batch.first(random_() % (batch.size() + 1)), deadline);
      return failure(Errc::deadline_exceeded, "crashed within the commit");
    }
    auto answer = store_.commit(batch, deadline);
    if (what == 2) return failure(Errc::deadline_exceeded, "crashed after the commit");
    return answer;
  }

 private:
  ChangeStore& store_;
  std::mt19937_64& random_;
};

std::shared_ptr<const rules::RuleSet> rules_with(std::string_view opens, std::string_view within) {
  const std::string text = "calendars: {office: {default: true, time_zone: Europe/Berlin, hours: {mon-fri: \"" +
                           std::string(opens) + "-17:00\"}}}\nslas: {s: {default: true, first_response: {within: \"" +
                           std::string(within) +
                           "\", warn_before: 30 min}, resolution: \"20 hours\"}}\n"
                           "on_call: {r: {time_zone: Europe/Berlin, rotation: daily, start: 2026-01-01, members: "
                           "[a@s.example, b@s.example]}}\n"
                           "quiet_hours: {time_zone: Europe/Berlin, hours: {daily: \"22:00-07:00\"}}\n";
  auto loaded = rules::load_rules({{"rules.yaml", text}});
  EXPECT_TRUE(loaded.rules) << (loaded.errors.empty() ? "" : loaded.errors[0].message);
  return loaded.rules;
}

class World {
 public:
  explicit World(std::uint64_t seed) : random(seed), crashing(store, random) {
    for (const auto* opens : {"07:00", "09:00", "11:00"})
      for (const auto* within : {"2 hours", "5 hours"}) versions.push_back(rules_with(opens, within));
    rules = versions.front();
  }
  std::uint64_t below(std::uint64_t n) { return random() % n; }

  void open_task() {
    auto task = contract::new_task();
    task.created_at = task.updated_at = clock.now();
    task.origin = {};
    task.escalation = {};
    task.escalation.started_at = clock.now();
    task.escalation.calendar = "office";
    Millis after{0};
    for (std::uint64_t i = 0, n = 1 + below(6); i < n; ++i)
      task.escalation.steps.push_back(
          {after += minutes{10 + below(200)}, below(2) == 0 ? "r" : "", below(2) == 0, false});
    if (below(2) == 0) task.sla = rules->workplace().sla_for("", task.requester.address, task.team);
    auto changes = contract::opening(task);
    changes.at = clock.now();
    EscalationContext context;
    context.workplace = &rules->workplace();
    if (const auto wake = next_wake(task, clock.now(), context))
      changes.timers.push_back(deadline_set(TaskRef::nth_new(0), *wake));
    const auto number = store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0)->task;
    tasks.push_back(number);
  }

  void act() {
    if (tasks.empty()) return;
    const auto task = *store.read(kTenant, tasks[below(tasks.size())]);
    const auto now = clock.now();
    Result<Changes> changes = failure(Errc::conflict, "");
    switch (below(6)) {
      case 0:
        changes = commands::acknowledge(task, "user:anna", now);
        break;
      case 1:
        changes = commands::set_state(task, TaskState::pending, "user:anna", now);
        break;
      case 2:
        changes = commands::set_state(task, TaskState::open, "user:anna", now);
        break;
      case 3:
        changes = commands::resolve(task, "user:anna", now);
        break;
      case 4:
        changes = commands::set_priority(task, below(2) == 0 ? Priority::urgent : Priority::low, "user:anna", now);
        break;
      default:
        changes = commands::comment(task, "hello", "user:anna", now);
        break;
    }
    if (changes) (void)store.commit(std::span(&*changes, 1), within(Millis{1'000}));
  }

  /// A process that lives until it crashes; the next step has a new one.
  void escalate_all() {
    for (int i = 0; i < 50; ++i) {
      if (!service) {
        const LeaseOwner owner{"world", std::to_string(++boots)};
        ASSERT_TRUE(store.release_timers(owner, LeasesOf::earlier_boots));
        service = std::make_unique<EscalationService>(
            store, crashing, clock,
            DeadlinePolicies{.of = [this](TenantId tenant) -> Result<std::shared_ptr<const Policy>> {
                               return std::make_shared<const Policy>(Policy{.tenant = tenant, .rules = rules});
                             },
                             .changed = [this] { return std::exchange(changed, {}); }},
            EscalationSettings{.owner = owner, .batch = 1 + static_cast<int>(below(5)), .rounds = 3});
      }
      const auto report = service->step();
      if (!report) service.reset();
      else if (report->due == 0 || !report->next_due || *report->next_due > clock.now()) return;
    }
    ADD_FAILURE() << "escalation doesn't come to rest";
  }

  std::mt19937_64 random;
  MemoryStore store;
  CrashingStore crashing;
  SimulatedClock clock{*parse_rfc3339("2026-03-26T08:00:00Z")};  // before the clocks go forward
  std::vector<std::shared_ptr<const rules::RuleSet>> versions;
  std::shared_ptr<const rules::RuleSet> rules;
  std::vector<TenantId> changed;  ///< has other rules since the service was told
  std::vector<TaskNumber> tasks;
  std::unique_ptr<EscalationService> service;
  int boots = 0;
};

TEST(ChainsUnderCrashes, EachStepAndPromiseOnce) {
  const char* set = std::getenv("ORGO_TEST_SEED");
  const auto seed = set != nullptr ? std::strtoull(set, nullptr, 10) : std::random_device{}();
  std::printf("ORGO_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::size_t steps = 0, promises = 0;
  for (std::uint64_t run = 0; run < 40; ++run) {
    World world(seed + run);
    for (int moment = 0; moment < 150; ++moment) {
      world.clock.advance(minutes{world.below(60)});
      if (world.below(6) == 0 && world.tasks.size() < 12) world.open_task();
      if (world.below(3) == 0) world.act();
      if (world.below(20) == 0) {
        world.rules = world.versions[world.below(world.versions.size())];
        world.changed = {kTenant};
      }
      world.escalate_all();
    }
    // Time enough for each level, which counts from the one before when that came late.
    for (int level = 0; level < 12; ++level) {
      world.clock.advance(hours{24 * 30});
      world.escalate_all();
    }
    for (const auto number : world.tasks) {
      const auto task = *world.store.read(kTenant, number);
      std::map<std::int64_t, int> levels;
      std::map<std::string, int> told;
      TimePoint before{};
      const auto history = world.store.history(kTenant, number, 10'000);
      for (const auto& stored : *history) {
        const auto& event = stored.event;
        if (event.kind == EventKind::escalation_fired) {
          const auto data = *parse_json(event.data);
          const auto level = data.at("level").as_int64();
          ++levels[level];
          ++steps;
          // Never before wall time allows, nor before the step ahead of it.
          EXPECT_GE(event.at,
                    task.escalation.started_at + task.escalation.steps.at(static_cast<std::size_t>(level - 1)).after);
          EXPECT_GE(event.at, before);
          before = event.at;
        }
        if (event.kind == EventKind::sla_breached || event.kind == EventKind::sla_warned) {
          const auto data = *parse_json(event.data);
          ++told[std::string(to_string(event.kind)) + " " + std::string(data.at("clock").as_string())];
          ++promises;
          if (event.kind == EventKind::sla_breached) {
            EXPECT_GE(event.at, *parse_rfc3339(data.at("due").as_string()));
          }
        }
      }
      for (const auto& [level, times] : levels)
        EXPECT_EQ(times, 1) << to_string(number) << " level " << level << " seed " << seed + run;
      for (const auto& [what, times] : told)
        EXPECT_EQ(times, 1) << to_string(number) << " " << what << " seed " << seed + run;
      EXPECT_EQ(static_cast<int>(levels.size()), task.escalation.level);
      // Nobody took it on: all of the chain has fired, and all promises are told to be broken.
      if (task.state == TaskState::fresh || task.state == TaskState::open) {
        EXPECT_EQ(levels.size(), task.escalation.steps.size()) << to_string(number) << " seed " << seed + run;
        if (task.sla) {
          EXPECT_EQ(told["sla.breached resolution"], 1) << to_string(number) << " seed " << seed + run;
        }
      }
    }
  }
  EXPECT_GT(steps, 200U);
  EXPECT_GT(promises, 100U);
}

}  // namespace
}  // namespace orgo::world
