#pragma once
#include <string>

#include "core/changes/ref.h"

namespace orgo {

/// One open alarm per source ("mailbox:office", "channel:lmtp") and the task that tells of it. Opening what is open
/// already, or closing what is not, refuses the whole Changes with conflict: that makes "one silence, one task" hold
/// over crashes.
struct AlarmOpened {
  std::string source;  ///< at most 200 bytes
  TaskRef task;

  [[nodiscard]] std::string key() const { return "alarm:" + source; }
  [[nodiscard]] bool is_whole() const { return static_cast<bool>(task); }
  static void refs(auto& self, auto visit) { visit(self.task); }
};
struct AlarmClosed {
  std::string source;

  [[nodiscard]] std::string key() const { return "alarm:" + source; }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

}  // namespace orgo
