#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "core/module/rule_version.h"

namespace orgo {

/// The history of the rules in force: who wonders in spring why a mail of winter went where it did finds its rules
/// here, since each decision names its version. RuleVersionAdded writes it. Backends: memory, SQL. All pass
/// tests/contract/rule_store_contract_test.cpp. Threads: any method from any thread. Errors of every method:
/// unavailable, corrupt; others stand at the method.
class RuleStore {
 public:
  virtual ~RuleStore() = default;
  /// Newest first, without the texts; 1 to 1,000. A version that came back stands there twice.
  virtual Result<std::vector<RuleVersion>> list_rule_versions(TenantId tenant, int limit) = 0;
  /// By the beginning of its name, at least 4 digits; the newest of that name. not_found: there is none;
  /// conflict: several versions begin so.
  virtual Result<RuleVersion> read_rule_version(TenantId tenant, std::string_view name) = 0;
};

}  // namespace orgo
