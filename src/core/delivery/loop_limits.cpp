#include "core/delivery/loop_limits.h"

#include <algorithm>

#include "base/one_line.h"

namespace orgo {

LoopDecision check_loop_limits(std::span<const LoopCount> counts, std::int64_t total_factor, std::string_view cause,
                               bool urgent) {
  const auto judged = std::min(counts.size(), kLoopLimits.size());
  const auto words = [](std::int64_t mails, const std::string& which, const std::string& of, Millis window) {
    return "more than " + std::to_string(mails) + which + " mails " + of + " within " + format_duration(window);
  };
  for (std::size_t i = 0; i < judged; ++i)
    if (const auto& [window, mails] = kLoopLimits[i]; counts[i].of_task > mails)
      return {LoopVerdict::refuse, words(mails, "", "about this task to one recipient", window), window};
  if (total_factor <= 0) return {};
  const std::string which = urgent ? " urgent" : " ordinary";
  for (std::size_t i = 0; i < judged; ++i) {
    const auto& [window, mails] = kLoopLimits[i];
    const auto most = mails * cause_factor(total_factor);
    if (counts[i].of_cause > most)
      return {LoopVerdict::defer, "held: " + words(most, which, "set off by " + one_line(cause, 200), window), window};
  }
  for (std::size_t i = 0; i < judged; ++i) {
    const auto& [window, mails] = kLoopLimits[i];
    const auto most = mails * total_factor;
    if (counts[i].in_all > most) return {LoopVerdict::defer, "held: " + words(most, which, "in all", window), window};
  }
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
