#pragma once
#include <utility>
#include <vector>

#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/people/people_service.h"

namespace orgo::gateway {

/// The accounts of an organization.
class PeopleRoutes final : public Feature {
 public:
  struct Ports {
    PeopleService& people;
    PeopleStore& store;
  };
  explicit PeopleRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> list(const Call& call);
  Result<HttpResponse> add(const Call& call);
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> set(const Call& call);
  Result<HttpResponse> disable(const Call& call);
  Result<HttpResponse> enable(const Call& call);
  Result<HttpResponse> set_password(const Call& call);
  Result<HttpResponse> remove_password(const Call& call);
  Result<HttpResponse> end_sessions(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway
