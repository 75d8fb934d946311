#include "adapter/memory/parts/parts.h"

namespace orgo::memory {

Status check(const Tx& /*tx*/, const MailboxChange& /*change*/) {
  return {};
}

void apply(Tx& tx, const MailboxChange& change) {
  auto record = change.record;
  record.tenant = tx.tenant;
  const InTenant<std::string> key{tx.tenant, record.name};
  tx.state.mailboxes.insert_or_assign(key, std::move(record));
}

}  // namespace orgo::memory
