#pragma once
#include <functional>
#include <memory>

#include "adapter/feed/feed_folder.h"
#include "adapter/feed/http_feed.h"
#include "app/config.h"
#include "service/feeds/feed_service.h"
#include "service/gateway/probes/ready_check.h"

namespace orgo {

/// Feeds by URL as configured: who fetches them, where they are kept, and the service that joins both.
class Feeds {
 public:
  /// invalid_input: feeds.allow_networks.
  static Result<std::unique_ptr<Feeds>> make(const Config& config, Clock& clock, std::function<double()> random_share);
  [[nodiscard]] FeedService& service() { return *service_; }
  /// Ends a look that is under way, so that nothing waits for a slow server.
  void stop() { fetcher_.stop(); }

 private:
  Feeds(HttpFeedOptions options, const std::string& data_folder) : fetcher_(std::move(options)), folder_(data_folder) {}

  HttpFeed fetcher_;
  FeedFolder folder_;
  std::unique_ptr<FeedService> service_;
};

/// Names feeds that fail; mail is taken and decided all the same.
gateway::ReadyCheck feed_check(const FeedService& service);

}  // namespace orgo
