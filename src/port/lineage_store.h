#pragma once
#include <cstdint>

#include "base/result.h"
#include "core/lineage/lineage.h"

namespace orgo {

/// How far the database has come, so that a restored one is known (core/lineage). Backends: memory, SQL; contract:
/// tests/contract/lineage_store_contract_test.cpp. Threads: any. Errors of every method: unavailable,
/// resource_exhausted, corrupt.
class LineageStore {
 public:
  virtual ~LineageStore() = default;
  virtual Result<Lineage> read_lineage() = 0;
  /// Durable when it returns.
  virtual Status keep(const Lineage& lineage) = 0;
  /// A restore: keeps `lineage`, and with it, whole or not at all, all that waits in the outbox, of all tenants, leased
  /// or not, becomes SendState::restored, and nothing else of it changes: a person has to release it. Numbers of sends
  /// and tasks go on behind a gap (kSendGap, kTaskGap), since those behind the backup were given to others already, and
  /// stand in mails. From then on each send that is committed with the decision of a message that was accepted before
  /// `lineage.restored_at`, or with a timer that was due before (is_before_restore()), is restored from its first
  /// moment. Returns how many sends are held now by it.
  /// conflict: another node has begun an epoch since `lineage` was read; all stays as it is.
  virtual Result<std::int64_t> begin_epoch(const Lineage& lineage) = 0;

  static constexpr std::int64_t kSendGap = 1'000'000;
  static constexpr std::int64_t kTaskGap = 1'000;
};

}  // namespace orgo
