#include "adapter/sql/blob_rows.h"

#include <charconv>

namespace orgo::sql {
namespace {

constexpr std::string_view kPrefix = "db:";

/// Takes a number and what stands behind it; false: there is none.
bool take_number(std::string_view& text, std::int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

BlobRef reference_to(const BlobRow& row) {
  return {std::string(kPrefix) + std::to_string(row.message.value) + ':' + std::to_string(row.length)};
}

std::optional<BlobRow> parse_blob_row(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  BlobRow row;
  if (!take_number(text, row.message.value) || !text.starts_with(':')) return std::nullopt;
  text.remove_prefix(1);
  if (!take_number(text, row.length) || !text.empty()) return std::nullopt;
  return row;
}

}  // namespace orgo::sql
