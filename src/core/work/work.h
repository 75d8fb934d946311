#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/id.h"

namespace orgo {

/// What is to be done with the thing that work is about. The numbers are stored; never reuse one.
enum class WorkKind : std::int16_t {
  process = 1,  ///< decide a message; the reference is its MessageId
};
inline std::string_view to_string(WorkKind kind) {
  return kind == WorkKind::process ? "process" : "unknown";
}

/// One piece of work: there is at most one of a kind about one thing, so what it is about is its name.
struct WorkKey {
  TenantId tenant;
  WorkKind kind = WorkKind::process;
  std::int64_t reference = 0;
  friend auto operator<=>(const WorkKey&, const WorkKey&) = default;
};

/// "process 17 of t1", for logs and errors.
inline std::string to_string(const WorkKey& key) {
  return std::string(to_string(key.kind)) + " " + std::to_string(key.reference) + " of " + to_string(key.tenant);
}

}  // namespace orgo
