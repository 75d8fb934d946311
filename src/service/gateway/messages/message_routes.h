#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "port/clock.h"
#include "port/message_store.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/cursor.h"
#include "service/gateway/core/route.h"
#include "service/gateway/messages/submit.h"
#include "service/policy/policy_book.h"
#include "service/trace/trace_service.h"

namespace orgo::gateway {

/// Messages: what came, its bytes, its story; and taking one in.
class MessageRoutes final : public Feature {
 public:
  struct Ports {
    MessageStore& messages;
    TaskStore& tasks;
    TraceService& traces;
    const Cursors& cursors;
    Clock& clock;
    Submit submit;
    std::size_t message_max;      ///< bytes of a request
    std::size_t new_message_max;  ///< bytes of a new message, which is not old mail that is imported
    PolicyOf policies;            ///< say the recipient of messages that come without one
  };
  explicit MessageRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> list(const Call& call);
  /// Of a task with what was merged into it.
  Result<std::vector<MessageSummary>> read_page(const MessageListRequest& request);
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> raw(const Call& call);
  Result<HttpResponse> trace(const Call& call);
  Result<HttpResponse> submit(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway
