#pragma once
#include <string>

#include "port/feed_store.h"

namespace orgo {

/// Feeds in a folder, DATA/feeds: for each URL a file with the last good version (.ics), which is what the rules read,
/// and one with its state (.json). The version is written first: after a crash in between, the old state asks for it
/// once more.
class FeedFolder final : public FeedStore {
 public:
  explicit FeedFolder(const std::string& data_folder) : folder_(data_folder + "/feeds") {}
  Result<std::optional<FeedState>> read(const std::string& url) override;
  Status save(const FeedState& state) override;
  Status save(const FeedState& state, const std::string& text) override;

  /// Where the last good version of this feed lies, if there is one.
  [[nodiscard]] std::string path_of(const std::string& url) const;

 private:
  std::string folder_;
};

}  // namespace orgo
