#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/id.h"
#include "core/delivery/render.h"
#include "core/policy/silence_policy.h"
#include "core/processing/decide.h"
#include "core/rules/rule_set.h"

namespace orgo {

/// What an organization has decided beside its rules, as its configuration says it.
struct PolicySettings {
  DecideSettings decide;
  RenderSettings render;
  SilencePolicy silence;
  std::vector<std::string> administrators;                 ///< addresses that its own alarms go to
  std::string default_recipient = "inbox@orgo.localhost";  ///< of messages that name none
  std::string webhook_secret;                              ///< signs its webhooks; empty: not signed
};

/// All that an organization has decided: its rules with their modules, calendars, service levels, templates, task
/// types, people on call, and its settings. Immutable and shared by all workers; a change makes a new one.
struct Policy {
  TenantId tenant;
  std::shared_ptr<const rules::RuleSet> rules;  ///< never null
  PolicySettings settings;

  [[nodiscard]] const Workplace& workplace() const { return rules->workplace(); }
  /// In which its times are shown.
  [[nodiscard]] TimeZone zone() const { return workplace().zone(settings.decide.zone); }
};

}  // namespace orgo
