#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "core/changes/priority.h"
#include "core/changes/subject.h"
#include "core/contact/contact.h"

namespace orgo {

/// Why a mail goes out. The numbers are stored; never reuse one.
enum class SendKind : std::int8_t {
  notification = 1,
  escalation = 2,
  reply = 3,  ///< an automatic answer to whoever wrote
  webhook = 4,
  answer = 5,  ///< what a person of ours answers, in their own words
};
std::string_view to_string(SendKind kind);

/// How a send stands. The numbers are stored; never reuse one.
enum class SendState : std::int8_t {
  queued = 1,
  delivered = 2,  ///< a peer took it
  failed = 3,     ///< given up
  refused = 4,    ///< not sent: the brake against loops, or a suppressed address
  bounced = 5,    ///< a peer took it, and a report says that it did not arrive
  restored = 6,   ///< waited when its database was put back: nobody knows whether it went out, a person has to say so
  recalled = 7,   ///< an answer that a person took back before it went out
};
std::string_view to_string(SendState state);

/// Something to go out; rendered when it is delivered, from the task as it is then and `template_name` + `note`.
struct Send {
  SendKind kind = SendKind::notification;
  std::string channel{};  ///< the lane: a channel, or one of its providers; empty until it is stored: see lane_of()
  Contact recipient{};    ///< of the kind that the channel reaches
  Priority priority = Priority::high;  ///< see notice_priority(), kAnswerPriority; automatic answers: normal
  Subject subject{};                   ///< what it tells of; none: of nothing that has an id
  MessageId message{};                 ///< what it answers, for In-Reply-To and References; 0: none
  MessageId content{};                 ///< of an answer: the message whose words and files it carries; 0: none
  Contact sender{};                    ///< of an answer: as whom it goes out; empty: as all that goes out
  std::string template_name{};         ///< "task_opened", "escalated", or one of the rule file
  std::string note{};                  ///< free text for the template, at most 4 KiB
  TimePoint due_at{};                  ///< not before
  /// Whose mail led to it (contact_key() of the sender), for the brake: what one sender sets off must not hold back
  /// what others do. Empty: nobody's.
  std::string cause{};
  /// The rule that set it off, as the trace names it, for the brake: a rule that matches what it was not meant for must
  /// not hold back what others tell. Empty: none did (a person, an alarm, a service level).
  std::string rule{};
};

/// The lane by which it goes: that of the send, else the channel that reaches such a recipient. A store keeps this.
std::string_view lane_of(const Send& send);

}  // namespace orgo
