#include "core/tenant/tenant.h"

namespace orgo {

std::string_view to_string(TenantState state) {
  switch (state) {
    case TenantState::active:
      return "active";
    case TenantState::suspended:
      return "suspended";
  }
  return "unknown";
}

std::optional<TenantState> parse_tenant_state(std::string_view text) {
  for (const auto state : {TenantState::active, TenantState::suspended})
    if (text == to_string(state)) return state;
  return std::nullopt;
}

}  // namespace orgo
