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
};

/// Which hashes of Message-IDs and which task marker the service has to look up to build the Context, best first.
struct ThreadHints {
  std::vector<std::string> message_ids;  ///< In-Reply-To, then References from the end; at most 20
  TaskNumber marker;                     ///< from "[T-12]" in the subject; 0: none
};
ThreadHints thread_hints(const Message& message);

/// The whole decision about one message: findings, rules, task, events, sends, deadline. Pure; same input, same Changes.
Changes decide(const Incoming& incoming, const Context& context, const rules::RuleSet& rules,
               const DecideSettings& settings, TimePoint now);

}  // namespace orgo
