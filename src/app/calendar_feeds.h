#pragma once
#include <string>
#include <vector>

#include "app/config.h"
#include "base/result.h"
#include "core/calendar/feed.h"

namespace orgo {

/// Asks for all of them now, whatever their turn, and keeps what is good in the data folder; a running server takes it
/// over.
Result<std::vector<FeedState>> refresh_feeds(const Config& config, const std::vector<std::string>& urls);
/// What is known of them in the data folder.
Result<std::vector<FeedState>> known_feeds(const std::string& data_folder, const std::vector<std::string>& urls);
/// `orgo calendar feeds`: kFailed when one of them has trouble.
int show_feeds(const std::vector<FeedState>& feeds, bool as_json);

}  // namespace orgo
