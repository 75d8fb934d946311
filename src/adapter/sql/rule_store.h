#pragma once
#include <string_view>
#include <vector>

#include "adapter/sql/engine.h"
#include "port/rule_store.h"

namespace orgo {

class SqlRuleStore final : public RuleStore {
 public:
  explicit SqlRuleStore(sql::Engine& engine) : engine_(engine) {}

  Result<std::vector<RuleVersion>> list_rule_versions(TenantId tenant, int limit) override;
  Result<RuleVersion> read_rule_version(TenantId tenant, std::string_view name) override;

 private:
  sql::Engine& engine_;
};

}  // namespace orgo
