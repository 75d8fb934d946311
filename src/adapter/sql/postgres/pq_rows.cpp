#include "adapter/sql/postgres/pq_rows.h"

#include <charconv>

namespace orgo::sql {
namespace {

/// A truth value or a whole number with its highest byte first; a text is read as people write a number.
std::int64_t integer_of(std::string_view bytes, Oid type) {
  if (type != kBool && type != kInt2 && type != kInt4 && type != kInt8) {
    std::int64_t number = 0;
    std::from_chars(bytes.data(), bytes.data() + bytes.size(), number);
    return number;
  }
  const bool is_negative = !bytes.empty() && (static_cast<unsigned char>(bytes.front()) & 0x80U) != 0;
  std::uint64_t number = is_negative ? ~std::uint64_t{0} : 0;
  for (const char byte : bytes) number = number << 8U | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(number);
}

}  // namespace

std::int64_t PqRows::integer(int column) const {
  return integer_of(text(column), PQftype(rows_.get(), column));
}

std::string_view PqRows::text(int column) const {
  return {PQgetvalue(rows_.get(), row_, column), static_cast<std::size_t>(PQgetlength(rows_.get(), row_, column))};
}

bool PqRows::is_null(int column) const {
  return PQgetisnull(rows_.get(), row_, column) != 0;
}

}  // namespace orgo::sql
