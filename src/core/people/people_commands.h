#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/changes/changes.h"
#include "core/people/person.h"

/// What can be done with accounts, as pure functions: the account as it was read goes in, the Changes to commit come
/// out. `actor` is who does it, for the history. Errors of all: invalid_input, and conflict when nothing would change.
/// The last administrator can be neither disabled nor given another role, nor lose the password: the store refuses it
/// when it commits. Others count only when they have a password, unless this one has none either: an account without
/// one lets nobody in.
namespace orgo::people {

/// What may be set; what is not there stays.
struct PersonFields {
  std::optional<std::string> name;
  std::optional<std::string> address;
  std::optional<std::string> zone;
  std::optional<std::vector<std::string>> teams;
  std::optional<Role> role;
};

/// A new account without a password.
Result<Changes> add(TenantId tenant, std::string_view login, const PersonFields& fields, std::string_view actor,
                    TimePoint now);
Result<Changes> set(const Person& person, const PersonFields& fields, std::string_view actor, TimePoint now);
/// Its sessions end and its tokens are refused; it stays in the history.
Result<Changes> disable(const Person& person, std::string_view actor, TimePoint now);
Result<Changes> enable(const Person& person, std::string_view actor, TimePoint now);
/// Is it a password that one may choose? invalid_input: too short, too long, or the login name.
Status check_password(const Person& person, std::string_view password);
/// `hash` of hash_password(); empty takes the password away. All sessions end.
Result<Changes> set_password(const Person& person, std::string hash, std::string_view actor, TimePoint now);
/// Ends all sessions of the account, wherever they are.
Result<Changes> log_out(const Person& person, std::string_view actor, TimePoint now);

/// It got in, by its password. Not with a password or a name that is refused: see refused().
Changes logged_in(const Person& person, std::string_view address, TimePoint now);
/// Somebody tried to get in and was refused; `login` of the account, empty: there is none of the name typed.
Changes refused(TenantId tenant, std::string_view login, std::string_view address, TimePoint now);

/// When a session of `person` that begins now begins: behind the end of those before, also when a clock was set back.
TimePoint session_begin(const Person& person, TimePoint now);
/// May a session that began at `began_at` go on?
bool session_holds(const Person& person, TimePoint began_at);

}  // namespace orgo::people
