#include "service/people/login_service.h"

#include "base/planted.h"
#include "core/people/people_commands.h"
#include "core/people/person_change.h"

namespace orgo {
namespace {

constexpr Millis kCommitTime = std::chrono::seconds(10);
constexpr int kAttemptsMax = 10;  ///< at the commit: others try at the same counters

Status commit(ChangeStore& store, const Changes& changes) {
  ORGO_TRY(answers, store.commit(std::span(&changes, 1), within(kCommitTime)));
  if (!answers.at(0)) return tl::unexpected(answers[0].error());
  return {};
}

std::vector<std::string> names_of(const std::vector<people::Counter>& counters) {
  std::vector<std::string> names;
  for (const auto& counter : counters) names.push_back(counter.name);
  return names;
}

Error busy() {
  return {Errc::resource_exhausted, "too many try to log in at the same time; try again in a moment"};
}

}  // namespace

Result<std::optional<TimePoint>> LoginService::count(TenantId tenant, const std::vector<people::Counter>& counters) {
  for (int attempt = 1; attempt <= kAttemptsMax; ++attempt) {
    ORGO_TRY(known, people_.find_login_attempts(tenant, names_of(counters)));
    const auto now = clock_.now();
    const auto admission = people::admit(tenant, counters, known, now);
    if (admission.locked_until) return admission.locked_until;
    Changes changes{.tenant = tenant, .at = now};
    for (const auto& counted : admission.counted) changes.add(counted);
    const auto done = commit(changes_, changes);
    if (done) return std::optional<TimePoint>();
    if (done.error().code != Errc::conflict) return tl::unexpected(done.error());
  }
  return tl::unexpected(busy());
}

Result<Person> LoginService::admit(Person person, const std::vector<people::Counter>& counters,
                                   std::string_view address) {
  const auto password = person.password;
  for (int attempt = 1; attempt <= kAttemptsMax; ++attempt) {
    ORGO_TRY(known, people_.find_login_attempts(person.tenant, names_of(counters)));
    const auto now = clock_.now();
    auto changes = people::logged_in(person, address, now);
    for (const auto& counted : people::take_back(counters, known, now)) changes.add(counted);
    const auto done = commit(changes_, changes);
    if (done) return changes.find<PersonChange>()->person;
    if (done.error().code != Errc::conflict) return tl::unexpected(done.error());
    ORGO_TRY(again, people_.find_person(person.tenant, person.login));
    // A password that was changed or an account that was disabled while this one was looked at: not with the old one.
    if (!again || (again->disabled && !ORGO_PLANT(disabled_meanwhile_gets_in)) || again->password != password)
      return tl::unexpected(busy());
    person = *std::move(again);
  }
  return tl::unexpected(busy());
}

Result<LoginService::Outcome> LoginService::log_in(const Attempt& attempt) {
  const auto key = login_key(attempt.name);
  ORGO_TRY(person, key.find('@') == std::string::npos ? people_.find_person(attempt.tenant, key)
                                                      : people_.find_person_by_address(attempt.tenant, key));
  const bool known_device = person && !attempt.device.empty() &&
                            (attempt.device_login == person->login || ORGO_PLANT(device_of_another_login_counts));
  const auto counters = people::counters_of({.name = person ? person->login : key,
                                             .address = people::address_key(attempt.address),
                                             .device = std::string(known_device ? attempt.device : "")});
  ORGO_TRY(locked, count(attempt.tenant, counters));
  if (locked) return Outcome{.locked_until = locked};
  const bool may_come = person && !person->disabled;
  ORGO_TRY(right, passwords_.verify(attempt.password, may_come ? person->password : std::string()));
  if (!right) {
    ORGO_CHECK(commit(changes_, people::refused(attempt.tenant, person ? std::string_view(person->login) : "",
                                                attempt.address, clock_.now())));
    return Outcome{};
  }
  ORGO_TRY(admitted, admit(*std::move(person), counters, attempt.address));
  return Outcome{.person = std::move(admitted)};
}

}  // namespace orgo
