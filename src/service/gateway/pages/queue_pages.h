#pragma once
#include <string_view>
#include <utility>
#include <vector>

#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/gateway/core/url.h"
#include "service/gateway/queue/restored_sends.h"
#include "service/policy/policy_book.h"

namespace orgo::gateway::page {

/// What is held, for administrators. What a restore holds: looked at, and released or dropped, one by one or all. What
/// the brake against loops holds: which, why and until when.
class QueuePages final : public Feature {
 public:
  struct Ports {
    RestoredSends& sends;
    Outbox& outbox;
    Clock& clock;
    PolicyOf policies;  ///< for the zone of the organization
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
