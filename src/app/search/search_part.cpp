#include "app/search/search_part.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "adapter/sql/search_file.h"

namespace orgo {
namespace {

constexpr int kRestFor = 20;  ///< times as long as a step took
constexpr int kNice = 15;

/// Nobody waits for the index as they do for an answer or a decision: this thread takes what time is left.
void stand_back() {
  thread_local const bool is_back = setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice) == 0;
  (void)is_back;
}

}  // namespace

Result<SearchPart*> SearchPart::open(Node& node, const Config& config, StoragePart& storage) {
  auto& part = node.lifecycle().own(std::make_unique<SearchPart>());
  ORGO_TRY(index, sql::open_search_index(*config.data.dir));
  part.index_ = std::move(index);
  auto& stores = storage.stores();
  part.follower_ = std::make_unique<SearchFollower>(
      SearchFollower::Ports{*part.index_, stores.tasks, stores.messages, node.clock()});
  part.search_ = std::make_unique<TaskSearch>(*part.index_, stores.tasks);
  part.loops_ = &node.add_loops("search");
  part.loops_->add("orgo-search", [&part] { return part.step(); });
  return &part;
}

gateway::ReadyCheck SearchPart::ready_check() const {
  return {.name = "search",
          .check =
              [follower = follower_.get()] {
                const auto trouble = follower->trouble();
                return trouble.empty() ? Status{} : Status(failure(Errc::unavailable, trouble));
              },
          .required = false};
}

Millis SearchPart::step() {
  stand_back();
  const auto begun = std::chrono::steady_clock::now();
  const auto report = follower_->step();
  if (!report) return after_trouble("search.trouble", report.error());
  if (report->more) return Millis{0};
  // Where there are so many tenants that a look takes a while, it is not always looked.
  const auto took = std::chrono::ceil<Millis>(std::chrono::steady_clock::now() - begun);
  return std::max(kIdle, took * kRestFor);
}

}  // namespace orgo
