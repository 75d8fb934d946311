#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "core/processing/asked_facts.h"
#include "core/rules/rule_trace.h"

namespace orgo {

/// Why a message was decided as it was (I2): what `orgo trace`, the page of a message and rule explanations tell.
struct Trace {
  struct Finding {
    std::string kind;  ///< as to_string(FindingKind) writes it
    std::string detail;
  };
  std::vector<Finding> findings;
  std::vector<std::string> keywords;
  std::vector<rules::RuleTrace> rules;  ///< each that was tried, and why it did or did not match
  std::vector<std::string> routed_to;
  std::string thread;          ///< why it belongs to its task; empty: to none
  std::string thread_refused;  ///< why a claim to belong to one does not count
  std::string not_answered;    ///< why an answer that rules wanted did not go out
  /// What decided, while `rules` is not made yet: complete() makes it. A trace costs several times the decision, and
  /// nobody reads most of them; the decision can be computed again from what is kept anyway.
  std::optional<AskedFacts> asked;
  std::vector<std::string> acted;  ///< with `asked`: the rules that matched, as Verdict::matched names them
};

/// As the API tells it: a JSON object.
std::string to_json(const Trace& trace);
/// As it is stored with the decision (MessageDecision::trace): a JSON object with `asked` and `acted` instead of the
/// rules, when these are not made.
std::string stored_form(const Trace& trace);
/// Of either form. nullopt: none was kept, or it is damaged. What an older version did not write is empty.
std::optional<Trace> parse_trace(std::string_view stored);

/// Makes `rules` of a trace with `asked`: the same words as if they had been made with the decision. `rules` of the
/// version that decided, `message` and `raw` as they are kept. Where a newer Orgo reads message or rules in another way
/// than the one that decided, what decided stays what it was, and the rules concerned say so. Pure.
void complete(Trace& trace, const rules::RuleSet& rules, const Message& message, const Envelope& envelope,
              std::string_view raw);
/// The same where message or rules can't be had any more: only what decided; `why` says what is missing.
void complete_without(Trace& trace, std::string_view why);

// Arrays of it, for those who tell only a part.
void write_findings(JsonWriter& json, const Trace& trace);
void write_rules(JsonWriter& json, const std::vector<rules::RuleTrace>& rules);
void write_parts(JsonWriter& json, const std::vector<rules::PartTrace>& parts);

}  // namespace orgo
