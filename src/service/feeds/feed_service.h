#pragma once
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "port/clock.h"
#include "port/feed_fetcher.h"
#include "port/feed_store.h"

namespace orgo {

struct FeedSettings {
  Millis refresh{86'400'000};            ///< between looks at a feed that is well
  std::function<double()> random_share;  ///< of [0, 1), spreads the looks
};

/// Keeps the feeds of holidays and shifts that the rules name by URL: looks when it is time, judges what came, keeps
/// the last good version. What was kept is read by whoever reads the rules, so that a change goes the way of every
/// change of a rule file. One thread calls step(); want() and trouble() may be called from any.
class FeedService {
 public:
  FeedService(FeedFetcher& fetcher, FeedStore& store, Clock& clock, FeedSettings settings);

  /// The feeds that the rules name now.
  void want(std::vector<std::string> urls);

  struct Look {
    FeedState state;       ///< after it
    bool asked = false;    ///< it was due, and the server was asked
    bool changed = false;  ///< there is a new version
  };
  struct Report {
    std::vector<Look> looks;  ///< one for each wanted feed
    TimePoint next_at{};      ///< when the next look is due; TimePoint::max(): there are no feeds
  };
  /// Looks at all that is due, or with `all` at every feed. An error is that of the store.
  Result<Report> step(bool all = false);

  /// What is wrong with feeds, in words; empty when all are well. As of the last step.
  [[nodiscard]] std::string trouble() const;

 private:
  Result<Look> look(const std::string& url, bool all);

  FeedFetcher& fetcher_;
  FeedStore& store_;
  Clock& clock_;
  const FeedSettings settings_;
  mutable std::mutex mutex_;
  std::vector<std::string> wanted_;
  std::map<std::string, std::string> trouble_;  ///< by label
};

}  // namespace orgo
