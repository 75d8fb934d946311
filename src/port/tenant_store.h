#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/tenant/commands.h"

namespace orgo {

/// Who lives here. Backends: memory, SQL; contract: tests/contract/tenant_store_contract_test.cpp. Threads: any.
/// Errors of every method: unavailable, resource_exhausted (disk full), corrupt.
class TenantStore {
 public:
  virtual ~TenantStore() = default;
  /// Makes or changes one, and gives a new one its number; durable when it returns. The event stands in the log of
  /// `operators`, the tenant of those who run the server. conflict: another tenant has the name or one of the
  /// recipients, or it has another version than the one seen.
  virtual Result<Tenant> put_tenant(TenantId operators, const TenantUpdate& update) = 0;
  /// not_found: there is none of this name, or number.
  virtual Result<Tenant> find_tenant(std::string_view name) = 0;
  virtual Result<Tenant> read_tenant(TenantId id) = 0;
  /// Whose mail this address (a recipient_key()) is: that of the one who has the whole address, else of the one who has
  /// its domain; nullopt: nobody's. Suspended ones too.
  virtual Result<std::optional<Tenant>> find_recipient(std::string_view address) = 0;
  /// By id, those behind `after` (TenantId{0}: from the first), at most `limit` (1 to 1,000).
  virtual Result<std::vector<Tenant>> list_tenants(TenantId after, int limit) = 0;
};

}  // namespace orgo
