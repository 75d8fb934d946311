#pragma once
#include <string>

#include "core/changes/changes.h"
#include "core/people/person.h"

namespace orgo {

/// The next version of an account. `person.version` is the version seen + 1 (1: a new one); the store compares.
/// conflict: it has another version, or another account has the address, or it is the last administrator.
struct PersonChange {
  Person person;
  /// This one was an administrator and will be none, or will have no way in: there must be another one that is not
  /// disabled.
  bool needs_other_administrator = false;
  bool other_needs_password = false;  ///< and who can log in, since this one could

  [[nodiscard]] std::string key() const { return "person:" + person.login; }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

/// Is there anything in it that changes which tokens open doors, or what those may who come through them?
bool changes_tokens(const Changes& changes);

}  // namespace orgo
