#pragma once
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "port/change_store.h"
#include "port/clock.h"
#include "port/outbox.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/policy/policy_book.h"

namespace orgo::gateway {

/// Addresses that nothing is sent to.
class SuppressionRoutes final : public Feature {
 public:
  struct Ports {
    Outbox& outbox;
    ChangeStore& changes;
    Clock& clock;
    PolicyOf policies;
  };
  explicit SuppressionRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> list(const Call& call);
  Result<HttpResponse> add(const Call& call);
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> remove(const Call& call);
  Result<std::optional<Suppression>> find(TenantId tenant, std::string_view address);
  Result<Suppression> captured(const Call& call);
  Status commit(const Changes& changes);

  Ports ports_;
};

}  // namespace orgo::gateway
