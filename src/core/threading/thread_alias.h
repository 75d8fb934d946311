#pragma once
#include <cstdint>
#include <string>

#include "core/changes/ref.h"

namespace orgo {

/// A Message-ID that other programs know a mail of this task by, beside the one it has here: what a provider or our
/// relay put in place of it, or that of a mail which was never seen here. The first task that names an id keeps it; a
/// Changes that opens a task for an id that another task has is refused (conflict): decided again, it joins that one.
struct ThreadAlias {
  std::int64_t id_hash = 0;  ///< message_id_hash()
  TaskRef task{};
  SendId send{};  ///< the mail of ours that got the id; 0: an incoming one

  [[nodiscard]] std::string key() const { return {}; }  // named twice is named
  [[nodiscard]] bool is_whole() const { return static_cast<bool>(task); }
  static void refs(auto& self, auto visit) { visit(self.task); }
};

}  // namespace orgo
