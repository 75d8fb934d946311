#include "adapter/sql/postgres/postgres_statement.h"

#include "adapter/sql/postgres/statement_text.h"

namespace orgo::sql {
namespace {

std::array<char, 8> big_endian(std::int64_t value) {
  std::array<char, 8> bytes{};
  auto left = static_cast<std::uint64_t>(value);
  for (auto at = bytes.rbegin(); at != bytes.rend(); ++at, left >>= 8U) *at = static_cast<char>(left & 0xFFU);
  return bytes;
}

PqValue value_of(std::string_view bytes, Oid type) {
  return {bytes.empty() ? "" : bytes.data(), static_cast<int>(bytes.size()), type};
}

/// With values of its own: what was bound ends before it runs.
PqCall keeping_its_values(PqPrepared& statement, const std::vector<PqValue>& values) {
  PqCall call{&statement, values, {}};
  call.bytes.reserve(values.size());
  for (auto& value : call.values) {
    if (value.bytes == nullptr) continue;
    call.bytes.emplace_back(value.bytes, static_cast<std::size_t>(value.size));
    value.bytes = call.bytes.back().data();
  }
  return call;
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
  if (!rows_.is_here()) {
    ORGO_TRY(rows, runner_.run({&prepared_, values_, {}}));
    rows_.take(std::move(rows));
  }
  rows_.go_to(rows_.row() + 1);
  return rows_.row() < rows_.size();
}

Result<bool> PostgresStatement::later(bool must_change) {
  if (runner_.runs_one_by_one()) return Statement::later(must_change);
  if (!must_change) return runner_.later(keeping_its_values(prepared_, values_));
  if (!must_change_) must_change_ = PqPrepared{prepared_.name + "_must", must_meet_a_row(prepared_.sql)};
  return runner_.later(keeping_its_values(*must_change_, values_));
}

void PostgresStatement::reset() {
  rows_.clear();
  values_.clear();
  numbers_.clear();
}

}  // namespace orgo::sql
