#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "port/mailbox.h"

namespace orgo {

/// What is kept about one mailbox between runs: how far it was read, and how it went.
struct MailboxRecord {
  TenantId tenant;
  std::string name;    ///< as configured
  std::string source;  ///< "imap://office@mail.school.org:993/INBOX": a position is of this mailbox and no other
  MailboxPosition position;
  std::optional<TimePoint> last_success;  ///< of the last look that came to its end
  std::optional<TimePoint> last_error_at;
  std::string last_error;       ///< in words, without secrets; kept after a success
  std::int64_t failures = 0;    ///< in a row; 0: the last look went well
  std::int64_t taken = 0;       ///< mails made durable since the beginning
  std::int64_t duplicates = 0;  ///< that were there already
  std::int64_t refused = 0;     ///< not fetched, since they are beyond the limit
  std::string connection;       ///< Mailbox::describe()
  TimePoint updated_at{};
  friend bool operator==(const MailboxRecord&, const MailboxRecord&) = default;
};

/// Keeps the records. Backends: memory, SQL; contract: tests/contract/mailbox_store_contract_test.cpp. Threads: any.
/// Errors of every method: unavailable, resource_exhausted (disk full), corrupt.
class MailboxStore {
 public:
  virtual ~MailboxStore() = default;
  /// Puts the record in place of the one of its tenant and name. Durable when it returns.
  virtual Status save_mailbox(const MailboxRecord& record) = 0;
  /// nullopt: never saved.
  virtual Result<std::optional<MailboxRecord>> find_mailbox(TenantId tenant, const std::string& name) = 0;
  /// By name.
  virtual Result<std::vector<MailboxRecord>> list_mailboxes(TenantId tenant) = 0;
};

}  // namespace orgo
