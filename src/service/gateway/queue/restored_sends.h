#pragma once
#include <string_view>
#include <vector>

#include "base/result.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/outbox.h"

namespace orgo::gateway {

/// What a person decides about sends that a restore holds; the API and the page do it the same way.
class RestoredSends {
 public:
  struct Ports {
    Outbox& outbox;
    ChangeStore& changes;
    Clock& clock;
  };
  explicit RestoredSends(Ports ports) : ports_(ports) {}

  enum class Word : std::uint8_t { release, drop };
  struct Decision {
    Word word = Word::release;
    std::string_view reason;  ///< of a drop: 1 to 500 bytes
    std::string_view actor;
  };
  /// These, each or none: not_found and conflict name the first that is not held, before anything is done. Returns how
  /// many.
  Result<int> decide(TenantId tenant, const std::vector<SendId>& sends, const Decision& decision);
  /// All of the tenant, in portions: what an error leaves is still held. Returns how many.
  Result<int> decide_all(TenantId tenant, const Decision& decision);

 private:
  Result<int> commit(TenantId tenant, const std::vector<StoredSend>& sends, const Decision& decision);
  Ports ports_;
};

}  // namespace orgo::gateway
