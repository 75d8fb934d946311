#include "adapter/sql/postgres/postgres_error.h"

#include <algorithm>

namespace orgo::sql {
namespace {

bool is_of_class(std::string_view state, std::string_view two) {
  return state.starts_with(two);
}

}  // namespace

Errc code_of_state(std::string_view state, std::string_view where) {
  if (state == "42501" && where == "ExecWithCheckOptions") return Errc::conflict;
  // What is to be written is refused, and the database is well. 23: constraints; 22: a value, such as text that the
  // encoding can't hold; 54: larger than an index or a row takes; P0, 38, 39: what a trigger of the operator raises.
  constexpr std::string_view kOfTheRow[] = {"23", "22", "54", "P0", "38", "39"};
  if (std::ranges::any_of(kOfTheRow, [&](std::string_view two) { return is_of_class(state, two); }))
    return Errc::conflict;
  if (state == "53100" || state == "53200" || state == "53400") return Errc::resource_exhausted;
  if (state == "XX001" || state == "XX002") return Errc::corrupt;  // data and index
  return Errc::unavailable;
}

bool is_of_the_moment(std::string_view state) {
  return state == "40001" || state == "40P01" || ends_the_connection(state);
}

bool ends_the_connection(std::string_view state) {
  // 08: connection; 57P01 to 57P05: shut down, crashed, not yet up, dropped, idle too long; 25006: a standby.
  return state.empty() || is_of_class(state, "08") || is_of_class(state, "57P") || state == "25006";
}

}  // namespace orgo::sql
