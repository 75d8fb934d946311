#include "app/delivery/delivery_part.h"

#include <algorithm>
#include <utility>

#include "app/node/endpoint.h"
#include "base/log.h"
#include "base/planted.h"
#include "core/delivery/held_queue.h"

namespace orgo {
namespace {

constexpr std::int64_t kTlsPort = 465;  ///< TLS from the first byte (RFC 8314)
constexpr Millis kWebhookTime{10'000};  ///< for one call
constexpr int kWebhookBatch = 10;       ///< leased at a time, since they go one after the other

/// Is mail sent over a connection whose peer may be anybody?
bool sends_unverified(const Config& config) {
  return *config.smtp.tls == OutgoingTls::opportunistic && config.smtp.username->empty() &&
         *config.smtp.port != kTlsPort && !is_loopback(*config.smtp.host);
}

void warn(const Config& config) {
  if (config.smtp.host->empty())
    log::warn("delivery.no_mail",
              {{"cause", "smtp.host is not set: mails wait in the outbox until it is; webhooks go out"}});
  else if (sends_unverified(config))
    log::warn("delivery.unverified", {{"host", *config.smtp.host},
                                      {"cause",
                                       "smtp.tls is opportunistic: the relay's certificate is not checked, so whoever "
                                       "sits in between can read and change mails; 'required' checks it"}});
}

Result<HttpWebhookOptions> webhook_options(const Config& config) {
  HttpWebhookOptions options;
  for (const auto& text : *config.webhooks.allow_networks) {
    ORGO_TRY(network, Network::parse(text));
    options.allow_networks.push_back(network);
  }
  return options;
}

DeliverySettings delivery_settings(const Config& config, const StoragePart& storage) {
  DeliverySettings settings;
  settings.owner = storage.owner();
  if (!ORGO_PLANT(attempts_unheard)) settings.retry.attempts_max = static_cast<int>(*config.delivery.attempts);
  settings.retry.first = *config.delivery.retry_first;
  settings.retry.most = *config.delivery.retry_most;
  settings.loop_total_factor = *config.delivery.total_factor;
  settings.wait_most = std::max(settings.retry.most + settings.retry.most / 4, kTurnMost);
  return settings;
}

SmtpChannelOptions relay_options(const Config& config) {
  SmtpChannelOptions relay;
  relay.host = *config.smtp.host;
  relay.port = static_cast<std::uint16_t>(*config.smtp.port);
  relay.session.host_name = config.organization.wire_domain();
  relay.session.username = *config.smtp.username;
  relay.session.password = *config.smtp.password;
  relay.session.tls = *config.smtp.tls == OutgoingTls::none ? smtp::TlsPolicy::none
                      : *config.smtp.tls == OutgoingTls::required && !ORGO_PLANT(required_tls_may_be_missing)
                          ? smtp::TlsPolicy::required
                          : smtp::TlsPolicy::opportunistic;
  relay.implicit_tls = *config.smtp.port == kTlsPort;
  relay.ca_file = *config.smtp.ca_file;
  relay.reply_time = *config.smtp.timeout;
  return relay;
}

/// One for each worker of the lane of mails, and one for what is urgent; none without a relay: then mails wait.
Result<std::vector<std::unique_ptr<OutboundChannel>>> mail_channels(const Config& config) {
  std::vector<std::unique_ptr<OutboundChannel>> channels;
  for (int i = 0; !config.smtp.host->empty() && i <= *config.delivery.workers; ++i) {
    ORGO_TRY(channel, SmtpChannel::open(relay_options(config)));
    channels.push_back(std::move(channel));
  }
  return channels;
}

Result<std::vector<std::unique_ptr<OutboundChannel>>> webhook_channels(const Config& config) {
  ORGO_TRY(options, webhook_options(config));
  std::vector<std::unique_ptr<OutboundChannel>> channels;
  for (int i = 0; i <= *config.delivery.workers; ++i) channels.push_back(std::make_unique<HttpWebhook>(options));
  return channels;
}

}  // namespace

Result<DeliveryPart*> DeliveryPart::open(Node& node, const Config& config, StoragePart& storage,
                                         PoliciesPart& policies) {
  warn(config);
  ORGO_TRY(mails, mail_channels(config));
  ORGO_TRY(webhooks, webhook_channels(config));
  auto& part = node.lifecycle().own(std::make_unique<DeliveryPart>());
  part.sends_mail_ = !config.smtp.host->empty();
  part.zone_ = config.organization.zone();
  part.loops_ = &node.add_loops("delivery", Node::LoopStop{.ask =
                                                               [&part] {
                                                                 for (auto& service : part.services_)
                                                                   service->ask_to_stop();
                                                               },
                                                           .cut =
                                                               [&part] {
                                                                 for (auto& channel : part.channels_)
                                                                   channel->interrupt();
                                                               }});
  auto settings = delivery_settings(config, storage);
  part.mail_ = part.add_lane(node, storage, policies, "mail", std::move(mails), settings);
  settings.send_time = kWebhookTime;
  settings.batch = kWebhookBatch;
  part.add_lane(node, storage, policies, "webhook", std::move(webhooks), settings);
  part.told_ = node.hear_others(kSendsWait, [&part] { part.wake(); });
  node.lifecycle().on_stop("sends of others", [&part](Deadline) { part.told_.reset(); });
  return &part;
}

std::shared_ptr<LaneState> DeliveryPart::add_lane(Node& node, StoragePart& storage, PoliciesPart& policies,
                                                  std::string lane, Channels channels, DeliverySettings settings) {
  const auto workers = static_cast<int>(channels.size());
  auto state =
      std::make_shared<LaneState>(storage.stores().outbox, std::move(lane), settings.loop_total_factor, workers);
  for (int i = 0; i < workers; ++i) {
    settings.least = i + 1 == workers && !ORGO_PLANT(no_worker_for_urgent) ? Priority::urgent : Priority::low;
    add_worker(node, storage, policies, std::move(channels[static_cast<std::size_t>(i)]), settings, state);
  }
  return state;
}

void DeliveryPart::add_worker(Node& node, StoragePart& storage, PoliciesPart& policies,
                              std::unique_ptr<OutboundChannel> channel, const DeliverySettings& settings,
                              const std::shared_ptr<LaneState>& lane_state) {
  channels_.push_back(std::move(channel));
  auto& stores = storage.stores();
  services_.push_back(std::make_unique<DeliveryService>(stores.outbox, stores.messages, stores.tasks, stores.changes,
                                                        node.clock(), *channels_.back(), policies.policies(),
                                                        random_share, settings, lane_state));
  auto& service = *services_.back();
  loops_->add("orgo-deliver-" + std::to_string(services_.size() - 1), [&service, &clock = node.clock()] {
    const auto report = service.step();
    if (!report) return after_trouble("delivery.trouble", report.error());
    return report->leased > 0 ? Millis{0} : sleep_until(report->next_due, clock.now());
  });
}

gateway::ReadyCheck DeliveryPart::ready_check() const {
  return {.name = "mail out",
          .check =
              [mail = mail_, zone = zone_] {
                const auto trouble = mail->health.trouble(zone);
                return trouble.empty() ? Status{} : Status(failure(Errc::unavailable, trouble));
              },
          .required = false};
}

}  // namespace orgo
