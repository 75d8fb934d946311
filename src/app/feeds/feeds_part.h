#pragma once
#include <memory>
#include <utility>

#include "app/config.h"
#include "app/feeds/feeds.h"
#include "app/node/node.h"
#include "app/policies/policies_part.h"
#include "service/turn/turn.h"

namespace orgo {

/// Looks after the feeds that the rules name. They lie in the data folder, where the rules are read from again when one
/// has changed.
class FeedsPart {
 public:
  /// invalid_input: feeds.allow_networks.
  static Result<FeedsPart*> open(Node& node, const Config& config, PoliciesPart& policies);
  FeedsPart(std::unique_ptr<Feeds> feeds, std::unique_ptr<Turn> turn)
      : feeds_(std::move(feeds)), turn_(std::move(turn)) {}

  /// "feeds" of /readyz.
  [[nodiscard]] gateway::ReadyCheck ready_check() const { return feed_check(feeds_->service()); }

 private:
  Millis step(Clock& clock);

  std::unique_ptr<Feeds> feeds_;
  std::unique_ptr<Turn> turn_;  ///< who fetches: of several nodes over one FeedStore, one
};

}  // namespace orgo
