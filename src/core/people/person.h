#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "core/access/access.h"

namespace orgo {

inline constexpr std::size_t kLoginMost = 64;        ///< bytes of a login name
inline constexpr std::size_t kPersonNameMost = 200;  ///< bytes of what people call somebody
inline constexpr std::size_t kPersonTeamsMost = 50;  ///< teams of one person
inline constexpr std::size_t kPasswordLeast = 10;    ///< characters; longer beats stranger (NIST SP 800-63B, 5.1.1.2)

/// Somebody who works with Orgo. The login name is who it is: it stands in the history ("user:anna") and in tokens, and
/// so it never changes and is never given to another; an account that is over is disabled and stays.
struct Person {
  TenantId tenant;
  std::string login;         ///< see check_login(); unique in its tenant
  std::int64_t version = 0;  ///< grows by one with each change; a change names the version it saw
  std::string name;          ///< for people: "Anna Müller"
  std::string address;       ///< where mail reaches them; empty: none. Unique in its tenant
  std::string zone;          ///< IANA, "Europe/Berlin", in which pages show dates; empty: that of the organization
  std::vector<std::string> teams;
  Role role = Role::staff;
  bool disabled = false;
  std::string password;  ///< of hash_password(); empty: none, and so no way in by the page
  /// Sessions that began then or before are over: since the last logout or change of password.
  TimePoint sessions_valid_after{};
  std::optional<TimePoint> last_login;
  TimePoint created_at{};
  TimePoint updated_at{};
  friend bool operator==(const Person&, const Person&) = default;
};

/// a-z, 0-9, and ". _ -" inside; at most kLoginMost. invalid_input says what is wrong with it, and what would do.
Status check_login(std::string_view login);
/// As people type it at the door: in lower case, without blanks around it.
std::string login_key(std::string_view typed);

/// The entry that is meant by a login name or an address; nullptr: none.
const Person* find_person(const std::vector<Person>& people, std::string_view name);
/// not_found: "there is nobody called 'ana'; did you mean 'anna'?"
Result<const Person*> resolve_person(const std::vector<Person>& people, std::string_view name);

}  // namespace orgo
