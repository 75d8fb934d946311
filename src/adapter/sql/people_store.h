#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/sql/engine.h"
#include "port/people_store.h"

namespace orgo {

class SqlPeopleStore final : public PeopleStore {
 public:
  explicit SqlPeopleStore(sql::Engine& engine) : engine_(engine) {}

  Result<std::optional<Person>> find_person(TenantId tenant, std::string_view login) override;
  Result<std::optional<Person>> find_person_by_address(TenantId tenant, std::string_view address) override;
  Result<std::vector<Person>> list_people(TenantId tenant, std::string_view after, int limit) override;
  Result<int> count_administrators(TenantId tenant) override;
  Result<std::vector<LoginAttempts>> find_login_attempts(TenantId tenant, std::span<const std::string> names) override;

 private:
  sql::Engine& engine_;
};

}  // namespace orgo
