#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
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
};

/// As it is stored with the decision (MessageDecision::trace) and told over the API: a JSON object.
std::string to_json(const Trace& trace);
/// nullopt: none was kept, or it is damaged. What an older version did not write is empty.
std::optional<Trace> parse_trace(std::string_view stored);

// Arrays of it, for those who tell only a part.
void write_findings(JsonWriter& json, const Trace& trace);
void write_rules(JsonWriter& json, const std::vector<rules::RuleTrace>& rules);
void write_parts(JsonWriter& json, const std::vector<rules::PartTrace>& parts);

}  // namespace orgo
