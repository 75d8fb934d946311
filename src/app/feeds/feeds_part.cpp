#include "app/feeds/feeds_part.h"

#include <algorithm>
#include <utility>

namespace orgo {
namespace {

constexpr Millis kLookAgain{60'000};  ///< longest sleep between two looks at what is due
constexpr Millis kTurn{900'000};      ///< another node fetches when this one has been silent for so long

}  // namespace

Result<FeedsPart*> FeedsPart::open(Node& node, const Config& config, PoliciesPart& policies) {
  ORGO_TRY(feeds, Feeds::make(config, node.clock(), random_share));
  auto& part = node.lifecycle().own(std::make_unique<FeedsPart>(
      std::move(feeds),
      std::make_unique<Turn>(node.locks(), node.clock(), "feeds/" + node.name(), node.owner(), kTurn)));
  auto& loops = node.add_loops("feeds", [&part] { part.turn_->give_up(); });
  loops.add("orgo-feeds", [&part, &clock = node.clock()] { return part.step(clock); });
  node.lifecycle().on_stop("look at a feed", [&part](Deadline) { part.feeds_->stop(); });
  policies.on_feeds([&part, &loops](std::vector<std::string> urls) {
    part.feeds_->service().want(std::move(urls));
    loops.wake();
  });
  return &part;
}

Millis FeedsPart::step(Clock& clock) {
  if (!turn_->is_ours()) return kLookAgain;
  const auto report = feeds_->service().step();
  if (!report) {
    (void)after_trouble("feeds.trouble", report.error());
    return kLookAgain;
  }
  if (report->next_at == TimePoint::max()) return kLookAgain;
  return std::clamp(report->next_at - clock.now(), kIdle, kLookAgain);
}

}  // namespace orgo
