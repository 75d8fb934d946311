#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/people/people_commands.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/people_store.h"
#include "service/people/password_work.h"

namespace orgo {

/// What people do with accounts, for the API and the pages: reads the account, asks core/people, commits; decided again
/// when somebody else was first. Threads: any. Errors beside those of the commands and the stores: not_found, with the
/// nearest name, and resource_exhausted when too many passwords are hashed at once.
class PeopleService {
 public:
  static constexpr int kAttemptsMax = 5;
  static constexpr std::size_t kPeopleMost = 10'000;  ///< accounts of one tenant

  /// Name of the team whose mail goes to an address; empty: of none.
  using TeamAt = std::function<Result<std::string>(TenantId tenant, std::string_view address)>;

  /// `team_at` may be empty: then there are no teams.
  PeopleService(PeopleStore& people, ChangeStore& changes, Clock& clock, PasswordWork& passwords, TeamAt team_at = {})
      : people_(people), changes_(changes), clock_(clock), passwords_(passwords), team_at_(std::move(team_at)) {}

  /// By login name or address.
  Result<Person> find(TenantId tenant, std::string_view name);
  /// All of a tenant, by login name.
  Result<std::vector<Person>> all(TenantId tenant);

  // The account as it is afterwards. `actor` is who does it: "user:anna". conflict: the address is a team's, whose mail
  // would come twice.
  Result<Person> add(TenantId tenant, std::string_view login, const people::PersonFields& fields,
                     std::optional<std::string_view> password, std::string_view actor);
  Result<Person> set(TenantId tenant, std::string_view name, const people::PersonFields& fields,
                     std::string_view actor);
  Result<Person> disable(TenantId tenant, std::string_view name, std::string_view actor);
  Result<Person> enable(TenantId tenant, std::string_view name, std::string_view actor);
  /// Empty: takes it away. All sessions end.
  Result<Person> set_password(TenantId tenant, std::string_view name, std::string_view password,
                              std::string_view actor);
  /// Ends all sessions.
  Result<Person> log_out(TenantId tenant, std::string_view login, std::string_view actor);

 private:
  using Command = std::function<Result<Changes>(const Person& person, TimePoint now)>;
  Result<Person> run(TenantId tenant, std::string_view name, const Command& command);
  Status check_address(TenantId tenant, const people::PersonFields& fields);

  PeopleStore& people_;
  ChangeStore& changes_;
  Clock& clock_;
  PasswordWork& passwords_;
  TeamAt team_at_;
};

}  // namespace orgo
