#include <algorithm>
#include <functional>
#include <utility>

#include "core/processing/trace.h"
#include "core/workplace/workplace.h"

namespace orgo {
namespace {

std::vector<Finding> findings_of(const Trace& trace) {
  std::vector<Finding> findings;
  for (const auto& one : trace.findings)
    if (const auto kind = parse_finding_kind(one.kind)) findings.push_back({*kind, one.detail});
  return findings;
}

/// What decided stays what it was, also when it would be another thing today.
void keep_what_decided(const std::vector<std::string>& acted, std::vector<rules::RuleTrace>& rules) {
  std::vector<rules::RuleTrace> all;
  for (const auto& name : acted) {
    const auto found = std::ranges::find_if(rules, [&](const auto& rule) { return rule.matched && rule.rule == name; });
    if (found == rules.end()) {
      all.push_back({name, true, "it held then; as this Orgo reads the message or the rule, it would not", {}, {}});
    } else {
      all.push_back(std::move(*found));
      rules.erase(found);
    }
  }
  for (auto& rule : rules) {
    if (rule.matched)
      rule.why = "it did not act then; as this Orgo reads the message or the rule, it would: " + rule.why;
    rule.matched = false;
    all.push_back(std::move(rule));
  }
  rules = std::move(all);
}

}  // namespace

void complete(Trace& trace, const rules::RuleSet& rules, const Message& message, const Envelope& envelope,
              std::string_view raw) {
  if (!trace.asked) return;
  const auto& asked = *trace.asked;
  const auto findings = findings_of(trace);
  auto facts = facts_of(asked, message, envelope, findings, raw);
  std::function<bool(std::string_view)> open;
  if (!asked.open.empty() || (rules.needs().business_hours && !rules.workplace().calendars.empty())) {
    // Feeds and zones may have changed: what was asked then was answered then.
    open = [&](std::string_view name) {
      const auto known = asked.open.find(std::string(name));
      return known != asked.open.end() ? known->second : business_time(rules, asked, name);
    };
    facts.in_business_hours = &open;
  }
  auto verdict = rules.decide(facts, true);
  trace.rules = std::move(verdict.trace);
  if (verdict.matched != trace.acted) keep_what_decided(trace.acted, trace.rules);
  trace.asked.reset();
  trace.acted.clear();
}

void complete_without(Trace& trace, std::string_view why) {
  if (!trace.asked) return;
  trace.rules.clear();
  for (auto& name : trace.acted) trace.rules.push_back({std::move(name), true, "it held; why can't be told: ", {}, {}});
  for (auto& rule : trace.rules) rule.why += why;
  if (trace.rules.empty())
    trace.rules.push_back({"no rule", false, "none held; why can't be told: " + std::string(why), {}, {}});
  trace.asked.reset();
  trace.acted.clear();
}

}  // namespace orgo
