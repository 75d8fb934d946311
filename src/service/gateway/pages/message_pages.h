#pragma once
#include <utility>
#include <vector>

#include "port/clock.h"
#include "port/message_store.h"
#include "port/signature_verifier.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/trace/trace_service.h"

namespace orgo::gateway::page {

/// One message with its story, its HTML for a frame, its attachments and its bytes.
class MessagePages final : public Feature {
 public:
  struct Ports {
    MessageStore& messages;
    TraceService& traces;
    Clock& clock;
  };
  explicit MessagePages(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;

 private:
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> html(const Call& call);
  Result<HttpResponse> attachment(const Call& call);
  Result<HttpResponse> download(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway::page
