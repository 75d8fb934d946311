#pragma once
#include <string>
#include <vector>

#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"

namespace orgo::gateway {

/// The description of the API, made from the routes themselves.
class OpenapiRoutes final : public Feature {
 public:
  struct Ports {
    const std::vector<Route>& routes;  ///< of all features, once the gateway is made
    const std::vector<Schema>& schemas;
    std::string version;
  };
  explicit OpenapiRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  /// Of the answers that belong to no feature: problems.
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> show(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway
