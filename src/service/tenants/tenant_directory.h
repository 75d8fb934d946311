#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "port/clock.h"
#include "port/tenant_store.h"

namespace orgo {

/// Which tenant a recipient belongs to, and how a tenant stands: what every door asks for every mail and request, from
/// a bounded memory over the store. Changes are seen at once where tenants_changed() is called, elsewhere within
/// kAge, whatever becomes of the time of day. Threads: any.
class TenantDirectory {
 public:
  static constexpr Millis kAge{1'000};
  static constexpr std::size_t kMost = 4'096;  ///< answers in memory; then they are forgotten together

  TenantDirectory(TenantStore& store, Clock& clock) : store_(store), clock_(clock) {}

  /// By its whole address, else by its domain. not_found: no tenant has it. unavailable: suspended, or the store is.
  Result<TenantId> of_recipient(std::string_view recipient);
  /// OK: the tenant is there and active. not_permitted: suspended. not_found: there is none.
  Status check_active(TenantId tenant);
  void tenants_changed();

 private:
  template <typename Key, typename Answer, typename Ask>
  Result<Answer> remembered(std::map<Key, std::pair<Deadline, Answer>, std::less<>>& memory, const Key& key, Ask ask);

  TenantStore& store_;
  Clock& clock_;
  std::mutex mutex_;  ///< guards what follows
  std::int64_t changes_ = 0;
  std::map<std::string, std::pair<Deadline, std::optional<Tenant>>, std::less<>> recipients_;
  std::map<TenantId, std::pair<Deadline, std::optional<Tenant>>, std::less<>> tenants_;
};

}  // namespace orgo
