#include <iostream>

#include "adapter/clock/system_clock.h"
#include "app/calendar_feeds.h"
#include "app/feeds/feeds.h"
#include "app/output.h"
#include "app/rules/rule_files.h"
#include "app/settings.h"
#include "base/ago.h"
#include "base/json_writer.h"

namespace orgo {
namespace {

void write_json(JsonWriter& json, const FeedState& state, TimePoint now) {
  const auto time = [](TimePoint at) { return at == TimePoint{} ? std::string() : to_rfc3339(at); };
  json.begin_object()
      .field("url", state.url)
      .field("feed", feed_label(state.url))
      .field("in_force", state.has_version());
  json.field("events", state.events).field("bytes", state.bytes).field("fetched_at", time(state.fetched_at));
  json.field("confirmed_at", time(state.confirmed_at))
      .field("checked_at", time(state.checked_at))
      .field("next_at", time(state.next_at));
  json.field("failures", state.failures)
      .field("error", state.error)
      .field("trouble", feed_trouble(state, now))
      .end_object();
}

}  // namespace

Result<std::vector<FeedState>> refresh_feeds(const Config& config, const std::vector<std::string>& urls) {
  SystemClock clock;
  ORGO_TRY(feeds, Feeds::make(config, clock, [] { return 0.5; }));
  feeds->service().want(urls);
  ORGO_TRY(report, feeds->service().step(true));
  std::vector<FeedState> states;
  for (auto& look : report.looks) states.push_back(std::move(look.state));
  return states;
}

Result<std::vector<FeedState>> known_feeds(const std::string& data_folder, const std::vector<std::string>& urls) {
  FeedFolder folder(data_folder);
  std::vector<FeedState> states;
  for (const auto& url : urls) {
    ORGO_TRY(state, folder.read(url));
    states.push_back(state.value_or(FeedState{}));
    states.back().url = url;
  }
  return states;
}

int show_feeds(const std::vector<FeedState>& feeds, bool as_json) {
  const auto now = SystemClock().now();
  bool well = true;
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const auto& state : feeds) {
    const auto trouble = feed_trouble(state, now);
    well = well && trouble.empty();
    write_json(json, state, now);
    if (as_json) continue;
    std::cout << cell(state.url, 300) << "\n  ";
    if (trouble.empty())
      std::cout << state.events << (state.events == 1 ? " event" : " events") << ", fetched "
                << ago(state.fetched_at, now) << ", confirmed " << ago(state.confirmed_at, now);
    else std::cout << cell(trouble, 600);
    std::cout << "\n";
  }
  json.end_array();
  if (as_json) std::cout << out << '\n';
  else if (feeds.empty()) std::cout << "the rules name no feeds by URL\n";
  return well ? kDone : kFailed;
}

}  // namespace orgo
