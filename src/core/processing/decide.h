#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/changes/changes.h"
#include "core/intake/raw_message.h"
#include "core/message/message.h"
#include "core/rules/rule_set.h"

namespace orgo {

/// A message on its way: what was stored and what the parser saw.
struct Incoming {
  MessageId id;
  Envelope envelope;
  DedupKey key;
  bool known_id = false;
  Message message;
};

/// What the store knows that bears on the decision; fetched by the service before it asks the core.
struct Context {
  std::optional<Task> thread_task;       ///< the task that In-Reply-To, References or a task marker point to
  std::string thread_evidence;           ///< how: "In-Reply-To: <...>", "task marker [T-12]"
  std::optional<MessageId> same_content; ///< an earlier message with this id and content, for another recipient
};

/// The organization's own settings that decisions depend on.
struct DecideSettings {
  std::string domain = "orgo.localhost";       ///< of the Message-IDs that we make
  std::vector<std::string> own_addresses;      ///< addresses and @domains that are ours, for loops
  int utc_offset_minutes = 0;                  ///< for hour and weekday in conditions
  bool with_trace = true;
  bool trace_all_rules = false;                ///< also those of which nothing occurred: for `orgo parse`, not to be stored
  std::string own_sender;                      ///< address that we send as, for loops; empty: not known
};

/// Which hashes of Message-IDs and which task marker the service has to look up to build the Context, best first.
struct ThreadHints {
  std::vector<std::string> message_ids;  ///< In-Reply-To, then References from the end; at most 20, no doubles
  TaskNumber marker;                     ///< from "[T-12]" in the subject; 0: none
};
/// With `domain` (DecideSettings::domain) the task is also read from the Message-IDs of our own mails that it answers, which
/// is surer than the subject. The marker of another Orgo's mail (X-Orgo-Loop) counts tasks of theirs and is not taken.
ThreadHints thread_hints(const Message& message, std::string_view domain = {});

/// The whole decision about one message: findings, rules, task, events, sends, deadline. Pure; same input, same Changes.
///
/// In this order, the first that holds:
/// 1. own loop, bounce, absence notice, automatic reply: recorded; an event of the thread's task when there is one. It opens
///    nothing, reopens nothing, tells nobody and is not answered.
/// 2. a further copy of a mail whose task is known: joined, without telling anybody again.
/// 3. a follow-up: joined. What is resolved or closed is reopened (chain and deadline from now), pending becomes open, and
///    the assignee, or else the team, is told once, but not of his own mail. A mail that a machine sent by itself
///    (Auto-Submitted: auto-generated) only joins: two systems that notify each other would else never stop.
/// 4. the rules: `drop` ends it; all else opens a task, also when no rule routes it (its team is empty then): what was
///    acknowledged is never lost. Priority: that of the rules; else high when a keyword is a word of urgency; else normal.
///    Due: the first deadline of the escalation chain.
///
/// Nobody is told twice of one message, nor the sender when the address is one of ours (I14). Imported mail is old: it makes
/// tasks, but no sends and no deadlines. An archived message (Envelope::archived) is history: besides, its task is dated by it
/// and has the wanted state, and a follow-up never moves the time of its task back. Envelope::label becomes a tag.
Changes decide(const Incoming& incoming, const Context& context, const rules::RuleSet& rules,
               const DecideSettings& settings, TimePoint now);

}  // namespace orgo
