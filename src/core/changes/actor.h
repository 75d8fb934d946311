#pragma once
#include <string_view>

namespace orgo {

/// Who did something, as people read it: "anna" of "user:anna"; what is nobody ("rules", "token:ci") as it stands.
constexpr std::string_view actor_name(std::string_view actor) {
  constexpr std::string_view kUser = "user:";
  if (actor.starts_with(kUser)) actor.remove_prefix(kUser.size());
  return actor;
}

}  // namespace orgo
