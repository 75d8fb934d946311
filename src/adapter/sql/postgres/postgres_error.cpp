#include "adapter/sql/postgres/postgres_error.h"

namespace orgo::sql {
namespace {

bool is_of_class(std::string_view state, std::string_view two) {
  return state.starts_with(two);
}

}  // namespace

Errc code_of_state(std::string_view state) {
  if (is_of_class(state, "23")) return Errc::conflict;  // constraints: unique, not null, check
  if (state == "53100" || state == "53200" || state == "53400") return Errc::resource_exhausted;
  if (state == "XX001" || state == "XX002") return Errc::corrupt;  // data and index
  // 28: who we are; 3D000: no such database; 3F000: no such schema; 42501: no right.
  if (is_of_class(state, "28") || state == "3D000" || state == "3F000" || state == "42501") return Errc::invalid_input;
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
