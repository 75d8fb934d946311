#pragma once
#include <functional>
#include <vector>

#include "port/nodes.h"
#include "port/tenant_store.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"

namespace orgo::gateway {

/// The nodes that work on the database, for those who run them.
class NodeRoutes final : public Feature {
 public:
  struct Ports {
    std::function<Result<std::vector<NodeSeen>>()> nodes;
    TenantStore& tenants;
  };
  explicit NodeRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> list(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway
