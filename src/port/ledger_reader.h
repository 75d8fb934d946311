#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "core/changes/event.h"
#include "core/ledger/ledger.h"

namespace orgo {

/// A message of any tenant, in the order in which states are looked at.
struct LedgerPlace {
  TenantId tenant;
  MessageId message{};
  friend auto operator<=>(const LedgerPlace&, const LedgerPlace&) = default;
};

/// Counts the ledger from the tables themselves. Backends: memory, SQL; contract:
/// tests/contract/ledger_reader_contract_test.cpp. Threads: any. Errors of every method: unavailable, corrupt.
class LedgerReader {
 public:
  virtual ~LedgerReader() = default;
  /// In one consistent snapshot. A line for each tenant and channel, and one for messages that are gone
  /// (kGoneChannel). Reads all that there is.
  virtual Result<std::vector<LedgerLine>> count_ledger() = 0;

  struct States {
    std::vector<LedgerPlace> stateless;  ///< neither decided nor work in any state: that must never be
    std::vector<LedgerPlace> lost;       ///< whose bytes have no place in the blob store
    std::vector<LedgerPlace> missing;  ///< the first kMissingNamed that were accepted (they have a number) and are gone
    std::map<TenantId, std::int64_t> missing_count;  ///< how many, of each tenant that misses any; never 0
    std::vector<LedgerPlace> seen;  ///< all that were looked at; fewer than asked for: there are no more
    LedgerPlace last;               ///< that was looked at; `after` when there was none
  };
  /// Looks at the state of the next `limit` messages behind `after`, so that somebody may look at all of them in
  /// passing.
  virtual Result<States> look_at_states(const LedgerPlace& after, int limit) = 0;
  static constexpr std::size_t kMissingNamed = 1'000;

  /// What the history says of the decisions of these messages: the last such event of each
  /// (EventKind::message_decided), in no order. Reads the history from its end until all are found, at most to where
  /// the first of them came, and never more than a page at once: for repairs.
  virtual Result<std::vector<Event>> decided_events(TenantId tenant, std::span<const MessageId> messages) = 0;
};

}  // namespace orgo
