#include "core/delivery/loop_limits.h"

#include <algorithm>

#include "base/one_line.h"
#include "base/planted.h"

namespace orgo {

namespace {

constexpr std::size_t kNameMax = 200;  ///< bytes of a name in the words

std::string words(std::int64_t mails, const std::string& which, const std::string& of, Millis window) {
  return "more than " + std::to_string(mails) + which + " mails " + of + " within " + format_duration(window);
}

}  // namespace

LoopDecision check_loop_limits(std::span<const LoopCount> counts, std::int64_t total_factor, const SetOff& of) {
  const auto judged = std::min(counts.size(), kLoopLimits.size());
  for (std::size_t i = 0; i < judged; ++i)
    if (const auto& [window, mails] = kLoopLimits[i];
        counts[i].of_task > mails - (ORGO_PLANT(limit_of_a_task_is_one_less) ? 1 : 0))
      return {LoopVerdict::refuse, words(mails, "", "about this task to one recipient", window), window};
  if (total_factor <= 0) return {};
  const std::string which = of.urgent ? " urgent" : " ordinary";
  const auto beyond = [&](std::int64_t LoopCount::*count, std::int64_t factor) -> const LoopLimit* {
    for (std::size_t i = 0; i < judged; ++i)
      if (counts[i].*count > kLoopLimits[i].mails * factor) return &kLoopLimits[i];
    return nullptr;
  };
  const auto held = [&](const LoopLimit& limit, std::int64_t factor, LoopLimitOf what,
                        const std::string& by) -> LoopDecision {
    const auto mails = limit.mails * factor;
    return {LoopVerdict::defer, "held: " + words(mails, which, by, limit.window), limit.window, limit.window / mails,
            what};
  };
  if (const auto factor = cause_factor(total_factor); const auto* limit = beyond(&LoopCount::of_cause, factor))
    return held(*limit, factor, LoopLimitOf::cause, "set off by " + one_line(of.cause, kNameMax));
  if (const auto factor = rule_factor(total_factor); const auto* limit = beyond(&LoopCount::of_rule, factor))
    return held(*limit, factor, LoopLimitOf::rule, "set off by the rule '" + one_line(of.rule, kNameMax) + "'");
  if (const auto* limit = beyond(&LoopCount::in_all, total_factor))
    return held(*limit, total_factor, LoopLimitOf::all, "in all");
  return {};
}

LoopDecision check_answer_limits(const AnswerCount& count) {
  if (!count.earlier.empty())
    return {LoopVerdict::refuse,
            "answered already: " + count.earlier + ", about the same subject within " + format_duration(kAnswerTime)};
  for (std::size_t i = 0; i < kLoopLimits.size(); ++i)
    if (count.to_address.at(i) > kLoopLimits.at(i).mails)
      return {LoopVerdict::refuse, "more than " + std::to_string(kLoopLimits.at(i).mails) +
                                       " automatic answers to this address within " +
                                       format_duration(kLoopLimits.at(i).window)};
  return {};
}

bool surely_within_limits(std::int64_t of_task_in_longest) {
  return of_task_in_longest <= kLoopLimits.front().mails;
}

}  // namespace orgo
