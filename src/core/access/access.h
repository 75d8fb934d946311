#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace orgo {

/// Roles of H6. The numbers are stored; never reuse one.
enum class Role : std::int8_t { administrator = 1, manager = 2, staff = 3, viewer = 4, integration = 5 };
std::string_view to_string(Role role);
std::optional<Role> parse_role(std::string_view text);

/// What a caller may ask for; each API route and CLI command names exactly one.
enum class Permission {
  read_tasks,
  change_tasks,
  read_messages,
  submit_messages,
  read_events,
  manage_queue,
  manage_tokens,
  read_ledger,
  manage_modules,
  manage_tenants,  ///< of the tenant of those who run the server
  read_people,
  manage_people,
};
bool may(Role role, Permission permission);

}  // namespace orgo
