#include "adapter/sql/postgres/pq.h"

#include <algorithm>

namespace orgo::sql {

std::string in_one_line(const char* message) {
  std::string text(message == nullptr ? "" : message);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::string host_of(PGconn* connection) {
  const auto part = [](const char* text) { return std::string(text == nullptr ? "" : text); };
  return part(PQhost(connection)) + ":" + part(PQport(connection));
}

}  // namespace orgo::sql
