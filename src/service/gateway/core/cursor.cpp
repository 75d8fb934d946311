#include "service/gateway/core/cursor.h"

#include <charconv>

#include "base/hash.h"

namespace orgo::gateway {

std::string Cursors::make(std::string_view list, std::int64_t last) const {
  const auto id = std::to_string(last);
  const auto digest = hmac_sha256(key_, std::string(list) + '\n' + id);
  return id + "." + to_hex(digest).substr(0, 16);
}

Result<std::int64_t> Cursors::read(std::string_view list, std::string_view cursor) const {
  std::int64_t last = 0;
  const auto dot = cursor.find('.');
  const auto* const end = cursor.data() + (dot == std::string_view::npos ? 0 : dot);
  const auto [read, error] = std::from_chars(cursor.data(), end, last);
  if (dot == std::string_view::npos || error != std::errc{} || read != end || last < 0 ||
      !same_secret(make(list, last), cursor))
    return failure(Errc::invalid_input,
                   "the cursor is not one that this list gave; take next_cursor of the page before as it is, with the "
                   "same filters");
  return last;
}

}  // namespace orgo::gateway
