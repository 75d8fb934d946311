#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "core/mailbox/mailbox_change.h"

namespace orgo {

/// Reads the records; MailboxChange writes them. Backends: memory, SQL; contract:
/// tests/contract/mailbox_store_contract_test.cpp. Threads: any. Errors of every method: unavailable, corrupt.
class MailboxStore {
 public:
  virtual ~MailboxStore() = default;
  /// nullopt: never saved.
  virtual Result<std::optional<MailboxRecord>> find_mailbox(TenantId tenant, const std::string& name) = 0;
  /// By name.
  virtual Result<std::vector<MailboxRecord>> list_mailboxes(TenantId tenant) = 0;
};

}  // namespace orgo
