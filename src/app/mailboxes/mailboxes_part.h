#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/doors/intake_part.h"
#include "app/mailboxes/mailboxes.h"
#include "app/node/node.h"
#include "app/storage/storage_part.h"
#include "app/tenants/tenants_part.h"

namespace orgo {

/// Fetches mail from the configured mailboxes; there may be none.
class MailboxesPart {
 public:
  /// Those of all tenants that there are now. Connects to nobody yet.
  static Result<MailboxesPart*> open(Node& node, const Config& config, StoragePart& storage, TenantsPart& tenants,
                                     IntakePart& intake);

  [[nodiscard]] bool any() const { return service_ != nullptr; }
  [[nodiscard]] std::vector<MailboxStatus> statuses() const;
  /// "mailbox NAME" of /readyz, one for each.
  [[nodiscard]] std::vector<gateway::ReadyCheck> ready_checks() const;
  /// As mailbox_trouble().
  [[nodiscard]] std::string trouble(TenantId tenant, const std::string& source) const;

 private:
  std::unique_ptr<MailboxService> service_;
};

}  // namespace orgo
