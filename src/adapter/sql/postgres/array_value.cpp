#include "adapter/sql/postgres/array_value.h"

#include "adapter/sql/postgres/pq.h"
#include "base/stored_text.h"

namespace orgo::sql {
namespace {

using Kind = ParameterSets::Kind;

template <typename Number>
void put_big_endian(std::string& bytes, Number number) {
  const auto value = static_cast<std::make_unsigned_t<Number>>(number);
  for (int shift = static_cast<int>(sizeof(Number)) * 8 - 8; shift >= 0; shift -= 8)
    bytes += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU);
}

void put_bytes(std::string& bytes, std::string_view value) {
  put_big_endian(bytes, static_cast<std::int32_t>(value.size()));
  bytes += value;
}

Oid oid_of(ParameterType type) {
  return type == ParameterType::number ? kInt8 : type == ParameterType::text ? kText : kBytea;
}

}  // namespace

std::vector<ParameterType> types_of(const ParameterSets& sets) {
  std::vector<ParameterType> types(sets.columns(), ParameterType::number);
  for (std::size_t column = 0; column < sets.columns(); ++column)
    for (std::size_t set = 0; set < sets.size(); ++set) {
      const auto kind = sets.at(set, column).kind;
      if (kind == Kind::null) continue;
      if (kind == Kind::text) types[column] = ParameterType::text;
      if (kind == Kind::blob) types[column] = ParameterType::blob;
      break;
    }
  return types;
}

std::string array_of(const ParameterSets& sets, std::size_t column, ParameterType type) {
  bool has_null = false;
  for (std::size_t set = 0; set < sets.size(); ++set) has_null |= sets.at(set, column).kind == Kind::null;
  std::string bytes;
  bytes.reserve(20 + sets.size() * 12);
  put_big_endian(bytes, std::int32_t{1});  // dimensions
  put_big_endian(bytes, std::int32_t{has_null ? 1 : 0});
  put_big_endian(bytes, oid_of(type));
  put_big_endian(bytes, static_cast<std::int32_t>(sets.size()));
  put_big_endian(bytes, std::int32_t{1});  // of the first
  for (std::size_t set = 0; set < sets.size(); ++set) {
    const auto& value = sets.at(set, column);
    switch (value.kind) {
      case Kind::null:
        put_big_endian(bytes, std::int32_t{-1});
        break;
      case Kind::number:
        put_big_endian(bytes, std::int32_t{8});
        put_big_endian(bytes, value.number);
        break;
      case Kind::text:
        put_bytes(bytes, StoredText(sets.bytes(value)).view());
        break;
      case Kind::blob:
        put_bytes(bytes, sets.bytes(value));
        break;
    }
  }
  return bytes;
}

}  // namespace orgo::sql
