#include "app/search/search_part.h"

#include "adapter/sql/search_file.h"

namespace orgo {

Result<SearchPart*> SearchPart::open(Node& node, const Config& config, StoragePart& storage) {
  auto& part = node.lifecycle().own(std::make_unique<SearchPart>());
  ORGO_TRY(index, sql::open_search_index(*config.data.dir));
  part.index_ = std::move(index);
  auto& stores = storage.stores();
  part.follower_ = std::make_unique<SearchFollower>(
      SearchFollower::Ports{*part.index_, stores.tasks, stores.messages, stores.tenants, node.clock()});
  part.search_ = std::make_unique<TaskSearch>(*part.index_, stores.tasks);
  part.loops_ = &node.add_loops("search");
  part.loops_->add("orgo-search", [&part] { return part.step(); });
  return &part;
}

Millis SearchPart::step() {
  const auto report = follower_->step();
  if (!report) return after_trouble("search.trouble", report.error());
  return report->more ? Millis{0} : kIdle;
}

}  // namespace orgo
