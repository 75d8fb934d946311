#pragma once
#include <string_view>
#include <utility>
#include <vector>

#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/gateway/core/url.h"
#include "service/gateway/queue/restored_sends.h"

namespace orgo::gateway::page {

/// What a restore holds, for administrators: looked at, and released or dropped, one by one or all.
class QueuePages final : public Feature {
 public:
  struct Ports {
    RestoredSends& sends;
    Outbox& outbox;
    Clock& clock;
  };
  explicit QueuePages(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;

 private:
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> decide(const Call& call);
  Result<HttpResponse> render(const Call& call, std::string_view complaint, int status);

  Ports ports_;
};

}  // namespace orgo::gateway::page
