#pragma once
#include <utility>
#include <vector>

#include "port/change_store.h"
#include "port/clock.h"
#include "port/token_store.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/people/people_service.h"

namespace orgo::gateway {

/// Tokens of the API: made, listed, revoked.
class TokenRoutes final : public Feature {
 public:
  struct Ports {
    TokenStore& tokens;
    ChangeStore& changes;
    PeopleService& people;
    Clock& clock;
  };
  explicit TokenRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> list(const Call& call);
  Result<HttpResponse> make(const Call& call);
  Result<HttpResponse> revoke(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway
