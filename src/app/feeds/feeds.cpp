#include "app/feeds/feeds.h"

namespace orgo {

Result<std::unique_ptr<Feeds>> Feeds::make(const Config& config, Clock& clock, std::function<double()> random_share) {
  HttpFeedOptions options;
  options.timeout = *config.feeds.timeout;
  options.bytes_max = *config.feeds.size;
  options.ca_file = *config.feeds.ca_file;
  for (const auto& text : *config.feeds.allow_networks) {
    ORGO_TRY(network, Network::parse(text));
    options.allow_networks.push_back(network);
  }
  auto made = std::unique_ptr<Feeds>(new Feeds(std::move(options), *config.data.dir));
  FeedSettings settings;
  settings.refresh = *config.feeds.refresh;
  settings.random_share = std::move(random_share);
  made->service_ = std::make_unique<FeedService>(made->fetcher_, made->folder_, clock, std::move(settings));
  return made;
}

gateway::ReadyCheck feed_check(const FeedService& service) {
  const auto check = [&service]() -> Status {
    const auto trouble = service.trouble();
    return trouble.empty() ? Status{} : Status(failure(Errc::unavailable, trouble));
  };
  return {.name = "feeds", .check = check, .required = false};
}

}  // namespace orgo
