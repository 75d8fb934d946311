#pragma once
#include <utility>
#include <vector>

#include "port/outbox.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/cursor.h"
#include "service/gateway/core/route.h"

namespace orgo::gateway {

/// Mails and webhooks that the brake against loops holds: which, why, and when each is looked at again. To be looked at
/// only: they go by themselves as soon as there is room.
class HeldRoutes final : public Feature {
 public:
  struct Ports {
    Outbox& outbox;
    const Cursors& cursors;
  };
  explicit HeldRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;

 private:
  Result<HttpResponse> list(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway
