#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "core/chain/chain.h"
#include "core/intake/raw_message.h"
#include "core/message/finding.h"
#include "core/message/message.h"
#include "core/rules/rule_trace.h"
#include "core/task/task.h"
#include "core/template/mail_template.h"
#include "core/workplace/workplace.h"

namespace orgo::rules {

/// What is known of the sender from before.
struct SenderHistory {
  std::int64_t earlier_messages = 0;  ///< mails from this address before this one, at most 1,000,000
  std::int64_t open_tasks = 0;        ///< tasks that they asked for and that are not done
};

/// What a set of rules asks the store for, so that nobody is asked in vain.
struct Needs {
  bool sender_history = false;
  bool business_hours = false;
  bool thread = false;  ///< some rule asks for `thread`: such rules are asked about follow-ups, too
  bool staff = false;   ///< some rule asks for `from staff`: Facts::from_staff
  bool raw = false;     ///< some rule asks for what only the bytes of the mail say: Facts::raw
};

/// Monday to Friday, 8 to 17 o'clock: business hours where nobody has said when they are. Weekdays as in ISO 8601.
constexpr bool usual_business_hours(int hour, int weekday) {
  return weekday <= 5 && hour >= 8 && hour < 17;
}

struct Scanned;
struct TextLiterals;

/// All that a condition may ask about. Hour and weekday are those of the organization's time zone, passed in.
struct Facts {
  const Message& message;
  const Envelope& envelope;
  std::span<const Finding> findings;
  std::span<const std::string> keywords;
  int hour = 0;     ///< 0 to 23
  int weekday = 1;  ///< 1 Monday to 7 Sunday (ISO 8601)
  int day = 1;      ///< of the month
  int month = 1;
  /// The keywords are not known yet: `keywords` is empty, and Verdict::keywords has what was found in the same pass.
  bool find_keywords = false;
  const Task* thread = nullptr;           ///< the task that this is a follow-up of
  const SenderHistory* sender = nullptr;  ///< nullptr: not asked for; nobody was here before
  /// Is it business time in a calendar (empty: the default one)? Without: Monday to Friday, 8 to 17 o'clock.
  const std::function<bool(std::string_view calendar)>* in_business_hours = nullptr;
  /// What was found in subject and body for this rule set, when several look through a message together
  /// (shared_scan.h).
  const Scanned* scanned = nullptr;
  /// The rules without a condition count only when another one takes the message or stops: they are the last resort,
  /// behind modules.
  bool unconditional_last = false;
  std::string_view raw;  ///< the mail as it came, when Needs::raw asks for it; empty: what is in it is not known
  std::int64_t local_minutes =
      0;                    ///< when it came, in the organization's time: minutes as if since 1970-01-01T00:00 there
  bool from_staff = false;  ///< the sender is one of ours, when Needs::staff asks for it
};

/// Something that goes out, and the rule that wants it.
struct Wish {
  std::string what;  ///< an address, a team, a URL, a template: as the list of the verdict has it
  std::string rule;
};
/// The first rule that wants it; empty: none does.
std::string rule_behind(const std::vector<Wish>& wishes, std::string_view what);

/// What the rules say is to be done with a message. Nothing is done here.
struct Verdict {
  std::vector<std::string> route_to;  ///< addresses or teams; the first gets the task, all are notified
  std::optional<std::string> assign;
  std::optional<Priority> priority;
  std::vector<std::string> tags;
  std::vector<EscalationStep> escalation;  ///< in order of time
  std::string escalation_calendar;         ///< name; empty: the customer's, the team's or the default
  std::optional<std::string> sla;       ///< name of a service level; nullopt: the customer's, the team's or the default
  std::vector<std::string> reply_with;  ///< template names
  std::vector<std::string> notify;      ///< addresses
  std::vector<std::string> webhooks;    ///< URLs
  std::string task_type;                ///< of a module; empty: none
  std::vector<std::string> notes;       ///< for the history of the task
  bool stopped = false;                 ///< a rule said `stop`
  std::optional<std::string> drop;      ///< name of the rule that dropped it; then nothing else of this counts
  std::vector<Wish> tells;              ///< each of route_to, assign, notify and webhooks, in the order of the rules
  std::vector<Wish> answers;            ///< each of reply_with
  std::vector<std::string> matched;     ///< names of the rules that acted, in order; also without a trace
  /// The rules that matched and those that came near (a word they ask for occurred), in order; the others are one
  /// line at the end, "92 other rules", since a mail that is kept shall not carry a whole rule file with it.
  std::vector<RuleTrace> trace;
  std::vector<std::string> keywords;  ///< with Facts::find_keywords: what was found; words of urgency first

  /// It is settled where the message goes.
  [[nodiscard]] bool takes() const { return drop || assign || !route_to.empty(); }
};

/// A checked, immutable set of rules, shared by all workers; a reload makes a new one (B2).
class RuleSet {
 public:
  virtual ~RuleSet() = default;
  /// Pure: the same facts get the same verdict, a year later too. `with_trace` changes nothing but Verdict::trace,
  /// which costs several times the decision; so nobody stores one (core/processing/trace.h).
  [[nodiscard]] virtual Verdict decide(const Facts& facts, bool with_trace = true) const = 0;
  /// Each rule that is tried, and why it did or did not match: for `orgo parse` and `orgo rules explain`.
  [[nodiscard]] virtual std::vector<RuleTrace> explain(const Facts& facts) const { return decide(facts, true).trace; }
  /// What has to be known of the sender and the calendars for decide().
  [[nodiscard]] virtual Needs needs() const { return {}; }
  /// Routing keywords found in subject and text (A3), words of urgency first, then in the order of the text; no
  /// doubles.
  [[nodiscard]] virtual std::vector<std::string> keywords(const Message& message) const = 0;
  [[nodiscard]] virtual const std::map<std::string, MailTemplate>& templates() const = 0;
  /// What the type of a task asks for, as found in the message, which was new at `written_at`; empty when there is no
  /// such type.
  [[nodiscard]] virtual std::vector<TaskField> fields(std::string_view task_type, const Message& message,
                                                      TimePoint written_at) const {
    (void)task_type, (void)message, (void)written_at;
    return {};
  }
  /// A value that a person gives a field of a task of this type, checked and in its usual form; nullopt: the type is
  /// not known any more, so that any text will do.
  [[nodiscard]] virtual Result<std::optional<TaskField>> checked_field(std::string_view task_type,
                                                                       std::string_view name, std::string_view value,
                                                                       TimePoint now) const {
    (void)task_type, (void)name, (void)value, (void)now;
    return std::nullopt;
  }
  /// First 16 hex digits of the SHA-256 of the sources: two sets with the same text are the same version.
  [[nodiscard]] virtual const std::string& version() const = 0;
  [[nodiscard]] virtual std::size_t size() const = 0;
  /// What it looks for in subject and body, so that one pass may do for several sets. Empty: it can't share.
  [[nodiscard]] virtual TextLiterals text_literals() const;
  /// Calendars, service levels, teams and rotas of the same files.
  [[nodiscard]] virtual const Workplace& workplace() const;
};

/// All or nothing: `rules` is null when there is any error; all errors of all files are listed.
struct Loaded {
  std::shared_ptr<const RuleSet> rules;
  std::vector<Diagnostic> errors;
  std::vector<Diagnostic> warnings;  ///< that nothing is refused for, as a feed by URL that was never fetched
};
/// `scope`: of the rules of a module.
Loaded load_rules(const std::vector<SourceFile>& files, const WorkplaceScope& scope = {});

}  // namespace orgo::rules
