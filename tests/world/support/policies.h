#pragma once
#include <memory>
#include <utility>

#include "service/policy/policy_book.h"

namespace orgo::world {

/// The same for every tenant that asks.
inline PolicyOf one_policy(std::shared_ptr<const rules::RuleSet> rules, PolicySettings settings = {}) {
  return [rules = std::move(rules),
          settings = std::move(settings)](TenantId tenant) -> Result<std::shared_ptr<const Policy>> {
    return std::make_shared<const Policy>(Policy{.tenant = tenant, .rules = rules, .settings = settings});
  };
}

}  // namespace orgo::world
