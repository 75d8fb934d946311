#include "adapter/sql/move/row_bytes.h"

#include <cstdint>
#include <string_view>

#include "base/stored_text.h"

namespace orgo::sql {
namespace {

void add_number(std::string& bytes, std::int64_t number) {
  auto left = static_cast<std::uint64_t>(number);
  for (int i = 0; i < 8; ++i, left >>= 8U) bytes += static_cast<char>(left & 0xFFU);
}

}  // namespace

std::string bytes_of_row(Query& rows, std::span<const ParameterSets::Kind> kinds) {
  std::string bytes;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const auto column = static_cast<int>(i);
    if (rows.is_null(column)) {
      bytes += '-';
    } else if (kinds[i] == ParameterSets::Kind::number) {
      bytes += '#';
      add_number(bytes, rows.integer(column));
    } else {
      // A text of before texts were mended is mended when it is written over there.
      const bool is_text = kinds[i] == ParameterSets::Kind::text;
      const StoredText text(is_text ? rows.text(column) : std::string_view());
      const auto value = is_text ? text.view() : rows.blob(column);
      bytes += '=';
      add_number(bytes, static_cast<std::int64_t>(value.size()));
      bytes += value;
    }
  }
  return bytes;
}

}  // namespace orgo::sql
