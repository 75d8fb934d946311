#include "service/policy/names_of.h"

#include "base/text.h"

namespace orgo {

std::vector<std::string> names_of(const PolicyOf& policies, TenantId tenant, std::string_view name) {
  name = trim(name);
  if (name.empty()) return {};
  const auto policy = policies(tenant);
  if (!policy) return {std::string(name)};
  return (*policy)->workplace().names_of(name);
}

}  // namespace orgo
