#include "adapter/sql/postgres/statement_text.h"

namespace orgo::sql {

namespace {

/// The statement with `named(number)` in place of each parameter outside of quotes; numbers count from 1.
template <typename Name>
std::string with_parameters(std::string_view sql, const Name& named) {
  std::string text;
  text.reserve(sql.size() + 32);
  int number = 0;
  char quote = 0;
  for (const char c : sql) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '?') {
      text += named(++number);
      continue;
    }
    text += c;
  }
  return text;
}

std::string arrays_of(const std::vector<ParameterType>& types) {
  std::string text = "unnest(";
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (i > 0) text += ", ";
    text += '$' + std::to_string(i + 1);
    text += types[i] == ParameterType::number ? "::bigint[]"
            : types[i] == ParameterType::text ? "::text[]"
                                              : "::bytea[]";
  }
  return text + ")";
}

}  // namespace

std::string numbered_parameters(std::string_view sql) {
  return with_parameters(sql, [](int number) { return '$' + std::to_string(number); });
}

std::string select_for_all(std::string_view sql, const std::vector<ParameterType>& types) {
  std::string names;
  for (std::size_t i = 1; i <= types.size(); ++i) names += "p" + std::to_string(i) + ", ";
  return "SELECT found_.*, asked_.set_number FROM " + arrays_of(types) + " WITH ORDINALITY AS asked_(" + names +
         "set_number) CROSS JOIN LATERAL (" +
         with_parameters(sql, [](int number) { return "asked_.p" + std::to_string(number); }) + ") AS found_";
}

std::string insert_of_all(std::string_view sql, const std::vector<ParameterType>& types) {
  constexpr std::string_view kValues = " VALUES (";
  const auto values = sql.find(kValues);
  const auto behind = sql.find(')', values + kValues.size());
  return std::string(sql.substr(0, values)) + " SELECT * FROM " + arrays_of(types) +
         std::string(sql.substr(behind + 1));
}

std::string must_meet_a_row(std::string_view numbered) {
  return "WITH met AS (" + std::string(numbered) + " RETURNING 1) SELECT 1 / count(*) FROM met";
}

}  // namespace orgo::sql
