#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/people/lockout.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/people_store.h"
#include "service/people/password_work.h"

namespace orgo {

/// Who gets in by name and password. See core/people/lockout.h for what wrong ones lead to; the counters stand in the
/// store, so that a restart, or another node, forgives nothing. A name that there is not costs what another does: the
/// same reads, a hash of the same cost, the same commits. Threads: any.
class LoginService {
 public:
  LoginService(PeopleStore& people, ChangeStore& changes, Clock& clock, PasswordWork& passwords)
      : people_(people), changes_(changes), clock_(clock), passwords_(passwords) {}

  struct Attempt {
    TenantId tenant;
    std::string_view name;  ///< login name or address, as typed
    std::string_view password;
    std::string_view address;  ///< of the peer, without its port; empty: not known
    /// Of the login name whose device cookie came with it, and the cookie's own number; empty: none.
    std::string_view device_login = {}, device = {};
  };
  struct Outcome {
    std::optional<Person> person;  ///< got in: as it is now, with the begin of the session in `last_login`
    /// Refused because too many were wrong: until then. Says nothing of whether there is such an account.
    std::optional<TimePoint> locked_until;
  };
  /// Errors: resource_exhausted: too many at once; those of the stores.
  Result<Outcome> log_in(const Attempt& attempt);

 private:
  /// nullopt: counted, and the password may be looked at.
  Result<std::optional<TimePoint>> count(TenantId tenant, const std::vector<people::Counter>& counters);
  Result<Person> admit(Person person, const std::vector<people::Counter>& counters, std::string_view address);

  PeopleStore& people_;
  ChangeStore& changes_;
  Clock& clock_;
  PasswordWork& passwords_;
};

}  // namespace orgo
