#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/id.h"
#include "base/time.h"
#include "core/changes/changes.h"
#include "core/module/in_force.h"

namespace orgo {

/// A set of rules that was taken over, with its files as they were then.
struct RuleVersion {
  TenantId tenant;
  std::string version;     ///< RuleSet::version(): the first 16 hex digits of the hash of the texts
  std::int64_t rules = 0;  ///< how many
  TimePoint accepted_at{};
  std::vector<SourceFile> files;            ///< in their order, with absolute paths; empty in lists
  std::optional<modules::InForce> modules;  ///< with them; nullopt: kept by an Orgo that did not note modules
};

/// It joins the history of the rules. The newest entry is not added again (conflict): after a restart the same rules
/// are in force. A text that was stored before costs nothing.
struct RuleVersionAdded {
  RuleVersion version;

  [[nodiscard]] std::string key() const { return "rules"; }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

/// The rules that were taken over go into the history, with their event.
Changes add_rule_version(RuleVersion version);

}  // namespace orgo
