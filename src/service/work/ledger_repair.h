#pragma once
#include <optional>
#include <vector>

#include "base/result.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/ledger_reader.h"
#include "port/message_store.h"
#include "port/work_store.h"

namespace orgo {

/// Mends messages in no state (LedgerReader::look_at_states), which must never be: whoever was decided once, as the
/// history says, gets that decision back and is done, so that nothing is opened or sent a second time; all others go
/// back to work. Ended half-way, or run twice, it does what is left.
class LedgerRepair {
 public:
  struct Ports {
    LedgerReader& ledger;
    MessageStore& messages;
    WorkStore& work;
    ChangeStore& changes;
    Clock& clock;
  };
  explicit LedgerRepair(Ports ports) : ports_(ports) {}

  struct Mended {
    LedgerPlace message;
    bool decided = false;  ///< it has its decision back; else it waits for one
  };
  /// Of one tenant; nullopt: of all.
  Result<std::vector<Mended>> repair(std::optional<TenantId> only);

 private:
  Status repair_of(TenantId tenant, const std::vector<MessageId>& stateless, std::vector<Mended>& mended);
  std::optional<Changes> decision_of(TenantId tenant, const Event& decided);

  Ports ports_;
};

}  // namespace orgo
