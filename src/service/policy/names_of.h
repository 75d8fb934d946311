#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "service/policy/policy_book.h"

namespace orgo {

/// What a list asks for when somebody names a team or a person, by name or address (Workplace::names_of()). Empty: when
/// nobody is named. A policy that can't be loaded leaves the name itself.
std::vector<std::string> names_of(const PolicyOf& policies, TenantId tenant, std::string_view name);

}  // namespace orgo
