#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "adapter/sql/connection.h"
#include "base/id.h"
#include "base/time.h"

namespace orgo::world {

/// Who does something: a worker of a node, since its last start.
struct Actor {
  int node = -1;
  int incarnation = 0;
  int worker = 0;
  auto operator<=>(const Actor&) const = default;
};

/// Watches the tables themselves, by triggers, whatever port or statement the writing comes from. It knows nothing of
/// the stores but their tables, and looks at each transaction once it is committed: versions and tokens grow by one
/// step, states move along declared edges, only the newest holder of a lease ends what is leased, nobody takes a lease
/// from somebody alive, and what people see of a task never changes without an event that says so.
class Watch {
 public:
  /// `is_alive` tells whether the actor's node still runs as what it was then.
  Watch(sql::Connection& connection, std::function<bool(const Actor&)> is_alive);

  void after_commit(const Actor& actor, TimePoint now);
  [[nodiscard]] const std::vector<std::string>& breaches() const { return breaches_; }
  void breach(std::string what);
  /// Of the outbox, without the help of a store.
  [[nodiscard]] std::vector<SendId> waiting_sends();

 private:
  struct Row;
  struct Holder {
    Actor actor;
    TimePoint until{};
  };
  using Key = std::pair<std::int64_t, std::int64_t>;  ///< tenant, id
  struct Leases {
    std::map<Key, Holder> holders;
    std::map<Key, std::int64_t> tokens;  ///< the newest of each
  };
  void judge_lease(const Row& row, Leases& leases, const Actor& actor, TimePoint now, const std::string& name);
  void judge_task(const Row& row, const std::vector<Row>& rows);

  sql::Connection& connection_;
  std::function<bool(const Actor&)> is_alive_;
  Leases work_, sends_;
  std::vector<std::string> breaches_;
};

}  // namespace orgo::world
