#include "app/server.h"

#include <utility>

#include "base/planted.h"

namespace orgo {

Result<std::unique_ptr<Server>> Server::start(const Config& config, const Roles& roles) {
  auto server = std::make_unique<Server>(config, roles);
  ORGO_CHECK(server->open_parts());
  return server;
}

/// Each part stands on those above it. They stop from the bottom up: no door takes anything new, then what is under way
/// comes to its end, then the store closes.
Status Server::open_parts() {
  ORGO_TRY(storage, StoragePart::open(node_, config_));
  storage_ = storage;
  ORGO_TRY(cluster, ClusterPart::open(node_, clock_, roles_, config_, *storage_, coordination_));
  cluster_ = cluster;
  tenants_ = &TenantsPart::open(node_, *storage_);
  ORGO_TRY(policies, PoliciesPart::open(node_, config_, *storage_));
  policies_ = policies;
  ORGO_TRY(feeds, FeedsPart::open(node_, config_, *policies_));
  feeds_ = feeds;
  ORGO_TRY(hints, HintsPart::open(node_, config_, *storage_, roles_.processing));
  hints_ = hints;
  if (roles_.delivery) {
    ORGO_TRY(delivery, DeliveryPart::open(node_, config_, *storage_, *policies_));
    delivery_ = delivery;
  }
  if (roles_.escalation)
    escalation_ = &EscalationPart::open(node_, config_, *storage_, *policies_, [this] { wake_delivery(); });
  if (roles_.processing)
    processing_ =
        &ProcessingPart::open(node_, config_, *storage_, *hints_, *policies_, [this] { wake_all_behind_a_decision(); });
  if (roles_.gateway) ORGO_CHECK(open_gateway());
  node_.begin();
  ORGO_TRY(access,
           AccessPart::open(node_, *storage_, {.http = http_url(), .lmtp = lmtp_address(), .smtp = smtp_address()}));
  access_ = access;
  cluster_->opened(http_url());
  is_open_ = true;
  return {};
}

Status Server::open_gateway() {
  intake_ = &IntakePart::open(node_, *storage_, hints_->hints(), roles_.processing);
  ORGO_TRY(mailboxes, MailboxesPart::open(node_, config_, *storage_, *tenants_, *intake_));
  mailboxes_ = mailboxes;
  if (!ORGO_PLANT(nobody_listens_for_silence))
    SilencePart::open(node_, *storage_, *policies_, *mailboxes_, [this] { wake_delivery(); });
  ORGO_TRY(mail_doors, MailDoorsPart::open(node_, config_, *tenants_, *intake_));
  mail_doors_ = mail_doors;
  const auto& ledger = LedgerPart::open(node_, config_, *storage_);
  const auto& restored = RestoredPart::open(node_, config_, *storage_);
  const auto checks = [this, &ledger, &restored] {
    auto all = storage_->ready_checks();
    all.push_back({"start", [this] {
                     return is_open_
                                ? Status()
                                : Status(failure(Errc::unavailable, "the command line can't ask this process yet"));
                   }});
    for (auto& check : cluster_->ready_checks()) all.push_back(std::move(check));
    for (auto& check : hints_->ready_checks()) all.push_back(std::move(check));
    for (auto& check : policies_->ready_checks()) all.push_back(std::move(check));
    for (auto& check : mailboxes_->ready_checks()) all.push_back(std::move(check));
    all.push_back(feeds_->ready_check());
    if (delivery_ != nullptr) all.push_back(delivery_->ready_check());
    all.push_back(ledger.ready_check());
    all.push_back(restored.ready_check());
    all.push_back(search_->ready_check());
    return all;
  };
  ORGO_TRY(search, SearchPart::open(node_, config_, *storage_));
  search_ = search;
  ORGO_TRY(http, HttpPart::open(node_, config_, *storage_, *policies_, *tenants_, *intake_, *mailboxes_, *cluster_,
                                *search_, checks));
  http_ = http;
  return {};
}

void Server::wake_delivery() {
  if (delivery_ == nullptr) return node_.tell_others(kSendsWait);
  if (!ORGO_PLANT(decided_and_nobody_told)) delivery_->wake();
}

void Server::wake_all_behind_a_decision() {
  if (search_ != nullptr) search_->wake();
  wake_delivery();
  if (escalation_ != nullptr) escalation_->wake();
  else node_.tell_others(kTimersWait);
}

}  // namespace orgo
