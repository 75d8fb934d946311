#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapter/sql/stores.h"
#include "core/workplace/workplace.h"
#include "port/people_store.h"
#include "port/token_store.h"

namespace orgo {

/// Who has an account, for the names in rules. What can't be read is as it was. One thread.
class PeopleNames {
 public:
  PeopleNames() = default;  ///< nobody
  PeopleNames(TenantId tenant, PeopleStore& people, TokenStore& tokens)
      : tenant_(tenant), people_(&people), tokens_(&tokens) {}

  std::vector<Colleague> read();
  /// True once for each change of what read() says. Cheap as long as no account changes.
  bool changed();

 private:
  TenantId tenant_{0};
  PeopleStore* people_ = nullptr;
  TokenStore* tokens_ = nullptr;       ///< its number changes with each change of an account
  std::optional<std::uint64_t> seen_;  ///< of the last look; nullopt: never, or it is not known
  std::vector<Colleague> known_;
};

/// Those of a tenant, for commands beside a server or without one; nobody where there is none.
std::vector<Colleague> people_in(const SqlStoreOptions& place, const std::string& tenant);

}  // namespace orgo
