#include <mutex>

#include "adapter/memory/memory_store.h"
#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo {

Result<std::optional<Person>> MemoryStore::find_person(TenantId tenant, std::string_view login) {
  const std::lock_guard lock(mutex_);
  const auto found = state_.people.find({tenant, std::string(login)});
  if (found == state_.people.end()) return std::optional<Person>();
  return std::optional(found->second);
}

Result<std::optional<Person>> MemoryStore::find_person_by_address(TenantId tenant, std::string_view address) {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, person] : state_.people)
    if (person.tenant == tenant && !person.address.empty() && is_same_address(person.address, address))
      return std::optional(person);
  return std::optional<Person>();
}

Result<std::vector<LoginAttempts>> MemoryStore::find_login_attempts(TenantId tenant,
                                                                    std::span<const std::string> names) {
  const std::lock_guard lock(mutex_);
  std::vector<LoginAttempts> found;
  for (const auto& name : names)
    if (const auto known = state_.login_attempts.find({tenant, name}); known != state_.login_attempts.end())
      found.push_back(known->second);
  return found;
}

Result<std::vector<Person>> MemoryStore::list_people(TenantId tenant, std::string_view after, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Person> people;
  for (const auto& [key, person] : state_.people)
    if (person.tenant == tenant && person.login > after && static_cast<int>(people.size()) < limit)
      people.push_back(person);
  return people;
}

Result<int> MemoryStore::count_administrators(TenantId tenant) {
  const std::lock_guard lock(mutex_);
  int count = 0;
  for (const auto& [key, person] : state_.people)
    count += person.tenant == tenant && person.role == Role::administrator && !person.disabled;
  return count;
}

}  // namespace orgo
