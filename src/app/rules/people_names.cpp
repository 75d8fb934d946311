#include "app/rules/people_names.h"

#include "app/storage/store_place.h"
#include "core/workplace/names.h"

namespace orgo {
namespace {

constexpr int kPage = 1000;

Result<std::vector<Colleague>> all(PeopleStore& store, TenantId tenant) {
  std::vector<Person> people;
  for (;;) {
    ORGO_TRY(page, store.list_people(tenant, people.empty() ? std::string() : people.back().login, kPage));
    const bool last = page.size() < kPage;
    for (auto& person : page) people.push_back(std::move(person));
    if (last) return colleagues(people);
  }
}

}  // namespace

std::vector<Colleague> PeopleNames::read() {
  if (people_ == nullptr) return {};
  seen_ = tokens_->token_changes();  // before reading: a change in between is seen at the next look
  if (auto now = all(*people_, tenant_)) known_ = *std::move(now);
  return known_;
}

bool PeopleNames::changed() {
  if (people_ == nullptr) return false;
  const auto now = tokens_->token_changes();
  if (now && now == seen_) return false;
  const auto before = known_;
  return read() != before;
}

std::vector<Colleague> people_in(const SqlStoreOptions& place, const std::string& tenant_name) {
  const auto stores = SqlStores::open(to_read(place));
  if (!stores) return {};
  const auto tenant = (*stores)->tenants.find_tenant(tenant_name);
  if (!tenant) return {};
  return all((*stores)->people, tenant->id).value_or(std::vector<Colleague>());
}

}  // namespace orgo
