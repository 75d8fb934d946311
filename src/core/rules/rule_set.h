#pragma once
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "core/escalation/chain.h"
#include "core/intake/raw_message.h"
#include "core/message/finding.h"
#include "core/message/message.h"
#include "core/task/task.h"

namespace orgo::rules {

/// All that a condition may ask about. Hour and weekday are those of the organization's time zone, passed in.
struct Facts {
  const Message& message;
  const Envelope& envelope;
  std::span<const Finding> findings;
  std::span<const std::string> keywords;
  int hour = 0;     ///< 0 to 23
  int weekday = 1;  ///< 1 Monday to 7 Sunday (ISO 8601)
};

/// What one rule made of the message, for the trace (I2).
struct RuleTrace {
  std::string rule;  ///< its name, or "rule 3 (rules.yaml:12)" when it has none
  bool matched = false;
  std::string why;   ///< "subject contains 'urgent'" with the text that did it, or which part did not hold
};

/// What the rules say is to be done with a message. Nothing is done here.
struct Verdict {
  std::vector<std::string> route_to;  ///< addresses or teams; the first gets the task, all are notified
  std::optional<std::string> assign;
  std::optional<Priority> priority;
  std::vector<std::string> tags;
  std::vector<EscalationStep> escalation;  ///< in order of time
  std::vector<std::string> reply_with;     ///< template names
  std::vector<std::string> notify;         ///< addresses
  std::vector<std::string> webhooks;       ///< URLs
  std::optional<std::string> drop;         ///< name of the rule that dropped it; then nothing else of this counts
  std::vector<std::string> matched;        ///< names of the rules that acted, in order; also without a trace
  /// The rules that matched and those that came near (a word they ask for occurred), in order; the others are one
  /// line at the end, "92 other rules", since a mail that is kept shall not carry a whole rule file with it.
  std::vector<RuleTrace> trace;
};

struct Template {
  std::string subject;
  std::string body;
};

/// A checked, immutable set of rules, shared by all workers; a reload makes a new one (B2).
class RuleSet {
 public:
  virtual ~RuleSet() = default;
  [[nodiscard]] virtual Verdict decide(const Facts& facts, bool with_trace = true) const = 0;
  /// Each rule that is tried, and why it did or did not match: for `orgo parse` and `orgo rules explain`.
  [[nodiscard]] virtual std::vector<RuleTrace> explain(const Facts& facts) const { return decide(facts, true).trace; }
  /// Routing keywords found in subject and text (A3), words of urgency first, then in the order of the text; no doubles.
  [[nodiscard]] virtual std::vector<std::string> keywords(const Message& message) const = 0;
  [[nodiscard]] virtual const std::map<std::string, Template>& templates() const = 0;
  /// First 16 hex digits of the SHA-256 of the sources: two sets with the same text are the same version.
  [[nodiscard]] virtual const std::string& version() const = 0;
  [[nodiscard]] virtual std::size_t size() const = 0;
};

/// All or nothing: `rules` is null when there is any error; all errors of all files are listed.
struct Loaded {
  std::shared_ptr<const RuleSet> rules;
  std::vector<Diagnostic> errors;
};
Loaded load_rules(const std::vector<SourceFile>& files);

}  // namespace orgo::rules
