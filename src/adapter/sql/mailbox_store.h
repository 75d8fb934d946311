#pragma once
#include <optional>
#include <string>
#include <vector>

#include "adapter/sql/engine.h"
#include "port/mailbox_store.h"

namespace orgo {

class SqlMailboxStore final : public MailboxStore {
 public:
  explicit SqlMailboxStore(sql::Engine& engine) : engine_(engine) {}

  Result<std::optional<MailboxRecord>> find_mailbox(TenantId tenant, const std::string& name) override;
  Result<std::vector<MailboxRecord>> list_mailboxes(TenantId tenant) override;

 private:
  sql::Engine& engine_;
};

}  // namespace orgo
