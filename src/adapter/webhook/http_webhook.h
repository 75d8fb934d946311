#pragma once
#include <atomic>
#include <string>
#include <vector>

#include "adapter/webhook/address_rule.h"
#include "port/outbound_channel.h"

namespace orgo {

struct HttpWebhookOptions {
  Millis timeout{10'000};      ///< for all of a call, connecting included
  bool allow_private = false;  ///< may addresses outside the public internet be called? For loopback and own networks
  std::vector<Network> allow_networks;  ///< which of those may be called when not all may
};

/// Posts JSON by libcurl. Redirects are not followed, no proxy of the environment is used, the body of the answer is
/// thrown away. Which addresses may be called is judged by the very address that is dialled, after the name was
/// resolved, so no spelling and no changing of DNS entries leads around it. Threads: any.
class HttpWebhook final : public OutboundChannel {
 public:
  explicit HttpWebhook(HttpWebhookOptions options);
  [[nodiscard]] const ChannelTraits& capabilities() const override { return *find_channel("webhook"); }
  /// One call after the other.
  void send_each(std::span<const Outgoing> webhooks, Deadline deadline, const Told& told) override;
  void interrupt() override { interrupted_ = true; }

 private:
  SendResult post(const Outgoing& webhook, Deadline deadline);
  HttpWebhookOptions options_;
  std::atomic<bool> interrupted_{false};
};

/// The value of webhook-signature: "v1," and base64 of HMAC-SHA256 over "id.seconds.body".
std::string sign_webhook(std::string_view key, std::string_view id, std::int64_t seconds, std::string_view body);

}  // namespace orgo
