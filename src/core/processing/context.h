#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

/// What is to be looked up for one mail.
struct ContextQuery {
  TenantId tenant;
  ThreadQuery thread;
  SendId reported;  ///< the mail of ours that a bounce names, proven by its id; 0: none
  /// message_id_hash() of ids under which that mail may be known else; looked up when `reported` is 0.
  std::vector<std::int64_t> reported_ids;
  bool sender_history = false;  ///< the rules ask for it (RuleSet::needs)
};

struct ContextOptions {
  std::string_view domain;  ///< as own_message_id() takes it, like `id_key`
  std::string_view id_key;
  Millis subject_time{0};  ///< see ThreadQuery::since; 0: no thread by subject
  bool may_wait = false;   ///< ThreadQuery::may_wait
  bool sender_history = false;
};
/// `raw`: the bytes of the mail, in which a bounce may have the id of ours anywhere.
ContextQuery context_query(const Incoming& incoming, std::string_view raw, const ContextOptions& options);

/// What an answer of ours to the customer answers: their newest mail in the task, else the one that opened it; in
/// answer to the word of what somebody wrote who asked for a merged part, just that.
struct LastWord {
  MessageId message;
  std::string from{};    ///< of that part: who asked for it; empty: the requester
  Contact written_to{};  ///< the address of ours that they wrote to
  /// What is answered (ThreadHints::proven_send) is the word of Orgo to one of ours of what somebody says who asked; no
  /// customer has seen it.
  bool to_us = false;
  bool of_another = false;  ///< it would be, but whoever says it has not asked: they may have, before a part came apart
  Contact told{};           ///< to whom that went
  MessageId about{};        ///< of which message that tells; 0: of none, or nothing of ours is answered
  std::string answer_to{};  ///< where the customer wants an answer of ours, if not to themselves; the caller fills it
  /// When the answer by mail was made that is the kAnswersByMailMost-th before this, of the newest 100 sends of the
  /// task; nullopt: there are not so many.
  std::optional<TimePoint> answers_since;
  std::optional<TimePoint> kept_at;  ///< when its sender was told last that their mail about this task stays with it
};
/// What is answered told of what `from` wrote, who asked for a merged part.
void answer_part(LastWord& word, std::string from, Contact written_to);
/// Of ours to the customer of one task within kAnswersByMailTime that go on by mail: colleagues who write more are
/// programs that answer all they get, and the customer's may be one, too.
inline constexpr int kAnswersByMailMost = 5;
inline constexpr Millis kAnswersByMailTime{10 * 60'000};

/// Fills in what the newest sends of the task say, newest first, of which `add` is told one by one.
class SendsBefore {
 public:
  SendsBefore(LastWord& word, std::string_view sender) : word_(word), sender_(sender) {}
  void add(const Send& send, TimePoint made_at);

 private:
  LastWord& word_;
  std::string_view sender_;
  int answers_ = 0;
};
/// What Send::note says of an answer that was written as a mail.
inline constexpr std::string_view kByMailNote = "by mail";
inline constexpr Millis kKeptToldAgain{3'600'000};  ///< until somebody is told again that their mails stay
/// By which of its templates a notification tells what the customer says.
bool tells_of_customer(const Send& send);
/// Of the mail that says so.
inline constexpr std::string_view kKeptTemplate = "answer_kept";
inline constexpr int kSendsBeforeMost = 100;  ///< that are looked at

/// Of which task the last word is looked up: that to which the mail belongs, or claims to belong, when somebody else
/// than its requester writes, who may be one of ours. 0: of none. `tasks`: ThreadFacts::tasks.
TaskNumber asks_last_word(const ThreadQuery& query, const ThreadFacts& facts);

/// What the store knows of that.
struct ContextFacts {
  ThreadFacts thread;
  std::vector<ThreadAlias> reported_aliases;   ///< of ContextQuery::reported_ids
  std::optional<SentMail> reported_mail;       ///< reported_send(), when there is one
  std::optional<Suppression> suppression;      ///< of the address that it went to
  std::optional<Task> reported_task;           ///< that it is about, or into which that was merged, to the end
  std::optional<rules::SenderHistory> sender;  ///< when asked for
  std::optional<LastWord> last_word;  ///< of the thread's task, unless its requester writes; see asks_last_word()
};
/// Which mail of ours a bounce is about: what it proves, else what a relay is known to have called it. 0: none.
SendId reported_send(const ContextQuery& query, const ContextFacts& facts);

/// What is known that bears on the decision.
struct Context {
  Thread thread;                               ///< where it belongs
  SendId reported;                             ///< reported_send()
  std::optional<SentMail> reported_mail;       ///< that mail; nullopt: there is none of this number
  std::optional<Suppression> suppression;      ///< what is known of the address that it went to
  std::vector<std::string> told;               ///< of a further copy: who has a part in its task already
  std::optional<rules::SenderHistory> sender;  ///< when the rules ask for it (RuleSet::needs)
  std::optional<LastWord> last_word;           ///< of the thread's task, when this may be an answer of ours
};
/// `own`: addresses and "@domains" of the house. A bounce belongs to the task that the mail of ours is about. Pure.
Context context_of(const ContextQuery& query, ContextFacts facts, std::span<const std::string> own);

/// The address whose history that is: of From, else of the envelope.
const std::string& sender_of(const Envelope& envelope, const Message& message);

}  // namespace orgo
