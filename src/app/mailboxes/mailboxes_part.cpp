#include "app/mailboxes/mailboxes_part.h"

namespace orgo {

MailboxesPart& MailboxesPart::open(Node& node, const Config& config, StoragePart& storage, IntakePart& intake) {
  auto& part = node.lifecycle().own(std::make_unique<MailboxesPart>());
  part.service_ = make_mailboxes(storage.tenant(), config, intake.service(), storage.stores().mailboxes, node.clock(),
                                 random_share);
  if (part.service_ == nullptr) return part;
  node.when_open([&part] { part.service_->start(); });
  node.lifecycle().on_stop("mailboxes", [&part](Deadline) { part.service_->stop(); });
  return part;
}

std::vector<MailboxStatus> MailboxesPart::statuses() const {
  return service_ ? service_->statuses() : std::vector<MailboxStatus>{};
}

std::vector<gateway::ReadyCheck> MailboxesPart::ready_checks() const {
  return service_ ? mailbox_checks(*service_) : std::vector<gateway::ReadyCheck>{};
}

std::string MailboxesPart::trouble(const std::string& source) const {
  return service_ ? mailbox_trouble(*service_, source) : std::string();
}

}  // namespace orgo
