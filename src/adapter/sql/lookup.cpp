#include "adapter/sql/lookup.h"

namespace orgo::sql {

void Lookup::send() {
  if (sets_.empty() || many_ != nullptr) return;
  if (auto* const batching = connection_.batching()) many_ = batching->ask(sql_, sets_);
}

Result<Query*> Lookup::rows(std::size_t set) {
  send();
  if (many_ != nullptr) {
    ORGO_CHECK(many_->choose(set));
    if (!query_) query_.emplace(*many_);
    return &*query_;
  }
  if (query_) query_->again();
  else query_.emplace(connection_, sql_);
  sets_.bind(*query_, set);
  return &*query_;
}

}  // namespace orgo::sql
