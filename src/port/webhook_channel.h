#pragma once
#include <string>

#include "base/time.h"
#include "port/mail_channel.h"

namespace orgo {

/// One call of somebody's webhook.
struct OutgoingWebhook {
  std::string url;   ///< http:// or https://
  std::string id;    ///< the same at each attempt, so that the receiver can drop doubles
  std::string body;  ///< application/json
  TimePoint at{};    ///< of this attempt, for the signature
};

/// Posts to webhooks. Adapter: webhook (HTTP). Threads: any. Blocks until the answer is there or the deadline is
/// reached. Kinds of SendResult: delivered for 2xx; temporary for 408, 425, 429, 5xx and when there was no connection;
/// permanent for every other answer, also a redirect (followed it could lead anywhere), and for an address that may not
/// be called; unknown when the call went out and no answer came.
class WebhookChannel {
 public:
  virtual ~WebhookChannel() = default;
  virtual SendResult post(const OutgoingWebhook& webhook, Deadline deadline) = 0;
};

}  // namespace orgo
