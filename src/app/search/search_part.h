#pragma once
#include <memory>

#include "app/config.h"
#include "app/node/node.h"
#include "app/storage/storage_part.h"
#include "service/search/search_follower.h"
#include "service/search/task_search.h"

namespace orgo {

/// The search index of this node, and the loop that keeps it behind the log.
class SearchPart {
 public:
  /// unavailable: the index can't be made in the data folder.
  static Result<SearchPart*> open(Node& node, const Config& config, StoragePart& storage);

  TaskSearch& search() { return *search_; }
  SearchFollower& follower() { return *follower_; }
  [[nodiscard]] gateway::ReadyCheck ready_check() const;
  /// Something was decided: it shall be found soon. Any thread; cheap.
  void wake() { loops_->wake(); }

 private:
  Millis step();

  std::unique_ptr<SearchIndex> index_;
  std::unique_ptr<SearchFollower> follower_;
  std::unique_ptr<TaskSearch> search_;
  LoopGroup* loops_ = nullptr;
};

}  // namespace orgo
