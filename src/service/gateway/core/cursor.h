#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace orgo::gateway {

/// Cursors of list pages: the last id shown, signed together with what was listed, so that nobody builds on the inside
/// of a cursor and one list's cursor is not taken for another's.
class Cursors {
 public:
  /// `key`: any secret bytes. A cursor outlives a restart only when the key does.
  explicit Cursors(std::string key) : key_(std::move(key)) {}
  [[nodiscard]] std::string make(std::string_view list, std::int64_t last) const;
  /// invalid_input: not a cursor of this list.
  [[nodiscard]] Result<std::int64_t> read(std::string_view list, std::string_view cursor) const;

 private:
  std::string key_;
};

}  // namespace orgo::gateway
