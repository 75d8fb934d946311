#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/work/work.h"

namespace orgo {

/// A bounded queue that serves tenants in turn, so that one that brings a million things keeps no other waiting: who
/// comes with one is served within one turn of everybody. Oldest first within a tenant. When it is full, the tenant
/// with the most gives up its newest for one of a tenant with less ("drop from the longest queue": McKenney, Stochastic
/// Fairness Queuing, INFOCOM 1990), so no tenant can fill it for the others either.
///
/// Cost of each: the logarithm of the number of tenants that have something here. One thread.
class FairQueue {
 public:
  explicit FairQueue(std::size_t room) : room_(room) {}

  struct Pushed {
    bool kept = false;                ///< false: no room; nobody else has more
    std::optional<WorkKey> given_up;  ///< what had to go for it
  };
  Pushed push(const WorkKey& key);
  /// At most `limit`. Each tenant's places stand together, so that one statement can be about all of them.
  std::vector<WorkKey> take(std::size_t limit);
  [[nodiscard]] std::size_t size() const { return size_; }
  void clear();

 private:
  void resized(std::int64_t tenant, std::size_t before, std::size_t after);
  std::optional<WorkKey> drop_newest_of_longest(std::size_t longer_than);

  std::size_t room_;
  std::size_t size_ = 0;
  std::unordered_map<std::int64_t, std::deque<WorkKey>> lines_;  ///< of tenants that have something here
  std::deque<std::int64_t> turns_;                               ///< the same tenants; whose turn is next is first
  std::set<std::pair<std::size_t, std::int64_t>> lengths_;       ///< the same tenants, by how much they have
};

}  // namespace orgo
