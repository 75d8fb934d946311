#pragma once
#include <vector>

#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/search/search_follower.h"

namespace orgo::gateway {

/// How the index of searches stands, and that it is built anew.
class SearchRoutes final : public Feature {
 public:
  struct Ports {
    SearchFollower* follower;  ///< null: there is no index
  };
  explicit SearchRoutes(Ports ports) : ports_(ports) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> rebuild(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway
