#include "service/gateway/core/call.h"

#include "base/hash.h"

namespace orgo::gateway {
namespace {

/// The trace id of a valid traceparent; empty: it is none.
std::string_view trace_id_of(std::string_view traceparent) {
  const auto is_lower_hex = [](std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  };
  const auto is_zero = [](std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; };
  if (traceparent.size() < 55 || traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-') return {};
  const auto version = traceparent.substr(0, 2);
  const auto trace = traceparent.substr(3, 32);
  const auto parent = traceparent.substr(36, 16);
  const bool length_fits =
      version == "00" ? traceparent.size() == 55 : traceparent.size() == 55 || traceparent[55] == '-';
  const bool valid = is_lower_hex(version) && version != "ff" && is_lower_hex(trace) && is_lower_hex(parent) &&
                     length_fits && !is_zero(trace) && !is_zero(parent);
  return valid ? trace : std::string_view();
}

}  // namespace

const std::string& Call::trace_id() const {
  if (trace_id_.empty()) {
    trace_id_ = trace_id_of(request.header("traceparent"));
    if (trace_id_.empty()) trace_id_ = random_hex(16);
  }
  return trace_id_;
}

}  // namespace orgo::gateway
