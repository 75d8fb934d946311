#include "service/feeds/feed_service.h"

#include <algorithm>

#include "base/log.h"
#include "service/feeds/probe.h"

namespace orgo {
namespace {

const FeedProbe& probe() {
  static const FeedProbe instance;
  return instance;
}

void count(const FeedState& state) {
  const auto label = feed_label(state.url);
  probe().in_force.with({label}).set(state.has_version() ? 1 : 0);
  probe().failures.with({label}).set(static_cast<double>(state.failures));
  probe().confirmed.with({label}).set(static_cast<double>(to_ms(state.confirmed_at)) / 1'000);
}

}  // namespace

FeedService::FeedService(FeedFetcher& fetcher, FeedStore& store, Clock& clock, FeedSettings settings)
    : fetcher_(fetcher), store_(store), clock_(clock), settings_(std::move(settings)) {}

void FeedService::want(std::vector<std::string> urls) {
  const std::lock_guard lock(mutex_);
  wanted_ = std::move(urls);
}

Result<FeedService::Look> FeedService::look(const std::string& url, bool all) {
  ORGO_TRY(known, store_.read(url));
  Look look;
  look.state = known.value_or(FeedState{});
  look.state.url = url;
  if (!all && !is_due(look.state, settings_.refresh, clock_.now())) return look;
  look.asked = true;
  FeedRequest request;
  request.url = url;
  if (look.state.has_version()) {
    request.etag = look.state.etag;
    request.last_modified = look.state.last_modified;
  }
  auto answer = fetcher_.fetch(request);
  const auto label = feed_label(url);
  const auto now = clock_.now();
  const double share = settings_.random_share ? settings_.random_share() : 0.5;
  FeedFacts facts;
  if (answer.kind == FeedAnswer::Kind::fresh) {
    const auto judged = judge_feed(answer.text);
    if (judged) facts = *judged;
    else answer = {FeedAnswer::Kind::failed, {}, {}, {}, "what came is no feed: " + judged.error().message, {}};
  }
  switch (answer.kind) {
    case FeedAnswer::Kind::fresh:
      look.changed = true;
      look.state = after_change(std::move(look.state), facts, answer.text.size(), std::move(answer.etag),
                                std::move(answer.last_modified), settings_.refresh, share, now);
      ORGO_CHECK(store_.save(look.state, answer.text));
      log::info("feed.fetched", {{"feed", label}, {"events", look.state.events}, {"bytes", look.state.bytes}});
      break;
    case FeedAnswer::Kind::unchanged:
      look.state = after_no_change(std::move(look.state), settings_.refresh, share, now);
      ORGO_CHECK(store_.save(look.state));
      break;
    case FeedAnswer::Kind::failed:
      look.state = after_failure(std::move(look.state), std::move(answer.why), answer.retry_after, settings_.refresh,
                                 share, now);
      log::warn("feed.failed", {{"feed", label}, {"detail", feed_trouble(look.state, now)}});
      ORGO_CHECK(store_.save(look.state));
      break;
  }
  constexpr std::string_view kOutcomes[] = {"fresh", "unchanged", "failed"};
  probe().looks.with({label, std::string(kOutcomes[static_cast<std::size_t>(answer.kind)])}).add();
  return look;
}

Result<FeedService::Report> FeedService::step(bool all) {
  std::vector<std::string> wanted;
  {
    const std::lock_guard lock(mutex_);
    wanted = wanted_;
  }
  Report report;
  report.next_at = TimePoint::max();
  std::map<std::string, std::string> trouble;
  for (const auto& url : wanted) {
    ORGO_TRY(made, look(url, all));
    count(made.state);
    if (auto words = feed_trouble(made.state, clock_.now()); !words.empty())
      trouble[feed_label(url)] = std::move(words);
    report.next_at = std::min(report.next_at, made.state.next_at);
    report.looks.push_back(std::move(made));
  }
  const std::lock_guard lock(mutex_);
  trouble_ = std::move(trouble);
  return report;
}

std::string FeedService::trouble() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [label, words] : trouble_) text += (text.empty() ? "" : "; ") + label + " " + words;
  return text;
}

}  // namespace orgo
