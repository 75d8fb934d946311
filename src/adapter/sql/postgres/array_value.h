#pragma once
#include <string>
#include <vector>

#include "adapter/sql/parameter_sets.h"
#include "adapter/sql/postgres/statement_text.h"

namespace orgo::sql {

/// Of each parameter; one that is null in all sets is a number, which fits any column.
std::vector<ParameterType> types_of(const ParameterSets& sets);
/// One parameter of all sets as an array in binary form (PostgreSQL 15, array_recv). Texts are mended as they may be
/// stored.
std::string array_of(const ParameterSets& sets, std::size_t column, ParameterType type);

}  // namespace orgo::sql
