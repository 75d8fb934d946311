#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/time_zone.h"
#include "core/answer/answer_policy.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/suppression/suppress.h"

namespace orgo {

/// What a copy of a mail for another recipient becomes, when the rules name another department for it.
enum class CopyPolicy : std::uint8_t {
  join,  ///< it joins the task of the first copy, and who was not told yet is told
  own,   ///< it opens a task of its own, for that department
};
/// What an alert to a task that is resolved or closed does: a follow-up that a machine sent by itself.
enum class AlertPolicy : std::uint8_t {
  reopen,  ///< opens the task again, as a person's answer does
  open,    ///< opens a task of its own
};
/// How much of a decision's trace is made.
enum class TraceDepth {
  none,
  decided,  ///< what decided, and what it was asked with: for the store; complete() makes all else of it
  near,     ///< besides, each rule that matched or came near, with its words
  all,      ///< each rule that was tried: for `orgo parse`
};

/// The organization's own settings that decisions depend on.
struct DecideSettings {
  std::string domain = "orgo.localhost";   ///< of the Message-IDs that we make
  std::vector<std::string> own_addresses;  ///< addresses and @domains that are ours, for loops
  TimeZone zone;  ///< for hour, weekday and date in conditions, when no calendar is the default
  TraceDepth trace = TraceDepth::decided;
  std::string own_sender;       ///< address that we send as, for loops; empty: not known
  std::string id_key;           ///< secret, for own_message_id()
  int hops_max = kHopsDefault;  ///< see OwnMarks
  SuppressionPolicy suppression;
  CopyPolicy copies = CopyPolicy::join;
  AlertPolicy alerts = AlertPolicy::reopen;
  AnswerPolicy answers;
  Millis reopen_time{0};  ///< a reply to what was done longer ago opens a task of its own; 0: it always reopens
};

}  // namespace orgo
