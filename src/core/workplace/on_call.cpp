#include "core/workplace/on_call.h"

#include <algorithm>

#include "base/planted.h"

namespace orgo {
namespace {

using std::chrono::days;

/// The shift that holds at `t`: of several the one that began last.
const OnCall::Shift* shift_at(const std::vector<OnCall::Shift>& shifts, TimePoint t) {
  const OnCall::Shift* found = nullptr;
  for (const auto& shift : shifts)
    if (shift.from <= t && t < shift.to && (found == nullptr || shift.from >= found->from)) found = &shift;
  return found;
}

/// Which turn it is, counted from the first handover; negative before.
std::int64_t turn_at(const OnCall& rota, TimePoint t) {
  const auto local = ORGO_PLANT(rota_turns_by_utc) ? LocalTime{t.time_since_epoch()} : rota.zone.to_local(t);
  const auto since = local - rota.start;
  const Millis turn = days{std::max(rota.turn_days, 1)};
  const auto count = since / turn;
  return since < Millis{0} && since % turn != Millis{0} ? count - 1 : count;
}

}  // namespace

std::optional<std::string> on_call_at(const OnCall& rota, TimePoint t) {
  if (const auto* shift = shift_at(rota.overrides, t)) return shift->who;
  if (const auto* shift = shift_at(rota.shifts, t)) return shift->who;
  if (rota.members.empty()) return std::nullopt;
  const auto turn = turn_at(rota, t);
  if (turn < 0) return std::nullopt;
  return rota.members[static_cast<std::size_t>(turn) % rota.members.size()];
}

std::vector<OnCall::Shift> on_call_turns(const OnCall& rota, TimePoint from, int count) {
  std::vector<OnCall::Shift> out;
  const auto last = from + days{3653};
  for (auto at = from; at < last && static_cast<int>(out.size()) < count;) {
    // Until the next moment at which anything may change.
    auto next = last;
    const auto sooner = [&](TimePoint t) {
      if (t > at && t < next) next = t;
    };
    for (const auto* shifts : {&rota.overrides, &rota.shifts})
      for (const auto& shift : *shifts) {
        sooner(shift.from);
        sooner(shift.to);
      }
    if (!rota.members.empty()) {
      const auto turn = std::max<std::int64_t>(turn_at(rota, at) + 1, 0);
      for (std::int64_t n = turn; n <= turn + 1; ++n)
        sooner(rota.zone.to_utc(rota.start + days{std::max(rota.turn_days, 1)} * n, TimeZone::Choice::later));
    }
    const auto who = on_call_at(rota, at).value_or("");
    if (!out.empty() && out.back().who == who) out.back().to = next;
    else out.push_back({at, next, who});
    at = next;
  }
  std::erase_if(out, [](const auto& shift) { return shift.who.empty(); });
  return out;
}

}  // namespace orgo
