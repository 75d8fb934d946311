#pragma once
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include "adapter/clock/agreed_clock.h"
#include "adapter/sql/coordination.h"
#include "app/access/access_part.h"
#include "app/cluster/cluster_part.h"
#include "app/config.h"
#include "app/delivery/delivery_part.h"
#include "app/doors/mail_doors_part.h"
#include "app/escalation/escalation_part.h"
#include "app/feeds/feeds_part.h"
#include "app/http/http_part.h"
#include "app/mailboxes/mailboxes_part.h"
#include "app/node/node.h"
#include "app/node/roles.h"
#include "app/policies/policies_part.h"
#include "app/processing/processing_part.h"
#include "app/queue/hints_part.h"
#include "app/search/search_part.h"
#include "app/silence/silence_part.h"
#include "app/storage/ledger_part.h"
#include "app/storage/restored_part.h"
#include "app/storage/storage_part.h"
#include "app/storage/store_place.h"
#include "app/tenants/tenants_part.h"
#include "base/lifecycle.h"
#include "base/result.h"

namespace orgo {

/// All parts of one process, joined. What each part needs and does stands in its folder; here is only their order.
class Server {
 public:
  /// Everything open and running when it returns. The error says which part, why, and how to mend it.
  static Result<std::unique_ptr<Server>> start(const Config& config, const Roles& roles);
  Server(const Config& config, const Roles& roles) : config_(config), roles_(roles) {}

  /// Has the rule files read again soon, and what tenants say of their mailboxes; never waits for them. What has
  /// changed is seen by itself.
  void reload_rules() {
    policies_->ask_to_reload();
    if (mailboxes_ != nullptr) mailboxes_->look_again();
  }
  /// Stops accepting, finishes or gives back what is under way, flushes. Complete when it returns; twice is harmless.
  void stop() { lifecycle_.stop(); }
  /// It stops because it could not go on, and not because somebody wants it to.
  [[nodiscard]] bool has_failed() const { return node_.has_failed(); }

  [[nodiscard]] std::string http_url() const { return http_ ? http_->url() : std::string(); }
  [[nodiscard]] std::string lmtp_address() const { return mail_doors_ ? mail_doors_->lmtp_address() : std::string(); }
  [[nodiscard]] std::string smtp_address() const { return mail_doors_ ? mail_doors_->smtp_address() : std::string(); }
  /// How the first administrator gets in; nullopt on every start but the first. To be shown once.
  [[nodiscard]] const std::optional<FirstLogin>& first_login() const { return access_->first_login(); }
  [[nodiscard]] std::size_t rule_count() const { return policies_->rule_count(); }
  /// A relay is configured and the role is on.
  [[nodiscard]] bool sends_mail() const { return delivery_ != nullptr && delivery_->sends_mail(); }

 private:
  Status open_parts();
  Status open_gateway();
  void wake_delivery();
  void wake_all_behind_a_decision();

  const Config config_;
  const Roles roles_;
  AgreedClock clock_;
  Coordination coordination_{store_place(config_), clock_.now()};
  Lifecycle lifecycle_;
  Node node_{config_.node.name_or_host(), clock_, coordination_.signals(), coordination_.locks(), lifecycle_};
  // Owned by the lifecycle; null: this process does not run it.
  StoragePart* storage_ = nullptr;
  ClusterPart* cluster_ = nullptr;
  TenantsPart* tenants_ = nullptr;
  PoliciesPart* policies_ = nullptr;
  FeedsPart* feeds_ = nullptr;
  DeliveryPart* delivery_ = nullptr;
  EscalationPart* escalation_ = nullptr;
  HintsPart* hints_ = nullptr;
  ProcessingPart* processing_ = nullptr;
  IntakePart* intake_ = nullptr;
  MailboxesPart* mailboxes_ = nullptr;
  MailDoorsPart* mail_doors_ = nullptr;
  SearchPart* search_ = nullptr;
  HttpPart* http_ = nullptr;
  AccessPart* access_ = nullptr;
  std::atomic<bool> is_open_ = false;  ///< all of it, and the command line finds it: before, /readyz says no
};

}  // namespace orgo
