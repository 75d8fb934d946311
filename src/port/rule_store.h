#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
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

/// The history of the rules in force: who wonders in spring why a mail of winter went where it did finds its rules
/// here, since each decision names its version. Backends: memory, SQL. All pass
/// tests/contract/rule_store_contract_test.cpp. Threads: any method from any thread. Errors of every method:
/// unavailable, corrupt; others stand at the method.
class RuleStore {
 public:
  virtual ~RuleStore() = default;
  /// Durable when it returns. Nothing is added when the newest entry is this very version, as after a restart; a text
  /// that was stored before costs nothing.
  virtual Status add_rule_version(const RuleVersion& version) = 0;
  /// Newest first, without the texts; 1 to 1,000. A version that came back stands there twice.
  virtual Result<std::vector<RuleVersion>> list_rule_versions(TenantId tenant, int limit) = 0;
  /// By the beginning of its name, at least 4 digits; the newest of that name. not_found: there is none;
  /// conflict: several versions begin so.
  virtual Result<RuleVersion> read_rule_version(TenantId tenant, std::string_view name) = 0;
};

}  // namespace orgo
