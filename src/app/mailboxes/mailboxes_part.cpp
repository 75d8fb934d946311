#include "app/mailboxes/mailboxes_part.h"

namespace orgo {
namespace {

/// Another node reads on when this one has been silent for so long: more than a look and a wait at the server take.
constexpr Millis kTurn = MailboxTiming{}.look + MailboxTiming{}.wait + Millis{60'000};

}  // namespace

MailboxesPart& MailboxesPart::open(Node& node, const Config& config, StoragePart& storage, IntakePart& intake) {
  auto& part = node.lifecycle().own(std::make_unique<MailboxesPart>());
  const auto turn_of = [&node, tenant = to_string(storage.tenant())](const std::string& mailbox) {
    return std::make_unique<Turn>(node.locks(), node.clock(), "mailbox/" + tenant + "/" + mailbox, node.owner(), kTurn);
  };
  part.service_ = make_mailboxes(storage.tenant(), config, intake.service(), storage.stores().mailboxes,
                                 storage.stores().changes, node.clock(), random_share, turn_of);
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
