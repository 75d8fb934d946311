#pragma once
#include <atomic>
#include <string>
#include <vector>

#include "adapter/webhook/address_rule.h"
#include "port/feed_fetcher.h"

namespace orgo {

struct HttpFeedOptions {
  Millis timeout{30'000};             ///< for all of it, redirects included
  std::size_t bytes_max = 4U << 20U;  ///< of a feed
  int redirects_max = 5;
  std::vector<Network> allow_networks;  ///< outside the public internet; only there may a feed come without TLS
  std::string ca_file;                  ///< PEM; empty: the authorities of the system
};

/// Gets feeds by HTTP. Certificates are verified. Of the public internet only https is taken, since who sits in between
/// could move every deadline; private addresses, and http, only within `allow_networks`. Each redirect is judged like
/// the first address, and none leads from https to http. No proxy, no cookies, no compression (so no small answer
/// grows).
class HttpFeed final : public FeedFetcher {
 public:
  explicit HttpFeed(HttpFeedOptions options) : options_(std::move(options)) {}
  FeedAnswer fetch(const FeedRequest& request) override;
  void stop() override { stopped_ = true; }

 private:
  HttpFeedOptions options_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace orgo
