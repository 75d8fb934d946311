#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// Name of the tenant that the first migration makes: the one of the small size, and the operator's own where there are
/// several. It is looked up by this name, never by a number.
inline constexpr std::string_view kFirstTenantName = "default";

/// An organization that lives here: all that is stored belongs to one.
struct Tenant {
  TenantId id;
  std::string name;  ///< unique, as in paths and commands
  TimePoint created_at{};
  friend bool operator==(const Tenant&, const Tenant&) = default;
};

/// Who lives here. Backends: memory, SQL; contract: tests/contract/tenant_store_contract_test.cpp. Threads: any.
/// Errors of every method: unavailable, resource_exhausted (disk full), corrupt.
class TenantStore {
 public:
  virtual ~TenantStore() = default;
  /// Makes one and gives it its number. Durable when it returns. conflict: one of this name exists.
  virtual Result<Tenant> add_tenant(std::string_view name, TimePoint now) = 0;
  /// not_found: there is none of this name.
  virtual Result<Tenant> find_tenant(std::string_view name) = 0;
  /// By id, those behind `after` (TenantId{0}: from the first), at most `limit`.
  virtual Result<std::vector<Tenant>> list_tenants(TenantId after, int limit) = 0;
};

}  // namespace orgo
