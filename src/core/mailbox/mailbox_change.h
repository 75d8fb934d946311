#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/time.h"
#include "core/mailbox/mailbox_position.h"

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

/// The record takes the place of the one of its name. (Whoever reads a mailbox does so alone, so there is nothing to
/// compare.) It is bookkeeping of each look and leaves no event: what was fetched has its own.
struct MailboxChange {
  MailboxRecord record;

  [[nodiscard]] std::string key() const { return "mailbox:" + record.name; }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

}  // namespace orgo
