#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "port/http_handler.h"

namespace orgo::gateway {

/// One field that is wrong, by its JSON pointer (RFC 6901): {"/due_at", "not an instant ..."}.
struct FieldError {
  std::string pointer;
  std::string detail;
};

/// An error as RFC 9457 tells it, with our members `code`, `errors` and `trace_id`.
struct Problem {
  int status = 500;
  std::string code;    ///< stable, for programs: "invalid_input", "version_mismatch", ...
  std::string detail;  ///< for a person; nothing that only the operator may know
  std::vector<FieldError> errors;
};

/// "Not Found": the reason phrase of RFC 9110.
std::string_view reason_phrase(int status);
/// invalid_input 400, not_permitted 403, not_found 404, conflict 409, resource_exhausted 429, unavailable 503,
/// deadline_exceeded 504, corrupt 500. Of the last three only the kind is told: the cause is for the log.
Problem problem_of(const Error& error);
/// The same of something to be stored: resource_exhausted is 507, since there is no room for it and nothing was stored.
Problem problem_of_storing(const Error& error);
/// With Retry-After where the status asks for it (429, 503, 504, 507).
HttpResponse to_response(const Problem& problem, std::string_view instance, std::string_view trace_id);

}  // namespace orgo::gateway
