#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/sql/connection.h"
#include "base/id.h"
#include "base/result.h"
#include "core/changes/priority.h"

namespace orgo::sql {

/// What a send counts for with the brake (outbox.share). The numbers are stored; a held one counts for nothing.
enum class Share : std::int8_t { ordinary = 0, urgent = 1, held_ordinary = 2, held_urgent = 3 };
constexpr bool is_held(std::int64_t share) {
  return share >= static_cast<int>(Share::held_ordinary);
}

/// So many sends of one tenant in one lane are due.
struct DueSends {
  std::string lane;
  TenantId tenant;
  int count = 0;  ///< at most what was asked for
};

/// Finds whose sends are due, so that a lease can be fair between tenants: by seeks in an index, whatever waits. Which
/// tenant comes first goes round, so that with more tenants than places each has its turn. A value: a job that may run
/// twice works on a copy, and what it leaves is kept when it is committed.
class SendLanes {
 public:
  /// Of one priority; each counted up to `count_max`. `lane` empty: of all lanes. At most kTenantsMax tenants are
  /// looked at in each lane, from where the last call left off.
  Result<std::vector<DueSends>> due(Connection& db, std::string_view lane, Priority priority, std::int64_t now,
                                    int count_max);
  /// The names of the lanes in which something waits.
  static Result<std::vector<std::string>> waiting(Connection& db);

  /// Takes over where `later`, a copy that was `before`, has gone on; what others have gone on meanwhile stays.
  void keep(const SendLanes& before, const SendLanes& later);

  static constexpr int kTenantsMax = 1'000;

 private:
  Status add_due(Connection& db, const std::string& lane, Priority priority, std::int64_t now, int count_max,
                 std::vector<DueSends>& found);

  std::map<std::pair<std::string, Priority>, std::int64_t> last_tenant_;  ///< that was looked at
};

}  // namespace orgo::sql
