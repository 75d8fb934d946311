#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "core/people/login_attempts.h"
#include "core/people/person.h"

namespace orgo {

/// Reads accounts; writing is ChangeStore's (PersonChange, LoginAttemptsChange). Backends: memory, sql; contract:
/// tests/contract/people_store_contract_test.cpp. A read sees everything that was committed before it began. Threads:
/// any. Errors of every method: unavailable, corrupt.
class PeopleStore {
 public:
  virtual ~PeopleStore() = default;
  /// nullopt: no such login name in this tenant.
  virtual Result<std::optional<Person>> find_person(TenantId tenant, std::string_view login) = 0;
  /// The one that has the address, however it is written; nullopt: none in this tenant.
  virtual Result<std::optional<Person>> find_person_by_address(TenantId tenant, std::string_view address) = 0;
  /// By login name, those behind `after`, at most `limit` (1 to 1,000).
  virtual Result<std::vector<Person>> list_people(TenantId tenant, std::string_view after, int limit) = 0;
  /// Administrators that are not disabled.
  virtual Result<int> count_administrators(TenantId tenant) = 0;
  /// Those of these names (at most 10) that there are, in any order.
  virtual Result<std::vector<LoginAttempts>> find_login_attempts(TenantId tenant,
                                                                 std::span<const std::string> names) = 0;
};

}  // namespace orgo
