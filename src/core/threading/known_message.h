#pragma once
#include <cstdint>
#include <optional>

#include "base/hash.h"
#include "base/id.h"

namespace orgo {

/// What threading and duplicate findings need to know of earlier mail.
struct KnownMessage {
  MessageId id;
  std::int64_t id_hash = 0;
  Sha256 content{};
  std::optional<TaskNumber> task;  ///< decided and attached to this task
  bool decided = false;            ///< false: still waiting; whoever depends on it should wait too
};

}  // namespace orgo
