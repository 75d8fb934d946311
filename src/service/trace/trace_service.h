#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time_zone.h"
#include "core/mail/read/original_date.h"
#include "core/mail/show/mail_view.h"
#include "core/message/message.h"
#include "core/processing/trace.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/signature_verifier.h"
#include "port/task_store.h"
#include "port/work_store.h"
#include "service/policy/policy_book.h"

namespace orgo {

/// All that is known about one message, from the bytes that came in to what was sent because of it (I2).
struct Story {
  StoredMessage message;
  std::optional<std::string> bytes_sha256;  ///< of the stored bytes, lower-case hex; nullopt: they can't be read
  std::string bytes_problem;                ///< why not
  std::optional<Message> parsed;            ///< what the parser sees now
  std::optional<MailDate> dated;            ///< when it was new, and from where that is known
  std::optional<MailView> view;             ///< the same as it is meant: language, quotes, invites, signature
  std::optional<MessageDecision> decision;  ///< nullopt while it waits
  std::optional<Trace> trace;               ///< why it was decided so, whole; nullopt: none was kept
  std::optional<DeadLetter> dead;           ///< processing gave it up
  std::optional<Task> task;
  std::optional<TimePoint> next_escalation;  ///< as calendars, quiet hours and the chain are now
  TimeZone zone;                             ///< in which to_text() says times: the organization's
  std::vector<StoredEvent> timeline;  ///< events that name the message, and the whole history of its task, in order
  std::vector<StoredSend> sends;      ///< of its task, with the answers of the peers
};

/// Gathers stories. Reads only; what is damaged or missing becomes part of the story instead of an error.
/// Threads: any. Errors: not_found (also for another tenant's message), unavailable.
class TraceService {
 public:
  /// The rules that decided, by their version; see PastRules.
  using RulesOf =
      std::function<Result<std::shared_ptr<const rules::RuleSet>>(TenantId tenant, const std::string& version)>;
  /// `signatures` may be null: then signatures are not checked. Without `rules_of` a trace has only what decided.
  /// `policies`: whose calendars and zone hold now; where it has no answer, none and UTC do.
  TraceService(MessageStore& messages, TaskStore& tasks, Outbox& outbox, WorkStore& work, RulesOf rules_of,
               PolicyOf policies, SignatureVerifier* signatures = nullptr)
      : messages_(messages), tasks_(tasks), outbox_(outbox), work_(work), rules_of_(std::move(rules_of)),
        policies_(std::move(policies)), signatures_(signatures) {}

  Result<Story> story(TenantId tenant, MessageId id);

 private:
  void explain(TenantId tenant, std::string_view bytes, Story& story) const;

  MessageStore& messages_;
  TaskStore& tasks_;
  Outbox& outbox_;
  WorkStore& work_;
  RulesOf rules_of_;
  PolicyOf policies_;
  SignatureVerifier* signatures_;
};

/// One JSON object, ending in a newline.
std::string to_json(const Story& story);
/// For people, as `orgo trace m17` prints it; no control characters from the mail.
std::string to_text(const Story& story);

}  // namespace orgo
