#pragma once
#include <string>
#include <string_view>

namespace orgo::sql {

/// The statement with its parameters numbered, as PostgreSQL wants them: "?" becomes "$1", "$2", ... in order. What
/// stands in quotes stays as it is; there are no comments in our statements.
std::string numbered_parameters(std::string_view sql);

}  // namespace orgo::sql
