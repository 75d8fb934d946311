#include "adapter/sql/postgres/pq_rows.h"

#include <charconv>

namespace orgo::sql {

std::int64_t PqRows::integer(int column) const {
  const auto written = text(column);
  if (written == "t") return 1;
  std::int64_t number = 0;
  std::from_chars(written.data(), written.data() + written.size(), number);
  return number;
}

std::string_view PqRows::text(int column) const {
  return {PQgetvalue(rows_.get(), row_, column), static_cast<std::size_t>(PQgetlength(rows_.get(), row_, column))};
}

/// Of the form "\x0123...".
std::string_view PqRows::blob(int column) {
  const auto hex = text(column);
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  auto& bytes = blobs_.emplace_back();
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 2; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) << 4U | digit(hex[i + 1]));
  return bytes;
}

bool PqRows::is_null(int column) const {
  return PQgetisnull(rows_.get(), row_, column) != 0;
}

}  // namespace orgo::sql
