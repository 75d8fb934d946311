#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace orgo::sql {

/// The statement with its parameters numbered, as PostgreSQL wants them: "?" becomes "$1", "$2", ... in order. What
/// stands in quotes stays as it is; there are no comments in our statements.
std::string numbered_parameters(std::string_view sql);

/// Of what type the values of one parameter are.
enum class ParameterType : char { number = 'n', text = 't', blob = 'b' };

/// One SELECT for many sets of parameters, each given as an array: its columns, and behind them the number of the set,
/// from 1. Rows of one set stand in the order that the statement says.
std::string select_for_all(std::string_view sql, const std::vector<ParameterType>& types);
/// "INSERT INTO t (...) VALUES (?, ...)", with or without ON CONFLICT, for many rows at once, a column as an array
/// each.
std::string insert_of_all(std::string_view sql, const std::vector<ParameterType>& types);
/// An INSERT, UPDATE or DELETE (of parameters that are numbered) that fails with kMetNoRow when it meets no row.
std::string must_meet_a_row(std::string_view numbered);
/// SQLSTATE of that: a division by zero, which nothing else in our statements can be.
inline constexpr std::string_view kMetNoRow = "22012";

}  // namespace orgo::sql
