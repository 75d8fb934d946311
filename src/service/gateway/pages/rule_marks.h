#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/mail/show/mail_view.h"
#include "core/processing/trace.h"
#include "core/rules/highlight.h"
#include "service/gateway/pages/html.h"

namespace orgo::gateway::page {

/// One rule of a decision's trace (core/rules/rule_set.h, RuleTrace, as it is stored).
struct TracedRule {
  std::string name, why;
  bool matched = false;
  std::vector<rules::PartTrace> parts;
};
/// In the order of the trace, which is complete; empty when it says nothing of rules.
std::vector<TracedRule> traced_rules(const Trace& trace);

/// What of a mail is to be marked, because it made a rule hold. Ready to be written (rules::marks_in_order).
struct RuleMarks {
  std::vector<rules::Range> subject;
  std::vector<rules::Range> body;  ///< of Message::text
};
RuleMarks marks_of(const TracedRule& rule, const MailView& view);

/// Escaped text with <mark> around `marks`, which are places of `whole`; `text` is that part of it which begins at
/// `from`.
void write_marked(Html& html, std::string_view text, const std::vector<rules::Range>& marks, std::size_t from = 0);

/// The rules that acted or came near, each part of their conditions, and the words in fields that the page does not
/// show. `chosen`: the rule whose words are marked above, if any; `page`: address of the page without parameters.
void write_rules(Html& html, const std::vector<TracedRule>& rules, const TracedRule* chosen, const rules::Facts& facts,
                 const std::string& page);

}  // namespace orgo::gateway::page
