#pragma once
#include <string>

#include "base/time.h"

namespace orgo {

/// What is asked of the server of a feed.
struct FeedRequest {
  std::string url;                  ///< http or https
  std::string etag, last_modified;  ///< of the version that is here; empty: any version is news
};

struct FeedAnswer {
  enum class Kind { fresh, unchanged, failed };
  Kind kind = Kind::failed;
  std::string text;                 ///< of fresh: all of it, as it came; nobody has judged it yet
  std::string etag, last_modified;  ///< of fresh
  std::string why;                  ///< of failed: for people
  Millis retry_after{};             ///< of failed: what the server asked for; {}: nothing
};

/// Gets feeds from elsewhere. Bounded in size and time, whatever the other side does; who may be asked at all is the
/// backend's setting. Backend: adapter/feed (HTTP).
class FeedFetcher {
 public:
  virtual ~FeedFetcher() = default;
  virtual FeedAnswer fetch(const FeedRequest& request) = 0;
  /// Ends a fetch that is under way, within about a second, and all later ones. From any thread.
  virtual void stop() = 0;
};

}  // namespace orgo
