#pragma once
#include <string>
#include <vector>

#include "base/id.h"

namespace orgo {

/// The learned rhythm of one source, as text that only core/silence reads.
struct StoredRhythm {
  std::string source;  ///< "mailbox:office", "channel:lmtp"; at most 200 bytes
  std::string state;
  friend bool operator==(const StoredRhythm&, const StoredRhythm&) = default;
};

/// The rhythms take the place of those that are kept, with the message up to which arrivals are in them; other sources
/// stay. Bookkeeping of what was heard: it leaves no event.
struct RhythmsLearned {
  MessageId upto;
  std::vector<StoredRhythm> rhythms;

  [[nodiscard]] std::string key() const { return "rhythms"; }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

}  // namespace orgo
