#pragma once
#include <utility>
#include <vector>

#include "port/clock.h"
#include "port/token_store.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/gateway/core/session.h"

namespace orgo::gateway::page {

/// Login and logout, and what every page loads.
class LoginPages final : public Feature {
 public:
  struct Ports {
    TokenStore& tokens;
    Sessions& sessions;
    Clock& clock;
  };
  explicit LoginPages(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;

 private:
  Result<HttpResponse> show_login(const Call& call);
  Result<HttpResponse> post_login(const Call& call);
  Result<HttpResponse> post_logout(const Call& call);
  Result<HttpResponse> style(const Call& call);
  Result<HttpResponse> icon(const Call& call);

  Ports ports_;
};

}  // namespace orgo::gateway::page
