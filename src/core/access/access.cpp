#include "core/access/access.h"

#include "base/planted.h"

namespace orgo {

std::string_view to_string(Role role) {
  switch (role) {
    case Role::administrator:
      return "administrator";
    case Role::manager:
      return "manager";
    case Role::staff:
      return "staff";
    case Role::viewer:
      return "viewer";
    case Role::integration:
      return "integration";
  }
  return "unknown";
}

std::optional<Role> parse_role(std::string_view text) {
  for (int i = 1; i <= 5; ++i)
    if (text == to_string(static_cast<Role>(i))) return static_cast<Role>(i);
  return std::nullopt;
}

bool may(Role role, Permission permission) {
  switch (permission) {
    case Permission::read_tasks:
    case Permission::read_messages:
    case Permission::read_people:
      return role != Role::integration;
    case Permission::change_tasks:
      return role == Role::administrator || role == Role::manager || role == Role::staff;
    case Permission::submit_messages:
      return role == Role::administrator || role == Role::integration;
    case Permission::read_events:
      return role == Role::administrator || role == Role::manager || role == Role::integration;
    case Permission::read_ledger:
      return role == Role::administrator || role == Role::manager;
    case Permission::manage_queue:
    case Permission::manage_modules:
    case Permission::manage_tenants:
    case Permission::manage_tokens:
    case Permission::manage_people:
      return role == Role::administrator ||
             (ORGO_PLANT(manager_manages_people) && permission == Permission::manage_people && role == Role::manager);
  }
  return false;
}

}  // namespace orgo
