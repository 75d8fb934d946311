#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace orgo {

/// The brake against loops (I14; the tiers are those that Zammad found by practice): at most so many mails within a
/// time.
struct LoopLimit {
  Millis window;
  std::int64_t mails;
};
inline constexpr std::array<LoopLimit, 5> kLoopLimits{{
    {Millis{10 * 60'000}, 10},
    {Millis{30 * 60'000}, 15},
    {Millis{60 * 60'000}, 25},
    {Millis{180 * 60'000}, 50},
    {Millis{600 * 60'000}, 100},
}};

/// In total, over all tasks, this many times as much may go out: 1,000 mails in 10 minutes, 10,000 in 10 hours. A
/// school or a city hall (5,000 mails a day) stays below; a platform raises it. 0: no limit in total. What is urgent is
/// counted by itself and has as much again, so that a flood of the ordinary never holds it back.
inline constexpr std::int64_t kLoopTotalFactor = 100;
/// Of that, the mails of one sender may set off this part, a fifth (at least one time the limit): whoever floods us
/// meets his own limit first, and holds back nobody else's.
inline constexpr std::int64_t kLoopCausesInTotal = 5;
constexpr std::int64_t cause_factor(std::int64_t total_factor) {
  return total_factor <= 0 ? 0 : total_factor < kLoopCausesInTotal ? 1 : total_factor / kLoopCausesInTotal;
}

/// One rule may set off half of it, whoever's mails it matches: more than one sender, since a rule serves many, and
/// less than all, so that a rule that matches what it was not meant for leaves room for the others.
inline constexpr std::int64_t kLoopRulesInTotal = 2;
constexpr std::int64_t rule_factor(std::int64_t total_factor) {
  return total_factor <= 0 ? 0 : total_factor < kLoopRulesInTotal ? 1 : total_factor / kLoopRulesInTotal;
}

/// Mails within one window up to and with this one. By recipient, since a rule may tell 20 people of one task at once,
/// and that is no loop; up to this one, since those in front of it may still go when the later ones may not.
struct LoopCount {
  std::int64_t of_task = 0;   ///< about the same task, to the same recipient
  std::int64_t of_cause = 0;  ///< that the same sender's mails led to, of the same share (urgent, or not)
  std::int64_t of_rule = 0;   ///< that the same rule set off, of the same share
  std::int64_t in_all = 0;    ///< of the same share
};

/// What a limit counts, of those that make others wait.
enum class LoopLimitOf : std::uint8_t { cause, rule, all };

enum class LoopVerdict {
  go,
  refuse,  ///< the limit of this task and recipient is met: the mail is not sent, and the history says so
  defer,   ///< the limit of its cause, of its rule or of all is met: the mail waits, since it may be innocent
};
struct LoopDecision {
  LoopVerdict verdict = LoopVerdict::go;
  std::string detail{};               ///< "more than 10 mails about this task to one recipient within 10 minutes"
  Millis window{};                    ///< whose limit is met
  Millis each{};                      ///< of that window, for each that waits for the limit; 0: nobody queues for it
  LoopLimitOf of = LoopLimitOf::all;  ///< meaningful with `each`
};

/// What set a mail off, and of which share it is.
struct SetOff {
  std::string cause{};  ///< Send::cause
  std::string rule{};   ///< Send::rule
  bool urgent = false;
};

/// `counts`: one for each of kLoopLimits, in their order; missing ones count as 0. Exactly the limit may go. The task
/// is asked first, then the cause, then the rule, then all. `of` is for the words.
LoopDecision check_loop_limits(std::span<const LoopCount> counts, std::int64_t total_factor = kLoopTotalFactor,
                               const SetOff& of = {});

/// An automatic answer to somebody, with the earlier ones that matter.
struct AnswerCount {
  std::array<std::int64_t, kLoopLimits.size()>
      to_address{};  ///< answers to this address about any task within each window, this one included
  std::string
      earlier;  ///< an answer of the same template about the same subject within kAnswerTime, in words; empty: none
};
/// One answer to one person about one subject within this time (RFC 5230, section 4.2 wants a day at least of vacation
/// notices; a program that answers ours under a new id each time would else get one each time).
inline constexpr Millis kAnswerTime{24 * 3'600'000LL};
/// The limits of kLoopLimits hold for the answers to one address also over all tasks, since a loop through new mails
/// opens a task each time.
LoopDecision check_answer_limits(const AnswerCount& count);

/// Is nothing near the limit of a task, judged by the longest window alone? Then the other windows need not be counted,
/// since each holds at most as many. True for nearly every mail.
bool surely_within_limits(std::int64_t of_task_in_longest);

}  // namespace orgo
