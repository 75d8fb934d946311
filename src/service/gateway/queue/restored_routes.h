#pragma once
#include <utility>
#include <vector>

#include "service/gateway/core/call.h"
#include "service/gateway/core/cursor.h"
#include "service/gateway/core/route.h"
#include "service/gateway/queue/restored_sends.h"

namespace orgo::gateway {

/// Mails and webhooks that a restore holds: to be looked at, and released or dropped.
class RestoredRoutes final : public Feature {
 public:
  struct Ports {
    RestoredSends& sends;
    Outbox& outbox;
    const Cursors& cursors;
  };
  explicit RestoredRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> list(const Call& call);
  Result<HttpResponse> release(const Call& call);
  Result<HttpResponse> drop(const Call& call);
  Result<HttpResponse> decide(const Call& call, RestoredSends::Word word);

  Ports ports_;
};

}  // namespace orgo::gateway
