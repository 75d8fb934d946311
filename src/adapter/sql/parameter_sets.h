#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/sql/connection.h"

namespace orgo::sql {

/// What is bound for several uses of one statement, a set for each, all of the same number of values. Texts and bytes
/// are copied as they are; whoever binds a text binds it as it may be stored.
class ParameterSets {
 public:
  enum class Kind : std::uint8_t { null, number, text, blob };
  struct Value {
    Kind kind = Kind::null;
    std::int64_t number = 0;  ///< of a text or bytes: where they begin
    std::size_t size = 0;     ///< of a text or bytes
  };

  template <typename... Values>
  void add(const Values&... values) {
    (put(values), ...);
    columns_ = sizeof...(values);
    ++sets_;
  }
  /// The columns of the row that `rows` stands at, as one set.
  void add_row(Query& rows, std::span<const Kind> kinds);
  [[nodiscard]] std::size_t size() const { return sets_; }
  [[nodiscard]] bool empty() const { return sets_ == 0; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] const Value& at(std::size_t set, std::size_t column) const { return values_[set * columns_ + column]; }
  [[nodiscard]] std::string_view bytes(const Value& value) const {
    return std::string_view(bytes_).substr(static_cast<std::size_t>(value.number), value.size);
  }
  /// Of all texts, for who bounds what waits.
  [[nodiscard]] std::size_t size_of_bytes() const { return bytes_.size(); }
  void clear() {
    sets_ = 0;
    values_.clear();
    bytes_.clear();
  }
  /// Binds one set behind what `query` has.
  void bind(Query& query, std::size_t set) const;

 private:
  void put(std::int64_t number) { values_.push_back({Kind::number, number, 0}); }
  void put(int number) { put(static_cast<std::int64_t>(number)); }
  void put(bool value) { put(static_cast<std::int64_t>(value)); }
  void put(const std::optional<std::int64_t>& number) {
    if (number) put(*number);
    else values_.push_back({});
  }
  void put(std::string_view text) { put_bytes(text, Kind::text); }
  void put(const std::string& text) { put(std::string_view(text)); }
  void put(const char* text) { put(std::string_view(text)); }
  void put(Query::Blob blob) { put_bytes(blob.bytes, Kind::blob); }
  void put_bytes(std::string_view bytes, Kind kind) {
    values_.push_back({kind, static_cast<std::int64_t>(bytes_.size()), bytes.size()});
    bytes_ += bytes;
  }

  std::size_t sets_ = 0;
  std::size_t columns_ = 0;
  std::vector<Value> values_;
  std::string bytes_;
};

}  // namespace orgo::sql
