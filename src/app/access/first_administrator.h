#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/people_store.h"

namespace orgo {

/// How to get in for the first time.
struct FirstLogin {
  std::string name;
  std::string password;
  std::string file;  ///< where both stand, readable by its owner only
};
inline constexpr const char* kFirstLoginFile = "first-login.txt";

/// As long as nobody has an account, makes the first administrator, with a password that nobody has seen yet, and
/// writes it to kFirstLoginFile in `folder`; nullopt: there are accounts. The file goes at the first start after its
/// owner has been in.
Result<std::optional<FirstLogin>> make_first_administrator(TenantId tenant, PeopleStore& people, ChangeStore& changes,
                                                           Clock& clock, const std::string& folder);

}  // namespace orgo
