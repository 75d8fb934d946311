#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/changes/changes.h"
#include "core/message/finding.h"
#include "core/processing/asked_facts.h"
#include "core/processing/context.h"
#include "core/processing/decide_settings.h"
#include "core/processing/message_decision.h"
#include "core/rules/rule_set.h"

namespace orgo {

/// A decision under way: what it is made from, and what it has come to so far. The steps of decide() hand it on; each
/// stands in a file of its own (follow_report, join_copy, join_task, open_task), and what they have in common in tell.
struct Draft {
  Draft(const Incoming& of, const Context& known, const rules::RuleSet& by, const DecideSettings& with, TimePoint at);

  // Made from.
  const Incoming& incoming;
  const Message& message;
  const Envelope& envelope;
  const Context& context;
  const rules::RuleSet& rules;
  const DecideSettings& settings;
  const TimePoint now;
  const bool quiet;       ///< old mail: it makes tasks, but nobody is told and no chain runs
  const TimePoint dated;  ///< when its task begins: now, or when an archived message was new
  const std::string subject;

  // So far.
  std::vector<Finding> findings;
  std::optional<AskedFacts> asked;  ///< once the rules were asked
  rules::Verdict verdict;
  std::string rule;                      ///< the first that matched
  std::optional<std::string> no_answer;  ///< why answers that rules want don't go out
  Outcome outcome = Outcome::recorded;
  TaskRef task;          ///< opened, joined, or that a record is about
  TaskNumber related;    ///< another task that the one which is opened has to do with; 0: none
  bool is_copy = false;  ///< of a mail that was answered: it opens a task of its own, and its sender is not answered
  std::string reason;
  Changes changes;

  [[nodiscard]] const std::string& sender() const { return sender_of(envelope, message); }
  /// Adds one about its task and message; the caller fills in its data before the next.
  Event& event(EventKind kind);
  /// Adds one that is due now: nobody whom the rules name is left out. `rule`: Send::rule.
  void send(SendKind kind, Contact to, Priority priority, std::string_view template_name, std::string rule);
};

}  // namespace orgo
