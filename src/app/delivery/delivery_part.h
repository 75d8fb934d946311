#pragma once
#include <memory>
#include <vector>

#include "adapter/mail_out/smtp_channel.h"
#include "adapter/webhook/http_webhook.h"
#include "app/config.h"
#include "app/node/node.h"
#include "app/policies/policies_part.h"
#include "app/storage/storage_part.h"
#include "service/delivery/delivery_service.h"
#include "service/gateway/probes/ready_check.h"

namespace orgo {

/// From the outbox to the relay and to webhooks. Each channel is a lane with workers of its own, so that a silent
/// receiver of one holds nothing of another; each worker has a connection of its own.
class DeliveryPart {
 public:
  /// invalid_input: what SmtpChannel::open() or webhooks.allow_networks does not take.
  static Result<DeliveryPart*> open(Node& node, const Config& config, StoragePart& storage, PoliciesPart& policies);

  /// There may be something to send. Any thread.
  void wake() { loops_->wake(); }
  /// Is there a relay that takes mails?
  [[nodiscard]] bool sends_mail() const { return sends_mail_; }
  /// "mail out" of /readyz: the relay refuses us, or people of ours can't be reached. Mail comes in all the same.
  [[nodiscard]] gateway::ReadyCheck ready_check() const;

 private:
  using Channels = std::vector<std::unique_ptr<OutboundChannel>>;
  /// Workers for all of a lane's sends, and the last one for the urgent only.
  std::shared_ptr<LaneState> add_lane(Node& node, StoragePart& storage, PoliciesPart& policies, std::string lane,
                                      Channels channels, DeliverySettings settings);
  void add_worker(Node& node, StoragePart& storage, PoliciesPart& policies, std::unique_ptr<OutboundChannel> channel,
                  const DeliverySettings& settings, const std::shared_ptr<LaneState>& lane_state);

  bool sends_mail_ = false;
  TimeZone zone_;
  std::shared_ptr<LaneState> mail_;
  std::vector<std::unique_ptr<OutboundChannel>> channels_;
  std::vector<std::unique_ptr<DeliveryService>> services_;
  LoopGroup* loops_ = nullptr;
  std::unique_ptr<Signals::Subscription> told_;
};

}  // namespace orgo
