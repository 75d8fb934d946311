#pragma once
#include "core/changes/changes.h"
#include "core/delivery/send_outcome.h"
#include "core/intake/raw_message.h"
#include "core/message/message.h"
#include "core/processing/context.h"
#include "core/processing/decide_settings.h"
#include "core/processing/message_decision.h"
#include "core/rules/rule_set.h"
#include "core/task/task_change.h"
#include "core/threading/thread_alias.h"

namespace orgo {

/// The whole decision about one message: findings, rules, task, events, sends, deadline. Pure; same input, same
/// Changes.
///
/// What a person of ours wrote in Orgo itself: answer_task(). Else in this order, the first that holds:
/// 1. own loop, bounce, absence notice, automatic reply: recorded; an event of the thread's task when there is one. It
/// opens
///    nothing, reopens nothing, tells nobody and is not answered.
/// 2. a further copy of a mail whose task is known: the rules are asked for its own recipient, and whom they name is
///    told, unless he was told by the first copy (Context::told). It joins that task, or opens one of its own
///    (DecideSettings::copies) when the rules route it to another team. The sender is not answered again.
/// 3. a follow-up: joined. What is resolved or closed is reopened (chain and deadline from now), pending becomes open,
///    and the assignee, or else the team, is told once, but not of his own mail. What one of ours writes opens nothing;
///    a colleague's answer to a notification goes on to the customer (voice_of()). A mail that a machine sent by itself
///    (Auto-Submitted: auto-generated) is a follow-up as any other when it has new words: ticket systems mark so what
///    people answer. One to a task that is done may open its own (DecideSettings::alerts). Two systems that notify each
///    other are stopped by X-Orgo-Hop and the brake of the outbox. Rules that ask for `thread` are asked, and may
///    change priority, tags, assignee and team, tell people, call and answer.
/// 4. the rules: `drop` ends it; all else opens a task, also when no rule routes it (its team is empty then): what was
///    acknowledged is never lost. Priority: that of the rules; else high when the sender says that it is urgent
///    (says_urgent()); else normal. Due: the first deadline of the escalation chain.
///
/// Nobody is told twice of one message, nor the sender when the address is one of ours (I14). Imported mail is old: it
/// makes tasks, but no sends and no deadlines. An archived message (Envelope::archived) is history: besides, its task
/// is dated by it and has the wanted state, and a follow-up never moves the time of its task back. Envelope::label
/// becomes a tag.
Changes decide(const Incoming& incoming, const Context& context, const rules::RuleSet& rules,
               const DecideSettings& settings, TimePoint now);

}  // namespace orgo
