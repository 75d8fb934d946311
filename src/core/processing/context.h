#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/bounce/bounce.h"
#include "core/changes/send.h"
#include "core/intake/raw_message.h"
#include "core/message/message.h"
#include "core/rules/rule_set.h"
#include "core/suppression/suppression.h"
#include "core/threading/find_thread.h"

namespace orgo {

/// A message on its way: what was stored and what the parser saw.
struct Incoming {
  MessageId id;
  Envelope envelope;
  DedupKey key;
  bool known_id = false;
  Message message;
  std::string raw;  ///< its bytes, when the rules ask for them (RuleSet::needs().raw); may be empty else
  std::optional<BounceReport> report;  ///< what it reports, when it is a bounce or tells of a delivery
};

/// A mail of ours as the store knows it.
struct SentMail {
  SendId id;
  Send send;
  SendState state = SendState::queued;
  int attempts = 0;
};

/// What the store knows that bears on the decision; fetched by the service before it asks the core.
struct Context {
  Thread thread;                           ///< where it belongs; find_thread()
  SendId reported;                         ///< the mail of ours that a bounce names, proven by its id; 0: none
  std::optional<SentMail> reported_mail;   ///< that mail; nullopt: there is none of this number
  std::optional<Suppression> suppression;  ///< what is known of the address that it went to
  std::vector<std::string> told;  ///< of a further copy: who has a part in its task already (TaskStore::participants())
  std::optional<rules::SenderHistory> sender;  ///< when the rules ask for it (RuleSet::needs)
};
/// The address whose history that is: of From, else of the envelope.
const std::string& sender_of(const Envelope& envelope, const Message& message);

/// What is to be looked up of its thread. `domain` and `id_key` as own_message_id() takes them. Tasks of the same
/// sender and subject are looked for among those that are no older than `subject_time` when the mail came; 0: nowhere.
ThreadQuery thread_query(const Incoming& incoming, std::string_view domain, std::string_view id_key,
                         Millis subject_time);

}  // namespace orgo
