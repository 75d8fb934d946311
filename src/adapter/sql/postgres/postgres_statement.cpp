#include "adapter/sql/postgres/postgres_statement.h"

#include <charconv>

namespace orgo::sql {
namespace {

// pg_type.dat: the types whose binary form we write, and which have had these numbers since there are numbers.
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kText = 25;

std::array<char, 8> big_endian(std::int64_t value) {
  std::array<char, 8> bytes{};
  auto left = static_cast<std::uint64_t>(value);
  for (auto at = bytes.rbegin(); at != bytes.rend(); ++at, left >>= 8U) *at = static_cast<char>(left & 0xFFU);
  return bytes;
}

PqValue value_of(std::string_view bytes, Oid type) {
  return {bytes.empty() ? "" : bytes.data(), static_cast<int>(bytes.size()), type};
}

}  // namespace

PqValue& PostgresStatement::value(int index) {
  const auto place = static_cast<std::size_t>(index - 1);
  if (values_.size() <= place) values_.resize(place + 1);
  return values_[place];
}

void PostgresStatement::bind(int index, std::int64_t number) {
  numbers_.push_back(big_endian(number));
  value(index) = {numbers_.back().data(), 8, kInt8};
}

void PostgresStatement::bind(int index, const StoredText& text) {
  value(index) = value_of(text.view(), kText);
}

void PostgresStatement::bind_blob(int index, std::string_view bytes) {
  value(index) = value_of(bytes, kBytea);
}

void PostgresStatement::bind_null(int index) {
  value(index) = {};
}

Result<bool> PostgresStatement::step() {
  if (!rows_) {
    ORGO_TRY(rows, runner_.run(name_, sql_, prepared_in_, values_));
    rows_ = std::move(rows);
    row_ = -1;
  }
  blobs_.clear();
  return ++row_ < PQntuples(rows_.get());
}

void PostgresStatement::reset() {
  rows_.reset();
  row_ = -1;
  blobs_.clear();
  values_.clear();
  numbers_.clear();
}

std::int64_t PostgresStatement::integer(int column) {
  const auto written = text(column);
  if (written == "t") return 1;
  std::int64_t number = 0;
  std::from_chars(written.data(), written.data() + written.size(), number);
  return number;
}

std::string_view PostgresStatement::text(int column) {
  return {PQgetvalue(rows_.get(), row_, column), static_cast<std::size_t>(PQgetlength(rows_.get(), row_, column))};
}

/// Of the form "\x0123...".
std::string_view PostgresStatement::blob(int column) {
  const auto hex = text(column);
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  auto& bytes = blobs_.emplace_back();
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 2; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) << 4U | digit(hex[i + 1]));
  return bytes;
}

bool PostgresStatement::is_null(int column) {
  return PQgetisnull(rows_.get(), row_, column) != 0;
}

}  // namespace orgo::sql
