#pragma once
#include <span>
#include <string>

#include "adapter/sql/connection.h"
#include "adapter/sql/parameter_sets.h"

namespace orgo::sql {

/// The row that `rows` stands at as bytes: equal for equal rows of any engine, and for no others.
std::string bytes_of_row(Query& rows, std::span<const ParameterSets::Kind> kinds);

}  // namespace orgo::sql
