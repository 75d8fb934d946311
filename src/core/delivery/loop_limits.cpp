#include "core/delivery/loop_limits.h"

#include <algorithm>

namespace orgo {

LoopDecision check_loop_limits(std::span<const LoopCount> counts, std::int64_t total_factor) {
  const auto judged = std::min(counts.size(), kLoopLimits.size());
  const auto words = [](std::int64_t mails, Millis window, const char* of) {
    return "more than " + std::to_string(mails) + " mails " + of + " within " + format_duration(window);
  };
  for (std::size_t i = 0; i < judged; ++i)
    if (counts[i].of_task > kLoopLimits[i].mails)
      return {LoopVerdict::refuse,
              words(kLoopLimits[i].mails, kLoopLimits[i].window, "about this task to one recipient")};
  for (std::size_t i = 0; i < judged && total_factor > 0; ++i)
    if (counts[i].in_all > kLoopLimits[i].mails * total_factor)
      return {LoopVerdict::defer, words(kLoopLimits[i].mails * total_factor, kLoopLimits[i].window, "in all")};
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

bool surely_within_limits(const LoopCount& longest, std::int64_t total_factor) {
  return longest.of_task <= kLoopLimits.front().mails &&
         (total_factor <= 0 || longest.in_all <= kLoopLimits.front().mails * total_factor);
}

}  // namespace orgo
