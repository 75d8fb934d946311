#pragma once
#include <vector>

#include "adapter/sql/engine.h"
#include "adapter/sql/mail_bytes.h"
#include "port/ledger_reader.h"

namespace orgo {

class SqlLedgerReader final : public LedgerReader {
 public:
  SqlLedgerReader(sql::Engine& engine, MailBytes& bytes) : engine_(engine), bytes_(bytes) {}

  Result<std::vector<LedgerLine>> count_ledger() override;
  Result<States> look_at_states(const LedgerPlace& after, int limit) override;
  Result<std::vector<Event>> decided_events(TenantId tenant, std::span<const MessageId> messages) override;

 private:
  sql::Engine& engine_;
  MailBytes& bytes_;
};

}  // namespace orgo
