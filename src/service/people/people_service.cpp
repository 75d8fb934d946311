#include "service/people/people_service.h"

#include "base/planted.h"
#include "core/people/person_change.h"

namespace orgo {
namespace {

constexpr Millis kCommitTime = std::chrono::seconds(10);
constexpr int kPage = 1000;

Status commit(ChangeStore& store, const Changes& changes) {
  ORGO_TRY(answers, store.commit(std::span(&changes, 1), within(kCommitTime)));
  if (!answers.at(0)) return tl::unexpected(answers[0].error());
  return {};
}

}  // namespace

Result<std::vector<Person>> PeopleService::all(TenantId tenant) {
  std::vector<Person> all;
  for (;;) {
    ORGO_TRY(page, people_.list_people(tenant, all.empty() ? std::string_view() : all.back().login, kPage));
    const bool last = page.size() < kPage;
    for (auto& person : page) all.push_back(std::move(person));
    if (last) return all;
  }
}

Result<Person> PeopleService::find(TenantId tenant, std::string_view name) {
  const auto key = login_key(name);
  ORGO_TRY(person, key.find('@') == std::string::npos ? people_.find_person(tenant, key)
                                                      : people_.find_person_by_address(tenant, key));
  if (person) return *std::move(person);
  ORGO_TRY(everybody, all(tenant));
  ORGO_TRY(found, resolve_person(everybody, name));
  return *found;
}

Status PeopleService::check_address(TenantId tenant, const people::PersonFields& fields) {
  if (!team_at_ || !fields.address || fields.address->empty()) return {};
  ORGO_TRY(team, team_at_(tenant, *fields.address));
  if (team.empty()) return {};
  return failure(Errc::conflict, "'" + *fields.address + "' is the address of the team '" + team +
                                     "': an account has an address of its own, and a team it is in");
}

Result<Person> PeopleService::add(TenantId tenant, std::string_view login, const people::PersonFields& fields,
                                  std::optional<std::string_view> password, std::string_view actor) {
  ORGO_TRY(everybody, all(tenant));
  if (everybody.size() >= kPeopleMost)
    return failure(Errc::resource_exhausted, "there are " + std::to_string(kPeopleMost) + " accounts already");
  ORGO_CHECK(check_address(tenant, fields));
  ORGO_TRY(changes, people::add(tenant, login, fields, actor, clock_.now()));
  auto& made = changes.find<PersonChange>()->person;
  if (password) {
    ORGO_CHECK(people::check_password(made, *password));
    ORGO_TRY(hash, passwords_.hash(*password));
    made.password = std::move(hash);
  }
  ORGO_CHECK(commit(changes_, changes));
  return made;
}

Result<Person> PeopleService::run(TenantId tenant, std::string_view name, const Command& command) {
  for (int attempt = 1;; ++attempt) {
    ORGO_TRY(person, find(tenant, name));
    ORGO_TRY(changes, command(person, clock_.now()));
    const auto done = commit(changes_, changes);
    if (done) return changes.find<PersonChange>()->person;
    // Somebody else was first, or the store refuses what stands in it: to be told apart by reading it again.
    if (done.error().code != Errc::conflict || attempt == kAttemptsMax) return tl::unexpected(done.error());
    ORGO_TRY(now, find(tenant, name));
    if (now.version == person.version) return tl::unexpected(done.error());
  }
}

Result<Person> PeopleService::set(TenantId tenant, std::string_view name, const people::PersonFields& fields,
                                  std::string_view actor) {
  if (!ORGO_PLANT(teams_address_becomes_an_accounts)) ORGO_CHECK(check_address(tenant, fields));
  return run(tenant, name,
             [&](const Person& person, TimePoint now) { return people::set(person, fields, actor, now); });
}

Result<Person> PeopleService::disable(TenantId tenant, std::string_view name, std::string_view actor) {
  return run(tenant, name, [&](const Person& person, TimePoint now) { return people::disable(person, actor, now); });
}

Result<Person> PeopleService::enable(TenantId tenant, std::string_view name, std::string_view actor) {
  return run(tenant, name, [&](const Person& person, TimePoint now) { return people::enable(person, actor, now); });
}

Result<Person> PeopleService::set_password(TenantId tenant, std::string_view name, std::string_view password,
                                           std::string_view actor) {
  ORGO_TRY(person, find(tenant, name));
  std::string hash;
  if (!password.empty()) {
    ORGO_CHECK(people::check_password(person, password));
    ORGO_TRY(made, passwords_.hash(password));
    hash = std::move(made);
  }
  return run(tenant, person.login,
             [&](const Person& now_known, TimePoint now) { return people::set_password(now_known, hash, actor, now); });
}

Result<Person> PeopleService::log_out(TenantId tenant, std::string_view login, std::string_view actor) {
  return run(tenant, login, [&](const Person& person, TimePoint now) { return people::log_out(person, actor, now); });
}

}  // namespace orgo
