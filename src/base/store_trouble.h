#pragma once
#include <utility>

#include "base/result.h"

namespace orgo {

/// Is it about the store, and not about what one caller asked of it?
constexpr bool is_store_trouble(Errc code) {
  return code == Errc::resource_exhausted || code == Errc::unavailable || code == Errc::corrupt ||
         code == Errc::deadline_exceeded;
}

/// What a store says where only the store can be at fault: a lost right, a changed password or a second owner refuses
/// all alike, and must never look as if a sender had to change something (SMTP 5xx, HTTP 4xx).
inline Error as_store_trouble(Error error) {
  if (!is_store_trouble(error.code)) error.code = Errc::unavailable;
  return error;
}

}  // namespace orgo
