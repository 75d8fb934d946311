#pragma once
#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"

namespace orgo::sql {

/// Whose rows the statements of a connection may meet. Each names its tenant by itself; a database that keeps tenants
/// apart as well (row-level security) gives and takes no rows of others, whatever a statement forgot to say.
class Scope {
 public:
  Scope(TenantId tenant) : text_("{" + std::to_string(tenant.value) + "}") {}  // NOLINT(google-explicit-constructor)
  /// Of none at all when there are none.
  static Scope of(std::vector<TenantId> tenants) {
    std::ranges::sort(tenants);
    tenants.erase(std::ranges::unique(tenants).begin(), tenants.end());
    std::string text = "{";
    for (const auto tenant : tenants) text += (text.size() > 1 ? "," : "") + std::to_string(tenant.value);
    return Scope(text + "}");
  }
  /// Of those that `tenant_of` finds in each of them.
  template <typename Range, typename TenantOf>
  static Scope of(const Range& range, TenantOf tenant_of) {
    std::vector<TenantId> tenants;
    for (const auto& each : range)
      if (const TenantId tenant = std::invoke(tenant_of, each); tenants.empty() || tenants.back() != tenant)
        tenants.push_back(tenant);
    return of(std::move(tenants));
  }
  /// For what is about everybody: whose turn it is, what is counted of the whole, to whom an address or a token
  /// belongs.
  static Scope all() { return Scope(std::string("all")); }

  /// As the policies of the tables read it (orgo.tenants).
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  explicit Scope(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace orgo::sql
