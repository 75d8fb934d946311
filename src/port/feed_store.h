#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "core/calendar/feed.h"

namespace orgo {

/// Keeps the last good version of each feed that is named by URL, so that a start without a network has it. A save is
/// whole or not at all, and durable when it returns. Several processes may read and save; the last save holds. Errors:
/// unavailable (rights, disk), resource_exhausted (no room).
class FeedStore {
 public:
  virtual ~FeedStore() = default;
  /// nullopt: nothing is known of it, or what was kept can't be read any more: then it is fetched anew.
  virtual Result<std::optional<FeedState>> read(const std::string& url) = 0;
  virtual Status save(const FeedState& state) = 0;
  /// With a new version.
  virtual Status save(const FeedState& state, const std::string& text) = 0;
};

}  // namespace orgo
