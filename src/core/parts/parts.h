#pragma once
#include <utility>
#include <variant>

#include "base/result.h"
#include "core/access/token_change.h"
#include "core/alarm/alarm_change.h"
#include "core/changes/changes.h"
#include "core/delivery/send_outcome.h"
#include "core/mailbox/mailbox_change.h"
#include "core/module/rule_version.h"
#include "core/people/login_attempts.h"
#include "core/people/person_change.h"
#include "core/processing/message_decision.h"
#include "core/silence/rhythms_learned.h"
#include "core/suppression/suppression_change.h"
#include "core/task/message_split.h"
#include "core/task/task_change.h"
#include "core/threading/thread_alias.h"
#include "core/work/dead_letter_change.h"

namespace orgo {

/// Every kind of change that there is. A feature that keeps state adds its own by one line here and one in parts.cpp,
/// and what each store does with it in adapter/*/parts/<feature>.cpp: a store that forgets it does not compile.
///
/// Each has
/// - `std::string key() const`: what it is about, such that a Changes has it once ("T-12", "alarm:mailbox:office");
///   empty: it may stand there several times;
/// - `static void refs(auto& self, auto visit)`: shows each Ref in it, for those that are new in the same Changes;
/// - if two in a row can be one: `void take_over(P&& later)`;
/// - if it may lack something: `bool is_whole() const`.
using PartVariant =
    std::variant<TaskChange, MessageDecision, SendOutcome, SendBounced, SendRetried, RestoredSendMoved, SendRecalled,
                 AlarmOpened, AlarmClosed, SuppressionChange, ThreadAlias, TokenMade, TokenRevoked, RuleVersionAdded,
                 MailboxChange, RhythmsLearned, DeadLetterMoved, PersonChange, LoginAttemptsChange, MessageSplit>;

struct Part {
  PartVariant value;
};

/// How many tasks are new in it: those that Ref::nth_new() means.
std::size_t count_new_tasks(const Changes& changes);

/// Is there nothing in it to commit?
bool is_empty(const Changes& changes);

/// `next` was decided on what `into` leaves: both become one Changes. What is new in `next` counts behind what is new
/// in `into`. A part that takes over (a task that both change) becomes one; of timers the last word counts. Whatever
/// else both are about stands there twice, and check_form() refuses it. invalid_input: they are of different tenants.
Status merge(Changes& into, Changes&& next);

/// Does it hang together, whatever the store has: it has a tenant; what it names as new is new in it; nothing is
/// changed twice (a task, the decision of a message, a send, an alarm, an entry); no part lacks what it needs; each
/// timer has a subject and a name, and is fired before it is set. Stores ask it first. invalid_input: what is wrong
/// with it.
Status check_form(const Changes& changes);

}  // namespace orgo
