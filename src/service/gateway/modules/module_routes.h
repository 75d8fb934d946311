#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/modules/module_service.h"

namespace orgo::gateway {

/// Modules and who their teams are.
class ModuleRoutes final : public Feature {
 public:
  struct Ports {
    std::function<std::shared_ptr<ModuleService>(TenantId)> modules;  ///< of a tenant; null from it: there are none
  };
  explicit ModuleRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> list(const Call& call);
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> enable(const Call& call);
  Result<HttpResponse> disable(const Call& call);
  Result<HttpResponse> undo(const Call& call);
  Result<HttpResponse> list_teams(const Call& call);
  Result<HttpResponse> set_team(const Call& call);
  Result<std::shared_ptr<ModuleService>> modules_of(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway
