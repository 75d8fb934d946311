#pragma once
#include <vector>

#include "adapter/sql/engine.h"
#include "port/blob_store.h"
#include "port/ledger_reader.h"

namespace orgo {

class SqlLedgerReader final : public LedgerReader {
 public:
  SqlLedgerReader(sql::Engine& engine, BlobStore& blobs) : engine_(engine), blobs_(blobs) {}

  Result<std::vector<LedgerLine>> count_ledger() override;
  Result<States> look_at_states(const LedgerPlace& after, int limit) override;
  Result<std::vector<Event>> decided_events(TenantId tenant, std::span<const MessageId> messages) override;

 private:
  sql::Engine& engine_;
  BlobStore& blobs_;
};

}  // namespace orgo
