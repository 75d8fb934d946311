#include <gtest/gtest.h>

#include "core/clocks/clocks.h"
#include "core/sla/sla.h"

namespace orgo {
namespace {

using std::chrono::hours;
constexpr TimePoint kStart{Millis{1'800'000'000'000}};

Sla promises(bool first_response) {
  Sla sla;
  if (first_response) sla.targets[static_cast<std::size_t>(SlaClock::first_response)].emplace().within = hours{4};
  sla.targets[static_cast<std::size_t>(SlaClock::update)].emplace().within = hours{1};
  return sla;
}
SlaFacts facts(std::vector<SlaFacts::Contact> contacts) {
  SlaFacts made;
  made.opened_at = kStart;
  made.opened_by_customer = true;
  made.contacts = std::move(contacts);
  made.moves = {{kStart, TaskState::open}};
  return made;
}
std::optional<TimePoint> update_due(const Sla& sla, const SlaFacts& facts, TimePoint now) {
  for (const auto& reading : read_clocks(sla, Calendar(), facts, now))
    if (reading.clock == SlaClock::update && reading.running) return reading.due;
  return std::nullopt;
}

/// Before the first answer it is the first response that was promised, and no update of it.
TEST(UpdateClock, RunsFromTheFirstAnswerOnWhereOneWasPromised) {
  const auto opening = facts({{kStart, false}});
  EXPECT_EQ(update_due(promises(true), opening, kStart + hours{2}), std::nullopt);
  EXPECT_EQ(update_due(promises(false), opening, kStart + hours{2}), kStart + hours{1}) << "nothing else is promised";
  EXPECT_EQ(update_due(promises(true), facts({{kStart, false}, {kStart + hours{1}, false}}), kStart + hours{2}),
            std::nullopt);
  const auto answered = facts({{kStart, false}, {kStart + hours{1}, true}});
  EXPECT_EQ(update_due(promises(true), answered, kStart + hours{2}), std::nullopt) << "nobody waits for one";
  const auto asked_again = facts({{kStart, false}, {kStart + hours{1}, true}, {kStart + hours{3}, false}});
  EXPECT_EQ(update_due(promises(true), asked_again, kStart + hours{3}), kStart + hours{4});
  auto by_us = facts({{kStart, true}, {kStart + hours{3}, false}});
  by_us.opened_by_customer = false;
  EXPECT_EQ(update_due(promises(true), by_us, kStart + hours{3}), kStart + hours{4});
}

}  // namespace
}  // namespace orgo
