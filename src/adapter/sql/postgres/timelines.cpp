#include "adapter/sql/postgres/timelines.h"

#include <map>
#include <mutex>

#include "base/planted.h"

namespace orgo::sql {

Timelines::Newest Timelines::of(const std::string& system) {
  static std::mutex mutex;
  static std::map<std::string, Newest>
      all;  // of the servers that one process ever speaks to: one, or two while it moves
  const std::lock_guard lock(mutex);
  auto& newest = all[system];
  if (!newest) newest = std::make_shared<std::atomic<int>>(0);
  return newest;
}

bool Timelines::saw(const Newest& newest, int timeline) {
  if (ORGO_PLANT(old_primary_is_believed)) return true;
  auto known = newest->load();
  while (known < timeline && !newest->compare_exchange_weak(known, timeline)) {
  }
  return known <= timeline;
}

}  // namespace orgo::sql
