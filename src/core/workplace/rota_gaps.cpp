#include "core/workplace/rota_gaps.h"

#include <chrono>

namespace orgo {
namespace {

constexpr int kTurnsMax = 200;  ///< looked at

std::string when(const OnCall& rota, TimePoint t) {
  return to_wall_text(t, rota.zone);
}

}  // namespace

std::optional<std::string> rota_gap(const OnCall& rota, TimePoint now, int days) {
  const auto until = now + std::chrono::days{days};
  const auto turns = on_call_turns(rota, now, kTurnsMax);
  if (turns.empty()) return "has ended: nobody is on duty any more";
  if (turns.front().from > now) return "has not begun: nobody is on duty before " + when(rota, turns.front().from);
  for (std::size_t i = 0; i < turns.size() && turns[i].to < until; ++i) {
    const bool last = i + 1 == turns.size();
    if (last && turns.size() >= kTurnsMax) break;  // more than are looked at
    if (last) return "ends: nobody is on duty from " + when(rota, turns[i].to);
    if (turns[i + 1].from > turns[i].to)
      return "has a gap: nobody is on duty from " + when(rota, turns[i].to) + " to " + when(rota, turns[i + 1].from);
  }
  return std::nullopt;
}

}  // namespace orgo
