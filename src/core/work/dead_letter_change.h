#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "core/changes/changes.h"
#include "core/work/work.h"

namespace orgo {

/// A person ends a dead letter: it waits again, with attempts 0 and visible at the time of the Changes, or it is given
/// up for good (the row stays, so that the ledger counts it and it is never taken up again). not_found: it is no dead
/// letter.
struct DeadLetterMoved {
  enum class To : std::uint8_t { waiting, dropped };
  WorkKind kind = WorkKind::process;
  std::int64_t reference = 0;
  To to = To::waiting;

  [[nodiscard]] std::string key() const {
    return "dead letter:" + std::string(to_string(kind)) + " " + std::to_string(reference);
  }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

// With their events. `error`: of which it died; `actor`: who does it, "user:anna".
Changes retry_dead_letter(const WorkKey& work, std::string_view error, std::string_view actor, TimePoint now);
/// `reason`: why, for the log and the ledger.
Changes drop_dead_letter(const WorkKey& work, std::string_view error, std::string_view reason, std::string_view actor,
                         TimePoint now);

}  // namespace orgo
