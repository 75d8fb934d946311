#pragma once
#include <string>

#include "base/id.h"
#include "core/changes/ref.h"

namespace orgo {

/// What answers this message belongs to another task from now on; where the message itself belongs stays as it was
/// decided. Once for each message: conflict when it was split off already, not_found when it is not decided.
struct MessageSplit {
  MessageId message;
  TaskRef into{};

  [[nodiscard]] std::string key() const { return "split:" + to_string(message); }
  [[nodiscard]] bool is_whole() const { return message && into; }
  static void refs(auto& self, auto visit) { visit(self.into); }
};

}  // namespace orgo
