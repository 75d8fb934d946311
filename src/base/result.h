#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace orgo {

/// What went wrong, as the reaction of the caller: a caller branches on the code and never on the message.
enum class Errc {
  invalid_input,       ///< the sender must change something; never retried (HTTP 400, SMTP 5xx)
  not_permitted,       ///< not for this caller, and no more is said (401, 403)
  not_found,           ///< also what another tenant's data looks like (404)
  conflict,            ///< another writer won: read again, decide again (409)
  resource_exhausted,  ///< a limit was met, or the disk is full: slow down (429, 507, SMTP 452)
  unavailable,         ///< a peer is down: retry with backoff (503, SMTP 451)
  deadline_exceeded,   ///< outcome UNKNOWN: retry only with the same idempotency key (504)
  corrupt,             ///< damaged data: stop, keep the evidence, page somebody (500)
};

/// Stable names for logs and problem details: "invalid_input", "conflict", ...
std::string_view to_string(Errc code);

struct Error {
  Errc code;
  std::string message;  ///< for a person: what, where, why, how to mend; no secrets, no message bodies

  /// The same error with where it happened in front: "storing task 4711: disk full".
  [[nodiscard]] Error in(std::string_view where) const { return {code, std::string(where) + ": " + message}; }
};

/// A value or an Error. Ignoring one is a warning.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};
using Status = Result<void>;

inline tl::unexpected<Error> failure(Errc code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

/// ORGO_TRY(task, store.read(id)); declares `task`, or returns the error to the caller.
#define ORGO_TRY(name, ...)                                                    \
  auto name##_result = (__VA_ARGS__);                                          \
  if (!name##_result) return tl::unexpected(std::move(name##_result).error()); \
  auto name = *std::move(name##_result)
/// ORGO_CHECK(store.flush()); for a Status.
#define ORGO_CHECK(...) ORGO_CHECK_AS(ORGO_UNIQUE(orgo_status_, __COUNTER__), __VA_ARGS__)
#define ORGO_CHECK_AS(name, ...) \
  if (auto name = (__VA_ARGS__); !name) return tl::unexpected(std::move(name).error())
#define ORGO_UNIQUE(name, number) ORGO_JOIN(name, number)
#define ORGO_JOIN(a, b) a##b

}  // namespace orgo
