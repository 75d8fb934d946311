#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "port/clock.h"
#include "port/tenant_store.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/people/login_service.h"
#include "service/people/people_service.h"
#include "service/people/sessions.h"

namespace orgo::gateway::page {

/// Login by name and password, logout, one's own password, and what every page loads.
class LoginPages final : public Feature {
 public:
  struct Ports {
    LoginService& logins;
    PeopleService& people;
    Sessions& sessions;
    TenantStore& tenants;
    Clock& clock;
  };
  explicit LoginPages(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;

 private:
  /// What stands in the form when it comes back.
  struct Typed {
    std::string_view next, name, organization;
  };
  Result<HttpResponse> show_login(const Call& call);
  Result<HttpResponse> post_login(const Call& call);
  Result<HttpResponse> post_logout(const Call& call);
  Result<HttpResponse> show_account(const Call& call);
  Result<HttpResponse> post_password(const Call& call);
  Result<HttpResponse> style(const Call& call);
  Result<HttpResponse> icon(const Call& call);

  Result<HttpResponse> login_page(const Typed& typed, std::string_view complaint, int status);
  /// Do several organizations live here, so that one has to say which?
  Result<bool> has_several();
  /// nullopt: there is none of this name, or it is suspended. Empty: the first one.
  Result<std::optional<TenantId>> tenant_of(std::string_view organization);
  Result<LoginService::Outcome> attempt(const Call& call, TenantId tenant, std::string_view name,
                                        std::string_view password);
  HttpResponse with_session(HttpResponse response, const Call& call, const Person& person);

  Ports ports_;
};

}  // namespace orgo::gateway::page
